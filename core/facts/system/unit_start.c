/* What is enabled, and what therefore starts: the links of the search path, closed over the units that pull in or
 * trigger others. Conditions are not judged here (facts/system/unit_condition.h): a unit that a condition would skip
 * counts as starting, and what it pulls in starts all the same. */
#include "facts/kernel/cmdline.h"
#include "facts/system/unit_file.h"
#include "facts/system/unit_words.h"
#include "facts/system/units.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>

/* Everything is started by these, also where a root has only part of the unit files. */
static const char *const boot_targets[] = {
    "default.target", "multi-user.target", "basic.target",      "sysinit.target", "local-fs.target",
    "sockets.target", "timers.target",     "paths.target",      "slices.target",  "swap.target",
    "getty.target",   "remote-fs.target",  "cryptsetup.target", "network.target",
};

struct closure {
    GHashTable *starting; /* set of real names */
    GHashTable *triggers; /* real name -> GPtrArray of names (owned) that trigger it, starting or not */
};

static void closure_free(gpointer data)
{
    struct closure *closure = data;
    g_hash_table_unref(closure->starting);
    g_hash_table_unref(closure->triggers);
    g_free(closure);
}

struct unit_start_work {
    struct host *host;
    const struct units *units;
    struct closure *closure;
    GHashTable *links_by_owner; /* name -> GPtrArray of struct unit_link */
    GQueue queue;               /* owned real names to look at */
};

static void start(struct unit_start_work *work, const char *name)
{
    if (!units_valid_name(name))
        return;
    g_autofree char *real = units_real_name(work->units, name);
    const struct unit *unit = units_find(work->units, real);
    bool known = unit || g_hash_table_contains(work->links_by_owner, real);
    if (!known || (unit && units_is_masked(work->host, unit)) || g_hash_table_contains(work->closure->starting, real))
        return;
    g_hash_table_add(work->closure->starting, g_strdup(real));
    g_queue_push_tail(&work->queue, g_steal_pointer(&real));
}

static void start_words(struct unit_start_work *work, const char *unit, const GPtrArray *values)
{
    for (guint i = 0; values && i < values->len; i++) {
        const struct unit_value *value = values->pdata[i];
        g_auto(GStrv) words = g_strsplit_set(value->text, " \t", 1000);
        for (char **word = words; *word; word++) {
            g_autofree char *name = unit_expand(*word, unit);
            if (name)
                start(work, name);
        }
    }
}

/* The unit that a socket, timer, path or automount starts. Caller frees; NULL for other types. */
static char *triggered_by(struct host *host, const char *name)
{
    static const struct {
        const char *suffix, *key, *type;
    } kinds[] = {
        {".socket", "Socket.Service", ".service"},
        {".timer", "Timer.Unit", ".service"},
        {".path", "Path.Unit", ".service"},
        {".automount", NULL, ".mount"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!g_str_has_suffix(name, kinds[i].suffix))
            continue;
        const struct unit_config *config = unit_config_get(host, name);
        const struct unit_value *stated = kinds[i].key ? unit_config_value(config, kinds[i].key) : NULL;
        if (stated)
            return unit_expand(stated->text, name);
        const struct unit_value *accept = unit_config_value(config, "Socket.Accept");
        bool per_connection =
            accept && strchr("yYtT1oO", *accept->text) && g_ascii_strcasecmp(accept->text, "off") != 0;
        size_t stem = strlen(name) - strlen(kinds[i].suffix);
        return g_strdup_printf("%.*s%s%s", (int)stem, name, per_connection ? "@" : "", kinds[i].type);
    }
    return NULL;
}

static void follow(struct unit_start_work *work, const char *name)
{
    static const char *const keys[] = {"Unit.Wants", "Unit.Requires", "Unit.BindsTo", "Unit.Upholds",
                                       "Service.Sockets"};
    const struct unit_config *config = unit_config_get(work->host, name);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        start_words(work, name, g_hash_table_lookup(config->values, keys[i]));
    g_autofree char *template = units_template(name);
    const GPtrArray *aliases = g_hash_table_lookup(work->units->aliases, name);
    for (guint i = 0; i < 2 + (aliases ? aliases->len : 0); i++) {
        const char *owner = i == 0 ? name : i == 1 ? template : ((const struct unit *)aliases->pdata[i - 2])->name;
        const GPtrArray *links = owner ? g_hash_table_lookup(work->links_by_owner, owner) : NULL;
        for (guint j = 0; links && j < links->len; j++)
            start(work, ((const struct unit_link *)links->pdata[j])->name);
    }
    g_autofree char *triggered = triggered_by(work->host, name);
    if (triggered)
        start(work, triggered);
}

