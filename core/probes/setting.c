/* The effective setting of a daemon: every place that gives a value, from the weakest to the strongest (files,
 * drop-ins, environment, command line), the winner, the losers, or the default.
 *
 * It never takes a default for a file that could not be read: then there is a problem instead of an item. */
#include "probes/probe.h"

#include "facts/daemon/files.h"
#include "facts/file/members.h"
#include "facts/setting/effective.h"
#include "facts/setting/gather.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/object.h"

static const struct probe_param params[] = {
    {.name = "daemon", .type = VALUE_STRING, .required = true, .text = "daemon, as its file is called", .daemon = true},
    {.name = "key",
     .type = VALUE_STRING,
     .required = true,
     .text = "setting, as the daemon's file declares it",
     .subject = true},
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
    {"value", VALUE_ANY, "effective value, in the type that the daemon's file declares", FIELD_TOLD | FIELD_VALUE},
    {"key", VALUE_STRING, "the setting", FIELD_NAMES},
    {"member", VALUE_STRING, "path inside the value (member); null for the whole"},
    {"user", VALUE_STRING, "account whose own files have a say, of a tool without a process; null for the system's"},
    {"with.*", VALUE_ANY, "effective value of a further setting (with) of the same instance"},
    {"origin", VALUE_STRING, "flag, environment, file, drop-in or default", FIELD_TOLD},
    {"set", VALUE_BOOL, "somebody set it: origin is not default", FIELD_TOLD},
    {"in_force", VALUE_BOOL,
     "it comes from the command line or the environment, or no file is newer than the process; unread otherwise"},
    {"losing", VALUE_LIST, "settings that lost, as \"origin path:line value\"", FIELD_TOLD | FIELD_LOST},
    {"pid", VALUE_NUMBER, "process; null when the daemon does not run", FIELD_PROCESS},
    {"version", VALUE_VERSION, "version the default was chosen by, null when not known"},
    {.name = NULL},
};

/* What one object asks for. */
struct setting_question {
    struct setting_asked asked;
    const char *member;       /* NULL: the whole value */
    const json_object *unset; /* what stands for a missing member, NULL: nothing */
};

static void set_losing(struct item *item, const GPtrArray *candidates)
{
    json_object *losing = json_object_new_array();
    for (guint i = 0; i + 1 < candidates->len; i++) {
        const struct setting_candidate *candidate = g_ptr_array_index(candidates, i);
        g_autofree char *value = candidate->value ? tree_text(candidate->value) : g_strdup(candidate->why->reason);
        g_autofree char *text =
            candidate->path ? g_strdup_printf("%s %s:%u %s", candidate->origin, candidate->path, candidate->line, value)
                            : g_strdup_printf("%s %s", candidate->origin, value);
        json_object_array_add(losing, tree_new_text(text));
    }
    item_set(item, "losing", losing);
}

static void set_source(struct item *item, const struct setting_candidate *candidate,
                       const struct daemon_instance *instance)
{
    if (!candidate)
        item_source_api(item, "built-in default");
    else if (candidate->path)
        item_source_path(item, candidate->path, candidate->line);
    else if (instance->process)
        item_source_process(item, instance->process->comm, instance->process->pid);
    if (instance->start && !(candidate && candidate->path))
        item_source_path(item, instance->start->path, instance->start->line);
    if (!candidate && instance->process)
        item_source_process(item, instance->process->comm, instance->process->pid);
}

static void set_in_force(const struct setting_question *question, const struct setting_candidate *winner,
                         struct item *item)
{
    const struct daemon_instance *instance = question->asked.instance;
    bool given = winner && (g_str_equal(winner->origin, "flag") || g_str_equal(winner->origin, "environment"));
    const struct problem *differ = given ? NULL : daemon_files_differ(question->asked.host, instance);
    if (differ)
        item_unread_problem(item, "in_force", differ);
    else
        item_set_bool(item, "in_force", true);
}

static struct item *add_item(const struct setting_question *question, const GPtrArray *candidates, const char *member,
                             struct items *items)
{
    const struct daemon_instance *instance = question->asked.instance;
    const struct setting_candidate *winner = candidates_winner(candidates);
    g_autofree char *subject =
        member ? g_strdup_printf("%s: %s", instance->subject, member) : g_strdup(instance->subject);
    struct item *item = items_add(items, subject);
    item_set_string(item, "key", question->asked.key->name);
    item_set_string(item, "member", member);
    item_set_string(item, "user", instance->home ? instance->home->user : NULL);
    item_set_string(item, "origin", winner ? winner->origin : "default");
    item_set_bool(item, "set", winner != NULL);
    set_losing(item, candidates);
    if (instance->process)
        item_set_int(item, "pid", instance->process->pid);
    else
        item_set(item, "pid", NULL);
    item_set_string(item, "version", instance->version);
    set_in_force(question, winner, item);
    set_source(item, winner, instance);
    return item;
}

/* member -> the last candidate that has it. The keys belong to `found`, which gathers what must live as long. */
static GHashTable *member_places(const struct setting_question *question, const GPtrArray *candidates, GPtrArray *found)
{
    GHashTable *places = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < candidates->len; i++) {
        struct setting_candidate *candidate = g_ptr_array_index(candidates, i);
        GPtrArray *members = members_find(candidate->value, question->member);
        g_ptr_array_add(found, members);
        for (guint j = 0; j < members->len; j++)
            g_hash_table_replace(places, ((struct member_found *)g_ptr_array_index(members, j))->key, candidate);
    }
    return places;
}

static void set_member_source(const struct setting_candidate *candidate, const struct member_found *member,
                              struct item *item)
{
    struct tree_mark mark = tree_mark(member->value);
    unsigned line = mark.key_line ? mark.key_line : mark.line;
    if (candidate && candidate->path)
        item_source_path(item, candidate->path, line ? line : candidate->line);
}

