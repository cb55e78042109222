/* Processes of an inline host: each becomes the files that the kernel shows in /proc/PID. */
#include "host/inline.h"

#include "host/process_text.h"
#include "model/tree.h"

#include <sys/capability.h>
#include <sys/stat.h>

#define ORDINARY_ID 1000
#define SELF_PID    999
#define CAPS_ALL    ((1ULL << 41) - 1)
#define COMM_MAX    15
#define FLAGS_USUAL 0x00400100U
/* The machine booted in November 2023. */
#define STAT_TEXT     "cpu  100 0 100 1000 0 0 0 0 0 0\ncpu0 100 0 100 1000 0 0 0 0 0 0\nbtime 1700000000\nprocesses 1000\n"
#define UNMAPPED_TEXT "         0          0 4294967295\n"

/* The numbers of mnt and net, as they come out at boot. */
static const uint64_t usual_ns[NS_COUNT] = {[NS_MNT] = 4026531841, [NS_NET] = 4026531840};

static const char default_limits[] = "Limit                     Soft Limit           Hard Limit           Units     \n"
                                     "Max cpu time              unlimited            unlimited            seconds   \n"
                                     "Max core file size        0                    unlimited            bytes     \n"
                                     "Max processes             63432                63432                processes \n"
                                     "Max open files            1024                 524288               files     \n";

struct spawn {
    struct inline_build *build;
    const json_object *spec;
    gint64 pid, ppid, uid, gid;
    gint64 thread; /* whose folder is written; 0: the process's own */
    bool several;  /* it has two threads */
    bool kernel;
    char *comm;
    bool hidden; /* from an ordinary user who looks */
};

static char *proc_path(const struct spawn *spawn, const char *name)
{
    const struct process which = {.pid = (pid_t)spawn->pid, .thread = (pid_t)spawn->thread};
    return host_process_file(&which, name);
}

static struct node *put_text(const struct spawn *spawn, const char *name, const char *text)
{
    g_autofree char *path = proc_path(spawn, name);
    struct node *node = fs_inline_place(spawn->build->fs, path);
    if (node) {
        node_set_text(node, text);
        node->mode = S_IFREG | 0444;
        node->uid = (uid_t)spawn->uid;
        node->gid = (gid_t)spawn->gid;
    }
    return node;
}

static void put_bytes(const struct spawn *spawn, const char *name, const GString *bytes)
{
    struct node *node = put_text(spawn, name, "");
    gsize size = bytes->len;
    if (node)
        node_set_content(node, g_bytes_new_take(g_memdup2(bytes->str, size + 1), size));
}

static void put_link(const struct spawn *spawn, const char *name, const char *target)
{
    g_autofree char *path = proc_path(spawn, name);
    struct node *node = fs_inline_place(spawn->build->fs, path);
    if (!node)
        return;
    node_set_symlink(node, target ? target : "unreadable");
    node->denied = !target || spawn->hidden;
}

/* --- capabilities --- */

static bool add_cap(const json_object *name, guint64 *mask, GError **error)
{
    g_autofree char *text = json_object_is_type(name, json_type_string) ? tree_text(name) : NULL;
    cap_value_t value = 0;
    if (!text || cap_from_name(text, &value) != 0)
        return inline_error(error, name, "caps: unknown capability \"%s\"", text ? text : "");
    *mask |= 1ULL << value;
    return true;
}

static bool cap_mask(const json_object *value, guint64 *mask, GError **error)
{
    if (!value)
        return true;
    *mask = 0;
    if (json_object_is_type(value, json_type_string)) {
        g_autofree char *text = tree_text(value);
        if (g_str_equal(text, "all"))
            *mask = CAPS_ALL;
        return g_str_equal(text, "all") || g_str_equal(text, "none") ||
               inline_error(error, value, "caps: a list, all or none is needed");
    }
    if (!json_object_is_type(value, json_type_array))
        return inline_error(error, value, "caps: a list, all or none is needed");
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        if (!add_cap(json_object_array_get_idx(value, i), mask, error))
            return false;
    }
    return true;
}

