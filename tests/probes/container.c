#include "container_hosts.h"

static void fields_of_a_container(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("uid: 1000, no_new_privs: 1, label: 'docker-default (enforce)', ",
                       PROC) "files:\n"
                             "  /var/lib/docker/containers/" ID "/config.v2.json: '{\"Name\": \"/shop\"}'\n"
                             "  /sys/fs/cgroup/cgroup.controllers: ''\n"
                             "  /sys/fs/cgroup/system.slice/docker-" ID ".scope/memory.max: \"1000\\n\"\n",
             "container", "{}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "shop");
    assert_field(item, "id", "\"" ID "\"");
    assert_field(item, "runtime", "\"docker\"");
    assert_field(item, "pid", "100");
    assert_field(item, "root_user", "false");
    assert_field(item, "uid_inside", "1000");
    assert_field(item, "caps_bounding", "[\"CAP_CHOWN\"]");
    assert_field(item, "seccomp", "\"filter\"");
    assert_field(item, "no_new_privs", "true");
    assert_field(item, "confined", "true");
    assert_field(item, "user_namespace", "false");
    assert_field(item, "host_namespaces", "[\"cgroup\",\"user\"]");
    assert_field(item, "rootfs_readonly", "false");
    assert_field(item, "host_paths", "[]");
    assert_field(item, "masked_proc", "true");
    assert_field(item, "writable_proc_sys", "false");
    assert_field(item, "memory_limit", "1000");
    assert_field(item, "pids_limit", "null");
    assert_field(item, "privileged", "false");
    assert_field(item, "exec_sessions", "0");
    assert_declared(item, "container");
}

static void an_exec_session_counts_with_its_rights(void **state)
{
    (void)state;
    const char *host = CONTAINER("uid: 1000, no_new_privs: 1, ",
                                 PROC) "- {pid: 110, ppid: 100, comm: child, argv: [c], start: 6, uid: 1000, " OWN
                                       ", " CGROUP ", " DEFAULT "}\n"
                                       "- {pid: 120, ppid: 90, comm: sh, argv: [sh], start: 9, " OWN ", " CGROUP
                                       ", caps: {bounding: all, effective: all}, seccomp: 0}\n";
    pl_auto(items) items = look(host, "container", "{}");
    const struct item *item = only_item(items);
    assert_field(item, "exec_sessions", "1");
    assert_field(item, "processes", "3");
    assert_field(item, "pid", "100");
    assert_field(item, "root_user", "true");
    assert_field(item, "seccomp", "\"off\"");
    assert_field(item, "no_new_privs", "false");
    assert_field(item, "privileged", "true");
    pl_auto(items) each = look(host, "container", "{processes: true}");
    assert_int_equal(each->list->len, 3);
    assert_field(item_at(each, 0), "seccomp", "\"filter\"");
    assert_field(item_at(each, 2), "seccomp", "\"off\"");
    /* What is a matter of the whole container is not told of one process. */
    assert_true(g_hash_table_contains(item_at(each, 0)->unread, "privileged"));
}

static void unreadable_is_not_different(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(MOUNTS "privileged: false\nprocesses:\n"
                    "- {pid: 100, ppid: 1, comm: x, argv: [x], cgroup: \"0::/\\n\", ns: {mnt: null}}\n",
             "container", "{}");
    assert_problem(items, PROBLEM_UNKNOWN, "1 processes could not be told");
}

/* Of more labels than are told it is not known which there are. */
static void too_many_labels(void **state)
{
    (void)state;
    for (int n = 200; n <= 201; n++) {
        g_autoptr(GString) list = g_string_new(NULL);
        for (int i = 0; i < n; i++)
            g_string_append_printf(list, "%s\"a%d\": \"b\"", i ? ", " : "", i);
        g_autofree char *host = g_strdup_printf(
            CONTAINER("", PROC) "files:\n  /var/lib/docker/containers/" ID
                                "/hostconfig.json: '{}'\n  /var/lib/docker/containers/" ID
                                "/config.v2.json: '{\"Name\": \"/shop\", \"Config\": {\"Labels\": {%s}}}'\n",
            list->str);
        pl_auto(items) items = look(host, "container", "{}");
        g_autofree char *labels = tree_text(tree_member(only_item(items)->fields, "labels"));
        if (n > 200)
            assert_field(only_item(items), "labels", "(unread)");
        else
            assert_non_null(strstr(labels, "a199"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_container),
        cmocka_unit_test(too_many_labels),
        cmocka_unit_test(an_exec_session_counts_with_its_rights),
        cmocka_unit_test(unreadable_is_not_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
