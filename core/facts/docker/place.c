/* Where a dockerd can be asked: the hosts of its command line, else of its file, else the default; for a socket that
 * systemd handed over (fd://), what it really holds. */
#include "facts/docker/place.h"

#include "facts/context.h"
#include "facts/daemon/files.h"
#include "facts/process/namespaces.h"
#include "facts/process/sockets.h"
#include "host/notes.h"
#include "host/storage_places.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

#define SOCKETS_MAX 4

const struct daemon_instances *docker_daemons(const struct fact_context *context)
{
    const struct daemon *daemon = daemons_find(context->daemons, "dockerd");
    return daemon ? daemon_instances_find(context->host, daemon) : NULL;
}

/* ---- settings ---- */

/* One text or a list of them. */
static void add_texts(GStrvBuilder *values, const json_object *node)
{
    if (json_object_is_type(node, json_type_string)) {
        g_autofree char *text = tree_text(node);
        g_strv_builder_add(values, text);
    }
    for (size_t i = 0; json_object_is_type(node, json_type_array) && i < json_object_array_length(node); i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(node, i));
        g_strv_builder_add(values, text);
    }
}

static void add_from_files(GStrvBuilder *values, const struct daemon_instance *instance, const struct daemon_key *key)
{
    for (guint i = 0; i < instance->documents->len; i++) {
        const struct daemon_document *document = g_ptr_array_index(instance->documents, i);
        json_object *node = NULL;
        for (char **path = key->file; path && *path; path++)
            if (tree_get(document->tree, *path, &node))
                add_texts(values, node);
    }
}

char **docker_values(const struct daemon_instance *instance, const char *name)
{
    g_autoptr(GStrvBuilder) values = g_strv_builder_new();
    const struct daemon_key *key = daemon_key_find(instance->daemon, name);
    bool found = false;
    for (guint i = 0; key && instance->flags && i < instance->flags->list->len; i++) {
        const struct flag_value *flag = g_ptr_array_index(instance->flags->list, i);
        if (flag->key != key)
            continue;
        g_strv_builder_add(values, flag->text);
        found = true;
    }
    if (key && !found)
        add_from_files(values, instance, key);
    return g_strv_builder_end(values);
}

/* The last value of a key, NULL when nobody gave one. */
static char *value_of(const struct daemon_instance *instance, const char *key)
{
    g_auto(GStrv) values = docker_values(instance, key);
    guint n = g_strv_length(values);
    return n && *values[n - 1] ? g_strdup(values[n - 1]) : NULL;
}

static bool is_rootless(const struct process *process)
{
    return process->ids_known && process->uid[1] != 0;
}

static char *runtime_directory(struct host *host, const struct process *process)
{
    /* Unheard: where it does not listen at the usual place it is an engine that does not answer. */
    char *directory = host_process_env(host, process, "XDG_RUNTIME_DIR", host_unheard());
    if (directory && *directory == '/')
        return directory;
    g_free(directory);
    return g_strdup_printf("/run/user/%u", (unsigned)process->uid[1]);
}

/* With error: whose it is or its environment could not be read, and it may lie elsewhere. */
static char *default_data_root(struct host *host, const struct process *process, GError **error)
{
    g_autoptr(GError) status = process->ids_known ? NULL : host_process_failure(process, "status");
    if (process->ids_known && !is_rootless(process))
        return g_strdup(DOCKER_ROOT);
    g_autoptr(GError) unread = NULL;
    g_autofree char *data = host_process_env(host, process, "XDG_DATA_HOME", &unread);
    g_autofree char *home = unread ? NULL : host_process_env(host, process, "HOME", &unread);
    if (status || unread)
        g_propagate_error(error, status ? g_steal_pointer(&status) : g_steal_pointer(&unread));
    if (data && *data == '/')
        return g_build_filename(data, "docker", NULL);
    return home && *home == '/' ? g_build_filename(home, DOCKER_ROOT_OF_USER, NULL) : g_strdup(DOCKER_ROOT);
}

static void find_data_root(struct host *host, const struct daemon_instance *instance, struct docker_place *place)
{
    place->data_root = value_of(instance, "data-root");
    if (place->data_root)
        return;
    g_autoptr(GError) unread = NULL;
    place->data_root = default_data_root(host, instance->process, &unread);
    if (instance->error)
        place->root_unsure = problem_of_error(instance->error);
    else if (instance->blind)
        place->root_unsure = problem_copy(instance->blind);
    else if (unread)
        place->root_unsure = problem_of(problem_of_error(unread), "where process %d keeps its data is not known",
                                        (int)instance->process->pid);
}

/* ---- sockets ---- */

/* /var/run is a link to /run everywhere; the short form is what people and reports use. */
static const char *short_path(const char *path)
{
    return g_str_has_prefix(path, "/var/run/") ? path + strlen("/var") : path;
}

static char *path_on_host(struct host *host, const struct process *process, const char *path)
{
    if (namespace_relation(host, process, NS_MNT) == NS_UNREAD)
        return g_strdup(short_path(path));
    return host_process_path(host, process, short_path(path));
}

