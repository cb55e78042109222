#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("lines", "# c\noptions a b=1 \\\n  c # d\n/dev/x\t/\text4 a,b#c 0 1\n",
          "[{\"line\":2,\"words\":[\"options\",\"a\",\"b=1\",\"c\"]},"
          "{\"line\":4,\"words\":[\"/dev/x\",\"/\",\"ext4\",\"a,b#c\",\"0\",\"1\"]}]");
    gives("lines", "a\r\n\r\n  # x\n# c \\\nb", "[{\"line\":1,\"words\":[\"a\"]},{\"line\":5,\"words\":[\"b\"]}]");
    gives("lines", "in\\\nstall x\n", "[{\"line\":1,\"words\":[\"install\",\"x\"]}]");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("lines", "\n a  b\n");
    marks(tree, "0", "2:2 0:0");
    marks(tree, "0.words.1", "2:5 0:0");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *many = repeat("a ", 600000);
    refuses_n("lines", many, strlen(many), PL_ERROR_LIMIT, "more than 500000 nodes");
    pl_autojson json_object *tree = parse_n("lines", "a\0\xFF \\", 6);
    assert_int_equal(json_object_array_length(tree), 1);
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
