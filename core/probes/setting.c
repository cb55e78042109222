/* The effective setting of a daemon: every place that gives a value, from the weakest to the strongest (files,
 * drop-ins, environment, command line), the winner, the losers, or the default.
 *
 * It never takes a default for a file that could not be read: then there is a problem instead of an item. */
#include "probes/probe.h"

#include "model/error.h"
#include "model/tree.h"
#include "probes/daemon_files.h"
#include "probes/daemon_instance.h"
#include "probes/members.h"
#include "probes/setting_default.h"
#include "probes/setting_section.h"
#include "probes/setting_value.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "daemon", .type = VALUE_STRING, .required = true, .text = "daemon, as its file is called"},
    {.name = "key", .type = VALUE_STRING, .required = true, .text = "setting, as the daemon's file declares it"},
    {.name = "member",
     .type = VALUE_STRING,
     .text = "an item for every value at this dotted path inside the setting's value instead of one for the whole; * "
             "stands for every member or element of one level"},
    {.name = "unset",
     .type = VALUE_ANY,
     .text = "member: the value that counts where a map lacks a step that the path names"},
    {.name = "with", .type = VALUE_SET, .text = "further settings of the same instance, shown beside this one"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"value", VALUE_ANY, "effective value, in the type that the daemon's file declares"},
    {"key", VALUE_STRING, "the setting"},
    {"member", VALUE_STRING, "path inside the value (member); null for the whole"},
    {"user", VALUE_STRING, "account whose own files have a say, of a tool without a process; null for the system's"},
    {"with.*", VALUE_ANY, "effective value of a further setting (with) of the same instance"},
    {"origin", VALUE_STRING, "flag, environment, file, drop-in or default"},
    {"set", VALUE_BOOL, "somebody set it: origin is not default"},
    {"in_force", VALUE_BOOL,
     "it comes from the command line or the environment, or no file is newer than the process; unread otherwise"},
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
    bool adds;          /* a list that comes on top of what was there */
};

/* What one object asks for. */
struct question {
    struct host *host;
    const struct daemon *daemon;
    const struct daemon_key *key;
    const char *member;       /* NULL: the whole value */
    const json_object *unset; /* what stands for a missing member, NULL: nothing */
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

/* Takes the tables out of a list; one that holds append says what lists do from here on (containers.conf(5)). */
static json_object *take_tables(json_object *list, bool *adding)
{
    json_object *texts = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *element = json_object_array_get_idx(list, i), *append = NULL;
        if (!json_object_is_type(element, json_type_object))
            json_object_array_add(texts, tree_copy(element));
        else if (json_object_object_get_ex(element, "append", &append))
            *adding = json_object_get_boolean(append);
    }
    json_object_put(list);
    return texts;
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
                      const struct spot *spot, bool later, GPtrArray *voices, bool *adding)
{
    char *why = NULL;
    json_object *value = spot->node ? setting_value(key, spot->node, &why) : NULL;
    if (key->appends && json_object_is_type(value, json_type_array))
        value = take_tables(value, adding);
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
    ((struct voice *)g_ptr_array_index(voices, voices->len - 1))->adds = *adding;
}

static void hear_document(const struct daemon *daemon, const struct daemon_key *key,
                          const struct daemon_instance *instance, guint index, GPtrArray *voices, bool *adding)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    enum holds replaced = voices->len ? setting_section_replaced(daemon, key, instance, index) : HOLDS_NO;
    if (replaced == HOLDS_YES)
        g_ptr_array_set_size(voices, 0);
    struct spot spot = {NULL, NULL, false};
    enum presence presence = find_key(daemon, key, instance, index, &spot);
    if (presence != NODE_ABSENT && !spot.doubtful)
        hear_node(daemon, key, document, &spot, index > 0, voices, adding);
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

/* Lists that add, on top of the last one that replaced, or of the default. NULL with *why when that is not known. */
static json_object *added_list(const struct question *question, const struct daemon_instance *instance,
                               const GPtrArray *voices, const char **why)
{
    guint start = voices->len - 1;
    while (start > 0 && ((const struct voice *)g_ptr_array_index(voices, start))->adds)
        start--;
    json_object *list = NULL;
    const struct voice *first = g_ptr_array_index(voices, start);
    if (first->adds && !setting_default(question->host, question->key, instance, &list, why))
        return NULL;
    for (guint i = start; i < voices->len; i++) {
        const struct voice *voice = g_ptr_array_index(voices, i);
        *why = voice->why;
        if (!voice->value) {
            json_object_put(list);
            return NULL;
        }
        list = setting_value_join(list, tree_copy(voice->value));
    }
    return list;
}

