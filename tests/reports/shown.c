#include "reports/shown.h"

#include "cmocka_all.h"
#include "model/cleanup.h"

static void texts(void **state)
{
    (void)state;
    pl_autojson json_object *nul = json_object_new_string_len("a\0b", 3);
    g_autofree char *shown = shown_text(nul);
    assert_string_equal(shown, "a\\x00b");
    pl_autojson json_object *list = json_tokener_parse("[1, 2.5, \"x\", null, true]");
    g_autofree char *compact = shown_text(list);
    assert_string_equal(compact, "[1,2.5,\"x\",null,true]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
