#include "looking.h"

#define HOST                                                                                                           \
    "files:\n"                                                                                                         \
    "  /etc/passwd: \"root:x:0:0::/root:/bin/sh\\na:x:1000:7::/home/a:/bin/sh\\nb:x:165540:8::/home/b:/bin/sh\\n\"\n"  \
    "  /home/a: {type: dir}\n  /home/b: {type: dir}\n"

static void rootless_accounts(void **state)
{
    (void)state;
    const char *host =
        HOST "  /home/a/.local/share/containers/storage: {type: dir}\n"
             "  /run/user/1000: {type: dir, uid: 1000, mode: '0700'}\n"
             "  /etc/subuid: 'a:100000:65536'\n  /etc/subgid: '1000:100000:70000'\n"
             "  /var/lib/systemd/linger/a: ''\n"
             "  /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers: 'cpu pids'\n"
             "processes: [{pid: 1, ppid: 0, comm: init, ns: {user: 1}},"
             " {pid: 9, ppid: 1, comm: dockerd, uid: 165540, ns: {user: 2}, files: {setgroups: \"deny\\n\"}},"
             " {pid: 8, ppid: 1, comm: dockerd, uid: 0}]\n";
    pl_auto(items) items = look(host, "rootless", "{}");
    assert_int_equal(items->list->len, 2);
    const struct item *a = item_at(items, 0), *b = item_at(items, 1);
    assert_field(a, "engines", "[\"podman\"]");
    assert_field(a, "running", "false");
    assert_field(a, "ids", "65536");
    assert_field(a, "runtime_private", "true");
    assert_field(a, "linger", "true");
    assert_field(a, "controllers", "[\"cpu\",\"pids\"]");
    assert_field(a, "setgroups", "null");
    assert_declared(a, "rootless");
    assert_field(b, "engines", "[\"docker\"]");
    assert_field(b, "running", "true");
    assert_field(b, "runtime_directory", "null");
    assert_field(b, "setgroups", "\"deny\"");
    pl_auto(items) managed = look(host, "rootless", "{managed: true}");
    assert_field(only_item(managed), "user", "\"a\"");
}

static void ids_from_elsewhere(void **state)
{
    (void)state;
    const char *host = HOST "  /home/a/.local/share/docker: {type: dir}\n  /etc/nsswitch.conf: 'subid: sss'\n"
                            "  /etc/subuid: 'a:100000:65536'\n";
    pl_auto(items) items = look(host, "rootless", "{}");
    assert_field(only_item(items), "ids", "(unread)");
    assert_field(only_item(items), "controllers", "null");
}

static void nobody_and_root(void **state)
{
    (void)state;
    pl_auto(items) items = look(HOST "  /root/.local/share/containers/storage: {type: dir}\n", "rootless", "{}");
    assert_nothing(items);
}

static void an_offline_root_has_no_processes(void **state)
{
    (void)state;
    pl_auto(items) items = look(HOST "  /home/a/.local/share/docker: {type: dir}\nlive: false\n", "rootless", "{}");
    assert_field(only_item(items), "running", "(unread)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rootless_accounts),
        cmocka_unit_test(ids_from_elsewhere),
        cmocka_unit_test(nobody_and_root),
        cmocka_unit_test(an_offline_root_has_no_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
