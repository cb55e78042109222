#include "looking.h"

#include "facts/process/cgroup.h"

static void the_systemd_line_says_where(void **state)
{
    (void)state;
    g_autofree char *v1 = cgroup_path("12:pids:/a\n1:name=systemd:/system.slice/x.service\n0::/\n");
    g_autofree char *pids = cgroup_path("12:pids:/a\n2:memory:/b\n");
    g_autofree char *v2 = cgroup_path("0::/system.slice/y.service\n");
    g_autofree char *root = cgroup_path("1:name=systemd:/\n0::/user.slice/z.scope\n");
    assert_string_equal(v1, "/system.slice/x.service");
    assert_string_equal(pids, "/a");
    assert_string_equal(v2, "/system.slice/y.service");
    assert_string_equal(root, "/user.slice/z.scope");
    assert_null(cgroup_path("nonsense\n\n"));
}

static void the_first_unit_counts(void **state)
{
    (void)state;
    g_autofree char *user = cgroup_unit("/user.slice/user-1.slice/user@1.service/app.slice/a.service");
    assert_string_equal(user, "user@1.service");
    assert_null(cgroup_unit("/docker/abc"));
    assert_null(cgroup_unit(NULL));
}

static void the_lowest_limit_of_all_ancestors(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files:\n"
                                     "  /sys/fs/cgroup/cgroup.controllers: \"memory pids cpu\\n\"\n"
                                     "  /sys/fs/cgroup/a/memory.max: \"1000\\n\"\n"
                                     "  /sys/fs/cgroup/a/b/memory.max: \"max\\n\"\n"
                                     "  /sys/fs/cgroup/a/b/pids.max: \"max\\n\"\n"
                                     "  /sys/fs/cgroup/a/b/cpu.max: \"50000 100000\\n\"\n"
                                     "  /sys/fs/cgroup/a/b/cpu.weight: \"100\\n\"\n"
                                     "  /sys/fs/cgroup/a/b/cpuset.cpus.effective: \"0,2-3\\n\"\n"
                                     "  /sys/devices/system/cpu/online: \"0-3\\n\"\n");
    struct cgroup_limit memory = cgroup_memory_limit(host, "0::/a/b\n"), pids = cgroup_pids_limit(host, "0::/a/b\n");
    struct cgroup_limit cpu = cgroup_cpu_limit(host, "0::/a/b\n"), weight = cgroup_cpu_weight(host, "0::/a/b\n");
    assert_true(memory.read && memory.limited && (int)memory.value == 1000);
    assert_true(pids.read && !pids.limited);
    assert_true(cpu.limited && (int)(cpu.value * 100) == 50);
    assert_true(weight.read && (int)weight.value == 100);
    assert_false(cgroup_memory_limit(host, "0::/elsewhere\n").read);
    assert_false(cgroup_memory_limit(host, NULL).read);
}

static void version_1_writes_its_own_unlimited(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files:\n"
                                     "  /sys/fs/cgroup/memory/d/memory.limit_in_bytes: \"9223372036854771712\\n\"\n"
                                     "  /sys/fs/cgroup/memory/memory.limit_in_bytes: \"9223372036854771712\\n\"\n"
                                     "  /sys/fs/cgroup/cpu/d/cpu.cfs_quota_us: \"-1\\n\"\n"
                                     "  /sys/fs/cgroup/pids/d/pids.max: \"50\\n\"\n");
    const char *text = "3:memory:/d\n2:cpu,cpuacct:/d\n1:pids:/d\n";
    struct cgroup_limit memory = cgroup_memory_limit(host, text), cpu = cgroup_cpu_limit(host, text);
    assert_true(memory.read && !memory.limited);
    assert_true(cpu.read && !cpu.limited);
    assert_int_equal((int)cgroup_pids_limit(host, text).value, 50);
}

static void fewer_processors_are_a_limit(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files:\n"
                                     "  /sys/fs/cgroup/cpu/d/cpu.cfs_quota_us: \"-1\\n\"\n"
                                     "  /sys/fs/cgroup/cpuset/d/cpuset.effective_cpus: \"1,4-6\\n\"\n"
                                     "  /sys/fs/cgroup/cpuset/all/cpuset.effective_cpus: \"0-7\\n\"\n"
                                     "  /sys/fs/cgroup/cpu/all/cpu.cfs_quota_us: \"-1\\n\"\n"
                                     "  /sys/fs/cgroup/cpuset/odd/cpuset.effective_cpus: \"x\\n\"\n"
                                     "  /sys/fs/cgroup/cpu/odd/cpu.cfs_quota_us: \"-1\\n\"\n"
                                     "  /sys/devices/system/cpu/online: \"0-7\\n\"\n");
    struct cgroup_limit some = cgroup_cpu_limit(host, "3:cpu:/d\n2:cpuset:/d\n");
    assert_true(some.limited && (int)some.value == 4);
    assert_false(cgroup_cpu_limit(host, "3:cpu:/all\n2:cpuset:/all\n").limited);
    assert_false(cgroup_cpu_limit(host, "3:cpu:/odd\n2:cpuset:/odd\n").limited);
}

static void a_group_without_the_controller_has_no_limit(void **state)
{
    (void)state;
    pl_auto(host) host =
        inline_host("files: {/sys/fs/cgroup/cgroup.controllers: '', /sys/fs/cgroup/a/cgroup.procs: ''}");
    struct cgroup_limit memory = cgroup_memory_limit(host, "0::/a\n");
    assert_true(memory.read && !memory.limited);
}

static void an_unreadable_ancestor_leaves_the_limit_unread(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files:\n"
                                     "  /sys/fs/cgroup/cgroup.controllers: ''\n"
                                     "  /sys/fs/cgroup/a/memory.max: {content: '5', denied: true}\n"
                                     "  /sys/fs/cgroup/a/b/memory.max: '10'\n");
    assert_false(cgroup_memory_limit(host, "0::/a/b\n").read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_systemd_line_says_where),
        cmocka_unit_test(the_first_unit_counts),
        cmocka_unit_test(the_lowest_limit_of_all_ancestors),
        cmocka_unit_test(version_1_writes_its_own_unlimited),
        cmocka_unit_test(fewer_processors_are_a_limit),
        cmocka_unit_test(an_unreadable_ancestor_leaves_the_limit_unread),
        cmocka_unit_test(a_group_without_the_controller_has_no_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