static bool read_caps(const struct spawn *spawn, guint64 *caps, GError **error)
{
    static const char *const names[CAPSET_COUNT + 1] = {"inheritable", "permitted", "effective",
                                                        "bounding",    "ambient",   NULL};
    const json_object *spec = tree_member(spawn->spec, "caps");
    guint64 usual = spawn->uid == 0 ? CAPS_ALL : 0;
    caps[CAPSET_INHERITABLE] = caps[CAPSET_AMBIENT] = 0;
    caps[CAPSET_EFFECTIVE] = caps[CAPSET_PERMITTED] = usual;
    caps[CAPSET_BOUNDING] = CAPS_ALL;
    if (!spec)
        return true;
    if (!inline_keys(spec, "caps", inline_caps_members, error))
        return false;
    for (int set = 0; set < CAPSET_COUNT; set++) {
        if (!cap_mask(tree_member(spec, names[set]), &caps[set], error))
            return false;
    }
    if (!tree_member(spec, "permitted"))
        caps[CAPSET_PERMITTED] = caps[CAPSET_EFFECTIVE];
    return true;
}

/* --- status, stat --- */

static bool put_status(const struct spawn *spawn, const char *state, GError **error)
{
    guint64 caps[CAPSET_COUNT];
    gint64 seccomp = 0, nnp = 0;
    if (!read_caps(spawn, caps, error) || !inline_int(spawn->spec, "seccomp", 0, 2, &seccomp, error) ||
        !inline_int(spawn->spec, "no_new_privs", 0, 1, &nnp, error))
        return false;
    g_autoptr(GString) out = g_string_new(NULL);
    int uid = (int)spawn->uid, gid = (int)spawn->gid;
    g_string_append_printf(out, "Name:\t%s\nUmask:\t0022\nState:\t%s\n", spawn->comm, state);
    g_string_append_printf(out, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", (int)spawn->pid,
                           (int)spawn->pid, (int)spawn->ppid);
    g_string_append_printf(out, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\nGroups:\t", uid, uid, uid,
                           uid, gid, gid, gid, gid);
    const json_object *groups = tree_member(spawn->spec, "groups");
    size_t count = json_object_is_type(groups, json_type_array) ? json_object_array_length(groups) : 0;
    for (size_t i = 0; i < count; i++) {
        g_autofree char *text = inline_scalar(json_object_array_get_idx(groups, i), "groups", error);
        if (!text)
            return false;
        g_string_append_printf(out, "%s ", text);
    }
    g_string_append_printf(out, "\nKthread:\t%d\nThreads:\t%d\n", spawn->kernel, 1 + spawn->several);
    g_string_append_printf(out,
                           "CapInh:\t%016" G_GINT64_MODIFIER "x\nCapPrm:\t%016" G_GINT64_MODIFIER
                           "x\nCapEff:\t%016" G_GINT64_MODIFIER "x\nCapBnd:\t%016" G_GINT64_MODIFIER
                           "x\nCapAmb:\t%016" G_GINT64_MODIFIER "x\n",
                           caps[CAPSET_INHERITABLE], caps[CAPSET_PERMITTED], caps[CAPSET_EFFECTIVE],
                           caps[CAPSET_BOUNDING], caps[CAPSET_AMBIENT]);
    g_string_append_printf(out, "NoNewPrivs:\t%d\nSeccomp:\t%d\nSeccomp_filters:\t%d\n", (int)nnp, (int)seccomp,
                           seccomp == 2);
    put_text(spawn, "status", out->str);
    return true;
}

static bool put_stat(const struct spawn *spawn, char state, GError **error)
{
    gint64 start = 1000 + spawn->pid;
    if (!inline_int(spawn->spec, "start", 0, G_MAXINT64, &start, error))
        return false;
    unsigned flags = FLAGS_USUAL | (spawn->kernel ? PF_KTHREAD : 0);
    g_autofree char *text =
        g_strdup_printf("%d (%s) %c %d %d %d 0 -1 %u 0 0 0 0 5 5 0 0 20 0 %d 0 %" G_GINT64_FORMAT
                        " 10000000 500 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
                        (int)spawn->pid, spawn->comm, state, (int)spawn->ppid, (int)spawn->pid, (int)spawn->pid, flags,
                        1 + spawn->several, start);
    put_text(spawn, "stat", text);
    return true;
}

/* --- texts and links --- */

