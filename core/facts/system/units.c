#include "facts/system/units.h"

#include "facts/file/confdirs.h"
#include "host/path.h"
#include "model/error.h"

#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *path;
    enum unit_class unit_class;
} search[] = {
    {"/etc/systemd/system.control", UNIT_ETC},
    {"/run/systemd/system.control", UNIT_RUN},
    {"/run/systemd/transient", UNIT_RUN},
    {"/run/systemd/generator.early", UNIT_GENERATOR},
    {"/etc/systemd/system", UNIT_ETC},
    {"/etc/systemd/system.attached", UNIT_ETC},
    {"/run/systemd/system", UNIT_RUN},
    {"/run/systemd/system.attached", UNIT_RUN},
    {"/run/systemd/generator", UNIT_GENERATOR},
    {"/usr/local/lib/systemd/system", UNIT_VENDOR},
    {"/usr/lib/systemd/system", UNIT_VENDOR},
    {"/lib/systemd/system", UNIT_VENDOR},
    {"/run/systemd/generator.late", UNIT_GENERATOR},
};

static const char *const search_path[] = {
    "/etc/systemd/system.control", "/run/systemd/system.control",
    "/run/systemd/transient",      "/run/systemd/generator.early",
    "/etc/systemd/system",         "/etc/systemd/system.attached",
    "/run/systemd/system",         "/run/systemd/system.attached",
    "/run/systemd/generator",      "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",     "/lib/systemd/system",
    "/run/systemd/generator.late", NULL,
};
_Static_assert(G_N_ELEMENTS(search) + 1 == G_N_ELEMENTS(search_path), "one list of directories");

const char *const *units_search_path(void)
{
    return search_path;
}

static void unit_free(gpointer data)
{
    struct unit *unit = data;
    g_free(unit->name);
    g_free(unit->path);
    g_free(unit->target);
    g_free(unit);
}

static void link_free(gpointer data)
{
    struct unit_link *link = data;
    g_free(link->owner);
    g_free(link->name);
    g_free(link->path);
    g_free(link);
}

static void units_free(gpointer data)
{
    struct units *units = data;
    g_hash_table_unref(units->aliases);
    g_hash_table_unref(units->by_name);
    g_ptr_array_unref(units->links);
    g_hash_table_unref(units->dropin_dirs);
    g_ptr_array_unref(units->errors);
    g_free(units);
}

bool units_valid_name(const char *name)
{
    static const char *const types[] = {".service", ".socket", ".target", ".timer",     ".mount", ".path",
                                        ".slice",   ".scope",  ".swap",   ".automount", ".device"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && dot != name && i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(dot, types[i]))
            return true;
    return false;
}

char *units_template(const char *name)
{
    const char *at = strchr(name, '@');
    const char *dot = strrchr(name, '.');
    if (!at || !dot || dot <= at + 1)
        return NULL;
    return g_strdup_printf("%.*s%s", (int)(at + 1 - name), name, dot);
}

struct scan {
    struct host *host;
    struct units *units;
    GHashTable *seen_links; /* "OWNER.wants/NAME": the first directory decides */
};

static void add_link(struct scan *scan, const char *dir, const char *owner_dir, const char *name,
                     enum unit_class unit_class)
{
    g_autofree char *key = g_strconcat(owner_dir, "/", name, NULL);
    if (!units_valid_name(name) || g_hash_table_contains(scan->seen_links, key))
        return;
    g_autofree char *path = g_build_filename(dir, owner_dir, name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *target = host_readlink(scan->host, path, &error);
    if (!target && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) &&
        !g_error_matches(error, PL_ERROR, PL_ERROR_KIND))
        g_ptr_array_add(scan->units->errors, g_steal_pointer(&error));
    bool away = g_strcmp0(target, "/dev/null") == 0;
    if (!away || unit_class != UNIT_RUN)
        g_hash_table_add(scan->seen_links, g_steal_pointer(&key));
    /* A link to /dev/null takes the dependency away, in /run until the next boot; other files than links are ignored by
     * systemd. */
    if (!target || away)
        return;
    struct unit_link *link = g_new0(struct unit_link, 1);
    link->owner = g_strndup(owner_dir, (gsize)(strrchr(owner_dir, '.') - owner_dir));
    link->name = g_strdup(name);
    link->path = g_steal_pointer(&path);
    link->unit_class = unit_class;
    g_ptr_array_add(scan->units->links, link);
}

