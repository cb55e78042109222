#include "check.h"

static void scalars(void **state)
{
    (void)state;
    gives("yaml", "[true, True, FALSE, yes, no, on, off, y]", "[true,true,false,\"yes\",\"no\",\"on\",\"off\",\"y\"]");
    gives("yaml", "[~, null, Null, '', \"null\", nULL]", "[null,null,null,\"\",\"null\",\"nULL\"]");
    gives("yaml", "[1, -1, +1, 0o17, 0x1F, 0644, 1_000, 0o8]", "[1,-1,1,15,31,644,\"1_000\",\"0o8\"]");
    gives("yaml", "[1.5, .5, 5., 1e3, -1.0E-1, ., -, 1e, 1.2.3, 0x]",
          "[1.5,0.5,5,1000,-0.1,\".\",\"-\",\"1e\",\"1.2.3\",\"0x\"]");
    gives("yaml", "['1', \"true\", !!str 1, !!int '7', ! 5, !own 3]", "[\"1\",\"true\",\"1\",7,\"5\",3]");
    gives("yaml", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\u000ay\\u000a\",\"b\":\"x y\"}");
    gives("yaml", "1: a\ntrue: b\n", "{\"1\":\"a\",\"true\":\"b\"}");
    gives("yaml", "[.inf, -.INF, .nan]", "[null,null,null]");
    gives("yaml", "9223372036854775808", "9.223372036854776e+18");
}

static void documents(void **state)
{
    (void)state;
    gives("yaml", "", "{}");
    gives("yaml", "# only a comment\n", "{}");
    gives("yaml", "---\n", "{}");
    gives("yaml", "\xEF\xBB\xBF---\r\na: 1\r\n...\r\n---\r\n", "{\"a\":1}");
    refuses("yaml", "a: 1\n---\nb: 1\n", "f:3:1: a second document");
    gives("yaml-stream", "a: 1\n---\n---\nb: 1\n", "[{\"a\":1},{\"b\":1}]");
    gives("yaml-stream", "", "[]");
    refuses("yaml-stream", "&a x\n---\n*a\n", "f:3:1: an alias");
}

/* Each was compared with sigs.k8s.io/yaml 1.4. */
static void as_go_reads(void **state)
{
    (void)state;
    gives("yaml-go", "[true, True, yes, Yes, on, ON, y, yEs, no, No, off, N, 'yes', !!str on]",
          "[true,true,true,true,true,true,true,\"yEs\",false,false,false,false,\"yes\",\"on\"]");
    gives("yaml-go", "[010, -010, 0o17, 0O17, 0x1F, 0b11, +0x1, 08, 0, 00]", "[8,-8,15,15,31,3,1,8,0,0]");
    gives("yaml-go", "[1_000, 0_1, 1_, _1, 1_0.5, 0x, 1:30, 2001-01-01, 1.5, -, +, 1e400]",
          "[1000,1,1,\"_1\",10.5,\"0x\",\"1:30\",\"2001-01-01\",1.5,\"-\",\"+\",\"1e400\"]");
    gives("yaml-go", "[~, null, '', .inf]", "[null,null,\"\",null]");
    gives("yaml-go", "[0x8000000000000000, 0xffffffffffffffffff]", "[9.223372036854776e+18,\"0xffffffffffffffffff\"]");
    gives("yaml-go", "1: a\ntrue: b\n'yes': c\n", "{\"1\":\"a\",\"true\":\"b\",\"yes\":\"c\"}");
    static const char *const keys[] = {"yes: 1", "True: 1", "010: 1", "~: 1",
                                       "1.0: 1", "+1: 1",   "0x1: 1", "!!str a: 1"};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        refuses("yaml-go", keys[i], "f:1:1: a key that Go's reader takes for something else");
    static const char *const tags[] = {"a: !!bool 'yes'", "a: !!int '1'", "a: !own 3", "a: !!set {b, c}",
                                       "a: !!binary AAAA"};
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        refuses("yaml-go", tags[i], "f:1:4: a tag whose meaning is up to the reader");
}

static void as_go_merges(void **state)
{
    (void)state;
    gives("yaml-go", "m: {<<: {x: 1, w: 1}, x: 2}\n", "{\"m\":{\"w\":1,\"x\":2}}");
    gives("yaml-go", "m: {z: 3, <<: [{x: 1}, {x: 2, w: 2}]}\n", "{\"m\":{\"w\":2,\"x\":1,\"z\":3}}");
    refuses("yaml-go", "m: {x: 2, <<: {x: 1}}\n", "f:1:11: << brings the key \"x\" again");
    refuses("yaml-go", "m: {x: 2, <<: [{w: 1}, {x: 1}]}\n", "f:1:11: << brings the key \"x\" again");
    refuses("yaml-go", "a: 1\n---\nb: 1\n", "f:3:1: a second document");
    /* Its reader takes the first. */
    refuses("yaml", "---\n---\na: 1\n", "f:3:1: a second document");
    refuses("yaml-go",
            "a: 1\n\xEF\xBB\xBF"
            "b: 1\n",
            "f:2:1: a byte order mark");
    refuses("yaml-go", "--- # nothing\n---\na: 1\n", "f:3:1: a second document");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("yaml", "# c\na:\n  - b: x\n    c: {d: 1}\n  - y\ne: 'z'\n");
    marks(tree, "", "2:1 0:0");
    marks(tree, "a", "3:3 2:1");
    marks(tree, "a.0", "3:5 0:0");
    marks(tree, "a.0.b", "3:8 3:5");
    marks(tree, "a.0.c.d", "4:12 4:9");
    marks(tree, "a.1", "5:5 0:0");
    marks(tree, "e", "6:4 6:1");
}

