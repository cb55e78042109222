#include "looking.h"

#define HOST                                                                                                           \
    "files:\n"                                                                                                         \
    "  /etc/passwd: \"root:x:0:0::/root:/bin/sh\\na:x:1000:7::/home/a:/bin/sh\\nb:x:165540:8::/home/b:/bin/sh\\n\"\n"  \
    "  /home/a: {type: dir}\n  /home/b: {type: dir}\n"

static void ranges(void **state)
{
    (void)state;
    const char *host = HOST "  /etc/subuid: \"a:100000:65537\\nb:165536:65536\\n1000:100000:5\\nx:10:0\\n\"\n"
                            "  /etc/subgid: \"b:100000:65536\\n\"\n";
    pl_auto(items) items = look(host, "subid", "{}");
    assert_int_equal(items->list->len, 5);
    assert_int_equal(items->problems->len, 0);
    const struct item *first = item_at(items, 0);
    assert_field(first, "overlaps", "[\"b:165536:65536\"]");
    assert_field(first, "uid", "1000");
    assert_field(first, "below_minimum", "false");
    assert_field(item_at(items, 1), "accounts", "[\"b\"]");
    assert_field(item_at(items, 2), "overlaps", "[]");
    assert_field(item_at(items, 3), "below_minimum", "true");
    assert_field(item_at(items, 3), "uid", "null");
    assert_field(item_at(items, 4), "file", "\"/etc/subgid\"");
    assert_source(first, "/etc/subuid", 1);
    assert_declared(first, "subid");
}

static void broken_lines(void **state)
{
    (void)state;
    pl_auto(items) items = look(HOST "  /etc/subuid: \"a:x:5\\na:5\\n\\n\"\n", "subid", "{}");
    assert_int_equal(items->list->len, 0);
    assert_int_equal(items->problems->len, 2);
    pl_auto(items) foreign = look(HOST "  /etc/subuid: 'a:5:5'\n  /etc/nsswitch.conf: 'subid:  sss'\n", "subid", "{}");
    assert_problem(foreign, PROBLEM_UNKNOWN, "sss");
}

/* Half a million pairs are one problem, not a long wait. */
static void a_hostile_file(void **state)
{
    (void)state;
    g_autoptr(GString) host = g_string_new(HOST "  /etc/subuid: |\n");
    for (int i = 0; i < 2000; i++)
        g_string_append_printf(host, "    u%d:100000:65536\n", i);
    pl_auto(items) items = look(host->str, "subid", "{}");
    assert_int_equal(items->list->len, 2000);
    assert_problem(items, PROBLEM_ERROR, "overlaps");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),
        cmocka_unit_test(broken_lines),
        cmocka_unit_test(a_hostile_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