static void add_links(struct scan *scan, const char *dir, const char *owner_dir, enum unit_class unit_class)
{
    g_autofree char *path = g_build_filename(dir, owner_dir, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(scan->host, path, &error);
    if (!names && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) &&
        !g_error_matches(error, PL_ERROR, PL_ERROR_KIND))
        g_ptr_array_add(scan->units->errors, g_steal_pointer(&error));
    for (char **name = names; name && *name; name++)
        add_link(scan, dir, owner_dir, *name, unit_class);
}

static void add_unit(struct scan *scan, const char *dir, const char *name, enum unit_class unit_class)
{
    if (g_hash_table_contains(scan->units->by_name, name))
        return;
    struct unit *unit = g_new0(struct unit, 1);
    unit->name = g_strdup(name);
    unit->path = g_build_filename(dir, name, NULL);
    unit->target = host_readlink(scan->host, unit->path, NULL);
    unit->unit_class = unit_class;
    /* A mask in /run ends with the next boot: the file below it is the one that counts. */
    if (unit_class == UNIT_RUN && units_is_masked(scan->host, unit))
        unit_free(unit);
    else
        g_hash_table_insert(scan->units->by_name, unit->name, unit);
}

static bool is_link_dir(const char *name)
{
    return g_str_has_suffix(name, ".wants") || g_str_has_suffix(name, ".requires") ||
           g_str_has_suffix(name, ".upholds");
}

static void scan_dir(struct scan *scan, const char *dir, enum unit_class unit_class)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(scan->host, dir, &error);
    if (!names && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        g_ptr_array_add(scan->units->errors, g_steal_pointer(&error));
    for (char **name = names; name && *name; name++) {
        if (is_link_dir(*name))
            add_links(scan, dir, *name, unit_class);
        else if (g_str_has_suffix(*name, ".d"))
            g_hash_table_add(scan->units->dropin_dirs, g_build_filename(dir, *name, NULL));
        else if (units_valid_name(*name))
            add_unit(scan, dir, *name, unit_class);
    }
}

/* "S20xinetd" -> "xinetd"; NULL for kill links and other names. */
static const char *started_script(const char *name)
{
    bool start = name[0] == 'S' && g_ascii_isdigit(name[1]) && g_ascii_isdigit(name[2]) && name[3];
    return start ? name + 3 : NULL;
}

static GHashTable *started_scripts(struct host *host)
{
    static const char *const levels[] = {"/etc/rc2.d",      "/etc/rc3.d",      "/etc/rc4.d",
                                         "/etc/rc5.d",      "/etc/rcS.d",      "/etc/rc.d/rc2.d",
                                         "/etc/rc.d/rc3.d", "/etc/rc.d/rc4.d", "/etc/rc.d/rc5.d"};
    GHashTable *started = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_auto(GStrv) names = host_list(host, levels[i], NULL);
        for (char **name = names; name && *name; name++) {
            const char *script = started_script(*name);
            if (script)
                g_hash_table_add(started, g_strdup(script));
        }
    }
    return started;
}

static bool is_generated_from_script(const struct unit *unit)
{
    return unit && unit->unit_class == UNIT_GENERATOR && g_str_has_prefix(unit->path, "/run/systemd/generator.late/");
}

