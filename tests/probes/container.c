#include "looking.h"

#include "probes/container_find.h"

#define ID    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
#define OTHER "1111111111111111222222222222222233333333333333334444444444444444"

/* The host: one disk on /, a tmpfs on /run, its own /proc, /sys and /dev. */
#define MOUNTS                                                                                                         \
    "mounts: |\n"                                                                                                      \
    "  22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                                        \
    "  23 22 0:21 / /sys rw shared:2 - sysfs sysfs rw\n"                                                               \
    "  24 22 0:5 / /dev rw shared:3 - devtmpfs devtmpfs rw\n"                                                          \
    "  25 22 0:25 / /run rw shared:4 - tmpfs tmpfs rw\n"                                                               \
    "  26 22 0:22 / /proc rw shared:5 - proc proc rw\n"

#define ROOT "400 300 0:50 / / rw - overlay overlay rw,lowerdir=/l\\n"
#define PROC                                                                                                           \
    "401 400 0:60 / /proc rw - proc proc rw\\n402 401 0:60 /sys /proc/sys ro - proc proc rw\\n"                        \
    "403 401 0:60 /sysrq-trigger /proc/sysrq-trigger ro - proc proc rw\\n"                                             \
    "404 401 0:61 /null /proc/kcore rw - tmpfs tmpfs rw\\n405 401 0:61 /null /proc/keys rw - tmpfs tmpfs rw\\n"        \
    "406 401 0:61 /null /proc/timer_list rw - tmpfs tmpfs rw\\n407 400 0:62 / /sys ro - sysfs sysfs ro\\n"
#define OWN     "ns: {mnt: 500, pid: 501, net: 502, ipc: 503, uts: 504}"
#define CGROUP  "cgroup: \"0::/system.slice/docker-" ID ".scope\\n\""
#define DEFAULT "caps: {effective: [CAP_CHOWN], bounding: [CAP_CHOWN], permitted: [CAP_CHOWN]}, seccomp: 2"

#define CONTAINER(more, mounts)                                                                                        \
    MOUNTS "processes:\n"                                                                                              \
           "- {pid: 90, ppid: 1, comm: containerd-shim, exe: /usr/bin/containerd-shim-runc-v2,"                        \
           " argv: [/usr/bin/containerd-shim-runc-v2, -namespace, moby, -id, " ID ", -address, /s]}\n"                 \
           "- {pid: 100, ppid: 90, comm: web, argv: [web], start: 5, " OWN ", " CGROUP ", " DEFAULT ", " more          \
           "mountinfo: \"" ROOT mounts "\"}\n"

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

static void mounts_are_traced_to_the_host(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", PROC
                       "410 400 8:1 / /host ro - ext4 /dev/sda1 rw\\n411 410 0:25 / /host/run rw - tmpfs tmpfs rw\\n"
                       "412 400 8:1 /etc /x/etc rw - ext4 /dev/sda1 rw\\n"
                       "413 400 8:1 /var/lib/docker/containers/" ID "/hosts /etc/hosts rw - ext4 /dev/sda1 rw\\n"
                       "414 400 8:1 /var/lib/docker/volumes/v/_data /data rw - ext4 /dev/sda1 rw\\n"),
             "container", "{}");
    const struct item *item = only_item(items);
    assert_field(item, "host_paths", "[\"/\",\"/run\",\"/etc\"]");
    assert_field(item, "writable_host_paths", "[\"/run\",\"/etc\"]");
    assert_field(item, "mounts.3.host", "\"/var/lib/docker/volumes/v/_data\"");
}

#define SOCKET "files: {/run/docker.sock: {type: socket}}\n"

static void sockets_below_mounted_directories(void **state)
{
    (void)state;
    pl_auto(items) below =
        look(CONTAINER("", "410 400 0:25 / /hostrun ro - tmpfs tmpfs rw\\n") SOCKET, "container", "{}");
    assert_field(only_item(below), "sockets", "[\"/run/docker.sock\"]");
    pl_auto(items) itself =
        look(CONTAINER("", "410 400 0:25 /docker.sock /s ro - tmpfs tmpfs rw\\n") SOCKET, "container", "{}");
    assert_field(only_item(itself), "sockets", "[\"/run/docker.sock\"]");
    pl_auto(items) hidden = look(CONTAINER("", "410 400 0:25 / /r ro - tmpfs tmpfs rw\\n"
                                               "411 410 0:70 / /r/docker.sock ro - tmpfs t rw\\n") SOCKET,
                                 "container", "{}");
    assert_field(only_item(hidden), "sockets", "[]");
    /* A bind of / alone does not show what is mounted on /run. */
    pl_auto(items) alone =
        look(CONTAINER("", "410 400 8:1 / /host ro - ext4 /dev/sda1 rw\\n") SOCKET, "container", "{}");
    assert_field(only_item(alone), "sockets", "[]");
}

