#include "container_hosts.h"

#include "facts/container/find.h"
#include "facts/process/container_cgroup.h"
#include "host/notes.h"

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
    assert_field(item, "id", "\"cgroup:/\"");
    assert_field(item, "name", "\"x\"");
    assert_field(item, "runtime", "\"unknown\"");
    assert_field(item, "processes", "2");
}

static const char *name_at(const struct items *items, guint i)
{
    const struct item *item = g_ptr_array_index(items->list, i);
    return item->subject;
}

/* No number that the kernel or systemd gives anew at the next start is part of a name. */
static void names_of_those_that_nobody_names_last(void **state)
{
    (void)state;
#define ONE(pid, ns, group, more)                                                                                      \
    "- {pid: " pid ", ppid: 1, argv: [/bin/app], ns: {mnt: " ns "00, pid: " ns "01, ipc: " ns                          \
    "02}, cgroup: \"0::" group "\\n\", mountinfo: \"" ROOT "\"" more "}\n"
    pl_auto(items) items =
        look(MOUNTS "processes:\n" ONE("100", "5", "/web", "") ONE("110", "6", "/pods/db/init.scope", "")
                 ONE("120", "7", "/user.slice/user-0.slice/session-3.scope", "") ONE("130", "8", "/a/job", "")
                     ONE("140", "9", "/b/job", "") ONE("150", "10", "/user.slice/user-7.slice/mine", ", uid: 7")
                         ONE("160", "11", "/many", "")
                             ONE("170", "12", "/many",
                                 "") "files: {/sys/fs/cgroup/web/x: '', /sys/fs/cgroup/pods/db/init.scope/x: ''}\n",
             "container", "{}");
    static const char *const wanted[] = {"app",
                                         "db",
                                         "job (cgroup:/a/job)",
                                         "job (cgroup:/b/job)",
                                         "many (cgroup:/many): app",
                                         "many (cgroup:/many): app #2",
                                         "mine of uid 7",
                                         "web"};
    assert_int_equal(items->list->len, G_N_ELEMENTS(wanted));
    for (guint i = 0; i < items->list->len; i++)
        assert_string_equal(name_at(items, i), wanted[i]);
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

/* ---- whose an id is ---- */

/* A user's older process in a group of its own that has the container's name. */
#define SPOOF(place, start)                                                                                            \
    "- {pid: 80, ppid: 1, comm: sleep, argv: [sleep], uid: 1000, start: " start ", ns: {mnt: 900, user: 901},"         \
    " cgroup: \"0::" place "\\n\", mountinfo: \"22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n\"}\n"
/* The groups of the container and of another place: whose they are. */
#define ROOTS_GROUP       "/sys/fs/cgroup/system.slice/docker-" ID ".scope: {type: dir}"
#define GROUPS_AND(other) "files: {" ROOTS_GROUP ", " other "}\n"
#define GROUPS            GROUPS_AND("/sys/fs/cgroup/mine/docker-" ID ".scope: {type: dir, uid: 1000}")

static void a_name_of_a_group_joins_nothing(void **state)
{
    (void)state;
    static const char *const hosts[] = {
        CONTAINER("", "") SPOOF("/user.slice/user-1000.slice/docker-" ID ".scope", "1") GROUPS,
        CONTAINER("", "") SPOOF("/user.slice/user-1000.slice/docker-" ID ".scope/deeper", "1") GROUPS,
        CONTAINER("", "") SPOOF("/system.slice/user@1000.service/app.slice/" ID, "9999") GROUPS,
        CONTAINER("", "") SPOOF("/mine/docker-" ID ".scope", "1") GROUPS,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        pl_auto(items) items = look(hosts[i], "container", "{}");
        assert_int_equal(items->problems->len, 0);
        assert_int_equal(items->list->len, 2);
        assert_field(item_at(items, 0), "comm", "\"web\"");
        assert_field(item_at(items, 0), "name", "\"aaaaaaaaaaaa\"");
        assert_field(item_at(items, 0), "processes", "1");
        assert_field(item_at(items, 1), "comm", "\"sleep\"");
        assert_true(g_str_has_prefix(item_at(items, 1)->subject, "aaaaaaaaaaaa claimed by /"));
    }
}

static const struct item *named(const struct items *items, const char *comm)
{
    for (guint i = 0; i < items->list->len; i++)
        if (g_str_equal(tree_string(item_at(items, i)->fields, "comm"), comm))
            return item_at(items, i);
    fail_msg("no %s", comm);
    return NULL;
}

/* Whose the group of the other is, or the container's own, could not be seen: neither has the record. */
static void a_claim_that_nobody_can_settle_is_a_problem(void **state)
{
    (void)state;
    static const struct {
        const char *files, *why;
    } cases[] = {
        {GROUPS_AND("/sys/fs/cgroup/other.slice/docker-" ID ".scope: {type: dir}"), "claim"},
        {"files: {" ROOTS_GROUP "}\n", "shows the group /other.slice"},
        {GROUPS_AND("/sys/fs/cgroup/other.slice: {type: dir, denied: true}"), "/sys/fs/cgroup/other.slice"},
        {GROUPS_AND("/sys/fs/cgroup/other.slice/docker-" ID ".scope: {type: dir},"
                    " /sys/fs/cgroup/unified/other.slice: {type: dir, denied: true}"),
         "/sys/fs/cgroup/unified/other.slice"},
        {"", "shows the group"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host =
            g_strconcat(CONTAINER("", "") SPOOF("/other.slice/docker-" ID ".scope", "1"), cases[i].files, NULL);
        pl_auto(host_notes) notes = host_notes_new();
        host_notes_swap(notes);
        pl_auto(items) items = look(host, "container", "{}");
        host_notes_swap(NULL);
        assert_int_equal(host_notes_list(notes)->len, 0);
        assert_int_equal(items->problems->len, 1);
        assert_non_null(strstr(((struct problem *)items->problems->pdata[0])->reason, cases[i].why));
        assert_int_equal(items->list->len, 2);
        assert_field(named(items, "sleep"), "restart_policy", "(unread)");
        assert_field(named(items, "web"), "restart_policy", "(unread)");
    }
}

/* Who can write arguments can name any container. */
static void a_monitor_of_a_user_gives_no_id_of_another(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", "") "- {pid: 70, ppid: 1, uid: 1000, comm: conmon, argv: [conmon, -c, " ID "]}\n"
                               "- {pid: 80, ppid: 70, comm: sleep, argv: [sleep], uid: 1000, start: 1,"
                               " ns: {mnt: 900, user: 901}, cgroup: \"0::/x\\n\", mountinfo: \"" ROOT "\"}\n" GROUPS,
             "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "comm", "\"web\"");
    assert_string_equal(item_at(items, 1)->subject, "aaaaaaaaaaaa claimed by /x");
}

/* Whose the monitor is could not be read: it is neither root's nor a user's for that. */
static void a_monitor_of_nobody_knows_whom_is_not_believed(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", "") "- {pid: 70, ppid: 1, uid: 1000, comm: conmon, argv: [conmon, -c, " ID "],"
                               " files: {status: {denied: true}}}\n"
                               "- {pid: 80, ppid: 70, comm: sleep, argv: [sleep], uid: 1000, start: 1,"
                               " ns: {mnt: 900, user: 901}, cgroup: \"0::/x\\n\", mountinfo: \"" ROOT "\"}\n" GROUPS,
             "container", "{}");
    assert_int_equal(items->problems->len, 1);
    assert_non_null(strstr(((struct problem *)items->problems->pdata[0])->reason, "/proc/70/status"));
    assert_int_equal(items->list->len, 2);
    assert_field(named(items, "web"), "restart_policy", "(unread)");
    assert_field(named(items, "sleep"), "restart_policy", "(unread)");
}

/* At one place: a process that was entered shares the mounts, one that descends may have made its own. */
static void parts_of_one_container_stay_together(void **state)
{
    (void)state;
#define AT_PLACE(pid, ppid, mnt, below)                                                                                \
    "- {pid: " pid ", ppid: " ppid ", comm: part, argv: [p], start: 50, ns: {mnt: " mnt ", pid: 501},"                 \
    " cgroup: \"0::/system.slice/docker-" ID ".scope" below "\\n\", mountinfo: \"" ROOT "\"}\n"
    pl_auto(items) items =
        look(CONTAINER("", "") AT_PLACE("20", "100", "700", "/inner.service") AT_PLACE("21", "20", "701", "")
                 AT_PLACE("200", "1", "500", "") AT_PLACE("201", "1", "null", ""),
             "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "comm", "\"web\"");
    assert_field(only_item(items), "processes", "5");
}

static void others_at_its_place_are_judged_apart(void **state)
{
    (void)state;
    pl_auto(items) items = look(CONTAINER("", "") AT_PLACE("200", "1", "700", ""), "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
}

/* ---- unread is neither inside nor outside ---- */

#define IN_CHROOT(pid, ppid, more)                                                                                     \
    "- {pid: " pid ", ppid: " ppid ", comm: p" pid ", argv: [x], cgroup: \"0::/\\n\", ns: {mnt: 500}, " more "}\n"
#define UNREADABLE "files: {mountinfo: {denied: true}}"

/* The first process of the namespace ended just now: its table is gone, and the next one has it. */
static void one_unread_process_says_nothing_of_the_next(void **state)
{
    (void)state;
    pl_auto(items) items = look(MOUNTS "processes:\n" IN_CHROOT("90", "100", "start: 9, " UNREADABLE)
                                    IN_CHROOT("100", "1", "start: 5, mountinfo: \"" ROOT "\""),
                                "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "comm", "\"p100\"");
    assert_field(only_item(items), "processes", "2");
}

static void unread_is_a_problem_and_not_outside(void **state)
{
    (void)state;
    static const char *const hosts[] = {
        IN_CHROOT("100", "1", UNREADABLE),
        "- {pid: 100, ppid: 1, comm: x, argv: [x], cgroup: \"0::/\\n\", ns: {mnt: 500, pid: null},"
        " mountinfo: \"22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n\"}\n",
        "- {pid: 100, ppid: 1, comm: x, argv: [x], cgroup: \"0::/\\n\", ns: {mnt: 500, pid: 501, ipc: null},"
        " mountinfo: \"22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n\"}\n",
        "- {pid: 100, ppid: 1, comm: x, argv: [x], ns: {mnt: 500}, files: {cgroup: {denied: true}},"
        " mountinfo: \"22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n\"}\n",
        "- {pid: 100, ppid: 1, comm: x, argv: [x], ns: {mnt: 500}, mountinfo: \"half a line\\n\"}\n",
        "- {pid: 100, ppid: 1, comm: x, argv: [x], cgroup: \"0::/\\n\", root: null, ns: {mnt: 500, pid: 501},"
        " mountinfo: \"22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n\"}\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *host = g_strconcat(MOUNTS "processes:\n", hosts[i], NULL);
        pl_auto(items) items = look(host, "container", "{}");
        assert_int_equal(items->problems->len, 1);
        assert_int_equal(items->list->len, 0);
    }
}

/* Which group it is in could not be read; whose mounts it has is known. */
static void a_process_without_a_group_is_found_by_its_mounts(void **state)
{
    (void)state;
    pl_auto(items) items = look(CONTAINER("", "") "- {pid: 200, ppid: 1, comm: exec, argv: [x], start: 50, " OWN
                                                  ", files: {cgroup: {denied: true}}, mountinfo: \"" ROOT "\"}\n",
                                "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "processes", "2");
}

/* Runtimes are from memory and without a filter for a moment: what stays so is no runtime, whoever its parent is. */
static void what_stays_in_memory_is_no_runtime_on_its_way_in(void **state)
{
    (void)state;
    pl_auto(items) items = look(CONTAINER("", "") "- {pid: 150, ppid: 1, comm: runc, argv: [runc, exec]}\n"
                                                  "- {pid: 200, ppid: 150, comm: 'runc:[2:INIT]', argv: [runc, init],"
                                                  " exe: '/memfd:x (deleted)', start: 50, seccomp: 0, " OWN ", " CGROUP
                                                  ", mountinfo: \"" ROOT "\"}\n",
                                "container", "{}");
    assert_field(only_item(items), "processes", "2");
    assert_field(only_item(items), "exec_sessions", "1");
    assert_field(only_item(items), "seccomp", "\"off\"");
    assert_field(only_item(items), "deleted_programs", "[\"runc:[2:INIT] (pid 200): /memfd:x (deleted)\"]");
}

/* A table of more than 8 MiB. */
static void many_mounts_hide_no_container(void **state)
{
    (void)state;
    g_autofree char *name = g_strnfill(4000, 'd');
    GString *host = g_string_new(MOUNTS "processes:\n- {pid: 100, ppid: 1, comm: x, argv: [x], ns: {mnt: 500},"
                                        " cgroup: \"0::/\\n\", mountinfo: \"");
    g_string_append(host, ROOT);
    for (unsigned i = 0; i < 2200; i++)
        g_string_append_printf(host, "%u 400 0:70 / /t/%s/%u rw - tmpfs none rw\\n", 500 + i, name, i);
    g_string_append(host, "\"}\n");
    g_autofree char *text = g_string_free(host, FALSE);
    pl_auto(items) items = look(text, "container", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "comm", "\"x\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_container_without_a_name),
        cmocka_unit_test(names_of_those_that_nobody_names_last),
        cmocka_unit_test(a_raw_runc_container),
        cmocka_unit_test(services_and_sandboxes_are_no_containers),
        cmocka_unit_test(a_chroot_with_its_own_processes),
        cmocka_unit_test(host_namespaces_do_not_hide_a_container),
        cmocka_unit_test(names_in_control_groups),
        cmocka_unit_test(a_name_of_a_group_joins_nothing),
        cmocka_unit_test(a_claim_that_nobody_can_settle_is_a_problem),
        cmocka_unit_test(a_monitor_of_a_user_gives_no_id_of_another),
        cmocka_unit_test(a_monitor_of_nobody_knows_whom_is_not_believed),
        cmocka_unit_test(parts_of_one_container_stay_together),
        cmocka_unit_test(others_at_its_place_are_judged_apart),
        cmocka_unit_test(one_unread_process_says_nothing_of_the_next),
        cmocka_unit_test(unread_is_a_problem_and_not_outside),
        cmocka_unit_test(a_process_without_a_group_is_found_by_its_mounts),
        cmocka_unit_test(what_stays_in_memory_is_no_runtime_on_its_way_in),
        cmocka_unit_test(many_mounts_hide_no_container),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
