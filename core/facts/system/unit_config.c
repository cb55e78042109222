/* The merged configuration of a unit: its file, then the drop-ins of all its names. */
#include "facts/file/confdirs.h"
#include "facts/system/unit_file.h"
#include "facts/system/units.h"
#include "model/error.h"

#include <string.h>

static void value_free(gpointer data)
{
    struct unit_value *value = data;
    g_free(value->text);
    g_free(value->path);
    g_free(value);
}

static void config_free(gpointer data)
{
    struct unit_config *config = data;
    g_hash_table_unref(config->values);
    g_strfreev(config->dropins);
    g_clear_error(&config->error);
    g_free(config);
}

static bool is_in(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (g_str_equal(key, keys[i]))
            return true;
    return false;
}

bool unit_key_is_words(const char *key)
{
    static const char *const keys[] = {
        "After",   "Before",    "Wants",     "Requires",          "Requisite",        "BindsTo",       "PartOf",
        "Upholds", "Conflicts", "OnFailure", "WantedBy",          "OnSuccess",        "RequiredBy",    "UpheldBy",
        "Alias",   "Also",      "Sockets",   "RequiresMountsFor", "JoinsNamespaceOf", "Documentation",
    };
    return is_in(key, keys, G_N_ELEMENTS(keys));
}

static const char *const repeating[] = {
    "ExecStart",
    "ExecStartPre",
    "ExecStartPost",
    "ExecCondition",
    "ExecReload",
    "ExecStop",
    "ExecStopPre",
    "ExecStopPost",
    "Environment",
    "EnvironmentFile",
    "PassEnvironment",
    "UnsetEnvironment",
    "ListenStream",
    "ListenDatagram",
    "ListenSequentialPacket",
    "ListenFIFO",
    "ListenNetlink",
    "ListenSpecial",
    "ListenMessageQueue",
    "ListenUSBFunction",
    "Symlinks",
    "OnCalendar",
    "OnBootSec",
    "OnActiveSec",
    "OnStartupSec",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
    "PathExists",
    "PathExistsGlob",
    "PathChanged",
    "PathModified",
    "DirectoryNotEmpty",
    "ReadWritePaths",
    "ReadOnlyPaths",
    "InaccessiblePaths",
    "ExecPaths",
    "NoExecPaths",
    "BindPaths",
    "BindReadOnlyPaths",
    "TemporaryFileSystem",
    "CapabilityBoundingSet",
    "AmbientCapabilities",
    "SystemCallFilter",
    "SystemCallArchitectures",
    "SystemCallLog",
    "RestrictAddressFamilies",
    "RestrictFileSystems",
    "RestrictNetworkInterfaces",
    "DeviceAllow",
    "IPAddressAllow",
    "IPAddressDeny",
    "SocketBindAllow",
    "SocketBindDeny",
    "SupplementaryGroups",
    "LoadCredential",
    "LoadCredentialEncrypted",
    "SetCredential",
    "StateDirectory",
    "RuntimeDirectory",
    "CacheDirectory",
    "LogsDirectory",
    "ConfigurationDirectory",
    "LogExtraFields",
    "ExtensionImages",
    "MountImages",
};

bool unit_key_repeats(const char *key)
{
    if (g_str_has_prefix(key, "Condition") || g_str_has_prefix(key, "Assert"))
        return true;
    return unit_key_is_words(key) || is_in(key, repeating, G_N_ELEMENTS(repeating));
}

static gboolean is_condition(gpointer name, gpointer value, gpointer prefix)
{
    (void)value;
    return g_str_has_prefix(name, prefix);
}

/* An empty value takes back what came before; of a condition, all conditions of any kind (systemd.unit(5)). */
static void remove_values(struct unit_config *config, const struct unit_line *line, const char *name)
{
    static const char *const families[] = {"Condition", "Assert"};
    g_hash_table_remove(config->values, name);
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autofree char *prefix = g_strconcat(line->section, ".", families[i], NULL);
        if (g_str_has_prefix(line->key, families[i]))
            g_hash_table_foreach_remove(config->values, is_condition, prefix);
    }
}