/* The effective value, owned by the caller. False when it is not known: *why says why, owned. */
static bool effective_value(const struct question *question, const struct daemon_instance *instance,
                            const GPtrArray *voices, json_object **out, char **why)
{
    const struct daemon_key *key = question->key;
    const struct voice *winner = voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;
    const char *reason = NULL;
    if (winner && !winner->value) {
        *why = g_strdup_printf("%s: %s", key->name, winner->why);
        return false;
    }
    if (winner && winner->adds) {
        *out = added_list(question, instance, voices, &reason);
        if (!*out)
            *why = g_strdup_printf("%s adds to a list that is not known: %s", key->name, reason);
        return *out != NULL;
    }
    if (winner && key->type != VALUE_MAP) {
        *out = tree_copy(winner->value);
        return true;
    }
    json_object *fallback = NULL;
    if (!setting_default(question->host, key, instance, &fallback, &reason) && !winner) {
        *why = g_strdup_printf("%s is not set, and %s", key->name, reason);
        return false;
    }
    *out = winner ? merged_map(voices, fallback, key->places != NULL) : fallback;
    return true;
}

static void hear_all(const struct question *question, const struct daemon_instance *instance, GPtrArray *voices,
                     bool *environment_read)
{
    const struct daemon *daemon = question->daemon;
    const struct daemon_key *key = question->key;
    bool adding = false;
    for (guint i = 0; i < instance->documents->len; i++)
        hear_document(daemon, key, instance, i, voices, &adding);
    bool named = instance->config_named;
    if (!(named && daemon->config.replaces_environment))
        *environment_read = hear_environment(question->host, daemon, key, instance, voices);
    bool ignored = named && (daemon->config.replaces_flags || key->replaced_by_config);
    if (instance->flags && !ignored)
        hear_flags(key, instance->flags, voices);
}

static struct item *add_item(const struct question *question, const struct daemon_instance *instance,
                             const GPtrArray *voices, const char *member, struct items *items)
{
    const struct voice *winner = voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;
    g_autofree char *subject =
        member ? g_strdup_printf("%s: %s", instance->subject, member) : g_strdup(instance->subject);
    struct item *item = items_add(items, subject);
    item_set_string(item, "key", question->key->name);
    item_set_string(item, "member", member);
    item_set_string(item, "user", instance->home ? instance->home->user : NULL);
    item_set_string(item, "origin", winner ? winner->origin : "default");
    item_set_bool(item, "set", winner != NULL);
    set_losing(item, voices);
    if (instance->process)
        item_set_int(item, "pid", instance->process->pid);
    else
        item_set(item, "pid", NULL);
    item_set_string(item, "version", instance->version);
    bool given = winner && (g_str_equal(winner->origin, "flag") || g_str_equal(winner->origin, "environment"));
    if (given || !daemon_files_may_differ(question->host, instance))
        item_set_bool(item, "in_force", true);
    else
        item_unread(item, "in_force", "%s started before its configuration was written", instance->subject);
    set_source(item, winner, instance);
    return item;
}

/* member -> the last voice that has it. The keys belong to `found`, which gathers what must live as long. */
static GHashTable *member_places(const struct question *question, const GPtrArray *voices, GPtrArray *found)
{
    GHashTable *places = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < voices->len; i++) {
        struct voice *voice = g_ptr_array_index(voices, i);
        GPtrArray *members = members_find(voice->value, question->member);
        g_ptr_array_add(found, members);
        for (guint j = 0; j < members->len; j++)
            g_hash_table_replace(places, ((struct member_found *)g_ptr_array_index(members, j))->key, voice);
    }
    return places;
}

static void set_member_source(const struct voice *voice, const struct member_found *member, struct item *item)
{
    struct tree_mark mark = tree_mark(member->value);
    unsigned line = mark.key_line ? mark.key_line : mark.line;
    if (voice && voice->path)
        item_source_path(item, voice->path, line ? line : voice->line);
}

static void add_members(const struct question *question, const struct daemon_instance *instance,
                        const GPtrArray *voices, const json_object *value, struct items *items)
{
    bool map = question->key->type == VALUE_MAP;
    g_autoptr(GPtrArray) members = members_find_or(value, question->member, question->unset);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) places = member_places(question, voices, found);
    for (guint i = 0; i < members->len; i++) {
        const struct member_found *member = g_ptr_array_index(members, i);
        if (items->list->len >= ITEMS_MAX) {
            items_problem(items, PROBLEM_ERROR, NULL, "%s: more than %d members", question->key->name, ITEMS_MAX);
            return;
        }
        struct item *item = add_item(question, instance, voices, member->key, items);
        const struct voice *voice = map ? g_hash_table_lookup(places, member->key) : NULL;
        set_member_source(voice, member, item);
        if (map) {
            item_set_string(item, "origin", voice ? voice->origin : "default");
            item_set_bool(item, "set", voice != NULL);
        }
        item_set(item, "value", tree_copy(member->value));
    }
}