static void index_links(struct unit_start_work *work)
{
    for (guint i = 0; i < work->units->links->len; i++) {
        struct unit_link *link = work->units->links->pdata[i];
        GPtrArray *list = g_hash_table_lookup(work->links_by_owner, link->owner);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(work->links_by_owner, link->owner, list);
        }
        g_ptr_array_add(list, link);
    }
}

static void add_trigger(struct unit_start_work *work, const char *name)
{
    g_autofree char *triggered = triggered_by(work->host, name);
    if (!triggered)
        return;
    g_autofree char *real = units_real_name(work->units, triggered);
    GPtrArray *list = g_hash_table_lookup(work->closure->triggers, real);
    if (!list) {
        list = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(work->closure->triggers, g_strdup(real), list);
    }
    g_ptr_array_add(list, g_strdup(name));
}

static bool is_boot_target(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(boot_targets); i++)
        if (g_str_equal(name, boot_targets[i]))
            return true;
    return false;
}

/* Enabled by an administrator or a generator, whatever pulls it in: a link, an alias under another name, a script. */
static void start_units(struct unit_start_work *work)
{
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, work->units->by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct unit *unit = value;
        g_autofree char *real = units_real_name(work->units, unit->name);
        bool alias = !g_str_equal(real, unit->name) && unit->unit_class == UNIT_ETC;
        if ((alias && !is_boot_target(unit->name)) || (unit->unit_class == UNIT_SYSV && unit->sysv_enabled))
            start(work, real);
        if (!unit->target || g_str_equal(real, unit->name))
            add_trigger(work, unit->name);
    }
}

static void take_bus_name(const struct unit_line *line, gpointer data)
{
    if (g_str_equal(line->section, "D-BUS Service") && g_str_equal(line->key, "SystemdService"))
        start(data, line->value);
}

/* Services that a D-Bus call starts. */
static void start_bus_services(struct unit_start_work *work)
{
    static const char *const dirs[] = {"/usr/share/dbus-1/system-services", "/usr/local/share/dbus-1/system-services"};
    for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
        g_auto(GStrv) names = host_list(work->host, dirs[i], NULL);
        for (char **name = names; name && *name; name++) {
            g_autofree char *path = g_build_filename(dirs[i], *name, NULL);
            GError *error = NULL;
            if (g_str_has_suffix(*name, ".service") && !unit_file_visit(work->host, path, take_bus_name, work, &error))
                host_note(error);
        }
    }
}

/* Without default.target only part of the unit files is there; then all boot targets count. */
static void start_targets(struct unit_start_work *work)
{
    bool whole = g_hash_table_contains(work->units->by_name, "default.target") &&
                 g_hash_table_contains(work->units->by_name, "basic.target");
    for (size_t i = 0; i < (whole ? 1 : G_N_ELEMENTS(boot_targets)); i++)
        start(work, boot_targets[i]);
    for (guint i = 0; i < work->units->links->len; i++) {
        const struct unit_link *link = work->units->links->pdata[i];
        if (link->unit_class != UNIT_VENDOR)
            start(work, link->name);
    }
}

/* The kernel's command line asks for units as a link does, and for another target than the default one
 * (kernel-command-line(7)). */
static void start_asked_for(struct unit_start_work *work)
{
    const struct cmdline *cmdline = cmdline_get(work->host);
    if (cmdline->error)
        host_note(g_error_copy(cmdline->error));
    for (guint i = 0; i < cmdline->args->len; i++) {
        const struct cmdline_arg *arg = cmdline->args->pdata[i];
        bool asks = cmdline_same_name(arg->name, "systemd.wants") || cmdline_same_name(arg->name, "systemd.unit");
        if (asks && arg->value)
            start(work, arg->value);
    }
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct closure *closure = g_new0(struct closure, 1);
    closure->starting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    closure->triggers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) by_owner =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    struct unit_start_work work = {
        .host = host, .units = units_get(host), .closure = closure, .links_by_owner = by_owner, .queue = G_QUEUE_INIT};
    index_links(&work);
    start_targets(&work);
    start_asked_for(&work);
    start_units(&work);
    start_bus_services(&work);
    for (char *name = g_queue_pop_head(&work.queue); name; name = g_queue_pop_head(&work.queue)) {
        follow(&work, name);
        g_free(name);
    }
    return closure;
}

static const struct closure *closure_get(struct host *host)
{
    return host_memo(host, "units-starting", make, NULL, closure_free);
}

bool unit_starts(struct host *host, const char *name)
{
    g_autofree char *real = units_real_name(units_get(host), name);
    return g_hash_table_contains(closure_get(host)->starting, real);
}

char **unit_triggers(struct host *host, const char *name)
{
    const struct closure *closure = closure_get(host);
    g_autofree char *real = units_real_name(units_get(host), name);
    const GPtrArray *list = g_hash_table_lookup(closure->triggers, real);
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; list && i < list->len; i++)
        if (unit_starts(host, list->pdata[i]))
            g_ptr_array_add(found, g_strdup(list->pdata[i]));
    g_ptr_array_sort(found, value_order_texts);
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(found, FALSE);
}

