#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on the container's name or id"},
    {.name = "runtime", .type = VALUE_STRING, .text = "only containers of this runtime"},
    {.name = "processes",
     .type = VALUE_BOOL,
     .text = "false (default): one item a container; true: one item a process inside a container"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"id", VALUE_STRING, "container id as its runtime chose it, or the first process's \"pid:N\""},
    {"name", VALUE_STRING, "best known name: id cut to 12 when no engine record is readable"},
    {"runtime", VALUE_STRING, "docker, containerd, cri-o, podman, runc, lxc, nspawn, kubernetes or unknown"},
    {"pid", VALUE_NUMBER, "first process"},
    {"comm", VALUE_STRING, "command name of the process"},
    {"argv", VALUE_LIST, "command line of the process"},
    {"root_user", VALUE_BOOL, "an inside or outside uid 0 process runs without a user namespace that maps it away"},
    {"uid", VALUE_NUMBER, "effective uid as the host sees it"},
    {"uid_inside", VALUE_NUMBER, "effective uid as the container sees it; null when unmapped"},
    {"user_namespace", VALUE_BOOL, "has a user namespace other than the host's"},
    {"caps_effective", VALUE_SET, "effective capabilities of any of its processes"},
    {"caps_bounding", VALUE_SET, "bounding set of any of its processes"},
    {"caps_permitted", VALUE_SET, "permitted set of any of its processes"},
    {"seccomp", VALUE_STRING, "off, strict or filter: the weakest of its processes"},
    {"no_new_privs", VALUE_BOOL, "every process has no_new_privs"},
    {"label", VALUE_STRING, "LSM label of the first process; unconfined or empty mean none"},
    {"confined", VALUE_BOOL, "an AppArmor profile in enforce mode or an SELinux container domain is on it"},
    {"host_namespaces", VALUE_SET, "kinds of namespace shared with the host: cgroup ipc mnt net pid user uts"},
    {"rootfs_readonly", VALUE_BOOL, "its root file system is mounted read-only"},
    {"mounts", VALUE_LIST,
     "every mount that shows a host path: {target, host, fstype, readonly, propagation, options}"},
    {"host_paths", VALUE_SET, "host paths that it sees"},
    {"writable_host_paths", VALUE_SET, "host paths that it can write"},
    {"sockets", VALUE_SET, "control sockets of engines, kubelet, systemd, reachable below its mounts"},
    {"devices", VALUE_SET, "device nodes of the host in its /dev beyond the standard ones"},
    {"masked_proc", VALUE_BOOL, "/proc/kcore, /proc/keys, /proc/sysrq-trigger and their like are masked or read-only"},
    {"writable_proc_sys", VALUE_BOOL, "/proc/sys or /sys is mounted writable inside"},
    {"memory_limit", VALUE_NUMBER, "bytes, the lowest limit along the cgroup ancestors; null when unlimited"},
    {"pids_limit", VALUE_NUMBER, "the lowest limit along the ancestors; null when unlimited"},
    {"cpu_limit", VALUE_NUMBER, "processors, quota/period; null when unlimited"},
    {"cpu_weight", VALUE_NUMBER, "cpu.shares or cpu.weight as set; null when unread"},
    {"oom_score_adj", VALUE_NUMBER, "of the first process"},
    {"listening", VALUE_SET,
     "\"tcp:0.0.0.0:80\" of its network namespace, or of its own processes when that is the host's"},
    {"processes", VALUE_NUMBER, "number of its processes"},
    {"privileged", VALUE_BOOL, "all capabilities of the kernel, and host devices or no seccomp filter"},
    {"exec_sessions", VALUE_NUMBER, "processes that entered it from outside beside its first process's children"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "container: this probe is not written");
}

const struct probe probe_container = {
    .name = "container",
    .summary = "Running containers, whatever started them, as the kernel shows them",
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
