/* The mounts of a container that does not run, as its runtime would make them of the record: in the kernel's own form,
 * so that they are read as those of one that runs. */
#include "facts/container/plan.h"

#include "facts/container/find.h"
#include "facts/process/namespaces.h"
#include "host/host.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* Blanks and backslashes are octal there (proc_pid_mountinfo(5)). */
static void add_word(GString *line, const char *word)
{
    g_string_append_c(line, ' ');
    for (const char *c = *word ? word : "-"; *c; c++)
        if (strchr(" \t\n\\", *c))
            g_string_append_printf(line, "\\%03o", (unsigned)(unsigned char)*c);
        else
            g_string_append_c(line, *c);
}

/* `like` has the file system. */
static void add_line(const struct plan *plan, const struct mount_line *like, const char *options)
{
    GString *table = plan->table;
    g_string_append_printf(table, "%zu 1 %u:%u", table->len + 2, like->major, like->minor);
    add_word(table, like->root);
    add_word(table, like->target);
    add_word(table, options);
    if (like->peers)
        g_string_append_printf(table, " shared:%" G_GUINT64_FORMAT, like->peers);
    g_string_append(table, " -");
    add_word(table, like->fstype);
    add_word(table, like->source);
    add_word(table, like->super);
    g_string_append_c(table, '\n');
}

/* What a bind mount keeps of the options of the mount that it shows. Caller frees. */
static char *options_of(const struct mount_line *mount, bool readonly)
{
    g_auto(GStrv) words = g_strsplit(mount->options, ",", -1);
    GString *options = g_string_new(readonly || mount_has_option(mount->options, "ro") ? "ro" : "rw");
    for (char **word = words; *word; word++)
        if (**word && !g_str_equal(*word, "ro") && !g_str_equal(*word, "rw"))
            g_string_append_printf(options, ",%s", *word);
    return g_string_free(options, FALSE);
}

static void add_shown(const struct plan *plan, const struct plan_bind *bind, const struct mount_line *mount,
                      const char *root, const char *target, bool top)
{
    struct mount_line line = *mount;
    bool readonly = !bind->writable && (top || bind->all_readonly);
    g_autofree char *options = options_of(mount, readonly);
    line.root = (char *)(uintptr_t)root;
    line.target = (char *)(uintptr_t)target;
    line.peers = bind->shared ? mount->peers : 0;
    add_line(plan, &line, options);
}

static void add_below(const struct plan *plan, const struct plan_bind *bind, const char *source)
{
    const struct mountinfo *host = plan->containers->host;
    for (guint i = 0; i < host->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(host->lines, i);
        bool below = path_is_below(line->target, source) && !g_str_equal(line->target, source);
        if (!below || mountinfo_at(host, line->target) != line)
            continue;
        const char *rest = line->target + (g_str_equal(source, "/") ? 1 : strlen(source) + 1);
        g_autofree char *target = g_build_filename(bind->target, rest, NULL);
        add_shown(plan, bind, line, line->root, target, false);
    }
}

void plan_bind(const struct plan *plan, const struct plan_bind *bind)
{
    const struct mountinfo *host = plan->containers->host;
    const struct mount_line *mount = NULL;
    g_autoptr(GError) error = NULL;
    if (!host)
        return;
    g_autofree char *real = host_resolve(plan->context->host, bind->source, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        g_autofree char *why = g_strdup_printf("what it binds is not known: %s", error->message);
        plan_doubt_mounts(plan, why);
        return;
    }
    /* What is not there yet is made when it starts. */
    const char *source = real ? real : bind->source;
    g_autofree char *place = mountinfo_place(host, source, &mount);
    if (!place) {
        g_autofree char *why = g_strdup_printf("what it binds is not known: %s: no mount of the host has it", source);
        plan_doubt_mounts(plan, why);
        return;
    }
    add_shown(plan, bind, mount, place, bind->target, true);
    if (!bind->alone)
        add_below(plan, bind, source);
}

void plan_mount(const struct plan *plan, const char *fstype, const char *target, const char *options)
{
    char root[] = "/";
    /* No device of the host has such a number; each is another one. */
    const struct mount_line line = {.major = UINT16_MAX,
                                    .minor = (unsigned)plan->table->len,
                                    .root = root,
                                    .target = (char *)(uintptr_t)target,
                                    .fstype = (char *)(uintptr_t)fstype,
                                    .source = (char *)(uintptr_t)fstype,
                                    .super = (char *)(uintptr_t) "rw"};
    add_line(plan, &line, options);
}

/* ---- the kernel's ---- */

static void cover(const struct plan *plan, const json_object *paths, bool readonly)
{
    size_t n = json_object_is_type(paths, json_type_array) ? json_object_array_length(paths) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *path = tree_string_of(json_object_array_get_idx(paths, i));
        if (!path || *path != '/')
            continue;
        bool proc = path_is_below(path, "/proc") && readonly;
        const struct mount_line line = {.major = UINT16_MAX,
                                        .minor = 0,
                                        .root = (char *)(uintptr_t)(proc ? path + strlen("/proc") : "/"),
                                        .target = (char *)(uintptr_t)path,
                                        .fstype = (char *)(uintptr_t)(proc ? "proc" : "tmpfs"),
                                        .source = (char *)(uintptr_t) "none",
                                        .super = (char *)(uintptr_t) "rw"};
        add_line(plan, &line, "ro,nosuid,nodev,noexec");
    }
}

/* Its own part of each tree, the whole where it has no control group namespace and the tree is version 2 (runc and crun
 * mount the part on version 1 in any case). */
static void add_groups(const struct plan *plan, bool writable)
{
    const struct mountinfo *host = plan->containers->host;
    bool whole = namespace_relation(plan->context->host, plan->planned->process, NS_CGROUP) == NS_SHARED;
    for (guint i = 0; host && i < host->lines->len; i++) {
        struct mount_line line = *(const struct mount_line *)g_ptr_array_index(host->lines, i);
        if (!g_str_has_prefix(line.fstype, "cgroup") || !path_is_below(line.target, "/sys/fs/cgroup"))
            continue;
        line.root = (char *)(uintptr_t)(whole && g_str_equal(line.fstype, "cgroup2") ? "/" : "/its-own");
        line.peers = 0;
        add_line(plan, &line, writable ? "rw,nosuid,nodev,noexec" : "ro,nosuid,nodev,noexec");
    }
}

void plan_kernel(const struct plan *plan, const json_object *masked, const json_object *readonly, bool sys_writable)
{
    plan_mount(plan, "proc", "/proc", "rw,nosuid,nodev,noexec");
    plan_mount(plan, "tmpfs", "/dev", "rw,nosuid");
    plan_mount(plan, "devpts", "/dev/pts", "rw,nosuid,noexec");
    plan_mount(plan, "mqueue", "/dev/mqueue", "rw,nosuid,nodev,noexec");
    plan_mount(plan, "sysfs", "/sys", sys_writable ? "rw,nosuid,nodev,noexec" : "ro,nosuid,nodev,noexec");
    add_groups(plan, sys_writable);
    cover(plan, readonly, true);
    cover(plan, masked, false);
}
