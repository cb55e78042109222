/* By kind: a lookup that failed at one place is told of, as a problem, as a note, or as a field that is not known. */
#include "container_hosts.h"
#include "described.h"

#include "fault_fs.h"
#include "host/notes.h"
#include "host/private.h"
#include "model/tree.h"

static struct daemons *daemons; /* the shipped ones, and d */

static int load_daemons(void **state)
{
    (void)state;
    daemons = shipped_daemons();
    g_autoptr(GError) error = NULL;
    return describe(daemons, "d.yaml",
                    "daemon: d\n"
                    "title: d\n"
                    "programs: [{name: d}]\n"
                    "config: {flag: config, path: /etc/d.json, format: json}\n"
                    "keys:\n"
                    "  one: {type: string, flag: one, default: null}\n",
                    &error)
               ? 0
               : 1;
}

static int free_daemons(void **state)
{
    (void)state;
    daemons_free(daemons);
    return 0;
}

struct row {
    const char *host, *probe, *object;
    enum fault_kind kind;
    const char *place; /* of the fault; NULL: the host needs none */
    const char *field; /* that is not known then; NULL: the whole look is hindered */
    const char *part;  /* of the reason */
};

static bool problem_tells(const struct items *items, const char *part)
{
    for (guint i = 0; i < items->problems->len; i++) {
        const struct problem *problem = g_ptr_array_index(items->problems, i);
        if (strstr(problem->reason, part) && problem->kind != PROBLEM_NOTAPPLICABLE)
            return true;
    }
    return false;
}

static bool field_tells(const struct items *items, const char *field, const char *part)
{
    for (guint i = 0; i < items->list->len; i++) {
        const struct item *item = g_ptr_array_index(items->list, i);
        const char *why = unread_why(item, field);
        if (why && strstr(why, part))
            return true;
    }
    return false;
}

static bool note_tells(const struct host_notes *notes, const char *part)
{
    const GPtrArray *list = host_notes_list(notes);
    for (guint i = 0; i < list->len; i++)
        if (strstr(((const GError *)g_ptr_array_index(list, i))->message, part))
            return true;
    return false;
}

static bool is_told(const struct row *row, enum fault_kind kind)
{
    pl_auto(host) base = inline_host(row->host);
    const struct fault fault = {.kind = kind, .path = row->place ? row->place : "/"};
    pl_auto(host) host = host_new_with_fs(fault_fs_new(base->fs, &fault, NULL), "/");
    host->live = true;
    host->privileged = base->privileged;
    host->http = base->http ? tree_copy(base->http) : json_object_new_object();
    pl_auto(host_notes) notes = host_notes_new();
    struct host_notes *before = host_notes_swap(notes);
    pl_auto(items) items = look_at_described(daemons, host, row->probe, row->object);
    host_notes_swap(before);
    return row->field ? field_tells(items, row->field, row->part)
                      : problem_tells(items, row->part) || note_tells(notes, row->part);
}

/* Told where it fails, and only there. */
static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_told(&rows[i], rows[i].kind))
            fail_msg("%s %s: not a word of \"%s\"", rows[i].probe, rows[i].object, rows[i].part);
        if (rows[i].place && is_told(&rows[i], FAULT_NONE))
            fail_msg("%s %s: \"%s\" without a fault", rows[i].probe, rows[i].object, rows[i].part);
    }
}

#define RUNNING "processes: [{pid: 1, comm: init}, {pid: 100, ppid: 1, comm: d, exe: /usr/bin/d, argv: [/usr/bin/d]}]\n"
#define UNTOLD  "processes: [{pid: 1, comm: init}, {pid: 100, ppid: 1, comm: d, exe: /usr/bin/d}]\n"

