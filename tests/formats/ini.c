#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("ini", "", "{}");
    gives("ini", "top = 1\n[a]\nx = \"q r\"\ny: z\n; c\n# c\n  flag\nu = it's; not a comment\n",
          "{\"\":{\"top\":\"1\"},\"a\":{\"flag\":\"\",\"u\":\"it's; not a comment\",\"x\":\"q r\",\"y\":\"z\"}}");
    gives("ini", "[a]\nx=1\n[b]\n[a]\nx=2\nx=\n", "{\"a\":{\"x\":[\"1\",\"2\",\"\"]},\"b\":{}}");
    gives("ini", "[a]\r\nx = 1 \r\n", "{\"a\":{\"x\":\"1\"}}");
    gives("ini", "[a]\nx = 'a' and 'b'\ny = '\n", "{\"a\":{\"x\":\"'a' and 'b'\",\"y\":\"'\"}}");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("ini", "\xEF\xBB\xBF# c\n[a]\n  x = 1\nx = 2\n");
    marks(tree, "a", "2:1 0:0");
    marks(tree, "a.x", "3:7 3:3");
    marks(tree, "a.x.0", "3:7 3:3");
    marks(tree, "a.x.1", "4:5 4:1");
}

static void hostile(void **state)
{
    (void)state;
    refuses("ini", "[a]\n[b\n", "f:2:1: a section without ]");
    pl_autojson json_object *tree = parse_n("ini", "[a]\nx = \xFF\0y\n", 12);
    assert_string_equal(tree_string(tree_member(tree, "a"), "x"), "\xEF\xBF\xBD\xEF\xBF\xBDy");
    g_autofree char *x = repeat("x", 1 << 20);
    pl_autojson json_object *line = parse_text("ini", x);
    assert_string_equal(tree_string(tree_member(line, ""), x), "");
    g_autofree char *many = repeat("a=1\n", 300000);
    refuses_n("ini", many, strlen(many), PL_ERROR_LIMIT, "more than 500000 nodes");
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