static void add_script(struct scan *scan, const char *dir, const char *script, GHashTable *started)
{
    g_autofree char *base = g_str_has_suffix(script, ".sh") ? g_strndup(script, strlen(script) - 3) : g_strdup(script);
    g_autofree char *name = g_strconcat(base, ".service", NULL);
    const struct unit *other = g_hash_table_lookup(scan->units->by_name, name);
    if (g_str_equal(script, "README") || g_str_equal(script, "functions") || g_str_equal(script, "skeleton") ||
        (other && !is_generated_from_script(other)))
        return;
    struct unit *unit = g_new0(struct unit, 1);
    unit->name = g_steal_pointer(&name);
    unit->path = g_build_filename(dir, script, NULL);
    unit->unit_class = UNIT_SYSV;
    unit->sysv_enabled = g_hash_table_contains(started, script);
    g_hash_table_replace(scan->units->by_name, unit->name, unit);
}

static void add_scripts(struct scan *scan)
{
    static const char *const dirs[] = {"/etc/init.d", "/etc/rc.d/init.d"};
    g_autoptr(GHashTable) started = started_scripts(scan->host);
    for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
        g_auto(GStrv) names = host_list(scan->host, dirs[i], NULL);
        for (char **name = names; name && *name; name++)
            add_script(scan, dirs[i], *name, started);
    }
}

/* The name of another unit that a unit's link leads to, NULL when it leads to none. Borrowed from unit. */
static const char *alias_target(const struct unit *unit)
{
    if (!unit->target)
        return NULL;
    const char *base = host_base_name(unit->target);
    return units_valid_name(base) && !g_str_equal(base, unit->name) ? base : NULL;
}

static void index_aliases(struct units *units)
{
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, units->by_name);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const char *target = alias_target(value);
        if (!target)
            continue;
        GPtrArray *list = g_hash_table_lookup(units->aliases, target);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(units->aliases, g_strdup(target), list);
        }
        g_ptr_array_add(list, value);
    }
}

static bool is_same_directory(struct host *host, const char *a, const char *b)
{
    g_autofree char *left = host_resolve(host, a, NULL);
    g_autofree char *right = host_resolve(host, b, NULL);
    return left && right && g_str_equal(left, right);
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct units *units = g_new0(struct units, 1);
    units->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unit_free);
    units->links = g_ptr_array_new_with_free_func(link_free);
    units->dropin_dirs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    units->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    units->errors = confdirs_errors_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct scan scan = {.host = host, .units = units, .seen_links = seen};
    bool merged = is_same_directory(host, "/lib/systemd/system", "/usr/lib/systemd/system");
    for (size_t i = 0; i < G_N_ELEMENTS(search); i++)
        if (!merged || !g_str_equal(search[i].path, "/lib/systemd/system"))
            scan_dir(&scan, search[i].path, search[i].unit_class);
    add_scripts(&scan);
    index_aliases(units);
    return units;
}

const struct units *units_get(struct host *host)
{
    return host_memo(host, "units", make, NULL, units_free);
}

const struct unit *units_find(const struct units *units, const char *name)
{
    const struct unit *unit = g_hash_table_lookup(units->by_name, name);
    if (unit)
        return unit;
    g_autofree char *template = units_template(name);
    return template ? g_hash_table_lookup(units->by_name, template) : NULL;
}

char *units_real_name(const struct units *units, const char *name)
{
    const char *current = name;
    for (int hop = 0; hop < 8; hop++) {
        const struct unit *unit = g_hash_table_lookup(units->by_name, current);
        const char *next = unit ? alias_target(unit) : NULL;
        if (!next)
            break;
        /* An instance linked to its template is that instance. */
        g_autofree char *template = units_template(current);
        if (template && g_str_equal(template, next))
            break;
        current = next;
    }
    return g_strdup(current);
}

bool units_is_masked(struct host *host, const struct unit *unit)
{
    if (unit->target && confdirs_is_null_link(host, unit->path))
        return true;
    struct host_stat st;
    return unit->unit_class != UNIT_SYSV && host_stat(host, unit->path, &st, NULL) && S_ISREG(st.mode) && st.size == 0;
}