static void unmasked_and_writable(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", "401 400 0:60 / /proc rw - proc proc rw\\n402 400 0:62 / /sys ro - sysfs s ro\\n"),
             "container", "{}");
    assert_field(only_item(items), "masked_proc", "false");
    assert_field(only_item(items), "writable_proc_sys", "true");
    pl_auto(items) bound =
        look(CONTAINER("", PROC "410 400 0:22 / /host/proc rw - proc proc rw\\n"), "container", "{}");
    assert_field(only_item(bound), "masked_proc", "false");
    assert_field(only_item(bound), "writable_proc_sys", "true");
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

static void a_container_without_a_name(void **state)
{
    (void)state;
    pl_auto(items) items = look(MOUNTS "processes:\n"
                                       "- {pid: 100, ppid: 1, comm: x, argv: [x], " OWN ", cgroup: \"0::/\\n\","
                                       " mountinfo: \"" ROOT "\"}\n"
                                       "- {pid: 101, ppid: 100, comm: y, argv: [y], ns: {mnt: 700, pid: 501},"
                                       " cgroup: \"0::/\\n\", mountinfo: \"" ROOT "\"}\n",
                                "container", "{}");
    const struct item *item = only_item(items);
    assert_field(item, "id", "\"pid:100\"");
    assert_field(item, "runtime", "\"unknown\"");
    assert_field(item, "processes", "2");
}

static void a_raw_runc_container(void **state)
{
    (void)state;
    pl_auto(items) items = look(MOUNTS "processes:\n"
                                       "- {pid: 100, ppid: 1, comm: x, argv: [x], " OWN ", cgroup: \"0::/job\\n\","
                                       " mountinfo: \"" ROOT "\"}\n"
                                       "files: {/run/runc/job/state.json: '{}'}\n",
                                "container", "{name: job}");
    assert_field(only_item(items), "runtime", "\"runc\"");
    assert_field(only_item(items), "name", "\"job\"");
}

static void services_and_sandboxes_are_no_containers(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        MOUNTS "processes:\n"
               "- {pid: 100, ppid: 1, comm: private, argv: [p], ns: {mnt: 500},"
               " cgroup: \"0::/system.slice/p.service\\n\", mountinfo: \"22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n\"}\n"
               "- {pid: 101, ppid: 1, comm: chrome, argv: [c], ns: {pid: 501, user: 502, net: 503}}\n"
               "- {pid: 102, ppid: 1, comm: chrooted, argv: [c], root: /var/empty}\n",
        "container", "{}");
    assert_nothing(items);
}

/* Without pivot_root(2) the root has no line of its own, or the parent's root is taken for it. */
static void a_chroot_with_its_own_processes(void **state)
{
    (void)state;
#define HOST_ROOT "22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n"
    pl_auto(items) items = look(
        MOUNTS "processes:\n"
               "- {pid: 100, ppid: 1, comm: unshare, argv: [u], ns: {mnt: 500}, mountinfo: \"" HOST_ROOT "\"}\n"
               "- {pid: 101, ppid: 100, comm: one, argv: [x], cgroup: \"0::/\\n\", root: /c, ns: {mnt: 500, pid: 501},"
               " mountinfo: \"" HOST_ROOT "\"}\n"
               "- {pid: 102, ppid: 1, comm: two, argv: [x], cgroup: \"0::/\\n\", root: /c, ns: {mnt: 600, pid: 601}, "
               "mountinfo: \"\\n\"}\n"
               "- {pid: 103, ppid: 1, comm: service, argv: [x], root: /c, ns: {mnt: 700, pid: 701},"
               " cgroup: \"0::/system.slice/s.service\\n\", mountinfo: \"\\n\"}\n"
               "- {pid: 104, ppid: 1, comm: same, argv: [x], cgroup: \"0::/\\n\", ns: {mnt: 800, pid: 801},"
               " mountinfo: \"" HOST_ROOT "\"}\n"
               "- {pid: 105, ppid: 1, comm: postfix, argv: [x], cgroup: \"0::/\\n\", root: /c, ns: {mnt: 900}, "
               "mountinfo: \"\\n\"}\n",
        "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "comm", "\"one\"");
    assert_field(item_at(items, 1), "comm", "\"two\"");
}

static void host_namespaces_do_not_hide_a_container(void **state)
{
    (void)state;
    pl_auto(items) items = look(MOUNTS "processes:\n"
                                       "- {pid: 100, ppid: 1, comm: x, argv: [x], ns: {mnt: 500},"
                                       " cgroup: \"0::/system.slice/some.slice\\n\", mountinfo: \"" ROOT "\"}\n",
                                "container", "{}");
    assert_field(only_item(items), "host_namespaces", "[\"cgroup\",\"ipc\",\"net\",\"pid\",\"user\",\"uts\"]");
}

