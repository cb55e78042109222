#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("json", "{}", "{}");
    gives("json", " [1, -2, 2.5, 1e2, true, false, null, \"x\", {\"a\": []}] ",
          "[1,-2,2.5,100,true,false,null,\"x\",{\"a\":[]}]");
    gives("json", "\"\\u00e9\\uD83D\\ude00\\n\\/\"", "\"\xC3\xA9\xF0\x9F\x98\x80\\u000a/\"");
    gives("json", "9223372036854775807", "9223372036854775807");
    gives("json", "{\"a\":1,\"a\":2}", "{\"a\":2}");
    gives("json", "\xEF\xBB\xBF{\"a\"\r\n:1}\r\n", "{\"a\":1}");
    gives("json", "null", "{}");
    pl_autojson json_object *big = parse_text("json", "18446744073709551616");
    assert_true(json_object_is_type(big, json_type_double));
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("json", "{\n  \"a\": [1,\n  {\"b\" : \"x\"}],\n\t\"c\": true}");
    marks(tree, "", "1:1 0:0");
    marks(tree, "a", "2:8 2:3");
    marks(tree, "a.0", "2:9 0:0");
    marks(tree, "a.1", "3:3 0:0");
    marks(tree, "a.1.b", "3:10 3:4");
    marks(tree, "c", "4:7 4:2");
}

static void a_repeated_key(void **state)
{
    (void)state;
    gives("json-strict", "{\"a\": {\"b\": 1}, \"b\": [{\"a\": 2}]}", "{\"a\":{\"b\":1},\"b\":[{\"a\":2}]}");
    refuses("json-strict", "{\"a\": 1,\n \"a\": 2}", "f:2:2: a key that was there before");
    refuses("json-strict", "{\"a\": null, \"\\u0061\": 2}", "f:1:13: a key that was there before");
}

/* What Go would fill one member of a structure with, or lay over each other. */
static void names_that_go_mixes_up(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "{\"User\": 1, \"user\": 2}",
        "{\"User\": 1, \"u\\u017fer\": 2}",
        "{\"k\": 1, \"\\u212a\": 2}",
        "[{\"a\": {\"b\": 1, \"B\": 1}}]",
        "{\"a\": {}, \"a\": {}}",
        "{\"a\": 1, \"a\": null}",
        "{\"a\": null, \"a\": 1}",
        "{\"a\": 1, \"a\": [1]}",
        "{\"labels\": {}, \"Labels\": {}}",
        "{\"labels\": {\"a\": {\"b\": 1, \"B\": 1}}}",
        "{\"labels\": [{\"b\": 1, \"B\": 1}]}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        json_object *tree = format_find("json-go")->parse("f", refused[i], strlen(refused[i]), &error);
        if (tree || !g_error_matches(error, PL_ERROR, PL_ERROR_PARSE))
            fail_msg("%s", refused[i]);
    }
    gives("json-go", "{\"a\": 1, \"a\": \"x\"}", "{\"a\":\"x\"}");
    gives("json-go", "{\"Labels\": {\"a\": 1, \"A\": 2}, \"b\": 1}", "{\"Labels\":{\"A\":2,\"a\":1},\"b\":1}");
}

static void strictness(void **state)
{
    (void)state;
    refuses("json", "", "f:1:1: the text ends where a value must be");
    refuses("json", "{\"a\": 1,}", "f:1:9: a key in quotes is missing");
    refuses("json", "[1,]", "f:1:4: not a JSON value");
    refuses("json", "[1 2]", "f:1:4: a comma or ] is missing");
    refuses("json", "{\"a\" 1}", "f:1:6: a colon is missing");
    refuses("json", "{\"a\":1 \"b\":2}", "f:1:8: a comma or } is missing");
    refuses("json", "{'a':1}", "f:1:2: a key in quotes");
    refuses("json", "[1] x", "f:1:5: more text after the value");
    refuses("json", "01", "a number with a leading zero");
    refuses("json", "+1", "not a JSON value");
    refuses("json", "1.", "a digit is missing");
    refuses("json", "1e", "a digit is missing");
    refuses("json", "-", "a digit is missing");
    refuses("json", "1e999", "a number out of range");
    refuses("json", "NaN", "not a JSON value");
    refuses("json", "// c\n1", "not a JSON value");
    refuses("json", "\"a\nb\"", "a control character in a string");
    refuses("json", "[\n\"abc", "f:2:1: an unterminated string");
    refuses("json", "\"\\", "an unterminated string");
    refuses("json", "\"\\x\"", "an unknown escape");
    refuses("json", "\"\\u12g4\"", "not a hexadecimal digit");
    refuses("json", "\"\\u1", "an unfinished \\u escape");
    refuses("json", "\"\\ud800\"", "half of a surrogate pair");
    refuses("json", "\"\\udc00\"", "half of a surrogate pair");
    refuses("json", "\"\\ud800\\u0041\"", "half of a surrogate pair");
    refuses("json", "{\"a\\u0000b\": 1}", "a NUL character");
    refuses("json", "{", "a key in quotes is missing");
    refuses("json", "[", "the text ends");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *deep = repeat("[", 100000);
    refuses_n("json", deep, strlen(deep), PL_ERROR_LIMIT, "f:1:65: nested deeper than 64 levels");
    g_autofree char *objects = repeat("{\"a\":", 1000);
    refuses_n("json", objects, strlen(objects), PL_ERROR_LIMIT, "nested deeper");
    g_autofree char *inner = repeat("0,", 500000);
    g_autofree char *many = g_strdup_printf("[%s0]", inner);
    refuses_n("json", many, strlen(many), PL_ERROR_LIMIT, "more than 500000 nodes");
    refuses_n("json", "[1,\n\0]", 6, PL_ERROR_PARSE, "f:2:1: a NUL byte");
    refuses("json", "\"\xFF\"", "f:1:2: not valid UTF-8");
    g_autofree char *x = repeat("x", 1 << 20);
    g_autofree char *line = g_strdup_printf("{\"a\":\"%s\"}", x);
    pl_autojson json_object *tree = parse_text("json", line);
    assert_int_equal(json_object_get_string_len(tree_member(tree, "a")), 1 << 20);
    g_autofree char *digits = repeat("9", 1 << 20);
    refuses("json", digits, "a number out of range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),         cmocka_unit_test(positions),
        cmocka_unit_test(a_repeated_key), cmocka_unit_test(names_that_go_mixes_up),
        cmocka_unit_test(strictness),     cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
