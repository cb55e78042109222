/* Processes one by one: the later ones against the first, their environment, command line and program. */
#include "probes/container/process.h"

#include "model/error.h"
#include "model/secret.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/common/noted.h"

#include <string.h>

/* ---- against the first process ---- */

static bool has_more_capabilities(const struct process *process, const struct process *first)
{
    uint64_t bounding = process->caps[CAPSET_BOUNDING] & ~first->caps[CAPSET_BOUNDING];
    uint64_t effective = process->caps[CAPSET_EFFECTIVE] & ~first->caps[CAPSET_EFFECTIVE];
    return process->caps_known && first->caps_known && (bounding || effective);
}

/* An empty label is that of a system without a security module, where the first was not confined either. */
static bool left_confinement(const struct process *process, const struct process *first)
{
    bool confined = first->label && *first->label && !g_str_has_prefix(first->label, "unconfined");
    return confined && process->label && g_str_has_prefix(process->label, "unconfined");
}

/* The rights in which a process goes beyond another; NULL when in none that is known. */
static char *beyond(const struct process *process, const struct process *first)
{
    const struct {
        bool more;
        const char *what;
    } rights[] = {
        {has_more_capabilities(process, first), "capabilities"},
        {process->seccomp == 0 && first->seccomp > 0, "no seccomp filter"},
        {process->no_new_privs == 0 && first->no_new_privs == 1, "no_new_privs off"},
        {left_confinement(process, first), "unconfined"},
    };
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++)
        if (rights[i].more)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", rights[i].what);
    return text->len ? g_strdup(text->str) : NULL;
}

static bool is_root(const struct process *process)
{
    return process->ids_known && !process->uid[1];
}

/* It entered from outside: its parent is in no relation to the first process. */
static bool entered(const struct view *view, const struct process *process)
{
    if (process == view->container->first)
        return false;
    for (guint i = 0; i < view->container->processes->len; i++) {
        const struct process *other = g_ptr_array_index(view->container->processes, i);
        if (other->pid == process->ppid)
            return false;
    }
    return true;
}

/* Notes what beyond() would compare and was not read. */
static void note_unread(const struct process *process)
{
    if (!process->caps_known || !process->ids_known || process->seccomp < 0 || process->no_new_privs < 0)
        host_process_note(process, "status", NULL);
    if (!process->label)
        host_process_note(process, "attr/current", NULL);
}

static void set_weaker(const struct view *view, struct item *item)
{
    const struct process *first = view->container->first;
    json_object *weaker = json_object_new_array(), *rooted = json_object_new_array();
    struct host_noting noted = host_notes_begin();
    note_unread(first);
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        note_unread(process);
        g_autofree char *what = beyond(process, first);
        g_autofree char *name = g_strdup_printf("%s (pid %d)", process->comm, process->pid);
        bool outside = entered(view, process);
        if (what) {
            g_autofree char *text = g_strconcat(name, ": ", what, NULL);
            tree_add_text(weaker, text);
        }
        if (outside && is_root(process) && first->ids_known && !is_root(first))
            tree_add_text(rooted, name);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "weaker_processes", weaker, failure);
    view_set_found(item, "exec_root", rooted, failure);
}

/* ---- secrets ---- */

static void look_at_environment(const struct view *view, const struct process *process, json_object *names)
{
    g_autofree char *path = host_process_file(process, "environ");
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read_uncached(view->host, path, HOST_FILE_MAX, &error);
    if (error && !host_process_ended(view->host, process)) {
        error->code = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) ? PL_ERROR_READ : error->code;
        host_note(g_steal_pointer(&error));
    }
    gsize size = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    for (gsize start = 0; start < size;) {
        g_autofree char *entry = g_strndup(data + start, strnlen(data + start, size - start));
        start += strlen(entry) + 1;
        char *value = strchr(entry, '=');
        if (!value)
            continue;
        *value++ = '\0';
        if ((secret_variable(entry) && secret_value_possible(value)) || secret_in_text(value))
            tree_add_text(names, entry);
    }
}

static void look_at_arguments(const struct process *process, json_object *options)
{
    for (char **argument = process->argv_seen; argument && *argument; argument++) {
        g_autofree char *option = secret_option(*argument);
        if (option)
            tree_add_text(options, option);
    }
    if (!process->argv)
        host_note(host_process_argv_failure(process));
}