static void a_user_namespace_maps_root_away(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(MOUNTS "processes:\n"
                    "- {pid: 100, ppid: 1, comm: x, argv: [x], uid: 100000, uid_map: \"0 100000 65536\\n\","
                    " ns: {mnt: 500, user: 501}, " CGROUP ", mountinfo: \"" ROOT "\"}\n",
             "container", "{}");
    const struct item *item = only_item(items);
    assert_field(item, "root_user", "false");
    assert_field(item, "uid", "100000");
    assert_field(item, "uid_inside", "0");
    assert_field(item, "user_namespace", "true");
}

static void unreadable_is_not_different(void **state)
{
    (void)state;
    pl_auto(items) items = look(MOUNTS "privileged: false\nprocesses:\n"
                                       "- {pid: 100, ppid: 1, comm: x, argv: [x], cgroup: \"0::/\\n\"}\n"
                                       "files: {/proc/100/ns/mnt: {content: '', denied: true}}\n",
                                "container", "{}");
    assert_problem(items, PROBLEM_UNKNOWN, "1 processes could not be told");
}

static void labels(void **state)
{
    (void)state;
    static const struct {
        const char *label, *confined;
    } cases[] = {
        {"docker-default (enforce)", "true"},
        {"docker-default (complain)", "false"},
        {"unconfined", "false"},
        {"system_u:system_r:container_t:s0:c1,c2", "true"},
        {"system_u:system_r:spc_t:s0", "false"},
        {"system_u:system_r:container_runtime_t:s0", "false"},
        {"", "false"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host = g_strdup_printf(MOUNTS "processes:\n"
                                                       "- {pid: 100, ppid: 1, comm: x, argv: [x], label: '%s', " OWN
                                                       ", " CGROUP ", mountinfo: \"" ROOT "\"}\n",
                                                cases[i].label);
        pl_auto(items) items = look(host, "container", "{}");
        assert_field(only_item(items), "confined", cases[i].confined);
    }
}

static void names_in_control_groups(void **state)
{
    (void)state;
    static const struct {
        const char *path, *id, *runtime;
    } cases[] = {
        {"/docker/" ID, ID, "docker"},
        {"/system.slice/docker-" ID ".scope", ID, "docker"},
        {"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-" ID ".scope", ID,
         "containerd"},
        {"/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" ID, ID, "containerd"},
        {"/kubepods/burstable/pod1/" ID, ID, NULL},
        {"/kubepods/burstable/pod1/crio-" ID, ID, "cri-o"},
        {"/machine.slice/libpod-" ID ".scope/container", ID, "podman"},
        {"/libpod_parent/libpod-" ID, ID, "podman"},
        {"/docker/" OTHER "/docker/" ID, ID, "docker"},
        {"/lxc.payload.box", "box", "lxc"},
        {"/machine.slice/machine-box.scope", "box", "nspawn"},
        {"/machine.slice/libpod-conmon-" ID ".scope", NULL, NULL},
        {"/kubepods/pod1/crio-conmon-" ID, NULL, NULL},
        {"/machine.slice/machine-qemu\\x2d1.scope", NULL, NULL},
        {"/system.slice/x.service", NULL, NULL},
        {"/x/" ID "0", NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *runtime = NULL;
        g_autofree char *id = container_id_from_cgroup(cases[i].path, &runtime);
        if (g_strcmp0(id, cases[i].id) != 0 || g_strcmp0(runtime, cases[i].runtime) != 0)
            fail_msg("%s: %s of %s", cases[i].path, id ? id : "none", runtime ? runtime : "none");
    }
}

static void listening_sockets_of_its_network(void **state)
{
    (void)state;
    const char *host = CONTAINER("fd: {'3': 'socket:[77]'}, ",
                                 PROC) "files:\n"
                                       "  /proc/100/net/tcp: \"head\\n 0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 "
                                       "0 0 77 1\\n\"\n";
    pl_auto(items) items = look(host, "container", "{}");
    assert_field(only_item(items), "listening", "[\"tcp:0.0.0.0:80\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_container),
        cmocka_unit_test(mounts_are_traced_to_the_host),
        cmocka_unit_test(sockets_below_mounted_directories),
        cmocka_unit_test(unmasked_and_writable),
        cmocka_unit_test(an_exec_session_counts_with_its_rights),
        cmocka_unit_test(a_container_without_a_name),
        cmocka_unit_test(a_raw_runc_container),
        cmocka_unit_test(services_and_sandboxes_are_no_containers),
        cmocka_unit_test(a_chroot_with_its_own_processes),
        cmocka_unit_test(host_namespaces_do_not_hide_a_container),
        cmocka_unit_test(a_user_namespace_maps_root_away),
        cmocka_unit_test(unreadable_is_not_different),
        cmocka_unit_test(labels),
        cmocka_unit_test(names_in_control_groups),
        cmocka_unit_test(listening_sockets_of_its_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
