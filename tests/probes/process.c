#include "looking.h"

#define NGINX                                                                                                          \
    "processes:\n"                                                                                                     \
    "- {pid: 40, ppid: 1, comm: nginx, exe: '/usr/sbin/nginx (deleted)', argv: [nginx, -g, 'daemon off;'], uid: 33,"   \
    " caps: {effective: [CAP_KILL], bounding: [CAP_KILL, CAP_CHOWN], permitted: []}, seccomp: 2, no_new_privs: 1,"     \
    " label: unconfined, cgroup: \"0::/system.slice/nginx.service\\n\", ns: {mnt: 77}}\n"                              \
    "- {pid: 41, ppid: 1, comm: sh, exe: /bin/sh, argv: [sh]}\n"

static void fields_of_a_process(void **state)
{
    (void)state;
    pl_auto(items) items = look(NGINX, "process", "{comm: 'ngin*'}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "nginx (pid 40)");
    assert_field(item, "pid", "40");
    assert_field(item, "exe", "\"/usr/sbin/nginx\"");
    assert_field(item, "exe_deleted", "true");
    assert_field(item, "uid", "33");
    assert_field(item, "caps_effective", "[\"CAP_KILL\"]");
    assert_field(item, "caps_permitted", "[]");
    assert_field(item, "seccomp", "\"filter\"");
    assert_field(item, "no_new_privs", "true");
    assert_field(item, "label", "\"unconfined\"");
    assert_field(item, "unit", "\"nginx.service\"");
    assert_field(item, "host_namespaces", "[\"cgroup\",\"ipc\",\"net\",\"pid\",\"user\",\"uts\"]");
    assert_declared(item, "process");
}

#define SHIMS                                                                                                          \
    "processes:\n"                                                                                                     \
    "- {pid: 40, comm: containerd-shim, exe: '/usr/bin/containerd-shim-runc-v2 (deleted)', argv: [x]}\n"               \
    "- {pid: 41, comm: x, exe: /srv/containerd, argv: [x]}\n"                                                          \
    "- {pid: 42, comm: containerd, exe: /srv/k3s, argv: [containerd]}\n"                                               \
    "- {pid: 43, uid: 1000, comm: containerd, exe: /usr/bin/python3, argv: [containerd]}\n"                            \
    "- {pid: 44, uid: 1000, comm: containerd, exe: '/tmp/containerd (deleted)', argv: [containerd]}\n"                 \
    "- {pid: 45, uid: 1000, comm: containerd, exe: /home/a/containerd, argv: [x], fd: {'3': 'socket:[9]'}}\n"          \
    "files:\n"                                                                                                         \
    "  '/tmp/containerd (deleted)': {content: x, mode: '0755', uid: 1000}\n"                                           \
    "  /home/a/containerd: {content: x, mode: '0755', uid: 1000}\n"                                                    \
    "  /proc/net/unix: \"Num RefCount Protocol Flags Type St Inode Path\\n0: 2 0 00010000 0001 01 9 /a\\n\"\n"

/* By the file that runs; what a process calls itself counts where root chose it, and a user's own file where it
 * listens. */
static void programs_are_what_runs(void **state)
{
    (void)state;
    static const char *const pids[] = {"40", "41", "42", "45"};
    pl_auto(items) items = look(SHIMS, "process", "{program: [containerd, 'containerd-shim*']}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, G_N_ELEMENTS(pids));
    for (guint i = 0; i < items->list->len; i++)
        assert_field(item_at(items, i), "pid", pids[i]);
    pl_auto(items) unseen =
        look("processes: [{pid: 40, comm: x, exe: null, argv: [x]}]\n", "process", "{program: containerd}");
    assert_problem(unseen, PROBLEM_UNKNOWN, "/proc/40");
}

static void objects_select(void **state)
{
    (void)state;
    pl_auto(items) exe = look(NGINX, "process", "{exe: /usr/sbin/nginx}");
    assert_field(only_item(exe), "comm", "\"nginx\"");
    pl_auto(items) argument = look(NGINX, "process", "{argument: 'daemon*'}");
    assert_field(only_item(argument), "comm", "\"nginx\"");
    pl_auto(items) uid = look(NGINX, "process", "{uid: 33}");
    assert_field(only_item(uid), "comm", "\"nginx\"");
    pl_auto(items) none = look(NGINX, "process", "{comm: apache2}");
    assert_nothing(none);
}

static void what_has_no_program_has_none_of_that_name(void **state)
{
    (void)state;
    const char *host = "processes:\n"
                       "- {pid: 50, comm: gone, state: Z}\n"
                       "- {pid: 60, comm: kworker, kernel: true}\n"
                       "- {pid: 70, comm: hidden, exe: null, argv: [hidden]}\n";
    pl_auto(items) items = look(host, "process", "{exe: /usr/sbin/agent, kernel: true}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "1 processes");
}

static void offline_has_no_processes(void **state)
{
    (void)state;
    assert_int_equal(probe_find("process")->needs, NEEDS_LIVE);
}

static void what_could_not_be_compared_is_a_problem(void **state)
{
    (void)state;
    const char *host = NGINX "files: {/proc/41/cmdline: {content: x, denied: true}}\n";
    pl_auto(items) items = look(host, "process", "{argument: '*evil*'}");
    assert_problem(items, PROBLEM_UNKNOWN, "could not be compared");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_process),      cmocka_unit_test(objects_select),
        cmocka_unit_test(programs_are_what_runs),   cmocka_unit_test(what_has_no_program_has_none_of_that_name),
        cmocka_unit_test(offline_has_no_processes), cmocka_unit_test(what_could_not_be_compared_is_a_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
