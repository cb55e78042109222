#include "model/print.h"

#include "cmocka_all.h"
#include "model/cleanup.h"

#include <math.h>

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{71.4, "71.4"},    {0.1 + 0.2, "0.30000000000000004"}, {100, "100"},
                 {0, "0"},          {1.0 / 3, "0.3333333333333333"},    {NAN, "null"},
                 {INFINITY, "null"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        print_number(out, cases[i].value);
        assert_string_equal(out->str, cases[i].text);
    }
}

static void trees(void **state)
{
    (void)state;
    static const struct print_style sorted = {.text = print_literal, .sorted = true}, as_is = {.text = print_literal};
    pl_autojson json_object *node =
        json_tokener_parse("{\"b\": [1, -2, 18446744073709551615, 0.1, null, true], \"a\": {\"q\\n\": \"\\\"\"}}");
    g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
    print_json(first, node, &sorted);
    assert_string_equal(first->str, "{\"a\":{\"q\\u000a\":\"\\\"\"},\"b\":[1,-2,18446744073709551615,0.1,null,true]}");
    print_json(second, node, &as_is);
    assert_true(g_str_has_prefix(second->str, "{\"b\":[1,"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(trees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
