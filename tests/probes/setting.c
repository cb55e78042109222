#include "settings.h"

static void nothing_runs_and_nothing_is_configured(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("{}", "setting", "{daemon: dockerd, key: icc}");
    assert_nothing(items);
}

static void a_file_without_a_process(void **state)
{
    (void)state;
    const char *host = "files: {/etc/docker/daemon.json: \"{\\n \\\"icc\\\": false}\"}";
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "false");
    assert_field(item, "pid", "null");
    assert_source(item, "/etc/docker/daemon.json", 2);
    assert_value(host, "dockerd", "live-restore", "false", "default");
}

static void a_value_of_a_wrong_type_is_unread(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped(KUBELET(", --anonymous-auth=perhaps"), "setting",
                                        "{daemon: kubelet, key: authentication.anonymous.enabled}");
    assert_field(only_item(items), "value", "(unread)");
}

static void unreadable_files_are_never_defaults(void **state)
{
    (void)state;
    const char *object = "{daemon: kubelet, key: readOnlyPort}";
    pl_auto(items) missing = look_shipped(KUBELET(", --config=/gone"), "setting", object);
    assert_problem(missing, PROBLEM_ERROR, "/gone");
    pl_auto(items) broken = look_shipped(KUBELET(", --config=/k.yaml") CONFIG("a: [b"), "setting", object);
    assert_problem(broken, PROBLEM_ERROR, "/k.yaml");
    pl_auto(items) denied = look_shipped(
        KUBELET(", --config=/k.yaml") "files: {/k.yaml: {content: 'a: b', denied: true}}\n", "setting", object);
    assert_problem(denied, PROBLEM_UNKNOWN, "/k.yaml");
    assert_int_equal(denied->list->len, 0);
}

static void an_unreadable_environment_may_outdo_a_file(void **state)
{
    (void)state;
    static const char host[] =
        "files: {/etc/docker/daemon.json: '{\"tlsverify\": true}', /proc/5/environ: {content: '', denied: true}}\n"
        "processes:\n"
        "- {pid: 1, ppid: 0, comm: init}\n"
        "- {pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd]}\n";
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: tlsverify}");
    assert_field(only_item(items), "value", "(unread)");
    assert_field(only_item(items), "origin", "(unread)");
}

static void further_settings_of_the_same_instance(void **state)
{
    (void)state;
    static const char host[] =
        "files: {/etc/docker/daemon.json: '{\"tls\": true}'}\n"
        "processes:\n"
        "- {pid: 1, ppid: 0, comm: init}\n"
        "- {pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, --icc=false]}\n"
        "- {pid: 6, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, --tlsverify, --data-root=/d]}\n";
    pl_auto(items) items =
        look_shipped(host, "setting", "{daemon: dockerd, key: icc, with: [tls, tlsverify, data-root, tlscacert]}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "value", "false");
    assert_field(item_at(items, 0), "with.tls", "true");
    assert_field(item_at(items, 0), "with.tlsverify", "false");
    assert_field(item_at(items, 0), "with.data-root", "null");
    assert_field(item_at(items, 1), "value", "true");
    assert_field(item_at(items, 1), "with.tlsverify", "true");
    assert_field(item_at(items, 1), "with.data-root", "\"/d\"");
    /* It has no default, and nobody set it. */
    assert_non_null(unread_why(item_at(items, 1), "with.tlscacert"));
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *object = yaml("{daemon: dockerd, key: icc, with: [tls, tlscacrt]}");
    pl_auto(daemons) daemons = shipped_daemons();
    assert_false(probe_find("setting")->check(object, daemons, &error));
    assert_string_equal(error->message, "daemon \"dockerd\" has no key \"tlscacrt\" (did you mean tlscacert?)");
}

static void what_is_newer_than_the_process_may_not_be_in_force(void **state)
{
    (void)state;
    static const char host[] =
        "files: {/etc/docker/daemon.json: {content: '{\"tls\": true}', mtime: 1700009999}}\n"
        "processes:\n"
        "- {pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, --icc=false]}\n";
    pl_auto(items) flag = look_shipped(host, "setting", "{daemon: dockerd, key: icc, with: [tls]}");
    assert_field(only_item(flag), "in_force", "true");
    assert_field(only_item(flag), "with.tls", "true");
    pl_auto(items) file = look_shipped(host, "setting", "{daemon: dockerd, key: tls}");
    assert_field(only_item(file), "value", "true");
    assert_field(only_item(file), "in_force", "(unread)");
    pl_auto(items) unset = look_shipped(host, "setting", "{daemon: dockerd, key: debug}");
    assert_field(only_item(unset), "in_force", "(unread)");
    static const char idle[] = "files: {/etc/docker/daemon.json: {content: '{\"tls\": true}', mtime: 1700009999}}\n";
    pl_auto(items) configured = look_shipped(idle, "setting", "{daemon: dockerd, key: tls}");
    assert_field(only_item(configured), "in_force", "true");
}

static void objects_are_checked(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = shipped_daemons();
    pl_autojson json_object *daemon = yaml("{daemon: nothing, key: icc}");
    pl_autojson json_object *key = yaml("{daemon: dockerd, key: iccc}");
    g_autoptr(GError) first = NULL;
    g_autoptr(GError) second = NULL;
    assert_false(probe_find("setting")->check(daemon, daemons, &first));
    assert_false(probe_find("setting")->check(key, daemons, &second));
    assert_non_null(strstr(second->message, "iccc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_runs_and_nothing_is_configured),
        cmocka_unit_test(a_file_without_a_process),
        cmocka_unit_test(a_value_of_a_wrong_type_is_unread),
        cmocka_unit_test(unreadable_files_are_never_defaults),
        cmocka_unit_test(an_unreadable_environment_may_outdo_a_file),
        cmocka_unit_test(further_settings_of_the_same_instance),
        cmocka_unit_test(what_is_newer_than_the_process_may_not_be_in_force),
        cmocka_unit_test(objects_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