static void set_secrets(const struct view *view, struct item *item)
{
    json_object *names = json_object_new_array(), *options = json_object_new_array();
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++)
        look_at_environment(view, view_process(view, i), names);
    g_autoptr(GError) hidden = host_notes_take(&noted);
    view_set_found(item, "secret_variables", names, hidden);
    noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++)
        look_at_arguments(view_process(view, i), options);
    g_autoptr(GError) cut = host_notes_take(&noted);
    view_set_found(item, "secret_options", options, cut);
}

/* ---- programs and limits ---- */

static void note_program(const struct view *view, const struct process *process)
{
    if (!process->exe && !host_process_ended(view->host, process))
        host_process_note(process, "exe", NULL);
}

static void set_programs(const struct view *view, struct item *item)
{
    json_object *deleted = json_object_new_array();
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        note_program(view, process);
        if (!process->exe || !(host_link_is_deleted(process->exe) || g_str_has_prefix(process->exe, "/memfd:")))
            continue;
        g_autofree char *text = g_strdup_printf("%s (pid %d): %s", process->comm, process->pid, process->exe);
        tree_add_text(deleted, text);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "deleted_programs", deleted, failure);
}

/* The upper directory of an overlay, as the host sees it; NULL for other file systems. */
static char *upper_directory(const struct mountinfo *mounts)
{
    const struct mount_line *root = mounts ? mountinfo_at(mounts, "/") : NULL;
    g_auto(GStrv) options = root && g_str_equal(root->fstype, "overlay") ? g_strsplit(root->super, ",", -1) : NULL;
    for (char **option = options; option && *option; option++)
        if (g_str_has_prefix(*option, "upperdir=/"))
            return g_strdup(*option + strlen("upperdir="));
    return NULL;
}

/* Programs that run from the writable layer did not come with the image. */
static void set_changed(const struct view *view, struct item *item)
{
    g_autofree char *upper = upper_directory(view->container->mounts);
    if (!upper) {
        item_unread(item, "changed_programs", "its root file system does not tell the image from what came later");
        return;
    }
    json_object *changed = json_object_new_array();
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        g_autofree char *path = process->exe && *process->exe == '/' ? g_strconcat(upper, process->exe, NULL) : NULL;
        struct host_stat found;
        bool there = path && host_lstat(view->host, path, &found, NULL);
        note_program(view, process);
        if (!there || (found.mode & 0170000) != 0100000)
            continue;
        g_autofree char *text = g_strdup_printf("%s (pid %d): %s", process->comm, process->pid, process->exe);
        tree_add_text(changed, text);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "changed_programs", changed, failure);
}

/* "Max open files            1024                 524288               files" (proc_pid_limits(5)) */
static void set_files_limit(const struct view *view, struct item *item)
{
    g_autofree char *path = host_process_file(view->first, "limits");
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(view->host, path, &error);
    const char *line = text ? strstr(text, "Max open files") : NULL;
    g_autofree char *rest =
        line ? g_strndup(line + strlen("Max open files"), strcspn(line, "\n") - strlen("Max open files")) : NULL;
    g_auto(GStrv) words = rest ? g_strsplit(g_strstrip(rest), " ", -1) : NULL;
    uint64_t hard = 0;
    unsigned seen = 0;
    for (char **word = words; word && *word; word++) {
        if (!**word || ++seen != 2)
            continue;
        if (g_str_equal(*word, "unlimited"))
            item_set(item, "open_files_limit", NULL);
        else if (value_parse_u64(*word, UINT64_MAX, &hard))
            item_set_int(item, "open_files_limit", (gint64)MIN(hard, (uint64_t)INT64_MAX));
        else
            break;
        return;
    }
    if (error)
        item_unread_error(item, "open_files_limit", error);
    else
        item_unread(item, "open_files_limit", "%s does not say it", path);
}

void container_set_processes(const struct view *view, struct item *item)
{
    set_weaker(view, item);
    set_secrets(view, item);
    set_programs(view, item);
    set_changed(view, item);
    set_files_limit(view, item);
}
