#include "described.h"

#define HOST                                                                                                           \
    "files:\n"                                                                                                         \
    "  /etc/passwd: \"root:x:0:0::/root:/bin/sh\\na:x:7:7::/home/a:/bin/sh\\n\"\n"                                     \
    "  /etc/group: \"root:x:0:\\na:x:7:\\nstaff:x:50:\\n\"\n"                                                          \
    "  /home/a: {type: dir, uid: 7, gid: 7, mode: '0775'}\n"                                                           \
    "  /home/a/tool: {content: '{\"x\": {\"y\": 5}}', uid: 7, gid: 7, mode: '0755'}\n"                                 \
    "  /bin/tool: {type: symlink, target: /opt/tool}\n"                                                                \
    "  /opt: {type: dir, gid: 50, mode: '0775'}\n  /opt/tool: ''\n"                                                    \
    "  /tmp: {type: dir, mode: '1777'}\n  /tmp/tool: ''\n  /tmp/others: {content: '', uid: 9}\n"                       \
    "  /bin/good: ''\n"

static void assert_trust(const char *path, const char *trusted, const char *untrusted)
{
    g_autofree char *host = g_strdup_printf(HOST "  /c.json: '{\"f\": \"%s\"}'\n", path);
    pl_auto(items) items = look_shipped(host, "named-file", "{path: /c.json, format: json, key: f}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, path);
    assert_field(item, "trusted", trusted);
    assert_field(item, "untrusted", untrusted);
    assert_source(item, "/c.json", 1);
    assert_declared(item, "named-file");
}

static void only_root_may_write(void **state)
{
    (void)state;
    assert_trust("/bin/good", "true", "null");
    assert_trust("/bin/tool", "false", "\"/opt\"");
    assert_trust("/home/a/tool", "false", "\"/home/a\"");
    assert_trust("/tmp/tool", "true", "null");
    assert_trust("/tmp/others", "false", "\"/tmp/others\"");
    assert_trust("/none", "null", "null");
}

static void the_account_trusts_itself(void **state)
{
    (void)state;
    const char *host = HOST "  /home/a/.config/c.json: '{\"f\": [\"/home/a/tool\", \"relative\", 5]}'\n";
    pl_auto(items) items = look_shipped(
        host, "named-file", "{path: ~/.config/c.json, format: json, key: f, inner_format: json, inner_key: x.y}");
    const struct item *item = only_item(items);
    assert_field(item, "trusted", "true");
    assert_field(item, "user", "\"a\"");
    assert_field(item, "inner", "5");
    assert_field(item, "named_by", "\"f\"");
}

static void settings_name_files(void **state)
{
    (void)state;
    const char *host = HOST "  /etc/containers/containers.conf: \"[engine.runtimes]\\nx = ['/bin/good', '/none']\"\n";
    pl_auto(items) items = look_shipped(host, "named-file",
                                        "{daemon: containers-conf, key: engine.runtimes, member: '*', missing: false}");
    const struct item *item = only_item(items);
    assert_field(item, "path", "\"/bin/good\"");
    assert_field(item, "set", "true");
    assert_source(item, "/etc/containers/containers.conf", 2);
}

static void what_is_below(void **state)
{
    (void)state;
    const char *host = HOST "  /c.json: '{\"f\": \"/h\"}'\n  /h/a.x: ''\n  /h/b.y: ''\n";
    pl_auto(items) items = look_shipped(host, "named-file", "{path: /c.json, format: json, key: f, below: '*.x'}");
    assert_field(only_item(items), "path", "\"/h/a.x\"");
}

static void hindrances(void **state)
{
    (void)state;
    const char *host = HOST "  /c.json: '{\"f\": \"/d/x\"}'\n  /d: {type: dir, denied: true}\n  /d/x: ''\n";
    pl_auto(items) items = look_shipped(host, "named-file", "{path: /c.json, format: json, key: f}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "/d");
    pl_auto(items) broken =
        look_shipped("files: {/c.json: '{'}", "named-file", "{path: /c.json, format: json, key: f}");
    assert_problem(broken, PROBLEM_ERROR, "/c.json");
}

static void objects_are_checked(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = shipped_daemons();
    static const char *const wrong[] = {
        "{key: f}",
        "{key: f, path: /x}",
        "{key: f, path: /x, format: none}",
        "{key: none, daemon: containers-conf}",
        "{key: engine.runtime, daemon: containers-conf, path: /x, format: json}",
        "{key: f, path: /x, format: json, inner_key: a}",
        "{key: f, path: /x, format: json, inner_key: a, inner_format: none}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        pl_autojson json_object *object = yaml(wrong[i]);
        assert_false(probe_find("named-file")->check(object, daemons, &error));
        assert_non_null(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_root_may_write), cmocka_unit_test(the_account_trusts_itself),
        cmocka_unit_test(settings_name_files), cmocka_unit_test(what_is_below),
        cmocka_unit_test(hindrances),          cmocka_unit_test(objects_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
