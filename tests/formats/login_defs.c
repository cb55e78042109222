#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("login-defs", "# c\nUMASK\t\t027\n  A \"b c\" d\nUMASK 022 \n", "{\"A\":\"b c\",\"UMASK\":\"022\"}");
    gives("login-defs", "PASS_MAX_DAYS=90\nA = 1\nB 2 # two\nALONE\nEMPTY \"\"\n", "{\"A\":\"= 1\",\"B\":\"2 # two\"}");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("login-defs", "\n  A  b\n");
    marks(tree, "A", "2:6 2:3");
}

static void hostile(void **state)
{
    (void)state;
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 300000; i++)
        g_string_append_printf(many, "k%d 1\n", i);
    refuses_n("login-defs", many->str, many->len, PL_ERROR_LIMIT, "more than 500000 nodes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(positions),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
