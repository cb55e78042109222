/* Lines of PAM's stacks, as libpam takes them: with what they include, joined, and in their order. A line that several
 * services take in is one item. */
#include "facts/pam/course.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <fnmatch.h>
#include <string.h>

static const struct probe_param params[] = {
    {.name = "service",
     .type = VALUE_SET,
     .text =
         "names of files in /etc/pam.d or /usr/lib/pam.d, also those that are only taken in by others (common-auth); "
         "globs; all without it"},
    {.name = "except", .type = VALUE_SET, .text = "globs of services that are left out"},
    {.name = "module",
     .type = VALUE_SET,
     .text = "file names of modules: pam_unix.so; all without it",
     .subject = true},
    {.name = "type", .type = VALUE_STRING, .choices = "auth account password session", .text = "all without it"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"services", VALUE_SET, "the services that have the line, themselves or by what they take in"},
    {"type", VALUE_STRING, "auth, account, password or session"},
    {"control", VALUE_STRING, "required, requisite, sufficient, optional, or a list: success=1 default=ignore"},
    {"module", VALUE_STRING, "its file name: pam_unix.so"},
    {"arguments", VALUE_SET, "its arguments as written"},
    {"options", VALUE_MAP, "the same, a number or text by its key, true of a word alone; the last of several counts",
     FIELD_VALUE},
    {"after", VALUE_SET, "modules that stand before it, in each of the services"},
    {"needed", VALUE_BOOL,
     "in each of the services nobody but root (pam_rootok) succeeds without its yes: it is not jumped over, and the "
     "stack "
     "does not end well before it or although it refused"},
    {"opens", VALUE_SET,
     "services (type auth) in which it lets everybody in: it says yes without asking, and no module has to agree"},
    {"path", VALUE_STRING, "the file with the line"},
    {"line", VALUE_NUMBER, "its number"},
    {.name = NULL},
};

struct pam_query {
    struct host *host;
    struct items *items;
    char **modules;     /* that are asked for; empty: all */
    GHashTable *known;  /* subject -> struct item, borrowed */
    GHashTable *said;   /* reasons of problems: many services take the same file in */
    enum pam_type type; /* that is looked at */
};

static json_object *item_field(const struct item *item, const char *name)
{
    return json_object_object_get(item->fields, name);
}

static void say(struct pam_query *query, const struct problem *problem)
{
    if (g_hash_table_add(query->said, g_strdup(problem->reason)))
        items_add_problem(query->items, problem);
}

static json_object *arguments_of(const struct pam_line *line)
{
    json_object *all = json_object_new_array();
    for (char **argument = line->arguments; *argument; argument++)
        json_object_array_add(all, tree_new_text(*argument));
    return all;
}

/* "deny=5" and "silent" as {deny: 5, silent: true}; the last of several counts. */
static json_object *options_of(const struct pam_line *line)
{
    json_object *options = json_object_new_object();
    for (char **argument = line->arguments; *argument; argument++) {
        const char *equals = strchr(*argument, '=');
        g_autofree char *raw = equals ? g_strndup(*argument, (gsize)(equals - *argument)) : g_strdup(*argument);
        g_autofree char *key = g_utf8_make_valid(raw, -1);
        int64_t number = 0;
        json_object *value = !equals                                ? json_object_new_boolean(true)
                             : value_parse_i64(equals + 1, &number) ? json_object_new_int64(number)
                                                                    : tree_new_text(equals + 1);
        json_object_object_add(options, key, value);
    }
    return options;
}

static json_object *before(const struct pam_stack *stack, guint entry)
{
    json_object *names = json_object_new_array();
    for (guint i = 0; i < entry; i++) {
        const struct pam_entry *other = &g_array_index(stack->entries, struct pam_entry, i);
        if (!other->header && !other->fails)
            json_object_array_add(names, tree_new_text(pam_module_name(other->line)));
    }
    return names;
}

/* What both lists have. */
static json_object *common(const json_object *one, const json_object *other)
{
    json_object *both = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(one); i++) {
        json_object *name = json_object_array_get_idx(one, i);
        for (size_t j = 0; j < json_object_array_length(other); j++)
            if (json_object_equal(name, json_object_array_get_idx(other, j))) {
                json_object_array_add(both, json_object_get(name));
                break;
            }
    }
    return both;
}

