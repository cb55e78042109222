/* Turns settings of a daemon into paths: out of texts, lists and maps, relative to the daemon's own directory and
 * root, with the defaults that depend on its user and environment. */
#include "probes/common/path_from.h"

#include "facts/account/accounts.h"
#include "facts/daemon/instance.h"
#include "facts/file/members.h"
#include "model/error.h"
#include "model/suggest.h"
#include "model/tree.h"
#include "probes/common/object.h"

#include <string.h>

#define SEARCH_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct path_from_gather {
    const struct fact_context *context;
    const json_object *spec; /* the mapping at hand */
    const struct process *process;
    const char *subject; /* whose setting it is */
    GPtrArray *paths;
    GHashTable *seen; /* borrowed from `paths` */
    struct items *items;
};

static void add_path(struct path_from_gather *gather, char *path)
{
    if (g_hash_table_contains(gather->seen, path)) {
        g_free(path);
        return;
    }
    g_ptr_array_add(gather->paths, path);
    g_hash_table_add(gather->seen, path);
}

/* An absolute path of the daemon's own root. */
static void add_own_path(struct path_from_gather *gather, const char *path)
{
    const char *below = object_string(gather->spec, "below", NULL);
    g_autofree char *there =
        gather->process ? host_process_path(gather->context->host, gather->process, path) : g_strdup(path);
    if (!below && !host_is_glob(there)) {
        add_path(gather, g_steal_pointer(&there));
        return;
    }
    g_autofree char *plain = host_glob_quote(there);
    add_path(gather, below ? g_build_filename(plain, below, NULL) : g_steal_pointer(&plain));
}

static char *variable(struct path_from_gather *gather, const char *name)
{
    if (!gather->process)
        return NULL;
    g_autoptr(GError) error = NULL;
    char *value = host_process_env(gather->context->host, gather->process, name, &error);
    if (error) {
        pl_auto(problem) unread =
            problem_of(problem_of_error(error), "the environment of %s is not known", gather->subject);
        items_add_problem(gather->items, unread);
    }
    return value && *value ? value : (g_free(value), NULL);
}

static void add_relative(struct path_from_gather *gather, const char *path)
{
    g_autofree char *link = gather->process ? host_process_file(gather->process, "cwd") : NULL;
    g_autofree char *cwd = link ? host_readlink(gather->context->host, link, NULL) : NULL;
    g_autofree char *shown = g_utf8_make_valid(path, -1);
    if (!cwd || *cwd != '/') {
        items_problem(gather->items, PROBLEM_UNKNOWN, NULL, "%s names %s, which is relative to an unknown directory",
                      gather->subject, shown);
        return;
    }
    g_autofree char *whole = g_build_filename(cwd, path, NULL);
    add_own_path(gather, whole);
}

/* The first program of that name in the daemon's PATH. */
static void add_program(struct path_from_gather *gather, const char *name)
{
    guint before = gather->items->problems->len;
    g_autofree char *set = variable(gather, "PATH");
    if (gather->items->problems->len > before)
        return;
    g_auto(GStrv) folders = g_strsplit(set ? set : SEARCH_PATH, ":", 64);
    for (char **folder = folders; *folder; folder++) {
        if (**folder != '/')
            continue;
        g_autofree char *path = g_build_filename(*folder, name, NULL);
        g_autofree char *there =
            gather->process ? host_process_path(gather->context->host, gather->process, path) : g_strdup(path);
        struct host_stat st;
        g_autoptr(GError) error = NULL;
        if (host_stat(gather->context->host, there, &st, &error)) {
            add_own_path(gather, path);
            return;
        }
        items_problem_from_error(gather->items, error);
    }
}

static void add_text(struct path_from_gather *gather, const char *text)
{
    if (g_str_has_prefix(text, "unix://"))
        text += strlen("unix://");
    else if (strstr(text, "://") || *text == '@')
        return;
    if (!*text)
        return;
    if (*text == '/')
        add_own_path(gather, text);
    else if (object_bool(gather->spec, "program", false) && !strchr(text, '/'))
        add_program(gather, text);
    else
        add_relative(gather, text);
}

static void add_value(struct path_from_gather *gather, const json_object *value)
{
    if (json_object_is_type(value, json_type_string)) {
        g_autofree char *text = tree_text(value);
        add_text(gather, text);
    }
    bool list = json_object_is_type(value, json_type_array);
    for (size_t i = 0; list && i < json_object_array_length(value); i++)
        add_value(gather, json_object_array_get_idx(value, i));
}