static char **sorted(GHashTable *names)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name = NULL;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(list, g_strdup(name));
    g_ptr_array_sort(list, value_order_texts);
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

char **unit_services(struct host *host)
{
    const struct units *units = units_get(host);
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer name = NULL, unit = NULL;
    g_hash_table_iter_init(&iter, units->by_name);
    while (g_hash_table_iter_next(&iter, &name, &unit)) {
        g_autofree char *real = units_real_name(units, name);
        if (g_str_has_suffix(name, ".service") && g_str_equal(real, name))
            g_hash_table_add(found, name);
    }
    g_hash_table_iter_init(&iter, closure_get(host)->starting);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_str_has_suffix(name, ".service"))
            g_hash_table_add(found, name);
    return sorted(found);
}

char **unit_sockets(struct host *host, const char *name)
{
    const struct units *units = units_get(host);
    g_autofree char *real = units_real_name(units, name);
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) starting = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *triggers = g_hash_table_lookup(closure_get(host)->triggers, real);
    for (guint i = 0; triggers && i < triggers->len; i++)
        g_hash_table_add(all, g_strdup(triggers->pdata[i]));
    const GPtrArray *stated = g_hash_table_lookup(unit_config_get(host, real)->values, "Service.Sockets");
    for (guint i = 0; stated && i < stated->len; i++) {
        g_auto(GStrv) words = g_strsplit_set(((const struct unit_value *)stated->pdata[i])->text, " \t", 1000);
        for (char **word = words; *word; word++)
            g_hash_table_add(all, units_real_name(units, *word));
    }
    GHashTableIter iter;
    gpointer socket = NULL;
    g_hash_table_iter_init(&iter, all);
    while (g_hash_table_iter_next(&iter, &socket, NULL)) {
        const struct unit *unit = g_str_has_suffix(socket, ".socket") ? units_find(units, socket) : NULL;
        if (!unit || units_is_masked(host, unit))
            g_hash_table_iter_remove(&iter);
        else if (unit_starts(host, socket))
            g_hash_table_add(starting, socket);
    }
    return sorted(g_hash_table_size(starting) ? starting : all);
}

/* The strongest class that a link or alias enables the unit from; UNIT_SYSV when there is none. */
static enum unit_class enabling_class(const struct units *units, const char *real)
{
    enum unit_class best = UNIT_SYSV;
    bool is_template = strstr(real, "@.") != NULL;
    for (guint i = 0; i < units->links->len; i++) {
        const struct unit_link *link = units->links->pdata[i];
        g_autofree char *name = units_real_name(units, link->name);
        g_autofree char *template = is_template ? units_template(name) : NULL;
        bool same = g_str_equal(name, real) || (template && g_str_equal(template, real));
        if (same && link->unit_class < best)
            best = link->unit_class;
    }
    const GPtrArray *aliases = g_hash_table_lookup(units->aliases, real);
    for (guint i = 0; aliases && i < aliases->len; i++) {
        const struct unit *alias = aliases->pdata[i];
        if (alias->unit_class < best)
            best = alias->unit_class;
    }
    return best;
}

static const char *by_install_section(const struct unit_config *config)
{
    static const char *const enabling[] = {"Install.WantedBy", "Install.RequiredBy", "Install.UpheldBy",
                                           "Install.Alias"};
    static const char *const indirect[] = {"Install.Also", "Install.DefaultInstance"};
    for (size_t i = 0; i < G_N_ELEMENTS(enabling); i++)
        if (unit_config_value(config, enabling[i]))
            return "disabled";
    for (size_t i = 0; i < G_N_ELEMENTS(indirect); i++)
        if (unit_config_value(config, indirect[i]))
            return "indirect";
    return "static";
}

const char *unit_enabled(struct host *host, const char *name, GError **error)
{
    const struct units *units = units_get(host);
    const struct unit *unit = units_find(units, name);
    g_autofree char *real = units_real_name(units, name);
    if (unit && units_is_masked(host, unit))
        return "masked";
    if (!g_str_equal(real, name))
        return "alias";
    if (unit && unit->unit_class == UNIT_SYSV)
        return unit->sysv_enabled ? "enabled" : "disabled";
    enum unit_class by_link = enabling_class(units, real);
    if (by_link == UNIT_ETC)
        return "enabled";
    if (by_link == UNIT_RUN)
        return "enabled-runtime";
    if (unit && unit->unit_class == UNIT_GENERATOR)
        return "generated";
    const struct unit_config *config = unit_config_get(host, name);
    if (config->error) {
        g_propagate_error(error, g_error_copy(config->error));
        return NULL;
    }
    return by_install_section(config);
}