static void collect_instance(const struct question *question, const struct daemon_instance *instance,
                             struct items *items)
{
    if (instance->blind) {
        items_problem(items, PROBLEM_UNKNOWN, host_is_privileged(question->host) ? NULL : "run as root", "%s",
                      instance->blind);
        return;
    }
    /* Without all its files nothing is known about a key that a file may hold. */
    if (instance->error && question->key->file) {
        items_problem_from_error(items, instance->error);
        return;
    }
    g_autoptr(GPtrArray) voices = g_ptr_array_new_with_free_func(voice_free);
    bool environment_read = true;
    hear_all(question, instance, voices, &environment_read);
    const struct voice *winner = voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;
    bool by_flag = winner && g_str_equal(winner->origin, "flag");
    if (!environment_read && !by_flag) {
        static const char *const unknown[] = {"value", "origin", "set"};
        struct item *item = add_item(question, instance, voices, NULL, items);
        for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
            item_unread(item, unknown[i], "the environment of %s could not be read", instance->subject);
        return;
    }
    pl_autojson json_object *value = NULL;
    g_autofree char *why = NULL;
    bool known = effective_value(question, instance, voices, &value, &why);
    if (known && question->member) {
        add_members(question, instance, voices, value, items);
        return;
    }
    struct item *item = add_item(question, instance, voices, NULL, items);
    if (known)
        item_set(item, "value", g_steal_pointer(&value));
    else
        item_unread(item, "value", "%s", why);
}

/* What one further setting of the instance is, for the items from the first on that speak of it. */
static void set_beside(const struct question *question, const struct daemon_instance *instance, const char *name,
                       struct items *items, guint first)
{
    struct question other = {question->host, question->daemon, daemon_key_find(question->daemon, name), NULL, NULL};
    pl_auto(items) found = items_new();
    collect_instance(&other, instance, found);
    const struct item *beside = found->list->len ? g_ptr_array_index(found->list, 0) : NULL;
    json_object *value = NULL;
    bool known = beside && json_object_object_get_ex(beside->fields, "value", &value);
    g_autofree char *field = g_strconcat("with.", name, NULL);
    for (guint i = first; i < items->list->len; i++) {
        struct item *item = g_ptr_array_index(items->list, i);
        json_object *with = NULL;
        if (!json_object_object_get_ex(item->fields, "with", &with)) {
            with = json_object_new_object();
            item_set(item, "with", with);
        }
        if (known)
            json_object_object_add(with, name, value ? tree_copy(value) : NULL);
        else
            item_unread(item, field, "%s is not known", name);
    }
}

static void collect_beside(const struct question *question, const struct daemon_instance *instance,
                           const json_object *object, struct items *items)
{
    guint first = items->list->len;
    collect_instance(question, instance, items);
    const json_object *with = tree_member(object, "with");
    size_t n = json_object_is_type(with, json_type_array) ? json_object_array_length(with) : 0;
    for (size_t i = 0; i < n; i++)
        set_beside(question, instance, json_object_get_string(json_object_array_get_idx(with, i)), items, first);
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
    const struct question question = {context->host, daemon, key, object_string(object, "member", NULL),
                                      tree_member(object, "unset")};
    const struct daemon_instances *instances = daemon_instances_find(context->host, daemon);
    if (instances->error)
        items_problem_from_error(items, instances->error);
    if (instances->homes)
        items_problem_from_error(items, instances->homes);
    if (instances->hidden)
        items_problem(items, PROBLEM_UNKNOWN, "run as root", "the processes of other users are hidden");
    for (guint i = 0; i < instances->list->len; i++)
        collect_beside(&question, g_ptr_array_index(instances->list, i), object, items);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    const char *name = object_string(object, "daemon", "");
    const char *key = object_string(object, "key", "");
    if (!daemon_check_name(daemons, name, error))
        return false;
    const struct daemon *daemon = daemons_find(daemons, name);
    const json_object *with = tree_member(object, "with");
    size_t n = json_object_is_type(with, json_type_array) ? json_object_array_length(with) : 0;
    for (size_t i = 0; i < n && daemon_key_find(daemon, key); i++)
        key = json_object_get_string(json_object_array_get_idx(with, i));
    if (daemon_key_find(daemon, key))
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