static void anchors(void **state)
{
    (void)state;
    gives("yaml", "a: &x {p: [1]}\nb: *x\nc: [*x, *x]\n",
          "{\"a\":{\"p\":[1]},\"b\":{\"p\":[1]},\"c\":[{\"p\":[1]},{\"p\":[1]}]}");
    gives("yaml", "a: &x ~\nb: *x\n", "{\"a\":null,\"b\":null}");
    gives("yaml", "a: &x k\n*x : 1\n", "{\"a\":\"k\",\"k\":1}");
    refuses("yaml", "a: *x\n", "f:1:4: an alias of an anchor that is not defined");
    refuses("yaml", "a: &x [*x]\n", "f:1:8: an alias of an anchor that is not defined");
    pl_autojson json_object *tree = parse_text("yaml", "a: &x v\nb: *x\n");
    marks(tree, "b", "1:4 2:1");
}

static void merging(void **state)
{
    (void)state;
    gives("yaml", "b: &b {x: 1, y: 1}\nm: {x: 2, <<: *b}\n", "{\"b\":{\"x\":1,\"y\":1},\"m\":{\"x\":2,\"y\":1}}");
    gives("yaml", "m:\n  <<: [{x: 1}, {x: 2, y: 2}]\n  z: 3\n", "{\"m\":{\"x\":1,\"y\":2,\"z\":3}}");
    gives("yaml", "m: {<<: &a {b: 1}}\nc: *a\n", "{\"c\":{\"b\":1},\"m\":{\"b\":1}}");
    gives("yaml", "m: {'<<': 1}\n", "{\"m\":{\"<<\":1}}");
    refuses("yaml", "m: {<<: 1}\n", "<< takes a mapping");
    refuses("yaml", "m: {<<: }\n", "<< takes a mapping");
    refuses("yaml", "m: {<<: {a: 1}, <<: {b: 1}}\n", "comes twice");
}

static void faults(void **state)
{
    (void)state;
    refuses("yaml", "a: 1\nb: 2\na: 3\n", "f:3:1: the key \"a\" comes twice");
    refuses("yaml", "{a: 1, 'a': 2}", "f:1:8: the key \"a\" comes twice");
    refuses("yaml", "a: [1\nb: 2\n", "f:2:");
    refuses("yaml", "a: \"x\n", "f:");
    refuses("yaml", "a: b: c\n", "f:1:5");
    refuses("yaml", "? [a]\n: 1\n", "a key that is no scalar");
    refuses("yaml", "&x a: 1\n", "an anchor on a key");
    refuses("yaml", "\ta: 1\n", "f:1:1");
    refuses("yaml", "a: \"x\\0y\"\n", "f:1:4: a NUL character");
    refuses("yaml", "\"x\\0y\": 1\n", "a NUL character");
    refuses("yaml", "a: \x01\n", "f:1:4: control characters are not allowed");
    refuses("yaml", "a: \xFF\n", "f:1:4: not valid UTF-8");
    refuses_n("yaml", "a: \0b\n", 6, PL_ERROR_PARSE, "f:1:4: a NUL byte");
}

static char *bomb(void)
{
    GString *out = g_string_new("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        g_string_append_printf(out, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            g_string_append_printf(out, "*a%d,", i - 1);
        g_string_append(out, "]\n");
    }
    return g_string_free(out, FALSE);
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *aliases = bomb();
    refuses_n("yaml", aliases, strlen(aliases), PL_ERROR_LIMIT, "more than 500000 nodes");
    g_autofree char *deep = repeat("[", 100000);
    refuses_n("yaml", deep, strlen(deep), PL_ERROR_LIMIT, "f:1:65: nested deeper");
    g_autofree char *dashes = repeat("- ", 1000);
    refuses_n("yaml", dashes, strlen(dashes), PL_ERROR_LIMIT, "nested deeper");
    g_autofree char *x = repeat("x", 1 << 20);
    g_autofree char *copies = repeat("- *a\n", 100);
    g_autofree char *fat = g_strdup_printf("- &a %s\n%s", x, copies);
    refuses_n("yaml", fat, strlen(fat), PL_ERROR_LIMIT, "aliases that copy too much");
    /* Every level is allowed, their sum is not. */
    g_autofree char *open = repeat("[", 40);
    g_autofree char *close = repeat("]", 40);
    g_autofree char *stacked = g_strdup_printf("a: &a %s1%s\nb: %s*a%s\n", open, close, open, close);
    refuses_n("yaml", stacked, strlen(stacked), PL_ERROR_LIMIT, "aliases that copy too much");
    pl_autojson json_object *tree = parse_text("yaml", x);
    assert_int_equal(json_object_get_string_len(tree), 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_go_reads), cmocka_unit_test(as_go_merges), cmocka_unit_test(scalars),
        cmocka_unit_test(documents),   cmocka_unit_test(positions),    cmocka_unit_test(anchors),
        cmocka_unit_test(merging),     cmocka_unit_test(faults),       cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
