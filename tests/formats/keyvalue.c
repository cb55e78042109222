#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("keyvalue", "PASS_MAX_DAYS\t90\n# c\n; c\nminlen = 14 # why\nA=b\nUMASK\n",
          "{\"A\":\"b\",\"PASS_MAX_DAYS\":\"90\",\"UMASK\":\"\",\"minlen\":\"14\"}");
    gives("keyvalue", "A=1\nA=2\n", "{\"A\":\"2\"}");
    gives("keyvalue", "A=#x\nB= # x\nC=a#b\n", "{\"A\":\"\",\"B\":\"\",\"C\":\"a#b\"}");
    gives("keyvalue", "=x\n = y\n", "{}");
    gives("keyvalue",
          "\xEF\xBB\xBF"
          "A=1\r\nB = 2\r\n",
          "{\"A\":\"1\",\"B\":\"2\"}");
    gives("keyvalue-multi", "A=1\nB 2\nA=3\n", "{\"A\":[\"1\",\"3\"],\"B\":[\"2\"]}");
}

static void shell(void **state)
{
    (void)state;
    gives("keyvalue", "export A=\"q r\" # c\nB='x \"y\"'\nC=\"a\\\"b\\$c\\d\"\nD=\"x\"'y'z\n",
          "{\"A\":\"q r\",\"B\":\"x \\\"y\\\"\",\"C\":\"a\\\"b$c\\\\d\",\"D\":\"xyz\"}");
    gives("keyvalue", "A=\"l1\nl2\"\nB=\nC=\"x\\\ny\"\n", "{\"A\":\"l1\\u000al2\",\"B\":\"\",\"C\":\"xy\"}");
    gives("keyvalue", "A \"raw\nB = it's\nC=1\n", "{\"A\":\"\\\"raw\",\"B\":\"it's\",\"C\":\"1\"}");
    refuses("keyvalue", "A=1\nB=\"x\nC=2\n", "f:2:3: a quote that is never closed");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("keyvalue", "# c\nexport A=\"x\ny\"\n  b = 2\n");
    marks(tree, "A", "2:10 2:8");
    marks(tree, "b", "4:7 4:3");
    pl_autojson json_object *multi = parse_text("keyvalue-multi", "A=1\nA=2\n");
    marks(multi, "A.1", "2:3 2:1");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *quotes = repeat("A='\n", 1 << 17);
    pl_autojson json_object *tree = parse_text("keyvalue", quotes);
    assert_non_null(tree);
    g_autofree char *x = repeat("x", 1 << 20);
    gives("keyvalue", "", "{}");
    pl_autojson json_object *line = parse_text("keyvalue", x);
    assert_string_equal(tree_string(line, x), "");
    pl_autojson json_object *bytes = parse_n("keyvalue", "A=\xFF\0b\n", 7);
    assert_string_equal(tree_string(bytes, "A"), "\xEF\xBF\xBD\xEF\xBF\xBD"
                                                 "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(shell),
        cmocka_unit_test(positions),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
