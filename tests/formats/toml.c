#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("toml", "", "{}");
    gives("toml", "a = 1\nb = 2.5\nc = true\nd = 'x'\ne = [1, {f = 'y'}]\n",
          "{\"a\":1,\"b\":2.5,\"c\":true,\"d\":\"x\",\"e\":[1,{\"f\":\"y\"}]}");
    gives("toml", "[a.b]\nc.d = 1\n\"e.f\" = 2\n[[l]]\nx = 1\n[[l]]\nx = 2\n",
          "{\"a\":{\"b\":{\"c\":{\"d\":1},\"e.f\":2}},\"l\":[{\"x\":1},{\"x\":2}]}");
    gives("toml", "d = 2020-01-02\nt = 03:04:05\nm = 2020-01-02T03:04:05Z\n",
          "{\"d\":\"2020-01-02\",\"m\":\"2020-01-02T03:04:05Z\",\"t\":\"03:04:05\"}");
    gives("toml",
          "\xEF\xBB\xBF"
          "a = 0o644\r\nb = \"\"\"\r\nx.y.z\"\"\"\r\n",
          "{\"a\":420,\"b\":\"x.y.z\"}");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("toml", "# c\n[a]\n  b = \"x\"\n[a.c]\nd = [ 1,\n  2 ]\n");
    marks(tree, "a.b", "3:7 3:3");
    marks(tree, "a.c.d", "5:5 5:1");
    marks(tree, "a.c.d.1", "6:3 0:0");
}

static void faults(void **state)
{
    (void)state;
    refuses("toml", "a = 1\na = 2\n", "f:2:");
    refuses("toml", "a = \n", "f:1:");
    refuses("toml", "x = 1\n[a\n", "f:2:");
    refuses("toml", "a = \"x\n", "f:1:");
    refuses("toml", "a = \"\"\"x\n", "f:");
    refuses("toml", "x = 5b\xEF\xB9\xBFq\n", "f:1:");
    refuses("toml", "a = \"x\\u0000y\"\n", "a NUL character");
    refuses("toml", "\"x\\u0000y\" = 1\n", "a NUL character");
    refuses("toml", "a = \"\xFF\"\n", "f:1:6: not valid UTF-8");
    refuses_n("toml", "a = 1\n\0", 7, PL_ERROR_PARSE, "f:2:1: a NUL byte");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *brackets = repeat("[", 100000);
    g_autofree char *deep = g_strdup_printf("a = %s", brackets);
    refuses("toml", deep, "f:1:");
    g_autofree char *dots = repeat(".a", 100000);
    g_autofree char *dotted = g_strdup_printf("a%s = 1\n", dots);
    refuses_n("toml", dotted, strlen(dotted), PL_ERROR_LIMIT, "a key of more than 32 parts");
    g_autofree char *quoted = repeat("\"a\" . ", 1000);
    g_autofree char *header = g_strdup_printf("[%s'b']\n", quoted);
    refuses_n("toml", header, strlen(header), PL_ERROR_LIMIT, "a key of more than 32 parts");
    g_autofree char *thirty = repeat(".a", 30);
    g_autofree char *inline_keys = g_strdup_printf("a%s = {a%s = {a%s = 1}}\n", thirty, thirty, thirty);
    refuses_n("toml", inline_keys, strlen(inline_keys), PL_ERROR_LIMIT, "nested deeper than 64 levels");
    g_autofree char *prose = repeat("1.2.3.4 ", 1 << 17);
    g_autofree char *text = g_strdup_printf("a = \"%s\" # %s\nb = '%s'\n", prose, prose, prose);
    pl_autojson json_object *tree = parse_text("toml", text);
    assert_int_equal(json_object_get_string_len(tree_member(tree, "b")), 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(positions),
        cmocka_unit_test(faults),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
