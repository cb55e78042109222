/* Which files an instance of a daemon reads, and in which order.
 *
 * A path on a command line is the process's own: it is looked up below /proc/PID/root when the process lives in
 * another root or mount namespace (static pods). What cannot be read is kept as an error, never as "not there". */
#include "facts/daemon/documents.h"

#include "facts/daemon/accept.h"
#include "facts/file/confdirs.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define DOCUMENTS_MAX 256

/* Where a path that the process names is on the host. */
static char *instance_path(struct host *host, const struct process *process, const char *path, GError **error)
{
    if (!process)
        return g_strdup(path);
    if (path[0] == '/')
        return host_process_path(host, process, path);
    g_autofree char *link = host_process_file(process, "cwd");
    g_autofree char *cwd = host_readlink(host, link, error);
    if (!cwd) {
        g_prefix_error(error, "%s is relative to an unknown directory: ", path);
        return NULL;
    }
    g_autofree char *whole = g_build_filename(cwd, path, NULL);
    return host_process_path(host, process, whole);
}

/* Reads one file into the instance's documents. A missing one is an error only when it was `named`. */
static bool add_document(struct host *host, struct daemon_instance *instance, const char *format, const char *path,
                         bool named, bool dropin)
{
    g_autoptr(GError) error = NULL;
    const json_object *tree = format_read(host, path, format_find(format), &error);
    if (tree)
        daemon_accepts(instance->daemon, tree, path, &error);
    if (error && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        if (named && !instance->error)
            g_set_error(&instance->error, PL_ERROR, PL_ERROR_READ, "%s: the file that %s names is not there", path,
                        instance->subject);
        return false;
    }
    if (error) {
        if (!instance->error)
            instance->error = g_steal_pointer(&error);
        return false;
    }
    if (instance->documents->len >= DOCUMENTS_MAX) {
        if (!instance->error)
            g_set_error(&instance->error, PL_ERROR, PL_ERROR_LIMIT, "%s: more than %d configuration files", path,
                        DOCUMENTS_MAX);
        return false;
    }
    struct daemon_document *document = g_new0(struct daemon_document, 1);
    document->path = g_strdup(path);
    document->tree = tree;
    document->dropin = dropin;
    g_ptr_array_add(instance->documents, document);
    return true;
}