static bool append_words(GString *out, const json_object *list, const char *what, GError **error)
{
    if (!list)
        return true;
    if (!json_object_is_type(list, json_type_array))
        return inline_error(error, list, "%s: a list is needed", what);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        g_autofree char *word = inline_scalar(json_object_array_get_idx(list, i), what, error);
        if (!word)
            return false;
        g_string_append_len(out, word, (gssize)strlen(word) + 1);
    }
    return true;
}

static bool put_cmdline(const struct spawn *spawn, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    if (!append_words(out, tree_member(spawn->spec, "argv"), "argv", error))
        return false;
    put_bytes(spawn, "cmdline", out);
    return true;
}

static bool append_environ(GString *out, const json_object *variables, GError **error)
{
    if (!variables)
        return true;
    if (!json_object_is_type(variables, json_type_object))
        return inline_error(error, variables, "environ: a mapping is needed");
    json_object_object_foreach (variables, name, value) {
        g_autofree char *text = inline_scalar(value, "environ", error);
        if (!text)
            return false;
        g_string_append_printf(out, "%s=%s", name, text);
        g_string_append_c(out, '\0');
    }
    return true;
}

static bool put_environ(const struct spawn *spawn, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    if (!append_environ(out, tree_member(spawn->spec, "environ"), error))
        return false;
    put_bytes(spawn, "environ", out);
    g_autofree char *path = proc_path(spawn, "environ");
    struct node *node = fs_inline_find(spawn->build->fs, path);
    if (node)
        node->mode = S_IFREG | 0400;
    return true;
}

/* Keys whose value is the text of the file of that name. */
static bool put_texts(const struct spawn *spawn, GError **error)
{
    g_autofree char *unit_cgroup = g_strdup_printf("0::/system.slice/%s.service\n", spawn->comm);
    const struct {
        const char *key, *file, *fallback;
        bool newline;
    } rows[] = {
        {"cgroup", "cgroup",
         spawn->kernel     ? "0::/\n"
         : spawn->pid == 1 ? "0::/init.scope\n"
                           : unit_cgroup,
         false},
        {"uid_map", "uid_map", UNMAPPED_TEXT, false},
        {"gid_map", "gid_map", UNMAPPED_TEXT, false},
        {"mountinfo", "mountinfo", spawn->build->mountinfo ? spawn->build->mountinfo : "", false},
        {"label", "attr/current", "unconfined", true},
        {"oom_score_adj", "oom_score_adj", "0", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const json_object *value = tree_member(spawn->spec, rows[i].key);
        g_autofree char *text = value ? inline_scalar(value, rows[i].key, error) : g_strdup(rows[i].fallback);
        if (!text)
            return false;
        bool newline = rows[i].newline && !g_str_has_suffix(text, "\n");
        g_autofree char *line = g_strconcat(text, newline ? "\n" : "", NULL);
        put_text(spawn, rows[i].file, line);
    }
    g_autofree char *comm = g_strconcat(spawn->comm, "\n", NULL);
    put_text(spawn, "comm", comm);
    put_text(spawn, "limits", default_limits);
    return true;
}

/* A key that is stated as null: the link is there and cannot be read. */
static bool stated_null(const json_object *object, const char *key)
{
    json_object *value = NULL;
    return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, &value) && !value;
}

static bool put_ns(const struct spawn *spawn, GError **error)
{
    const json_object *spec = tree_member(spawn->spec, "ns");
    if (spec && !inline_keys(spec, "ns", inline_namespace_members, error))
        return false;
    for (int kind = 0; kind < NS_COUNT; kind++) {
        gint64 inode = (gint64)(ns_first[kind] ? ns_first[kind] : usual_ns[kind]);
        if (!inline_int(spec, ns_names[kind], 1, G_MAXUINT32, &inode, error))
            return false;
        g_autofree char *name = g_strconcat("ns/", ns_names[kind], NULL);
        g_autofree char *target = g_strdup_printf("%s:[%" G_GINT64_FORMAT "]", ns_names[kind], inode);
        put_link(spawn, name, stated_null(spec, ns_names[kind]) ? NULL : target);
    }
    return true;
}

