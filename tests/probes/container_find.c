#include "container_hosts.h"

#include "probes/container_find.h"

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
        g_autofree char *id = container_id_from_cgroup(cases[i].path, &runtime, NULL);
        if (g_strcmp0(id, cases[i].id) != 0 || g_strcmp0(runtime, cases[i].runtime) != 0)
            fail_msg("%s: %s of %s", cases[i].path, id ? id : "none", runtime ? runtime : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_container_without_a_name),
        cmocka_unit_test(a_raw_runc_container),
        cmocka_unit_test(services_and_sandboxes_are_no_containers),
        cmocka_unit_test(a_chroot_with_its_own_processes),
        cmocka_unit_test(host_namespaces_do_not_hide_a_container),
        cmocka_unit_test(names_in_control_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