static void keep_error(struct daemon_instance *instance, GError *error)
{
    if (error && !instance->error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        instance->error = error;
    else
        g_clear_error(&error);
}

/* The paths of a glob that the process would expand; NULL when that is not known. */
static char **expand(struct host *host, struct daemon_instance *instance, const char *pattern, enum glob_kind kind)
{
    GError *error = NULL;
    char *path = instance_path(host, instance->process, pattern, &error);
    char **paths = path ? host_glob_as(host, path, kind, &error) : NULL;
    g_free(path);
    keep_error(instance, error);
    return paths;
}

static int compare_base_names(const void *a, const void *b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    return strcmp(strrchr(left, '/') ? strrchr(left, '/') : left, strrchr(right, '/') ? strrchr(right, '/') : right);
}

static bool has_base_name(const GPtrArray *paths, const char *path)
{
    for (guint i = 0; i < paths->len; i++) {
        const char *other = g_ptr_array_index(paths, i);
        if (compare_base_names(&other, &path) == 0)
            return true;
    }
    return false;
}

/* systemd: the first directory that holds a name wins; all are read in the order of their names. */
static void add_masked_dropins(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (char **pattern = config->dropins; pattern && *pattern; pattern++) {
        g_auto(GStrv) found = expand(host, instance, *pattern, GLOB_RULE);
        for (char **path = found; path && *path; path++)
            if (!has_base_name(paths, *path))
                g_ptr_array_add(paths, g_strdup(*path));
    }
    if (paths->len)
        qsort(paths->pdata, paths->len, sizeof *paths->pdata, compare_base_names);
    for (guint i = 0; i < paths->len; i++) {
        GError *error = NULL;
        bool masked = confdirs_null_link(host, g_ptr_array_index(paths, i), &error);
        if (g_error_matches(error, PL_ERROR, PL_ERROR_KIND)) /* no link */
            g_clear_error(&error);
        keep_error(instance, error);
        if (!masked)
            add_document(host, instance, config->format, g_ptr_array_index(paths, i), false, true);
    }
}

static void add_glob(struct host *host, struct daemon_instance *instance, const char *format, const char *pattern)
{
    g_auto(GStrv) found = expand(host, instance, pattern, GLOB_RULE);
    for (char **path = found; path && *path; path++)
        add_document(host, instance, format, *path, false, true);
}

static void add_dropins(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    const char *directory = instance->flags && config->dropin_flags
                                ? flag_values_last(instance->flags, (const char *const *)config->dropin_flags)
                                : NULL;
    if (directory && *directory) {
        g_autofree char *quoted = host_glob_quote(directory);
        g_autofree char *pattern =
            g_build_filename(quoted, config->dropin_pattern ? config->dropin_pattern : "*.conf", NULL);
        add_glob(host, instance, config->format, pattern);
        return;
    }
    if (config->dropins_mask) {
        add_masked_dropins(host, instance, config);
        return;
    }
    for (char **pattern = config->dropins; pattern && *pattern; pattern++)
        add_glob(host, instance, config->format, *pattern);
}

/* The path of a document as the process itself names it. */
static char *own_path(const struct daemon_instance *instance, const char *path)
{
    g_autofree char *prefix = instance->process ? host_process_file(instance->process, "root/") : NULL;
    return g_strdup(prefix && g_str_has_prefix(path, prefix) ? path + strlen(prefix) - 1 : path);
}

static bool has_document(const struct daemon_instance *instance, const char *path)
{
    for (guint i = 0; i < instance->documents->len; i++) {
        const struct daemon_document *document = g_ptr_array_index(instance->documents, i);
        if (g_str_equal(document->path, path))
            return true;
    }
    return false;
}

static void add_import(struct host *host, struct daemon_instance *instance, const char *format, const char *pattern)
{
    /* Without a * it is a path and no glob, whatever else it holds. */
    g_autofree char *path_alone = strchr(pattern, '*') ? NULL : host_glob_quote(pattern);
    g_auto(GStrv) found = expand(host, instance, path_alone ? path_alone : pattern, GLOB_GO);
    for (char **path = found; path && *path; path++)
        if (!has_document(instance, *path))
            add_document(host, instance, format, *path, false, true);
}

static void add_import_of(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                          const struct daemon_document *document, const json_object *node)
{
    if (!json_object_is_type(node, json_type_string)) {
        keep_error(instance, g_error_new(PL_ERROR, PL_ERROR_PARSE, "%s: %s names something else than a file",
                                         document->path, config->imports));
        return;
    }
    g_autofree char *own = own_path(instance, document->path);
    g_autofree char *directory = g_path_get_dirname(own);
    g_autofree char *text = tree_text(node);
    g_autofree char *pattern = text[0] == '/' ? g_strdup(text) : g_build_filename(directory, text, NULL);
    add_import(host, instance, config->format, pattern);
}

/* Files that a file lists (containerd's imports), relative to its directory; they may list more, read after these.
 * Where a format has no lists it names one. */
static void add_imports_of(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                           const struct daemon_document *document)
{
    const json_object *imports = tree_member(document->tree, config->imports);
    size_t n = json_object_is_type(imports, json_type_array) ? json_object_array_length(imports) : 0;
    for (size_t i = 0; i < n; i++)
        add_import_of(host, instance, config, document, json_object_array_get_idx(imports, i));
    if (imports && !json_object_is_type(imports, json_type_array))
        add_import_of(host, instance, config, document, imports);
}

static void add_imports(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    for (guint i = 0; config->imports && i < instance->documents->len; i++)
        add_imports_of(host, instance, config, g_ptr_array_index(instance->documents, i));
}

char *daemon_environment(struct host *host, const struct daemon_instance *instance, const char *name,
                         struct problem **unread)
{
    if (!instance->process)
        return instance->start ? g_strdup(unit_environment_value(instance->start->environment, name, unread)) : NULL;
    g_autoptr(GError) error = NULL;
    char *value = host_process_env(host, instance->process, name, &error);
    if (error)
        *unread = problem_of_error(error);
    return value;
}

/* The file that a flag or the environment names; NULL when neither does. */
static char *named_config(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    const char *named =
        instance->flags && config->flags ? flag_values_last(instance->flags, (const char *const *)config->flags) : NULL;
    if (named)
        return *named ? g_strdup(named) : NULL;
    if (!config->environment || (!instance->process && !instance->start))
        return NULL;
    struct problem *unread = NULL;
    char *value = daemon_environment(host, instance, config->environment, &unread);
    if (unread)
        problem_keep(
            &instance->blind,
            problem_of(unread, "the environment of %s may name another file and is not known", instance->subject));
    return value && *value ? value : (g_free(value), NULL);
}

static void load_named(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                       const char *named)
{
    GError *error = NULL;
    g_autofree char *path = instance_path(host, instance->process, named, &error);
    keep_error(instance, error);
    instance->config_named = true;
    if (!path)
        return;
    instance->config = g_strdup(path);
    if (add_document(host, instance, config->format, path, true, false))
        add_imports(host, instance, config);
}

static void load_first(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                       char **paths)
{
    for (char **path = paths; path && *path && !instance->config; path++) {
        GError *error = NULL;
        g_autofree char *there = instance_path(host, instance->process, *path, &error);
        keep_error(instance, error);
        if (!there)
            return;
        guint before = instance->documents->len;
        add_document(host, instance, config->format, there, false, false);
        if (instance->documents->len > before || instance->error)
            instance->config = g_strdup(there);
        if (instance->documents->len > before)
            add_imports(host, instance, config);
    }
}

/* Rootless daemons: their file is in the configuration directory of their user. */
static void load_user(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = host_process_env(host, instance->process, "XDG_CONFIG_HOME", &error);
    g_autofree char *home = error ? NULL : host_process_env(host, instance->process, "HOME", &error);
    if ((!directory || !*directory) && (!home || !*home)) {
        instance->blind = problem_of(problem_of_error(error), "%s runs for a user whose home directory is not known",
                                     instance->subject);
        return;
    }
    g_autofree char *path = directory && *directory ? g_build_filename(directory, config->user_path, NULL)
                                                    : g_build_filename(home, ".config", config->user_path, NULL);
    char *paths[] = {path, NULL};
    load_first(host, instance, config, paths);
}

/* ---- accounts' own files of a tool ---- */

static char *below_config(const struct home *home, const char *name)
{
    g_autofree char *pattern = g_build_filename("~/.config", name, NULL);
    return homes_path(home, pattern);
}

static bool is_there(struct host *host, const char *path, GError **error)
{
    struct host_stat st = {0};
    g_autoptr(GError) failure = NULL;
    if (host_stat(host, path, &st, &failure))
        return true;
    if (!g_error_matches(failure, PL_ERROR, PL_ERROR_ABSENT))
        g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

static bool has_user_file(struct host *host, const struct daemon_config *config, const struct home *home,
                          GError **error)
{
    g_autofree char *path = config->user_path ? below_config(home, config->user_path) : NULL;
    return path && is_there(host, path, error);
}

bool daemon_documents_of_user(struct host *host, const struct daemon *daemon, const struct home *home, GError **error)
{
    g_autoptr(GError) failure = NULL;
    bool there = has_user_file(host, &daemon->config, home, &failure);
    for (char **name = daemon->config.user_dropins; name && *name && !there && !failure; name++) {
        g_autofree char *pattern = below_config(home, *name);
        g_auto(GStrv) paths = host_glob(host, pattern, &failure);
        there = paths && *paths;
    }
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    return there;
}

/* A main file of the account stands instead of the system's files; its drop-ins come last in any case. */
static void load_of_user(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    GError *error = NULL;
    bool own = has_user_file(host, config, instance->home, &error);
    keep_error(instance, error);
    if (own) {
        g_autofree char *path = below_config(instance->home, config->user_path);
        char *paths[] = {path, NULL};
        load_first(host, instance, config, paths);
    } else {
        load_first(host, instance, config, config->paths);
        add_dropins(host, instance, config);
    }
    for (char **name = config->user_dropins; name && *name; name++) {
        g_autofree char *pattern = below_config(instance->home, *name);
        add_glob(host, instance, config->format, pattern);
    }
}

void daemon_documents_load(struct host *host, struct daemon_instance *instance, const struct daemon *daemon)
{
    const struct daemon_config *config = &daemon->config;
    if (!config->format)
        return;
    if (instance->home) {
        load_of_user(host, instance, config);
        return;
    }
    g_autofree char *named = named_config(host, instance, config);
    if (named)
        load_named(host, instance, config, named);
    else if (config->user_path && instance->process && !(instance->process->ids_known && !instance->process->uid[1]))
        load_user(host, instance, config);
    else
        load_first(host, instance, config, config->paths);
    if (!instance->process && !instance->start && !instance->config)
        load_first(host, instance, config, config->stopped_paths);
    add_dropins(host, instance, config);
    for (char **pattern = config->root_dropins; pattern && *pattern; pattern++)
        add_glob(host, instance, config->format, *pattern);
}