static void add_path(struct host *host, const struct process *process, const char *path, GPtrArray *sockets)
{
    g_autofree char *full = *path == '/' && sockets->len < SOCKETS_MAX ? path_on_host(host, process, path) : NULL;
    for (guint i = 0; full && i < sockets->len; i++)
        if (g_str_equal(g_ptr_array_index(sockets, i), full))
            return;
    if (full)
        g_ptr_array_add(sockets, g_steal_pointer(&full));
}

static void add_default(struct host *host, const struct process *process, GPtrArray *sockets)
{
    g_autofree char *directory = is_rootless(process) ? runtime_directory(host, process) : g_strdup("/run");
    g_autofree char *path = g_build_filename(directory, "docker.sock", NULL);
    add_path(host, process, path, sockets);
}

/* What the process listens on, without the sockets of its own household below --exec-root (metrics, networks). */
static void add_held(struct host *host, const struct daemon_instance *instance, GPtrArray *sockets)
{
    const struct listeners *listeners = listeners_find(host);
    g_autofree char *given = value_of(instance, "exec-root");
    g_autofree char *household = g_strconcat(short_path(given ? given : "/run/docker"), "/", NULL);
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        bool own = listener->holder && listener->holder->pid == instance->process->pid;
        if (own && g_str_equal(listener->family, "unix") && *listener->address == '/' &&
            !g_str_has_prefix(short_path(listener->address), household))
            add_path(host, instance->process, listener->address, sockets);
    }
}

static void add_host(struct host *host, const struct daemon_instance *instance, const char *text, GPtrArray *sockets)
{
    bool socket = g_str_has_prefix(text, "unix://");
    bool handed = g_str_has_prefix(text, "fd://");
    if (socket && text[strlen("unix://")])
        add_path(host, instance->process, text + strlen("unix://"), sockets);
    if (handed)
        add_held(host, instance, sockets);
    /* Also where descriptors could not be looked at. */
    if (handed || g_str_equal(text, "unix://") || !*text)
        add_default(host, instance->process, sockets);
}

/* ---- the file against the process ---- */

/* Neither written nor replaced, nor given another time, since then. A file of the same second is older: the daemon
 * reads it after it was started. */
static bool is_older(struct host *host, const char *path, gint64 started)
{
    struct host_stat found;
    /* Unheard: what cannot be seen is not known to be older, and the settings are then not in force. */
    return host_stat(host, path, &found, host_unheard()) && MAX(found.mtime, found.ctime) <= started;
}

/* A file that was removed or renamed since shows in its directory. */
static bool is_unchanged(struct host *host, const struct daemon_instance *instance)
{
    pl_auto(problem) why = NULL;
    gint64 started = daemon_started(host, instance->process, &why);
    /* Whoever judges the configuration too says that it could not be read, or that it is not in force. */
    if (instance->error)
        return true;
    if (instance->blind || started < 0)
        return false;
    for (guint i = 0; i < instance->documents->len; i++) {
        const struct daemon_document *document = g_ptr_array_index(instance->documents, i);
        if (!is_older(host, document->path, started))
            return false;
    }
    g_autofree char *usual = host_process_path(host, instance->process, "/etc/docker");
    g_autofree char *folder = instance->config ? g_path_get_dirname(instance->config) : g_strdup(usual);
    struct host_stat found;
    g_autoptr(GError) error = NULL;
    bool there = host_stat(host, folder, &found, &error);
    return there ? found.mtime <= started : g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
}

void docker_place_find(struct host *host, const struct daemon_instance *instance, struct docker_place *place)
{
    g_autoptr(GPtrArray) sockets = g_ptr_array_new();
    g_auto(GStrv) hosts = docker_values(instance, "hosts");
    for (char **text = hosts; *text; text++)
        add_host(host, instance, *text, sockets);
    if (!*hosts)
        add_default(host, instance->process, sockets);
    g_ptr_array_add(sockets, NULL);
    place->sockets = (char **)g_ptr_array_steal(sockets, NULL);
    find_data_root(host, instance, place);
    place->space = value_of(instance, "containerd-namespace");
    if (!place->space)
        place->space = g_strdup("moby");
    place->unchanged = is_unchanged(host, instance);
}

void docker_place_clear(struct docker_place *place)
{
    g_clear_pointer(&place->sockets, g_strfreev);
    g_clear_pointer(&place->data_root, g_free);
    g_clear_pointer(&place->space, g_free);
    g_clear_pointer(&place->root_unsure, problem_free);
}

char **docker_values_of(const struct fact_context *context, const struct process *process, const char *name)
{
    const struct daemon_instances *instances = docker_daemons(context);
    for (guint i = 0; instances && i < instances->list->len; i++) {
        const struct daemon_instance *instance = g_ptr_array_index(instances->list, i);
        if (instance->process != process || instance->blind)
            continue;
        char **values = docker_values(instance, name);
        return values ? values : g_new0(char *, 1);
    }
    return NULL;
}