/* ---- defaults ---- */

static char *passwd_home(struct host *host, uid_t uid)
{
    const GPtrArray *rows = accounts_read(host, "/etc/passwd", NULL);
    for (size_t i = 0; rows && i < rows->len; i++) {
        const struct account_row *row = g_ptr_array_index(rows, i);
        uint64_t id = 0;
        const char *home = accounts_field(row, 5);
        if (value_parse_u64(accounts_field(row, 2), G_MAXUINT32, &id) && id == uid && *home == '/')
            return g_strdup(home);
    }
    return uid == 0 ? g_strdup("/root") : NULL;
}

/* What a leading ~ or $NAME stands for; NULL when it is not set. */
static char *expand_head(struct path_from_gather *gather, const char *text)
{
    const char *slash = strchr(text, '/');
    g_autofree char *name = g_strndup(text, (gsize)(slash - text));
    bool home = g_str_equal(name, "~");
    char *value = variable(gather, home ? "HOME" : name + 1);
    if (value || !home)
        return value;
    bool known = !gather->process || gather->process->ids_known;
    return known ? passwd_home(gather->context->host, gather->process ? gather->process->uid[1] : 0) : NULL;
}

static void add_default(struct path_from_gather *gather)
{
    g_auto(GStrv) texts = object_strv(gather->spec, "default");
    for (char **text = texts; *text; text++) {
        guint before = gather->items->problems->len;
        g_autofree char *head = **text == '/' ? g_strdup("") : expand_head(gather, *text);
        if (gather->items->problems->len > before)
            return;
        if (!head)
            continue;
        g_autofree char *path = g_strconcat(head, strchr(*text, '/'), NULL);
        add_text(gather, path);
        return;
    }
    if (*texts)
        items_problem(gather->items, PROBLEM_UNKNOWN, NULL, "the default path of %s is not known", gather->subject);
}

/* ---- settings ---- */

static void add_item(struct path_from_gather *gather, const struct item *item)
{
    struct host *host = gather->context->host;
    const json_object *pid = tree_member(item->fields, "pid");
    gather->process = pid ? host_process(host, (pid_t)json_object_get_int64(pid)) : NULL;
    gather->subject = item->subject;
    bool set = json_object_get_boolean(tree_member(item->fields, "set"));
    if (!item_hindrance(item, "set") && !set && json_object_object_get_ex(gather->spec, "default", NULL)) {
        add_default(gather);
        return;
    }
    const struct problem *why = item_hindrance(item, "value");
    if (why) {
        items_add_problem(gather->items, why);
        return;
    }
    const char *member = object_string(gather->spec, "member", "");
    g_autoptr(GPtrArray) members = members_find(tree_member(item->fields, "value"), member);
    for (guint i = 0; i < members->len; i++)
        add_value(gather, ((const struct member_found *)g_ptr_array_index(members, i))->value);
}

static void add_setting(struct path_from_gather *gather)
{
    const struct probe *setting = probe_find("setting");
    pl_autojson json_object *object = json_object_new_object();
    json_object_object_add(object, "daemon", json_object_new_string(object_string(gather->spec, "daemon", "")));
    json_object_object_add(object, "key", json_object_new_string(object_string(gather->spec, "key", "")));
    pl_auto(items) settings = items_new();
    setting->collect(gather->context, object, settings);
    items_copy_problems(gather->items, settings);
    for (guint i = 0; i < settings->list->len; i++)
        add_item(gather, g_ptr_array_index(settings->list, i));
}

static void add_instance_files(struct path_from_gather *gather, const struct daemon_instance *instance)
{
    if (instance->blind)
        items_add_problem(gather->items, instance->blind);
    if (instance->error)
        items_problem_from_error(gather->items, instance->error);
    if (instance->config)
        add_path(gather, host_glob_quote(instance->config));
    for (guint i = 0; i < instance->documents->len; i++) {
        const struct daemon_document *document = g_ptr_array_index(instance->documents, i);
        add_path(gather, host_glob_quote(document->path));
    }
}

static void add_files(struct path_from_gather *gather)
{
    const struct daemon *daemon = daemons_find(gather->context->daemons, object_string(gather->spec, "daemon", ""));
    if (!daemon)
        return;
    const struct daemon_instances *instances = daemon_instances_find(gather->context->host, daemon);
    if (instances->error)
        items_problem_from_error(gather->items, instances->error);
    if (instances->homes)
        items_problem_from_error(gather->items, instances->homes);
    if (instances->hidden)
        items_problem(gather->items, PROBLEM_UNKNOWN, RUN_AS_ROOT, "the processes of other users are hidden");
    for (guint i = 0; i < instances->list->len; i++)
        add_instance_files(gather, g_ptr_array_index(instances->list, i));
}

