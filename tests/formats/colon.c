#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("colon", "root:x:0:0:root:/root:/bin/bash\n#c\n\nx:*\n+::\n",
          "[[\"root\",\"x\",\"0\",\"0\",\"root\",\"/root\",\"/bin/bash\"],[\"x\",\"*\"],[\"+\",\"\",\"\"]]");
    gives("colon", "a:b\r\nlone", "[[\"a\",\"b\"],[\"lone\"]]");
    gives("colon", "", "[]");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("colon", "# c\nroot:x:0\n");
    marks(tree, "0", "2:1 0:0");
    marks(tree, "0.2", "2:8 0:0");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *many = repeat(":", 1 << 20);
    refuses_n("colon", many, strlen(many), PL_ERROR_LIMIT, "more than 500000 nodes");
    pl_autojson json_object *tree = parse_n("colon", "a:\xFF\0:b\n", 8);
    assert_int_equal(json_object_array_length(json_object_array_get_idx(tree, 0)), 3);
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