/* The program: what is stated, else argv[0] when it is a path; a kernel thread has none. */
static bool put_exe(const struct spawn *spawn, GError **error)
{
    const json_object *exe = tree_member(spawn->spec, "exe");
    const json_object *argv = tree_member(spawn->spec, "argv");
    g_autofree char *first = NULL;
    if (exe) {
        first = inline_scalar(exe, "exe", error);
        if (!first)
            return false;
    } else if (json_object_is_type(argv, json_type_array) && json_object_array_length(argv)) {
        first = inline_scalar(json_object_array_get_idx(argv, 0), "argv", error);
    }
    if (stated_null(spawn->spec, "exe"))
        put_link(spawn, "exe", NULL);
    else if (!spawn->kernel && first && (*first == '/' || exe))
        put_link(spawn, "exe", first);
    else if (!spawn->kernel) {
        g_autofree char *path = g_strconcat("/usr/bin/", spawn->comm, NULL);
        put_link(spawn, "exe", path);
    }
    return true;
}

static bool put_fds(const struct spawn *spawn, GError **error)
{
    const json_object *spec = tree_member(spawn->spec, "fd");
    g_autofree char *folder = proc_path(spawn, "fd");
    fs_inline_directory(spawn->build->fs, folder);
    struct node *node = fs_inline_find(spawn->build->fs, folder);
    if (node) {
        node->mode = S_IFDIR | 0500;
        node->uid = (uid_t)spawn->uid;
        node->denied = spawn->hidden;
    }
    if (!spec)
        return true;
    if (!json_object_is_type(spec, json_type_object))
        return inline_error(error, spec, "fd: a mapping of number to target is needed");
    json_object_object_foreach (spec, number, value) {
        g_autofree char *target = inline_scalar(value, "fd", error);
        g_autofree char *name = g_strconcat("fd/", number, NULL);
        if (!target)
            return false;
        put_link(spawn, name, target);
    }
    return true;
}

static bool put_files(const struct spawn *spawn, GError **error)
{
    const json_object *files = tree_member(spawn->spec, "files");
    if (files && !json_object_is_type(files, json_type_object))
        return inline_error(error, files, "files: a mapping of names in /proc/PID is needed");
    if (!files)
        return true;
    json_object *placed = json_object_new_object();
    json_object_object_foreach (files, name, value) {
        g_autofree char *path = proc_path(spawn, name);
        json_object_object_add(placed, path, tree_copy(value));
    }
    bool ok = inline_load_files(spawn->build, placed, error);
    g_ptr_array_add(spawn->build->kept, placed);
    return ok;
}

static bool put_links(const struct spawn *spawn, GError **error)
{
    static const char *const names[] = {"root", "cwd"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const json_object *value = tree_member(spawn->spec, names[i]);
        g_autofree char *target = value ? inline_scalar(value, names[i], error) : g_strdup("/");
        if (!target)
            return false;
        put_link(spawn, names[i], stated_null(spawn->spec, names[i]) ? NULL : target);
    }
    return true;
}

static const struct process_state {
    char letter;
    const char *text;
} process_states[] = {
    {'R', "R (running)"}, {'S', "S (sleeping)"}, {'D', "D (disk sleep)"},
    {'T', "T (stopped)"}, {'Z', "Z (zombie)"},   {'I', "I (idle)"},
};

static const struct process_state *find_state(const struct spawn *spawn)
{
    const char *letter = tree_string(spawn->spec, "state");
    int wanted = letter ? *letter : spawn->kernel ? 'I' : 'S';
    for (size_t i = 0; i < G_N_ELEMENTS(process_states); i++) {
        if (process_states[i].letter == wanted)
            return &process_states[i];
    }
    return NULL;
}

static bool put_process(const struct spawn *spawn, GError **error)
{
    const struct process_state *state = find_state(spawn);
    if (!state)
        return inline_error(error, spawn->spec, "state: R, S, D, T, Z or I is needed");
    return put_status(spawn, state->text, error) && put_stat(spawn, state->letter, error) &&
           put_cmdline(spawn, error) && put_environ(spawn, error) && put_texts(spawn, error) && put_ns(spawn, error) &&
           put_exe(spawn, error) && put_links(spawn, error) && put_fds(spawn, error) && put_files(spawn, error);
}