static void add_spec(struct path_from_gather *gather, const json_object *spec)
{
    gather->spec = spec;
    if (object_bool(spec, "files", false))
        add_files(gather);
    else
        add_setting(gather);
}

char **path_from_paths(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    struct path_from_gather gather = {.context = context, .paths = paths, .seen = seen, .items = items};
    g_auto(GStrv) fixed = object_strv(object, "path");
    for (char **path = fixed; *path; path++)
        add_path(&gather, g_strdup(*path));
    const json_object *from = tree_member(object, "path-from");
    bool list = json_object_is_type(from, json_type_array);
    if (from && !list)
        add_spec(&gather, from);
    for (size_t i = 0; list && i < json_object_array_length(from); i++)
        add_spec(&gather, json_object_array_get_idx(from, i));
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_steal(paths, NULL);
}

/* ---- loading ---- */

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "path-from: %s", what);
    return false;
}

static bool check_members(const json_object *spec, GError **error)
{
    static const struct {
        const char *name;
        enum json_type type;
    } members[] = {{"daemon", json_type_string}, {"key", json_type_string},      {"member", json_type_string},
                   {"below", json_type_string},  {"program", json_type_boolean}, {"files", json_type_boolean},
                   {"default", json_type_null}};
    json_object_object_foreach (spec, name, value) {
        gsize i = 0;
        while (i < G_N_ELEMENTS(members) && !g_str_equal(members[i].name, name))
            i++;
        if (i == G_N_ELEMENTS(members)) {
            const char *names[G_N_ELEMENTS(members) + 1] = {NULL};
            for (i = 0; i < G_N_ELEMENTS(members); i++)
                names[i] = members[i].name;
            g_autofree char *clause = suggest_clause(name, names);
            g_autofree char *what = g_strdup_printf("there is no member \"%s\"%s", name, clause);
            return refuse(error, what);
        }
        if (members[i].type != json_type_null && !json_object_is_type(value, members[i].type)) {
            g_autofree char *what = g_strdup_printf("\"%s\" is of the wrong type", name);
            return refuse(error, what);
        }
    }
    return true;
}

static bool check_defaults(const json_object *spec, GError **error)
{
    const json_object *value = tree_member(spec, "default");
    if (value && !json_object_is_type(value, json_type_string) && !json_object_is_type(value, json_type_array))
        return refuse(error, "\"default\" must be a path or a list of paths");
    g_auto(GStrv) texts = object_strv(spec, "default");
    for (char **text = texts; *text; text++) {
        bool headed = g_str_has_prefix(*text, "~/") || (**text == '$' && strchr(*text, '/') > *text + 1);
        if (**text != '/' && !headed)
            return refuse(error, "a default begins with /, ~/ or $NAME/");
    }
    return true;
}

static bool check_spec(const json_object *spec, const struct daemons *daemons, GError **error)
{
    if (!json_object_is_type(spec, json_type_object))
        return refuse(error, "a mapping with \"daemon\" and \"key\" is needed");
    if (!check_members(spec, error) || !check_defaults(spec, error))
        return false;
    const char *name = object_string(spec, "daemon", NULL), *key = object_string(spec, "key", NULL);
    bool files = object_bool(spec, "files", false);
    if (!name || (!key && !files) || (key && files))
        return refuse(error, "\"daemon\" is needed, and one of \"key\" and \"files\"");
    if (!daemon_check_name(daemons, name, error))
        return false;
    if (files || daemon_check_key(daemons_find(daemons, name), key, error))
        return true;
    g_prefix_error(error, "path-from: ");
    return false;
}

bool path_from_check(const json_object *object, const struct daemons *daemons, GError **error)
{
    const json_object *from = tree_member(object, "path-from");
    bool list = json_object_is_type(from, json_type_array);
    if (!from && !tree_member(object, "path")) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "\"path\" or \"path-from\" is needed");
        return false;
    }
    if (from && !list)
        return check_spec(from, daemons, error);
    for (size_t i = 0; list && i < json_object_array_length(from); i++)
        if (!check_spec(json_object_array_get_idx(from, i), daemons, error))
            return false;
    return true;
}
