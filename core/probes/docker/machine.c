/* A Docker Engine as files and /proc show it: where its data is, who may use its socket, which proxies it was given,
 * what is set twice, whether it runs as its unit says. Other probes look at the paths and groups found here. */
#include "probes/docker/machine.h"
#include "probes/common/noted.h"

#include "facts/docker/place.h"
#include "facts/process/cgroup.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/ids.h"
#include "probes/docker/clean.h"
#include "probes/docker/runtime.h"

#include <string.h>

static struct item *add_item(const struct docker_engine *engine, const char *subject, struct items *items)
{
    struct item *item = items_add(items, subject);
    item_set_string(item, "engine", engine->socket);
    item_set_int(item, "pid", engine->pid);
    item_set_string(item, "api", engine->api_version);
    item_source_process(item, engine->process->comm, engine->pid);
    return item;
}

/* One lookup of another probe. */
static struct items *look_with(const struct fact_context *context, const char *probe, const char *param,
                               json_object *value)
{
    struct items *found = items_new();
    pl_autojson json_object *object = json_object_new_object();
    json_object_object_add(object, param, value);
    probe_find(probe)->collect(context, object, found);
    return found;
}

/* Why a lookup did not tell all about a field: its first item could not say it, or the lookup was hindered. NULL: it
 * did. Borrowed. */
static const struct problem *why_unread(const struct items *found, const char *field)
{
    const struct item *item = found->list->len ? g_ptr_array_index(found->list, 0) : NULL;
    const struct problem *unread = item ? item_hindrance(item, field) : NULL;
    const struct problem *problem = found->problems->len ? g_ptr_array_index(found->problems, 0) : NULL;
    return unread ? unread : problem;
}

/* Takes a field of another probe's first item over; false when there is no item. */
static bool take_field(struct item *item, const char *field, const struct items *found, const char *from)
{
    if (!found->list->len)
        return false;
    const struct item *other = g_ptr_array_index(found->list, 0);
    const struct problem *unread = why_unread(found, from);
    if (unread)
        item_unread_problem(item, field, unread);
    else
        item_set(item, field, tree_copy(tree_member(other->fields, from)));
    return true;
}

static const struct daemon_instance *instance_of(const struct fact_context *context, const struct docker_engine *engine)
{
    const struct daemon_instances *instances = docker_daemons(context);
    for (guint i = 0; instances && i < instances->list->len; i++) {
        const struct daemon_instance *instance = g_ptr_array_index(instances->list, i);
        if (instance->process == engine->process)
            return instance;
    }
    return NULL;
}

/* ---- data-root ---- */

/* With remapped users the engine keeps its data in ROOT/UID.GID. */
static char *without_remap(const char *path)
{
    g_autofree char *last = g_path_get_basename(path);
    size_t n = strspn(last, "0123456789");
    bool remapped = n && last[n] == '.' && last[n + 1] && last[n + 1 + strspn(last + n + 1, "0123456789")] == '\0';
    return remapped ? g_path_get_dirname(path) : g_strdup(path);
}

/* It lies in the remapped users' folder, whose name only the engine knows. */
static void set_swarm(const struct fact_context *context, const struct docker_engine *engine, struct item *item)
{
    const struct daemon_instance *instance = instance_of(context, engine);
    g_auto(GStrv) remap = instance ? docker_values(instance, "userns-remap") : NULL;
    if (!engine->info && remap && *remap && **remap) {
        item_unread_error(item, "swarm", engine->info_error);
        return;
    }
    g_autofree char *inside = g_build_filename(engine->data_root, "swarm", "docker-state.json", NULL);
    g_autofree char *path = host_process_path(context->host, engine->process, inside);
    struct host_stat found;
    g_autoptr(GError) error = NULL;
    bool there = host_stat(context->host, path, &found, &error);
    if (there || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        item_set_bool(item, "swarm", there);
    else
        item_unread_error(item, "swarm", error);
}

static void look_at_data_root(const struct fact_context *context, const struct docker_engine *engine,
                              struct items *items)
{
    if (engine->root_unsure) {
        items_add_problem(items, engine->root_unsure);
        return;
    }
    g_autofree char *inside = without_remap(engine->data_root);
    g_autofree char *path = host_process_path(context->host, engine->process, inside);
    g_autoptr(GError) error = NULL;
    g_autofree char *real = host_resolve(context->host, path, &error);
    struct item *item = add_item(engine, inside, items);
    item_set_string(item, "value", real ? real : path);
    set_swarm(context, engine, item);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        item_unread_error(item, "value", error);
        item_unread_error(item, "separate", error);
        return;
    }
    if (g_str_has_prefix(path, "/proc/")) {
        item_unread(item, "separate", "the engine has another mount table than plumbline");
        return;
    }
    pl_auto(items) mounts = look_with(context, "mount", "path", json_object_new_string(real ? real : path));
    if (take_field(item, "separate", mounts, "separate"))
        return;
    const struct problem *unread = why_unread(mounts, "separate");
    if (unread)
        item_unread_problem(item, "separate", unread);
    else
        item_set_bool(item, "separate", false);
}