static void add_members(const struct setting_question *question, const GPtrArray *candidates, const json_object *value,
                        struct items *items)
{
    bool map = question->asked.key->type == VALUE_MAP;
    g_autoptr(GPtrArray) members = members_find_or(value, question->member, question->unset);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) places = member_places(question, candidates, found);
    for (guint i = 0; i < members->len; i++) {
        const struct member_found *member = g_ptr_array_index(members, i);
        if (!items_room(items, 1, "members of settings"))
            return;
        struct item *item = add_item(question, candidates, member->key, items);
        const struct setting_candidate *candidate = map ? g_hash_table_lookup(places, member->key) : NULL;
        set_member_source(candidate, member, item);
        if (map) {
            item_set_string(item, "origin", candidate ? candidate->origin : "default");
            item_set_bool(item, "set", candidate != NULL);
        }
        item_set(item, "value", tree_copy(member->value));
    }
}

/* The value could not be told, because the environment may have set another one. */
static void add_unseen(const struct setting_question *question, const GPtrArray *candidates,
                       const struct problem *environment, struct items *items)
{
    static const char *const unknown[] = {"value", "origin", "set"};
    struct item *item = add_item(question, candidates, NULL, items);
    pl_auto(problem) unread =
        problem_of(problem_copy(environment), "the environment of %s is not known", question->asked.instance->subject);
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        item_unread_problem(item, unknown[i], unread);
}

static void collect_instance(const struct setting_question *question, struct items *items)
{
    const struct daemon_instance *instance = question->asked.instance;
    if (instance->blind) {
        items_add_problem(items, instance->blind);
        return;
    }
    /* Without all its files nothing is known about a key that a file may hold. */
    if (instance->error && question->asked.key->file) {
        items_problem_from_error(items, instance->error);
        return;
    }
    g_autoptr(GPtrArray) candidates = candidates_new();
    pl_auto(problem) environment = NULL;
    setting_candidates(&question->asked, candidates, &environment);
    const struct setting_candidate *winner = candidates_winner(candidates);
    bool by_flag = winner && g_str_equal(winner->origin, "flag");
    if (environment && !by_flag) {
        add_unseen(question, candidates, environment, items);
        return;
    }
    pl_autojson json_object *value = NULL;
    pl_auto(problem) why = NULL;
    bool known = setting_effective(&question->asked, candidates, &value, &why);
    if (known && question->member) {
        add_members(question, candidates, value, items);
        return;
    }
    struct item *item = add_item(question, candidates, NULL, items);
    if (known)
        item_set(item, "value", g_steal_pointer(&value));
    else
        item_unread_problem(item, "value", why);
}

/* What one further setting of the instance is, for the items from the first on that speak of it. */
static void set_beside(const struct setting_question *question, const char *name, struct items *items, guint first)
{
    struct setting_question other = {.asked = question->asked};
    other.asked.key = daemon_key_find(other.asked.daemon, name);
    pl_auto(items) found = items_new();
    collect_instance(&other, found);
    const struct item *beside = found->list->len ? g_ptr_array_index(found->list, 0) : NULL;
    json_object *value = NULL;
    bool known = beside && json_object_object_get_ex(beside->fields, "value", &value);
    const struct problem *hindrance = beside                 ? item_hindrance(beside, "value")
                                      : found->problems->len ? g_ptr_array_index(found->problems, 0)
                                                             : NULL;
    pl_auto(problem) unread = problem_of(problem_copy(hindrance), "%s is not known", name);
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
            item_unread_problem(item, field, unread);
    }
}

static void collect_beside(const struct setting_question *question, const json_object *object, struct items *items)
{
    guint first = items->list->len;
    collect_instance(question, items);
    const json_object *with = tree_member(object, "with");
    size_t n = json_object_is_type(with, json_type_array) ? json_object_array_length(with) : 0;
    for (size_t i = 0; i < n; i++)
        set_beside(question, json_object_get_string(json_object_array_get_idx(with, i)), items, first);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct daemon *daemon = daemons_find(context->daemons, object_string(object, "daemon", ""));
    const struct daemon_key *key = daemon ? daemon_key_find(daemon, object_string(object, "key", "")) : NULL;
    if (!key) {
        items_problem(items, PROBLEM_ERROR, NULL, "daemon \"%s\" with key \"%s\" is not described",
                      object_string(object, "daemon", ""), object_string(object, "key", ""));
        return;
    }
    struct setting_question question = {.asked = {context->host, daemon, key, NULL},
                                        .member = object_string(object, "member", NULL),
                                        .unset = tree_member(object, "unset")};
    const struct daemon_instances *instances = daemon_instances_find(context->host, daemon);
    if (instances->error)
        items_problem_from_error(items, instances->error);
    if (instances->homes)
        items_problem_from_error(items, instances->homes);
    if (instances->hidden)
        items_problem(items, PROBLEM_UNKNOWN, RUN_AS_ROOT, "the processes of other users are hidden");
    if (instances->installed && !instances->error)
        items_problem(items, PROBLEM_NOTAPPLICABLE, NULL, "%s is installed, not started at boot", daemon->name);
    for (guint i = 0; i < instances->list->len; i++) {
        question.asked.instance = g_ptr_array_index(instances->list, i);
        collect_beside(&question, object, items);
    }
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
    return daemon_check_key(daemon, key, error);
}

const struct probe probe_setting = {
    .name = "setting",
    .summary = "Effective setting of a daemon: command line, environment, files, drop-ins, defaults by version",
    .object = {"setting", "settings", .kind = "daemon"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