/* What the kernel keeps of a first thread that ended: no namespaces, root, program, descriptors and memory. */
static bool put_ended(const struct spawn *spawn, GError **error)
{
    g_autofree char *comm = g_strconcat(spawn->comm, "\n", NULL);
    put_text(spawn, "cmdline", "");
    put_text(spawn, "environ", "");
    put_text(spawn, "comm", comm);
    return put_status(spawn, "Z (zombie)", error) && put_stat(spawn, 'Z', error);
}

static bool put_threads(struct spawn *spawn, GError **error)
{
    gint64 thread = 0;
    if (!inline_int(spawn->spec, "thread", 1, 4194304, &thread, error))
        return false;
    spawn->several = thread != 0;
    if (thread && !put_ended(spawn, error))
        return false;
    spawn->thread = thread;
    return put_process(spawn, error);
}

/* The command name: stated, or the last part of argv[0] as the kernel cuts it. */
static char *find_comm(const json_object *spec, GError **error)
{
    const json_object *comm = tree_member(spec, "comm");
    const json_object *argv = tree_member(spec, "argv");
    if (comm)
        return inline_scalar(comm, "comm", error);
    if (!json_object_is_type(argv, json_type_array) || !json_object_array_length(argv)) {
        inline_error(error, spec, "processes: comm or argv is needed");
        return NULL;
    }
    g_autofree char *first = inline_scalar(json_object_array_get_idx(argv, 0), "argv", error);
    g_autofree char *name = first ? g_path_get_basename(first) : NULL;
    return name ? g_strndup(name, COMM_MAX) : NULL;
}

static bool spawn_process(struct inline_build *build, const json_object *spec, gint64 pid, GError **error)
{
    if (!inline_keys(spec, "processes", inline_process_members, error))
        return false;
    struct spawn spawn = {.build = build, .spec = spec, .pid = pid, .ppid = 1};
    if (!inline_int(spec, "pid", 1, 4194304, &spawn.pid, error) || !inline_bool(spec, "kernel", &spawn.kernel, error))
        return false;
    spawn.ppid = spawn.pid <= 2 ? 0 : spawn.kernel ? 2 : 1;
    if (!inline_int(spec, "ppid", 0, 4194304, &spawn.ppid, error) ||
        !inline_int(spec, "uid", 0, UINT32_MAX - 1, &spawn.uid, error) ||
        !inline_int(spec, "gid", 0, UINT32_MAX - 1, &spawn.gid, error))
        return false;
    g_autofree char *comm = spawn.comm = find_comm(spec, error);
    spawn.hidden = !build->privileged && spawn.uid != ORDINARY_ID;
    return comm && put_threads(&spawn, error);
}

bool inline_load_processes(struct inline_build *build, const json_object *value, GError **error)
{
    if (!json_object_is_type(value, json_type_array))
        return inline_error(error, value, "processes: a list is needed");
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        /* Pids that are not stated are given from 1001 on. */
        if (!spawn_process(build, json_object_array_get_idx(value, i), 1001 + (gint64)i, error))
            return false;
    }
    return true;
}

static bool spawn_default(struct inline_build *build, int pid, const char *path, int uid, GError **error)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/status", pid);
    if (fs_inline_find(build->fs, folder))
        return true;
    pl_autojson json_object *spec = json_object_new_object();
    json_object *argv = json_object_new_array();
    json_object_array_add(argv, json_object_new_string(path));
    json_object_object_add(spec, "argv", argv);
    json_object_object_add(spec, "uid", json_object_new_int(uid));
    json_object_object_add(spec, "gid", json_object_new_int(uid));
    return spawn_process(build, spec, pid, error);
}

bool inline_default_processes(struct inline_build *build, GError **error)
{
    if (!spawn_default(build, 1, "/lib/systemd/systemd", 0, error) ||
        !spawn_default(build, SELF_PID, "/usr/bin/plumbline", build->privileged ? 0 : ORDINARY_ID, error))
        return false;
    if (!fs_inline_find(build->fs, "/proc/self"))
        fs_inline_link(build->fs, "/proc/self", G_STRINGIFY(SELF_PID));
    if (!fs_inline_find(build->fs, "/proc/stat"))
        node_set_text(fs_inline_place(build->fs, "/proc/stat"), STAT_TEXT);
    return true;
}
