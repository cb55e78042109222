#include "facts/kernel/kconfig.h"

#include "facts/file/lines.h"
#include "facts/kernel/gzip.h"
#include "model/error.h"
#include "model/value.h"

/* Real ones are 100 to 300 KiB. */
#define CONFIG_MAX ((gsize)8 << 20)

static void kconfig_free(gpointer data)
{
    struct kconfig *config = data;
    g_hash_table_unref(config->symbols);
    g_free(config->path);
    g_free(config->release);
    g_clear_error(&config->error);
    g_free(config);
}

char *kconfig_running_release(struct host *host)
{
    char *release = host_read_text(host, "/proc/sys/kernel/osrelease", NULL);
    if (release && !*g_strstrip(release))
        g_clear_pointer(&release, g_free);
    /* It becomes part of a path. */
    if (release && strchr(release, '/'))
        g_clear_pointer(&release, g_free);
    return release;
}

static char *unquoted(const char *value)
{
    size_t n = strlen(value);
    if (n < 2 || value[0] != '"' || value[n - 1] != '"')
        return g_strdup(value);
    GString *text = g_string_new(NULL);
    for (size_t i = 1; i < n - 1; i++) {
        if (value[i] == '\\' && i + 1 < n - 1)
            i++;
        g_string_append_c(text, value[i]);
    }
    return g_string_free(text, FALSE);
}

static bool parse_line(GHashTable *symbols, char *line)
{
    static const char unset_tail[] = " is not set";
    g_strstrip(line);
    if (g_str_has_prefix(line, "# CONFIG_") && g_str_has_suffix(line, unset_tail)) {
        g_hash_table_replace(symbols, g_strndup(line + 2, strlen(line) - 2 - strlen(unset_tail)), g_strdup("n"));
        return true;
    }
    char *equals = strchr(line, '=');
    if (!g_str_has_prefix(line, "CONFIG_") || !equals)
        return false;
    g_hash_table_replace(symbols, g_strndup(line, (gsize)(equals - line)), unquoted(equals + 1));
    return true;
}

static guint parse_text(GHashTable *symbols, char *text)
{
    guint found = 0;
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor))
        found += parse_line(symbols, line);
    return found;
}

/* True when path holds a configuration, which is then taken over. */
static bool take(struct host *host, struct kconfig *config, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = gzip_read_text(host, path, CONFIG_MAX, CONFIG_MAX, &error);
    guint found = text ? parse_text(config->symbols, text) : 0;
    if (text && !found)
        g_set_error(&error, PL_ERROR, PL_ERROR_PARSE, "%s: holds no kernel configuration", path);
    if (found) {
        g_clear_error(&config->error);
        config->path = g_strdup(path);
        return true;
    }
    if (!config->error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        config->error = g_steal_pointer(&error);
    return false;
}

static const char *const patterns[] = {
    "/boot/config-%s",
    "/usr/lib/modules/%s/config",
    "/lib/modules/%s/config",
    "/usr/lib/ostree-boot/config-%s",
};

static void find_for_release(struct host *host, struct kconfig *config)
{
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_auto(GStrv) around = g_strsplit(patterns[i], "%s", 2);
        g_autofree char *path = g_strconcat(around[0], config->release, around[1], NULL);
        if (take(host, config, path))
            return;
    }
}

/* The newest release that has a configuration under an offline root. */
static char *newest_release(struct host *host)
{
    char *newest = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_auto(GStrv) around = g_strsplit(patterns[i], "%s", 2);
        g_autofree char *pattern = g_strconcat(around[0], "*", around[1], NULL);
        g_auto(GStrv) paths = host_glob(host, pattern, NULL);
        for (char **path = paths; path && *path; path++) {
            size_t head = strlen(around[0]), tail = strlen(around[1]);
            g_autofree char *release = g_strndup(*path + head, strlen(*path) - head - tail);
            if (!newest || value_compare_versions(release, newest) > 0) {
                g_free(newest);
                newest = g_steal_pointer(&release);
            }
        }
    }
    return newest;
}

/* Under an offline root. */
static bool has_kernel(struct host *host, GError **error)
{
    static const char *const kernels[] = {"/boot/{vmlinu?,Image,kernel,bzImage}*", "/usr/lib/ostree-boot/vmlinu?*",
                                          "/usr/lib/modules/*", "/lib/modules/*"};
    for (size_t i = 0; i < G_N_ELEMENTS(kernels) && !*error; i++) {
        g_auto(GStrv) paths = host_glob(host, kernels[i], error);
        if (paths && *paths)
            return true;
    }
    return false;
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct kconfig *config = g_new0(struct kconfig, 1);
    config->symbols = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    config->release = kconfig_running_release(host);
    if (take(host, config, "/proc/config.gz"))
        return config;
    if (!config->release && !host_is_live(host))
        config->release = newest_release(host);
    if (config->release)
        find_for_release(host, config);
    config->kernel = host_is_live(host) || config->path || config->error || has_kernel(host, &config->error);
    return config;
}

const struct kconfig *kconfig_get(struct host *host)
{
    return host_memo(host, "kernel-config", make, NULL, kconfig_free);
}
