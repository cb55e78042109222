#include "looking.h"

static void last_value_and_all_values(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {cmdline: 'quiet slub-debug=F mitigations=off slub_debug=P'}",
                                "kernel-cmdline", "{name: slub_debug}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "\"P\"");
    assert_field(item, "values", "[\"F\",\"P\"]");
    assert_declared(item, "kernel-cmdline");
    assert_source(item, "/proc/cmdline", 1);
}

static void bare_words_have_an_empty_value(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {cmdline: 'ro nosmt quiet'}", "kernel-cmdline", "{name: nosmt}");
    assert_field(only_item(items), "value", "\"\"");
}

static void quotes_keep_blanks(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("kernel: {cmdline: 'dyndbg=\"file a.c +p; x\" \"foo=b c\" lsm=a,b'}", "kernel-cmdline", "{name: dyndbg}");
    assert_field(only_item(items), "value", "\"file a.c +p; x\"");
    pl_auto(items) whole =
        look("kernel: {cmdline: 'dyndbg=\"file a.c +p; x\" \"foo=b c\" lsm=a,b'}", "kernel-cmdline", "{name: foo}");
    assert_field(only_item(whole), "value", "\"b c\"");
}

static void words_after_two_dashes_belong_to_init(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {cmdline: 'quiet -- nosmt'}", "kernel-cmdline", "{name: nosmt}");
    assert_nothing(items);
}

static void absent_is_no_item(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {cmdline: 'quiet nosmt_x xnosmt'}", "kernel-cmdline", "{name: nosmt}");
    assert_nothing(items);
}

static void offline_has_no_command_line(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false", "kernel-cmdline", "{name: nosmt}");
    assert_problem(items, PROBLEM_OFFLINE, "offline");
}

static void denied_is_unknown(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files: {/proc/cmdline: {content: nosmt, denied: true}}", "kernel-cmdline", "{name: nosmt}");
    assert_problem(items, PROBLEM_UNKNOWN, "/proc/cmdline");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_value_and_all_values), cmocka_unit_test(bare_words_have_an_empty_value),
        cmocka_unit_test(quotes_keep_blanks),        cmocka_unit_test(words_after_two_dashes_belong_to_init),
        cmocka_unit_test(absent_is_no_item),         cmocka_unit_test(offline_has_no_command_line),
        cmocka_unit_test(denied_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
