/* The effective setting of a daemon: every place that gives a value, from the weakest to the strongest (files,
 * drop-ins, environment, command line), the winner, the losers, or the default.
 *
 * It never takes a default for a file that could not be read: then there is a problem instead of an item. */
#include "probes/probe.h"

#include "model/error.h"
#include "model/tree.h"
#include "probes/daemon_instance.h"
#include "probes/setting_default.h"
#include "probes/setting_member.h"
#include "probes/setting_section.h"
#include "probes/setting_value.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "daemon", .type = VALUE_STRING, .required = true, .text = "daemon, as its file is called"},
    {.name = "key", .type = VALUE_STRING, .required = true, .text = "setting, as the daemon's file declares it"},
    {.name = "member",
     .type = VALUE_STRING,
     .text =
         "dotted path inside a map or list, * stands for every member of one level: one item for each that is there"},
    {.name = "unset",
     .type = VALUE_ANY,
     .text = "member: the value that counts where a map lacks a step that the path names"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"value", VALUE_ANY, "effective value, in the type that the daemon's file declares"},
    {"key", VALUE_STRING, "the setting"},
    {"member", VALUE_STRING, "path of the member that value is; null when none was asked for"},
    {"origin", VALUE_STRING, "flag, environment, file, drop-in or default"},
    {"set", VALUE_BOOL, "somebody set it: origin is not default"},
    {"losing", VALUE_LIST, "settings that lost, as \"origin path:line value\""},
    {"pid", VALUE_NUMBER, "process; null when the daemon does not run"},
    {"version", VALUE_VERSION, "version the default was chosen by, null when not known"},
    {.name = NULL},
};

/* One place that gives a value. */
struct voice {
    const char *origin; /* static text */
    char *path;         /* files; NULL */
    unsigned line;
    json_object *value; /* NULL when it is not of the key's type */
    char *why;          /* then why not */
};

static void voice_free(gpointer data)
{
    struct voice *voice = data;
    g_free(voice->path);
    json_object_put(voice->value);
    g_free(voice->why);
    g_free(voice);
}

static void add_voice(GPtrArray *voices, const char *origin, const char *path, unsigned line, json_object *value,
                      char *why)
{
    struct voice *voice = g_new0(struct voice, 1);
    voice->origin = origin;
    voice->path = g_strdup(path);
    voice->line = line;
    voice->value = value;
    voice->why = why;
    g_ptr_array_add(voices, voice);
}

enum presence { NODE_ABSENT, NODE_NULL, NODE_THERE };

/* A null anywhere on the way takes the whole branch away (JSON merge patch). */
static enum presence find_node(const json_object *tree, const char *path, const json_object **out)
{
    json_object *node = NULL;
    json_object *root = (json_object *)(uintptr_t)tree; /* tree_get() only reads */
    if (tree_get(root, path, &node)) {
        *out = node;
        return node ? NODE_THERE : NODE_NULL;
    }
    g_autofree char *shorter = g_strdup(path);
    for (char *dot = strrchr(shorter, '.'); dot; dot = strrchr(shorter, '.')) {
        *dot = '\0';
        if (dot > shorter && dot[-1] == '\\')
            continue;
        if (tree_get(root, shorter, &node))
            return node ? NODE_ABSENT : NODE_NULL;
    }
    return NODE_ABSENT;
}

/* Where a key was found in a file. */
struct spot {
    const json_object *node;
    const struct daemon_place *place; /* NULL outside of sections */
    bool doubtful;                    /* whether the daemon reads that place is not known */
};

static enum presence find_key(const struct daemon *daemon, const struct daemon_key *key,
                              const struct daemon_instance *instance, guint index, struct spot *spot)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    enum presence best = NODE_ABSENT;
    for (guint i = 0; key->file && key->file[i]; i++) {
        const struct daemon_place *place = key->places ? key->places[i] : NULL;
        enum holds holds = place ? setting_place_holds(daemon, instance, index, place) : HOLDS_YES;
        const json_object *node = NULL;
        enum presence presence = holds == HOLDS_NO ? NODE_ABSENT : find_node(document->tree, key->file[i], &node);
        if (presence == NODE_THERE) {
            *spot = (struct spot){node, place, holds == HOLDS_UNKNOWN};
            return presence;
        }
        if (presence == NODE_NULL)
            best = NODE_NULL;
    }
    return best;
}

