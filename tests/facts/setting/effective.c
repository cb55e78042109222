#include "settings.h"

static void lists_append_when_told(void **state)
{
    (void)state;
    const char *host =
        "files: {/usr/share/tool.conf: 'list = [\"a\"]', /etc/tool.conf: 'list = [\"b\", {append=true}]'}";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: list}");
    assert_field(only_item(items), "value", "[\"a\",\"b\"]");
    const char *first = "files: {/etc/tool.conf: 'list = [\"b\", {append=true}]'}";
    pl_auto(items) onto_default = look_tool(TOOL, first, "{daemon: tool, key: list}");
    assert_field(only_item(onto_default), "value", "[\"x\",\"b\"]");
    const char *unknown = "files: {/etc/tool.conf: 'other = [\"b\", {append=true}]'}";
    pl_auto(items) onto_unknown = look_tool(TOOL, unknown, "{daemon: tool, key: other}");
    assert_field(only_item(onto_unknown), "value", "(unread)");
    const char *back = "files: {/usr/share/tool.conf: 'list = [\"a\", {append=true}]', "
                       "/etc/tool.conf: 'list = [\"b\", {append=false}]'}";
    pl_auto(items) replaced = look_tool(TOOL, back, "{daemon: tool, key: list}");
    assert_field(only_item(replaced), "value", "[\"b\"]");
}

static void tables_become_a_map(void **state)
{
    (void)state;
    const char *host =
        "files:\n"
        "  /usr/share/tool.conf: \"[[registry]]\\nlocation = 'a.b'\\ninsecure = true\\n[[registry]]\\nprefix = 'c'\"\n"
        "  /etc/tool.conf: \"[[registry]]\\nprefix = 'c'\\ninsecure = true\\n[[registry]]\\nx = 1\"\n";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: registry, member: '*.insecure'}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "member", "\"a.b.insecure\"");
    assert_source(item_at(items, 0), "/usr/share/tool.conf", 3);
    assert_source(item_at(items, 1), "/etc/tool.conf", 3);
    assert_declared(item_at(items, 0), "setting");
    pl_auto(items) paths =
        look_tool(TOOL, "files: {/etc/tool.conf: 'paths.e = [\"/e\"]'}", "{daemon: tool, key: paths, member: '*.*'}");
    assert_int_equal(paths->list->len, 2);
    assert_field(item_at(paths, 0), "set", "false");
    assert_field(item_at(paths, 1), "set", "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_append_when_told),
        cmocka_unit_test(tables_become_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