static void take_line(const struct unit_line *line, gpointer data)
{
    struct unit_config *config = data;
    g_autofree char *name = g_strconcat(line->section, ".", line->key, NULL);
    GPtrArray *list = g_hash_table_lookup(config->values, name);
    if (!*line->value) {
        remove_values(config, line, name);
        return;
    }
    if (!list) {
        list = g_ptr_array_new_with_free_func(value_free);
        g_hash_table_insert(config->values, g_steal_pointer(&name), list);
    } else if (!unit_key_repeats(line->key)) {
        g_ptr_array_set_size(list, 0);
    }
    struct unit_value *value = g_new0(struct unit_value, 1);
    value->text = g_strdup(line->value);
    value->path = g_strdup(line->path);
    value->line = line->line;
    g_ptr_array_add(list, value);
}

static void read_file(struct host *host, struct unit_config *config, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (!unit_file_visit(host, path, take_line, config, &error) && !config->error)
        config->error = g_steal_pointer(&error);
}

static void add_dir(const struct units *units, GPtrArray *dirs, const char *base, const char *name)
{
    g_autofree char *path = g_strconcat(base, "/", name, ".d", NULL);
    if (g_hash_table_contains(units->dropin_dirs, path))
        g_ptr_array_add(dirs, g_steal_pointer(&path));
}

/* "foo-bar-baz.service": foo-bar-.service, then foo-.service. */
static void add_prefix_dirs(const struct units *units, GPtrArray *dirs, const char *base, const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *at = strchr(name, '@');
    const char *end = at ? at : dot;
    for (const char *dash = end; dash && dash > name;) {
        dash = g_strrstr_len(name, dash - name, "-");
        if (!dash || dash == name)
            return;
        g_autofree char *prefix = g_strdup_printf("%.*s%s", (int)(dash + 1 - name), name, dot);
        if (dash + 1 != end)
            add_dir(units, dirs, base, prefix);
    }
}

/* The strongest first: by directory of the search path, in it the more specific name; the whole type comes last. */
static GPtrArray *dropin_dirs(const struct units *units, GPtrArray *names)
{
    GPtrArray *dirs = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *base = units_search_path(); *base; base++) {
        for (guint i = 0; i < names->len; i++) {
            const char *name = names->pdata[i];
            g_autofree char *template = units_template(name);
            add_dir(units, dirs, *base, name);
            if (template)
                add_dir(units, dirs, *base, template);
            add_prefix_dirs(units, dirs, *base, name);
        }
    }
    for (const char *const *base = units_search_path(); *base; base++)
        add_dir(units, dirs, *base, strrchr(names->pdata[0], '.') + 1);
    g_ptr_array_add(dirs, NULL);
    return dirs;
}

static GPtrArray *all_names(const struct units *units, const char *real)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(names, g_strdup(real));
    const GPtrArray *aliases = g_hash_table_lookup(units->aliases, real);
    for (guint i = 0; aliases && i < aliases->len; i++)
        g_ptr_array_add(names, g_strdup(((const struct unit *)aliases->pdata[i])->name));
    return names;
}

static void read_dropins(struct host *host, const struct units *units, struct unit_config *config, const char *real)
{
    if (!units_valid_name(real)) {
        config->dropins = g_new0(char *, 1);
        return;
    }
    g_autoptr(GPtrArray) names = all_names(units, real);
    g_autoptr(GPtrArray) dirs = dropin_dirs(units, names);
    g_autoptr(GPtrArray) errors = confdirs_errors_new();
    config->dropins = confdirs_files(host, (const char *const *)dirs->pdata, ".conf", errors);
    for (char **path = config->dropins; *path; path++)
        read_file(host, config, *path);
    if (errors->len && !config->error)
        config->error = g_error_copy(errors->pdata[0]);
}

static gpointer make(struct host *host, gpointer data)
{
    const char *real = data;
    const struct units *units = units_get(host);
    struct unit_config *config = g_new0(struct unit_config, 1);
    config->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    const struct unit *unit = units_find(units, real);
    bool readable = unit && unit->unit_class != UNIT_SYSV && !units_is_masked(host, unit);
    if (readable)
        read_file(host, config, unit->path);
    read_dropins(host, units, config, real);
    return config;
}

const struct unit_config *unit_config_get(struct host *host, const char *name)
{
    g_autofree char *real = units_real_name(units_get(host), name);
    g_autofree char *key = g_strconcat("unit:", real, NULL);
    return host_memo(host, key, make, real, config_free);
}

const struct unit_value *unit_config_value(const struct unit_config *config, const char *section_key)
{
    const GPtrArray *list = g_hash_table_lookup(config->values, section_key);
    return list && list->len ? list->pdata[list->len - 1] : NULL;
}