static bool gathers(const struct daemon_key *key)
{
    return key->type == VALUE_LIST || key->type == VALUE_SET || key->type == VALUE_MAP;
}

/* Formats that keep repeated assignments as a list: the last one counts for a scalar. */
static struct tree_mark node_mark(const struct daemon_key *key, const json_object *node)
{
    bool repeated = json_object_is_type(node, json_type_array) && json_object_array_length(node) > 0;
    if (repeated && !gathers(key))
        node = json_object_array_get_idx(node, json_object_array_length(node) - 1);
    return tree_mark(node);
}

static void doubt(GPtrArray *voices, const struct daemon_document *document, const char *why)
{
    add_voice(voices, "drop-in", document->path, 0, NULL, g_strdup_printf("%s: %s", document->path, why));
}

/* An import's list, put to what the files before it list. */
static json_object *joined_list(const struct daemon_key *key, const GPtrArray *voices, json_object *value)
{
    const struct voice *before = voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;
    if (!before || !before->value || key->type == VALUE_MAP || !gathers(key))
        return value;
    return setting_value_join(tree_copy(before->value), value);
}

static void hear_node(const struct daemon *daemon, const struct daemon_key *key, const struct daemon_document *document,
                      const struct spot *spot, bool later, GPtrArray *voices)
{
    char *why = NULL;
    json_object *value = spot->node ? setting_value(key, spot->node, &why) : NULL;
    bool keeps = later && daemon->config.imports_keep && !spot->place;
    if (keeps && value && setting_value_is_zero(value)) {
        json_object_put(value);
        return;
    }
    bool unset = !why && (!value || (key->zero_is_default && setting_value_is_zero(value)));
    if (unset) { /* takes back what earlier files said */
        json_object_put(value);
        g_ptr_array_set_size(voices, 0);
        return;
    }
    struct tree_mark mark = node_mark(key, spot->node);
    add_voice(voices, document->dropin ? "drop-in" : "file", document->path, mark.key_line ? mark.key_line : mark.line,
              keeps ? joined_list(key, voices, value) : value, why);
}

static void hear_document(const struct daemon *daemon, const struct daemon_key *key,
                          const struct daemon_instance *instance, guint index, GPtrArray *voices)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    enum holds replaced = voices->len ? setting_section_replaced(daemon, key, instance, index) : HOLDS_NO;
    if (replaced == HOLDS_YES)
        g_ptr_array_set_size(voices, 0);
    struct spot spot = {NULL, NULL, false};
    enum presence presence = find_key(daemon, key, instance, index, &spot);
    if (presence != NODE_ABSENT && !spot.doubtful)
        hear_node(daemon, key, document, &spot, index > 0, voices);
    if (presence != NODE_ABSENT && spot.doubtful)
        doubt(voices, document, "the version that would tell whether this section is read is not known");
    else if (replaced == HOLDS_UNKNOWN && (presence == NODE_ABSENT || key->type == VALUE_MAP))
        doubt(voices, document,
              "the version that would tell whether its section replaces the earlier one is not known");
}

static json_object *invert(json_object *value)
{
    if (!json_object_is_type(value, json_type_boolean))
        return value;
    json_object *inverted = json_object_new_boolean(!json_object_get_boolean(value));
    json_object_put(value);
    return inverted;
}

