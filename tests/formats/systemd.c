#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("systemd", "[Service]\nExecStart=/bin/x %i\nExecStart=\nExecStart = /bin/y \n# c\n; c\n",
          "{\"Service\":{\"ExecStart\":[\"/bin/x %i\",\"\",\"/bin/y\"]}}");
    gives("systemd", "[Service]\nExecStart=/bin/x \\\n# comment in between \\\n  ; another\n  --flag\nA=1\n",
          "{\"Service\":{\"A\":[\"1\"],\"ExecStart\":[\"/bin/x    --flag\"]}}");
    gives("systemd", "[A]\n# comment \\\nx=1\n", "{\"A\":{\"x\":[\"1\"]}}");
    gives("systemd", "early=1\n[A]\nno assignment\nx=a=b\n[B]\n[A]\nx=c\n", "{\"A\":{\"x\":[\"a=b\",\"c\"]},\"B\":{}}");
    gives("systemd", "[A]\r\nx=1\\\r\n2\r\n", "{\"A\":{\"x\":[\"1 2\"]}}");
    gives("systemd", "[A]\nx=1\\", "{\"A\":{\"x\":[\"1\\\\\"]}}");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("systemd", "[U]\nA=1 \\\n 2\n B = 3\nA=\n");
    marks(tree, "U", "1:1 0:0");
    marks(tree, "U.A.0", "2:3 2:1");
    marks(tree, "U.B.0", "4:6 4:2");
    marks(tree, "U.A.1", "5:3 5:1");
}

static void hostile(void **state)
{
    (void)state;
    refuses("systemd", "[A]\nx=1\n[B\n", "f:3:1: a section without ]");
    refuses("systemd", "[", "f:1:1: a section without ]");
    pl_autojson json_object *tree = parse_n("systemd", "[A]\nx=\xFF\0\n", 9);
    assert_non_null(tree_member(tree, "A"));
    g_autofree char *joined = repeat("x\\\n", 1 << 18);
    g_autofree char *text = g_strdup_printf("[A]\na=%s", joined);
    pl_autojson json_object *longer = parse_text("systemd", text);
    assert_non_null(tree_member(longer, "A"));
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
