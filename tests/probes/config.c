#include "model/error.h"

#include "looking.h"

static const char yaml_host[] = "files:\n"
                                "  /etc/a.yaml: \"a:\\n  b: 1\\n  c: [x, y]\\n\"\n"
                                "  /etc/b.yaml: \"a:\\n  b: 2\\n  'd.e': ~\\n  '*': star\\n\"\n";

static void values_of_each_file(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(yaml_host, "config", "{path: [/etc/a.yaml, /etc/b.yaml, /etc/none], format: yaml, key: a.b}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    const struct item *item = item_at(items, 0);
    assert_field(item, "value", "1");
    assert_field(item, "path", "\"/etc/a.yaml\"");
    assert_field(item, "key", "\"a.b\"");
    assert_field(item, "line", "2");
    assert_field(item, "losing", "[]");
    assert_source(item, "/etc/a.yaml", 2);
    assert_declared(item, "config");
}

static void one_file_wins(void **state)
{
    (void)state;
    pl_auto(items) last = look(yaml_host, "config", "{path: '/etc/?.yaml', format: yaml, key: a.b, merge: last}");
    assert_field(only_item(last), "value", "2");
    assert_field(only_item(last), "losing", "[\"/etc/a.yaml:2 1\"]");
    pl_auto(items) first = look(yaml_host, "config", "{path: '/etc/?.yaml', format: yaml, key: a.b, merge: first}");
    assert_field(only_item(first), "value", "1");
    assert_field(only_item(first), "losing", "[\"/etc/b.yaml:2 2\"]");
}

static void keys(void **state)
{
    (void)state;
    pl_auto(items) star = look(yaml_host, "config", "{path: /etc/a.yaml, format: yaml, key: a.c.*}");
    assert_int_equal(star->list->len, 2);
    assert_field(item_at(star, 1), "key", "\"a.c.1\"");
    assert_field(item_at(star, 1), "value", "\"y\"");
    pl_auto(items) dot = look(yaml_host, "config", "{path: /etc/b.yaml, format: yaml, key: 'a.d\\.e'}");
    assert_field(only_item(dot), "value", "null");
    pl_auto(items) literal = look(yaml_host, "config", "{path: /etc/b.yaml, format: yaml, key: 'a.\\*'}");
    assert_field(only_item(literal), "value", "\"star\"");
    pl_auto(items) whole = look(yaml_host, "config", "{path: /etc/a.yaml, format: yaml, key: ''}");
    assert_field(only_item(whole), "value", "{\"a\":{\"b\":1,\"c\":[\"x\",\"y\"]}}");
    pl_auto(items) none = look(yaml_host, "config", "{path: /etc/a.yaml, format: yaml, key: a.b.c}");
    assert_nothing(none);
}

static void systemd_drop_ins(void **state)
{
    (void)state;
    static const char host[] = "files:\n"
                               "  /etc/systemd/j.conf: \"[J]\\nStorage=auto\\nAudit=yes\\n\"\n"
                               "  /usr/lib/systemd/j.conf.d/90.conf: \"[J]\\nStorage=volatile\\n\"\n"
                               "  /usr/lib/systemd/j.conf.d/10.conf: \"[J]\\nStorage=none\\n\"\n"
                               "  /etc/systemd/j.conf.d/10.conf: {target: /dev/null}\n"
                               "  /etc/systemd/j.conf.d/50.conf: \"[J]\\nStorage=persistent\\nAudit=\\n\"\n";
    static const char object[] =
        "{path: [/etc/systemd/j.conf, '/etc/systemd/j.conf.d/*.conf', "
        "'/usr/lib/systemd/j.conf.d/*.conf'], format: systemd, key: J.%s, merge: last, order: name}";
    g_autofree char *storage = g_strdup_printf(object, "Storage");
    pl_auto(items) items = look(host, "config", storage);
    assert_field(only_item(items), "value", "\"volatile\"");
    assert_field(only_item(items), "losing",
                 "[\"/etc/systemd/j.conf.d/50.conf:2 persistent\",\"/etc/systemd/j.conf:2 auto\"]");
    g_autofree char *audit = g_strdup_printf(object, "Audit");
    pl_auto(items) reset = look(host, "config", audit);
    assert_nothing(reset);
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    static const char host[] = "files:\n"
                               "  /etc/secret.json: {content: '{}', denied: true}\n"
                               "  /etc/broken.json: '{'\n"
                               "  /etc/dir: {type: dir}\n"
                               "  /etc/dir/sub: {type: dir}\n";
    pl_auto(items) denied = look(host, "config", "{path: /etc/secret.json, format: json, key: a}");
    assert_problem(denied, PROBLEM_UNKNOWN, "/etc/secret.json");
    pl_auto(items) broken = look(host, "config", "{path: /etc/broken.json, format: json, key: a}");
    assert_problem(broken, PROBLEM_ERROR, "/etc/broken.json:1:2");
    pl_auto(items) literal = look(host, "config", "{path: /etc/dir, format: json, key: a}");
    assert_problem(literal, PROBLEM_ERROR, "/etc/dir");
    pl_auto(items) globbed = look(host, "config", "{path: '/etc/dir/*', format: json, key: a}");
    assert_nothing(globbed);
}

static void every_home(void **state)
{
    (void)state;
    const char *host =
        "files:\n  /etc/passwd: \"root:x:0:0::/root:/bin/sh\\na:x:7:7::/srv/[a]:/bin/sh\\nb:x:8:8::/srv/[a]:/bin/sh"
        "\\nc:x:9:9::/:/bin/sh\\nd:x:10:10::/none:/bin/sh\\n\"\n"
        "  /root/.config/x.json: '{\"a\": 1}'\n  '/srv/[a]/.config/x.json': '{\"a\": 2}'\n"
        "  /srv/a/.config/x.json: '{\"a\": 3}'\n  /.config/x.json: '{\"a\": 4}'\n";
    static const char *const paths[] = {"~/.config/x.json", "~/.config/*.json"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *object = g_strdup_printf("{path: '%s', format: json, key: a}", paths[i]);
        pl_auto(items) items = look(host, "config", object);
        assert_int_equal(items->problems->len, 0);
        assert_int_equal(items->list->len, 2);
        assert_field(item_at(items, 0), "value", "1");
        assert_field(item_at(items, 1), "path", "\"/srv/[a]/.config/x.json\"");
    }
    pl_auto(items) file = look(host, "file", "{path: ~/.config/x.json}");
    assert_int_equal(file->list->len, 2);
}

static void wrong_objects(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *object = yaml("{path: /x, format: yml, key: a}");
    assert_false(probe_find("config")->check(object, NULL, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    pl_autojson json_object *good = yaml("{path: /x, format: yaml, key: a}");
    assert_true(probe_find("config")->check(good, NULL, NULL));
}

static void keys_that_no_tree_can_have(void **state)
{
    (void)state;
    static const struct {
        const char *format, *key;
        bool good;
    } rows[] = {
        {"yaml", "a.b", true},
        {"lines", "a.b", false},
        {"lines", "*.words.*", true},
        {"colon", "root", false},
        {"yaml-stream", "*.a", true},
        {"xml", "volumes", false},
        {"xml", "children.*.name", true},
        {"ini", "a.b", true},
        {"lines", "", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("{path: /a, format: %s, key: '%s'}", rows[i].format, rows[i].key);
        pl_autojson json_object *object = yaml(text);
        g_autoptr(GError) error = NULL;
        if (probe_find("config")->check(object, NULL, &error) != rows[i].good)
            fail_msg("%s: %s", text, error ? error->message : "accepted");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_no_tree_can_have),
        cmocka_unit_test(values_of_each_file),
        cmocka_unit_test(one_file_wins),
        cmocka_unit_test(keys),
        cmocka_unit_test(systemd_drop_ins),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(wrong_objects),
        cmocka_unit_test(every_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