static void paths_of_settings(void **state)
{
    (void)state;
    static const char files[] = "{path-from: {daemon: d, files: true}}";
    static const char standard[] = "{path-from: {daemon: d, key: one, default: [$D_PATH/k]}}";
    static const struct row rows[] = {
        {UNTOLD, "file", files, FAULT_NONE, NULL, NULL, "the command line of d"},
        {RUNNING "files: {/etc/d.json: '{}'}", "file", files, FAULT_DENIED, "/etc/d.json", NULL, "/etc/d.json"},
        {RUNNING, "file", files, FAULT_EIO, "/proc", NULL, "/proc"},
        {"files: {/etc/passwd: ''}", "file", "{path-from: {daemon: containers-conf, files: true}}", FAULT_EIO,
         "/etc/passwd", NULL, "/etc/passwd"},
        {RUNNING, "file", standard, FAULT_EIO, "/proc/100/environ", NULL, "the environment of d"},
        {RUNNING, "file", standard, FAULT_NONE, NULL, NULL, "the default path of d"},
        {UNTOLD, "named-file", "{daemon: d, key: one}", FAULT_NONE, NULL, NULL, "the command line of d"},
        {RUNNING "files: {/etc/d.json: '{}'}", "daemon", "{name: d}", FAULT_EIO, "/etc/d.json", "config", "d.json"},
        {UNTOLD, "daemon", "{name: d}", FAULT_NONE, NULL, "config", "the command line of d"},
        {UNTOLD, "daemon", "{name: d}", FAULT_NONE, NULL, "config_files", "the command line of d"},
        {UNTOLD, "daemon", "{name: d}", FAULT_NONE, NULL, "newer_files", "the command line of d"},
        {UNTOLD, "audit-rule", "{daemon: d, key: one}", FAULT_NONE, NULL, NULL, "the command line of d"},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void programs(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"files: {/e/x: y}", "elf", "{path: '/e/*'}", FAULT_EIO, "/e", NULL, "/e"},
        {RUNNING, "elf", "{of: processes}", FAULT_EIO, "/proc/100/exe", NULL, "the programs of 1 processes"},
        {RUNNING, "elf", "{of: processes}", FAULT_EIO, "/proc", NULL, "/proc"},
        {"files: {/e/x: y}", "elf", "{path: /e/x}", FAULT_EIO, "/e/x", NULL, "/e/x"},
        {"files: {/e/x: {content: y, mode: '4755'}}", "elf", "{of: setuid}", FAULT_EIO, "/e", NULL, "/e"},
        {RUNNING, "process", "{}", FAULT_EIO, "/proc/100/status", "ppid", "/proc/100/status"},
        {RUNNING, "process", "{}", FAULT_EIO, "/proc/100/status", "uid", "/proc/100/status"},
        {RUNNING, "process", "{}", FAULT_EIO, "/proc/100/cgroup", "unit", "/proc/100/cgroup"},
        {RUNNING, "process", "{}", FAULT_EIO, "/proc/100/exe", "exe", "/proc/100/exe"},
        {RUNNING, "process", "{}", FAULT_EIO, "/proc/100/exe", "exe_deleted", "/proc/100/exe"},
        {RUNNING, "process", "{}", FAULT_EIO, "/proc/100/ns/net", "host_namespaces", "net"},
        {RUNNING, "elf", "{of: listening}", FAULT_EIO, "/proc", NULL, "/proc"},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

#define DOCKERD                                                                                                        \
    "processes: [{pid: 1, comm: init}, {pid: 100, ppid: 1, comm: dockerd, argv: [/usr/bin/dockerd], "                  \
    "cgroup: '0::/system.slice/docker.service'}]\n"                                                                    \
    "http: {'unix:/run/docker.sock http://localhost/_ping': {body: OK}, "                                              \
    "'unix:/run/docker.sock http://localhost/info': {json: {}}}\n"                                                     \
    "files:\n"                                                                                                         \
    "  /etc/passwd: ''\n"                                                                                              \
    "  /etc/group: 'root:x:0:'\n"                                                                                      \
    "  /run/docker.sock: {type: socket, mode: '0660', gid: 999}\n"                                                     \
    "  /var/lib/docker: {type: dir}\n"                                                                                 \
    "  /etc/systemd/system/docker.service: \"[Service]\\nExecStart=/usr/bin/dockerd\\n\"\n"

static void engines(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {DOCKERD, "docker", "{list: data-root}", FAULT_EIO, "/var/lib/docker", "value", "/var/lib/docker"},
        {DOCKERD, "docker", "{list: data-root}", FAULT_EIO, "/var/lib/docker", "separate", "/var/lib/docker"},
        {DOCKERD, "docker", "{list: data-root}", FAULT_EIO, "/proc/self/mountinfo", "separate", "mountinfo"},
        {DOCKERD, "docker", "{list: proxies}", FAULT_EIO, "/proc", NULL, "/proc"},
        {DOCKERD, "docker", "{list: access}", FAULT_NONE, NULL, "users", "group 999 is not in /etc/group"},
        {DOCKERD, "docker", "{list: access}", FAULT_DENIED, "/etc/group", "users", "Permission denied"},
        {DOCKERD, "docker", "{list: proxies}", FAULT_EIO, "/proc/100/environ", NULL, "the environment of dockerd"},
        {DOCKERD, "docker", "{list: command}", FAULT_EIO, "/proc/100/cgroup", "as_unit", "/proc/100/cgroup"},
        {DOCKERD, "docker", "{list: command}", FAULT_DENIED, "/etc/systemd/system/docker.service", "as_unit",
         "docker.service"},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

#define ANN                                                                                                            \
    "processes: [{pid: 1, comm: init}, {pid: 9, ppid: 1, comm: x, uid: 1000, ns: {user: 7}}]\n"                        \
    "files:\n"                                                                                                         \
    "  /etc/passwd: 'ann:x:1000:1000::/home/ann:/bin/sh'\n"                                                            \
    "  /home/ann/.local/share/docker: {type: dir, owner: 1000}\n"                                                      \
    "  /run/user/1000: {type: dir, owner: 1000, mode: '0700'}\n"                                                       \
    "  /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers: cpu\n"

static void users(void **state)
{
    (void)state;
    static const char controllers[] = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers";
    static const struct row rows[] = {
        {ANN, "rootless", "{}", FAULT_EIO, "/run/user/1000", "runtime_directory", "/run/user/1000"},
        {ANN, "rootless", "{}", FAULT_EIO, "/run/user/1000", "runtime_private", "/run/user/1000"},
        {ANN, "rootless", "{}", FAULT_EIO, controllers, "controllers", controllers},
        {ANN, "rootless", "{}", FAULT_EIO, "/proc/9/setgroups", "setgroups", "Input/output error"},
        {ANN, "rootless", "{}", FAULT_EIO, "/var/lib/systemd/linger/ann", "linger", "/var/lib/systemd/linger/ann"},
        {ANN, "rootless", "{}", FAULT_EIO, "/etc/passwd", NULL, "/etc/passwd"},
        {ANN, "subid", "{}", FAULT_EIO, "/etc/passwd", NULL, "/etc/passwd"},
        {ANN, "subid", "{}", FAULT_EIO, "/etc/subuid", NULL, "/etc/subuid"},
        {ANN, "rootless", "{}", FAULT_EIO, "/etc/subgid", NULL, "/etc/subgid"},
        {ANN, "account", "{}", FAULT_EIO, "/etc/passwd", NULL, "/etc/passwd"},
        {ANN, "account", "{}", FAULT_EIO, "/etc/group", "group", "/etc/group"},
        {ANN, "account", "{}", FAULT_EIO, "/etc/group", "groups", "/etc/group"},
        {ANN, "account", "{}", FAULT_EIO, "/etc/shadow", "max_days", "/etc/shadow"},
        {ANN, "file", "{path: ~/x}", FAULT_EIO, "/etc/passwd", NULL, "/etc/passwd"},
        {ANN, "file-content", "{path: ~/x, pattern: y}", FAULT_EIO, "/etc/passwd", NULL, "/etc/passwd"},
        {"files: {/etc/passwd: 'u:x:1:1::/:/bin/sh', /etc/shadow: 'u:x:1:soon:9:7:::'}", "account", "{}", FAULT_NONE,
         NULL, "min_days", "\"soon\" is no number of days"},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void files(void **state)
{
    (void)state;
    static const char one[] = "files: {/etc/x/y: z}";
    static const struct row rows[] = {
        {one, "file", "{path: /etc/x/y}", FAULT_EIO, "/etc/x/y", NULL, "/etc/x/y"},
        {one, "file", "{path: '/etc/x/*'}", FAULT_EIO, "/etc/x", NULL, "/etc/x"},
        {one, "file", "{path: /etc/x/y}", FAULT_XATTR, "/etc/x/y", "acl_entries", "/etc/x/y"},
        {one, "file", "{path: /etc/x}", FAULT_XATTR, "/etc/x", "default_acl", "/etc/x"},
        {one, "file-content", "{path: /etc/x/y, pattern: z}", FAULT_EIO, "/etc/x/y", NULL, "/etc/x/y"},
        {one, "file-content", "{path: '/etc/x/*', pattern: z}", FAULT_EIO, "/etc/x", NULL, "/etc/x"},
        {one, "sysctl", "{name: kernel.x}", FAULT_EIO, "/proc/sys/kernel/x", NULL, "/proc/sys/kernel/x"},
        {one, "sysctl", "{name: 'kernel.*'}", FAULT_EIO, "/proc/sys/kernel", NULL, "/proc/sys/kernel"},
        {one, "mount", "{path: /}", FAULT_EIO, "/etc/fstab", "persistent_options", "/etc/fstab"},
        {one, "mount", "{path: /}", FAULT_EIO, "/etc/fstab", "persistent_source", "/etc/fstab"},
        {one, "kernel-cmdline", "{name: quiet}", FAULT_EIO, "/proc/cmdline", NULL, "/proc/cmdline"},
        {one, "kernel-module", "{name: x}", FAULT_EIO, "/proc/cmdline", "cmdline_blocked", "/proc/cmdline"},
        {one, "kernel-module", "{name: x}", FAULT_EIO, "/etc/modprobe.d", "blacklisted", "/etc/modprobe.d"},
        {one, "sshd", "{keyword: MaxSessions}", FAULT_EIO, "/etc/ssh/sshd_config", NULL, "/etc/ssh/sshd_config"},
        {one, "package", "{name: x}", FAULT_EIO, "/var/lib/dpkg/status", NULL, "/var/lib/dpkg/status"},
        {one, "package", "{name: x}", FAULT_EIO, "/var/lib/rpm", NULL, "/var/lib/rpm"},
        {one, "unit", "{name: y.service}", FAULT_EIO, "/etc/systemd/system", NULL, "/etc/systemd/system"},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

#define SSHD                                                                                                           \
    "files:\n"                                                                                                         \
    "  /etc/ssh/sshd_config: \"Include /etc/ssh/sshd_config.d/*.conf\\nMaxSessions 5\\n\"\n"                           \
    "  /etc/ssh/sshd_config.d/a.conf: \"MaxSessions 9\\n\"\n"

static void system_files(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {SSHD, "sshd", "{keyword: MaxSessions}", FAULT_EIO, "/etc/ssh/sshd_config.d", "value", "sshd_config.d"},
        {SSHD "processes: [{pid: 9, comm: sshd, argv: [/usr/sbin/sshd, -o, 'Match \"x']}]", "sshd",
         "{keyword: MaxSessions}", FAULT_NONE, NULL, NULL, "-o"},
        {"files: {/usr/lib/modules/6.1/modules.dep: ''}", "kernel-module", "{name: x}", FAULT_DENIED,
         "/usr/lib/modules", "available", "/usr/lib/modules"},
        {"{}", "kernel-config", "{symbol: CONFIG_A}", FAULT_REMOVED, "/proc/sys/kernel/osrelease", NULL,
         "the kernel's release is not known"},
        {"files: {/etc/systemd/system/y.service: '', /usr/share/dbus-1/system-services/x.service: ''}", "unit",
         "{name: y.service}", FAULT_DENIED, "/usr/share/dbus-1/system-services/x.service", NULL, "x.service"},
        {"files: {/proc/sys/a/b/c: 1}", "sysctl", "{name: a.b}", FAULT_NONE, NULL, NULL, "is a directory"},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* What one file of a container's process tells is not known without it. */
static void containers(void **state)
{
    (void)state;
    static const char mounts[] =
        "core_pattern_writable mounts sockets rootfs_readonly user_writable_host_paths writable_disks "
        "engine_directories kernel_filesystems sysrq_writable loose_binds shared_host_paths readonly_leaks masked_proc "
        "cgroup_writable writable_host_paths loose_tmpfs user_sockets writable_proc_sys service_account_mounted "
        "host_paths user_readable_host_paths namespace_files";
    static const char *const rows[][2] = {
        {"/proc/100/status",
         "weaker_processes host_groups caps_effective caps_inheritable uid uid_inside caps_bounding no_new_privs "
         "caps_ambient exec_root root_user host_caps privileged host_user caps_permitted seccomp"},
        {"/proc/100/environ", "secret_variables"},
        {"/proc/100/cmdline", "argv secret_options"},
        {"/proc/100/cgroup",
         "oom_kill_disabled swap_limit cpu_limit pids_limit cgroup memory_limit cgroup_v1 cpu_weight"},
        {"/proc/100/ns/user", "host_caps user_namespace host_namespaces"},
        {"/proc/100/ns/net", "host_namespaces listening"},
        {"/proc/100/ns/ipc", "host_namespaces"},
        {"/proc/100/ns/uts", "host_namespaces"},
        {"/proc/100/ns/pid", "host_namespaces"},
        {"/proc/100/ns/mnt", "host_namespaces"},
        {"/proc/100/oom_score_adj", "oom_score_adj"},
        {"/proc/100/attr/current", "weaker_processes exec_root label confined"},
        {"/proc/100/fd", "leaked_directories"},
        {"/proc/100/exe", "deleted_programs"},
        {"/proc/100/limits", "open_files_limit"},
        {"/proc/100/root", "user_disks disks user_device_names user_devices devices leaked_directories"},
        {"/proc/100/mountinfo", mounts},
        {"/proc/self/mountinfo", mounts},
        {"/etc/group", "host_groups"},
        {"/proc/90/cmdline", "differences"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) fields = g_strsplit(rows[i][1], " ", -1);
        for (char **field = fields; *field; field++) {
            const struct row row = {CONTAINER("", ""), "container", "{}", FAULT_EIO, rows[i][0], *field, rows[i][0]};
            check_rows(&row, 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_of_settings), cmocka_unit_test(programs),
        cmocka_unit_test(engines),           cmocka_unit_test(users),
        cmocka_unit_test(system_files),      cmocka_unit_test(files),
        cmocka_unit_test(containers),
    };
    return cmocka_run_group_tests(tests, load_daemons, free_daemons);
}