static struct item *new_item(struct pam_query *query, const struct pam_entry *entry, const char *subject)
{
    struct item *item = items_add(query->items, subject);
    item_source_path(item, entry->path, entry->line->line);
    item_set_string(item, "type", pam_type_name(query->type));
    item_set_string(item, "control", entry->line->control);
    item_set_string(item, "module", pam_module_name(entry->line));
    item_set(item, "arguments", arguments_of(entry->line));
    item_set(item, "options", options_of(entry->line));
    item_set_string(item, "path", entry->path);
    item_set_int(item, "line", entry->line->line);
    item_set(item, "services", json_object_new_array());
    item_set(item, "opens", json_object_new_array());
    item_set_bool(item, "needed", true);
    return item;
}

static void set_needed(struct item *item, const struct pam_stack *stack, guint entry)
{
    if (!json_object_get_boolean(item_field(item, "needed")))
        return;
    pl_auto(problem) hindrance = NULL;
    bool needed = pam_is_needed(stack, entry, &hindrance);
    if (hindrance)
        item_unread_problem(item, "needed", hindrance);
    else
        item_set_bool(item, "needed", needed);
}

static void add_entry(struct pam_query *query, const struct pam_stack *stack, guint i, const char *service, bool opens)
{
    const struct pam_entry *entry = &g_array_index(stack->entries, struct pam_entry, i);
    g_autofree char *subject = g_strdup_printf("%s:%u %s", entry->path, entry->line->line, pam_type_name(query->type));
    struct item *item = g_hash_table_lookup(query->known, subject);
    json_object *after = before(stack, i);
    if (!item) {
        item = new_item(query, entry, subject);
        g_hash_table_insert(query->known, g_strdup(subject), item);
        item_set(item, "after", after);
    } else {
        item_set(item, "after", common(item_field(item, "after"), after));
        json_object_put(after);
    }
    json_object_array_add(item_field(item, "services"), tree_new_text(service));
    if (opens)
        json_object_array_add(item_field(item, "opens"), tree_new_text(service));
    set_needed(item, stack, i);
}

static bool is_wanted(const struct pam_query *query, const struct pam_entry *entry)
{
    bool all = !*query->modules;
    return !entry->header &&
           (all || g_strv_contains((const char *const *)query->modules, pam_module_name(entry->line)));
}

static void look_at(struct pam_query *query, const char *service)
{
    pl_auto(pam_stack) stack = pam_stack_new(query->host, service, query->type);
    for (guint i = 0; i < stack->problems->len; i++)
        say(query, g_ptr_array_index(stack->problems, i));
    guint giver = 0;
    bool opens = query->type == PAM_AUTH && pam_opens(stack, &giver);
    for (guint i = 0; i < stack->entries->len && !query->items->full; i++)
        if (is_wanted(query, &g_array_index(stack->entries, struct pam_entry, i)))
            add_entry(query, stack, i, service, opens && i == giver);
}

static bool matches(char **globs, const char *name)
{
    for (char **glob = globs; *glob; glob++)
        if (fnmatch(*glob, name, 0) == 0)
            return true;
    return false;
}

/* Without either folder libpam reads a file of its own, which no system has had for long. */
static void look_for_old(struct pam_query *query)
{
    static const char path[] = "/etc/pam.conf";
    struct host_stat st;
    if (!host_exists(query->host, "/etc/pam.d") && !host_exists(query->host, "/usr/lib/pam.d") &&
        host_stat(query->host, path, &st, NULL))
        items_problem(query->items, PROBLEM_UNKNOWN, NULL,
                      "%s is not read: services in files of their own are expected", path);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct pam_query query = {.host = context->host, .items = items};
    query.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) wanted = object_strv(object, "service"), except = object_strv(object, "except");
    g_auto(GStrv) modules = object_strv(object, "module");
    query.modules = modules;
    const char *type = object_string(object, "type", NULL);
    query.said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) services = pam_services(query.host, &error);
    items_problem_from_error(items, error);
    for (char **service = services; *service; service++)
        for (query.type = PAM_AUTH; query.type < PAM_TYPES; query.type++)
            if ((!*wanted || matches(wanted, *service)) && !matches(except, *service) &&
                (!type || pam_type_find(type) == query.type))
                look_at(&query, *service);
    look_for_old(&query);
    g_hash_table_unref(query.known);
    g_hash_table_unref(query.said);
}

const struct probe probe_pam = {
    .name = "pam",
    .summary = "Lines of PAM's stacks, with what they include, and what the stack may come to",
    .object = {"PAM line", "PAM lines"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
