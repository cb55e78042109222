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
        cmocka_unit_test(objects_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