/* ---- access ---- */

static void look_at_access(const struct fact_context *context, const struct docker_engine *engine, struct items *items)
{
    struct host_stat found;
    g_autoptr(GError) error = NULL;
    if (!engine->socket)
        return;
    if (!host_stat(context->host, engine->socket, &found, &error)) {
        items_problem_from_error(items, error);
        /* It listens all the same, under whatever name its socket has got. */
        if (g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            items_problem(items, PROBLEM_UNKNOWN, NULL, "the socket of %s (pid %d) is not at %s", engine->process->comm,
                          (int)engine->pid, engine->socket);
        return;
    }
    struct item *item = add_item(engine, engine->socket, items);
    item_set_string(item, "value", engine->socket);
    g_autofree char *number = g_strdup_printf("%u", (unsigned)found.gid);
    item_set_group_or_id(item, "group", context->host, found.gid);
    /* Root's group may use it by its bits, and needs none of them. */
    bool shut = found.gid == 0 || (found.mode & 0020) == 0;
    pl_auto(items) groups = look_with(context, "group", "gid", json_object_new_int64(found.gid));
    if (shut)
        item_set(item, "users", json_object_new_array());
    else if (!take_field(item, "users", groups, "users") && !why_unread(groups, "users"))
        item_unread(item, "users", "group %s is not in /etc/group", number);
    else if (why_unread(groups, "users"))
        item_unread_problem(item, "users", why_unread(groups, "users"));
}

/* ---- proxies ---- */

static void add_proxy(const struct docker_engine *engine, const char *where, const char *value, struct items *items)
{
    if (!value || !*value)
        return;
    struct item *item = add_item(engine, where, items);
    item_set_string(item, "name", where);
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    item_set(item, "value", docker_masked(valid));
}

/* What was not seen of its files and flags may hold another one. */
static void tell_hindrance(const struct daemon_instance *instance, struct items *items)
{
    if (instance && instance->error)
        items_problem_from_error(items, instance->error);
    if (instance && instance->blind)
        items_add_problem(items, instance->blind);
}

static void look_at_proxies(const struct fact_context *context, const struct docker_engine *engine, struct items *items)
{
    static const char *const variables[] = {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"};
    static const char *const keys[] = {"http-proxy", "https-proxy"}, *const answers[] = {"HttpProxy", "HttpsProxy"};
    const struct daemon_instance *instance = instance_of(context, engine);
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *value = host_process_env(context->host, engine->process, variables[i], &error);
        if (error) {
            pl_auto(problem) unread = problem_of(problem_of_error(error),
                                                 "the environment of dockerd (pid %d) is not known", (int)engine->pid);
            items_add_problem(items, unread);
            break;
        }
        add_proxy(engine, variables[i], value, items);
    }
    tell_hindrance(instance, items);
    if (!engine->info && !engine->unchanged)
        items_problem(items, PROBLEM_UNKNOWN, NULL, "dockerd (pid %d) could not be asked, and its files changed",
                      (int)engine->pid);
    for (size_t i = 0; instance && i < G_N_ELEMENTS(keys); i++) {
        g_auto(GStrv) values = docker_values(instance, keys[i]);
        for (char **value = values; *value; value++)
            add_proxy(engine, keys[i], *value, items);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        add_proxy(engine, answers[i], tree_string(engine->info, answers[i]), items);
}

/* ---- seccomp-profile ---- */

/* A profile that is a file; the names of built-in ones are no paths. */
static void look_at_profile(const struct fact_context *context, const struct docker_engine *engine, struct items *items)
{
    const struct daemon_instance *instance = instance_of(context, engine);
    tell_hindrance(instance, items);
    g_auto(GStrv) values = instance ? docker_values(instance, "seccomp-profile") : NULL;
    guint n = values ? g_strv_length(values) : 0;
    if (!n || *values[n - 1] != '/')
        return;
    bool root_only = false;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = host_process_path(context->host, engine->process, values[n - 1]);
    struct item *item = add_item(engine, values[n - 1], items);
    item_set_string(item, "value", values[n - 1]);
    if (docker_root_only(context->host, path, &root_only, &error))
        item_set_bool(item, "root_only", root_only);
    else if (g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        item_set(item, "root_only", NULL);
    else
        item_unread_error(item, "root_only", error);
}

/* ---- conflicts ---- */

static bool is_in_file(const struct daemon_instance *instance, const struct daemon_key *key)
{
    for (guint i = 0; i < instance->documents->len; i++) {
        const struct daemon_document *document = g_ptr_array_index(instance->documents, i);
        for (char **path = key->file; path && *path; path++)
            if (tree_at(document->tree, *path))
                return true;
    }
    return false;
}

/* dockerd gathers runtimes from both places; everything else that is in both keeps it from starting. */
static void look_at_conflicts(const struct fact_context *context, const struct docker_engine *engine,
                              struct items *items)
{
    const struct daemon_instance *instance = instance_of(context, engine);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    tell_hindrance(instance, items);
    for (guint i = 0; instance && instance->flags && i < instance->flags->list->len; i++) {
        const struct flag_value *flag = g_ptr_array_index(instance->flags->list, i);
        bool gathered = !flag->key || g_str_equal(flag->key->name, "runtimes");
        if (gathered || !is_in_file(instance, flag->key) || !g_hash_table_add(seen, (gpointer)(uintptr_t)flag->key))
            continue;
        struct item *item = add_item(engine, flag->key->name, items);
        item_set_string(item, "name", flag->key->name);
        item_set_string(item, "value", flag->key->name);
        item_source_path(item, instance->config, 0);
    }
}

/* ---- command ---- */

/* The unit's command, as words; NULL when it has several, is quoted strangely or holds variables. */
static char **unit_command(const struct items *found)
{
    const struct item *unit = found->list->len ? g_ptr_array_index(found->list, 0) : NULL;
    json_object *commands = NULL;
    if (!unit || !tree_get(unit->fields, "properties.Service.ExecStart", &commands) ||
        !json_object_is_type(commands, json_type_array) || json_object_array_length(commands) != 1)
        return NULL;
    g_autofree char *text = tree_text(json_object_array_get_idx(commands, 0));
    char **words = NULL;
    /* Prefixes say how, not what. */
    bool sound = !strpbrk(text, "$%") && g_shell_parse_argv(text + strspn(text, "-@:+!"), NULL, &words, NULL);
    return sound ? words : NULL;
}

static json_object *masked_words(char **words)
{
    json_object *array = json_object_new_array();
    for (char **word = words; *word; word++) {
        g_autofree char *valid = g_utf8_make_valid(*word, -1);
        json_object_array_add(array, docker_masked(valid));
    }
    return array;
}

static void look_at_command(const struct fact_context *context, const struct docker_engine *engine, struct items *items)
{
    const struct process *process = engine->process;
    g_autofree char *subject = g_strdup_printf("%s (pid %d)", process->comm, (int)engine->pid);
    struct item *item = add_item(engine, subject, items);
    g_autofree char *path = process->cgroup ? cgroup_path(process->cgroup) : NULL;
    g_autofree char *unit = path ? cgroup_unit(path) : NULL;
    if (process->cgroup)
        item_set_string(item, "name", unit);
    else
        item_unread_process(item, "name", process, "cgroup");
    if (process->argv)
        item_set(item, "value", masked_words(process->argv));
    else
        item_unread_process(item, "value", process, "cmdline");
    if (!process->cgroup) {
        item_unread_process(item, "as_unit", process, "cgroup");
        return;
    }
    if (!unit || !g_str_has_suffix(unit, ".service")) {
        item_set(item, "as_unit", NULL);
        return;
    }
    pl_auto(items) units = look_with(context, "unit", "name", json_object_new_string(unit));
    g_auto(GStrv) words = unit_command(units);
    const struct problem *unread = why_unread(units, "properties");
    if (unread)
        item_unread_problem(item, "as_unit", unread);
    else if (words && process->argv)
        item_set_bool(item, "as_unit", g_strv_equal((const char *const *)words, (const char *const *)process->argv));
    else if (!process->argv)
        item_unread_process(item, "as_unit", process, "cmdline");
    else
        item_unread(item, "as_unit", "the command of %s is not one that can be compared", unit);
}

static const struct query {
    const char *name;
    void (*add_items)(const struct fact_context *context, const struct docker_engine *engine, struct items *items);
} queries[] = {
    {"data-root", look_at_data_root}, {"access", look_at_access},   {"proxies", look_at_proxies},
    {"conflicts", look_at_conflicts}, {"command", look_at_command}, {"seccomp-profile", look_at_profile},
};

void docker_machine_look(const struct fact_context *context, const struct docker_engine *engine, const char *query,
                         struct items *items)
{
    for (size_t i = 0; i < G_N_ELEMENTS(queries); i++)
        if (g_str_equal(queries[i].name, query))
            queries[i].add_items(context, engine, items);
}