/* Scalars: each flag replaces the one before; lists and maps gather. */
static void hear_flags(const struct daemon_key *key, const struct flag_values *flags, GPtrArray *voices)
{
    struct voice *gathered = NULL;
    for (guint i = 0; i < flags->list->len; i++) {
        const struct flag_value *flag = g_ptr_array_index(flags->list, i);
        if (flag->key != key)
            continue;
        char *why = NULL;
        json_object *value = setting_value_text(key, flag->text, &why);
        bool empty = key->zero_is_default && value && setting_value_is_zero(value) && !*flag->text;
        if (empty) { /* back to the default, whatever the files say */
            json_object_put(value);
            g_ptr_array_set_size(voices, 0);
            gathered = NULL;
            continue;
        }
        if (!value && !why)
            why = g_strdup("the flag is empty");
        if (key->invert)
            value = invert(value);
        if (gathers(key) && gathered && gathered->value && value) {
            gathered->value = setting_value_join(gathered->value, value);
            continue;
        }
        add_voice(voices, "flag", NULL, 0, value, why);
        gathered = g_ptr_array_index(voices, voices->len - 1);
    }
}

static char *variable_name(const struct daemon *daemon, const struct daemon_key *key)
{
    if (key->environment)
        return g_strdup(key->environment);
    if (!daemon->environment || !key->flags)
        return NULL;
    g_autofree char *upper = g_ascii_strup(key->flags[0], -1);
    return g_strconcat(daemon->environment, g_strdelimit(upper, "-", '_'), NULL);
}

/* False when the environment could have a say and cannot be read. */
static bool hear_environment(struct host *host, const struct daemon *daemon, const struct daemon_key *key,
                             const struct daemon_instance *instance, GPtrArray *voices)
{
    g_autofree char *name = variable_name(daemon, key);
    if (!name || !instance->process)
        return true;
    bool readable = true;
    g_autofree char *text = host_process_env(host, instance->process->pid, name, &readable);
    if (!text)
        return readable;
    char *why = NULL;
    json_object *value = setting_value_text(key, text, &why);
    if (value || why)
        add_voice(voices, "environment", NULL, 0, key->invert ? invert(value) : value, why);
    return true;
}

/* ---- items ---- */

static void set_losing(struct item *item, const GPtrArray *voices)
{
    json_object *losing = json_object_new_array();
    for (guint i = 0; i + 1 < voices->len; i++) {
        const struct voice *voice = g_ptr_array_index(voices, i);
        g_autofree char *value = voice->value ? tree_text(voice->value) : g_strdup(voice->why);
        g_autofree char *text = voice->path
                                    ? g_strdup_printf("%s %s:%u %s", voice->origin, voice->path, voice->line, value)
                                    : g_strdup_printf("%s %s", voice->origin, value);
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        json_object_array_add(losing, json_object_new_string(valid));
    }
    item_set(item, "losing", losing);
}

static void set_source(struct item *item, const struct voice *voice, const struct daemon_instance *instance)
{
    if (!voice)
        item_source_api(item, "built-in default");
    else if (voice->path)
        item_source_path(item, voice->path, voice->line);
    else if (instance->process)
        item_source_process(item, instance->process->comm, instance->process->pid);
    if (!voice && instance->process)
        item_source_process(item, instance->process->comm, instance->process->pid);
}

/* Maps gather over all voices and the default, members of the stronger replacing the weaker's. */
static json_object *merged_map(const GPtrArray *voices, json_object *base, bool deep)
{
    json_object *map = base;
    for (guint i = 0; i < voices->len; i++) {
        const struct voice *voice = g_ptr_array_index(voices, i);
        if (voice->value)
            map = deep ? setting_value_merge(map, voice->value) : setting_value_join(map, tree_copy(voice->value));
    }
    return map;
}

static void set_value(struct host *host, const struct daemon_key *key, const struct daemon_instance *instance,
                      const GPtrArray *voices, struct item *item)
{
    const struct voice *winner = voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;
    if (winner && !winner->value) {
        item_unread(item, "value", "%s: %s", key->name, winner->why);
        return;
    }
    if (winner && key->type != VALUE_MAP) {
        item_set(item, "value", tree_copy(winner->value));
        return;
    }
    json_object *fallback = NULL;
    const char *why = NULL;
    if (!setting_default(host, key, instance, &fallback, &why) && !winner) {
        item_unread(item, "value", "%s is not set, and %s", key->name, why);
        return;
    }
    item_set(item, "value", winner ? merged_map(voices, fallback, key->places != NULL) : fallback);
}

static void hear_all(struct host *host, const struct daemon *daemon, const struct daemon_key *key,
                     const struct daemon_instance *instance, GPtrArray *voices, bool *environment_read)
{
    for (guint i = 0; i < instance->documents->len; i++)
        hear_document(daemon, key, instance, i, voices);
    bool named = instance->config_named;
    if (!(named && daemon->config.replaces_environment))
        *environment_read = hear_environment(host, daemon, key, instance, voices);
    bool ignored = named && (daemon->config.replaces_flags || key->replaced_by_config);
    if (instance->flags && !ignored)
        hear_flags(key, instance->flags, voices);
}

static void add_item(struct host *host, const struct daemon *daemon, const struct daemon_key *key,
                     const struct daemon_instance *instance, struct items *items)
{
    g_autoptr(GPtrArray) voices = g_ptr_array_new_with_free_func(voice_free);
    bool environment_read = true;
    hear_all(host, daemon, key, instance, voices, &environment_read);
    const struct voice *winner = voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;

    struct item *item = items_add(items, instance->subject);
    item_set_string(item, "key", key->name);
    item_set(item, "member", NULL);
    item_set_string(item, "origin", winner ? winner->origin : "default");
    item_set_bool(item, "set", winner != NULL);
    set_losing(item, voices);
    if (instance->process)
        item_set_int(item, "pid", instance->process->pid);
    else
        item_set(item, "pid", NULL);
    item_set_string(item, "version", instance->version);
    set_source(item, winner, instance);
    bool by_flag = winner && g_str_equal(winner->origin, "flag");
    if (!environment_read && !by_flag) {
        item_unread(item, "value", "the environment of %s could not be read", instance->subject);
        item_unread(item, "origin", "the environment of %s could not be read", instance->subject);
        item_unread(item, "set", "the environment of %s could not be read", instance->subject);
        return;
    }
    set_value(host, key, instance, voices, item);
}

static void collect_instance(struct host *host, const struct daemon *daemon, const struct daemon_key *key,
                             const struct daemon_instance *instance, struct items *items)
{
    if (instance->blind) {
        items_problem(items, PROBLEM_UNKNOWN, host_is_privileged(host) ? NULL : "run as root", "%s", instance->blind);
        return;
    }
    /* Without all its files nothing is known about a key that a file may hold. */
    if (instance->error && key->file) {
        items_problem_from_error(items, instance->error);
        return;
    }
    add_item(host, daemon, key, instance, items);
}

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    const struct daemon *daemon = daemons_find(context->daemons, object_string(object, "daemon", ""));
    const struct daemon_key *key = daemon ? daemon_key_find(daemon, object_string(object, "key", "")) : NULL;
    if (!key) {
        items_problem(items, PROBLEM_ERROR, NULL, "daemon \"%s\" with key \"%s\" is not described",
                      object_string(object, "daemon", ""), object_string(object, "key", ""));
        return;
    }
    const struct daemon_instances *instances = daemon_instances_find(context->host, daemon);
    if (instances->error)
        items_problem_from_error(items, instances->error);
    if (instances->hidden)
        items_problem(items, PROBLEM_UNKNOWN, "run as root", "the processes of other users are hidden");
    const char *member = object_string(object, "member", NULL);
    pl_auto(items) whole = member ? items_new() : NULL;
    for (guint i = 0; i < instances->list->len; i++)
        collect_instance(context->host, daemon, key, g_ptr_array_index(instances->list, i), whole ? whole : items);
    if (whole)
        setting_member_spread(whole, member, tree_member(object, "unset"), items);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    const char *name = object_string(object, "daemon", "");
    const char *key = object_string(object, "key", "");
    if (!daemon_check_name(daemons, name, error))
        return false;
    if (daemon_key_find(daemons_find(daemons, name), key))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "daemon \"%s\" has no key \"%s\"", name, key);
    return false;
}

const struct probe probe_setting = {
    .name = "setting",
    .summary = "Effective setting of a daemon: command line, environment, files, drop-ins, defaults by version",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
