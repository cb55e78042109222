/* dpkg's database: /var/lib/dpkg/status, status.d of images without dpkg, the file lists in info. */
#include "model/error.h"
#include "probes/lines.h"
#include "probes/package_readers.h"

#include <string.h>

#define STATUS_MAX ((gsize)64 << 20)
#define LIST_MAX   ((gsize)16 << 20)

struct stanza {
    const char *name, *status, *version, *arch, *source, *maintainer;
};

/* "install ok installed": the third word; half-installed or config-files is not installed, a pending trigger is. */
static bool is_installed(const char *status)
{
    g_auto(GStrv) words = g_strsplit(status, " ", 4);
    if (g_strv_length(words) < 3)
        return false;
    return g_str_equal(words[2], "installed") || g_str_has_prefix(words[2], "triggers-");
}

static void finish(struct packages *packages, struct stanza *stanza, const char *database, bool status_needed)
{
    bool installed = stanza->status ? is_installed(stanza->status) : !status_needed;
    if (stanza->name && installed) {
        struct package *package = g_new0(struct package, 1);
        package->name = g_strdup(stanza->name);
        package->version = g_strdup(stanza->version ? stanza->version : "");
        package->arch = g_strdup(stanza->arch);
        const char *source = stanza->source ? stanza->source : stanza->name;
        package->source = g_strndup(source, strcspn(source, " ("));
        package->maintainer = g_strdup(stanza->maintainer);
        package->manager = "dpkg";
        package->path = database;
        g_ptr_array_add(packages->list, package);
    }
    *stanza = (struct stanza){NULL};
}

static void take_field(struct stanza *stanza, char *line)
{
    char *colon = strchr(line, ':');
    if (!colon || *line == ' ' || *line == '\t')
        return;
    *colon = '\0';
    const struct {
        const char *field;
        const char **value;
    } wanted[] = {
        {"Package", &stanza->name},      {"Status", &stanza->status}, {"Version", &stanza->version},
        {"Architecture", &stanza->arch}, {"Source", &stanza->source}, {"Maintainer", &stanza->maintainer},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (g_ascii_strcasecmp(line, wanted[i].field) == 0)
            *wanted[i].value = g_strstrip(colon + 1);
}

static bool read_status(struct host *host, struct packages *packages, GPtrArray *databases, const char *path,
                        bool status_needed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, STATUS_MAX, &error);
    if (!bytes) {
        if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(packages->errors, g_steal_pointer(&error));
        return false;
    }
    char *database = g_strdup(path);
    g_ptr_array_add(databases, database);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    struct stanza stanza = {NULL};
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        if (*line)
            take_field(&stanza, line);
        else
            finish(packages, &stanza, database, status_needed);
    }
    finish(packages, &stanza, database, status_needed);
    return true;
}

void dpkg_read(struct host *host, struct packages *packages, GPtrArray *databases)
{
    read_status(host, packages, databases, "/var/lib/dpkg/status", true);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(host, "/var/lib/dpkg/status.d", &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        g_ptr_array_add(packages->errors, g_steal_pointer(&error));
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename("/var/lib/dpkg/status.d", *name, NULL);
        if (!g_str_has_suffix(*name, ".md5sums") && !g_str_has_suffix(*name, ".preinst"))
            read_status(host, packages, databases, path, false);
    }
}

/* "libc6:amd64.list" -> "libc6". */
static char *package_of_list(const char *name)
{
    return g_strndup(name, MIN(strcspn(name, ":"), strlen(name) - strlen(".list")));
}

static void claim_lines(GHashTable *owners, GBytes *bytes, const char *package)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    for (const char *end = text + size; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((newline ? newline : end) - text);
        package_claim(owners, text, n, package);
        text += n + 1;
    }
}

/* Keeps the first error; an absence is none. */
static void note_error(GError *failed, GError **error)
{
    if (*error || g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
        g_error_free(failed);
    else
        *error = failed;
}

static void read_list(struct host *host, GHashTable *owners, const char *dir, const char *name, GError **error)
{
    GError *failed = NULL;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, LIST_MAX, &failed);
    if (!bytes) {
        note_error(failed, error);
        return;
    }
    g_autofree char *package = package_of_list(name);
    claim_lines(owners, bytes, package);
}

void dpkg_read_owners(struct host *host, GHashTable *owners, GError **error)
{
    static const char dir[] = "/var/lib/dpkg/info";
    GError *failed = NULL;
    g_auto(GStrv) names = host_list(host, dir, &failed);
    if (!names)
        note_error(failed, error);
    for (char **name = names; name && *name; name++)
        if (g_str_has_suffix(*name, ".list"))
            read_list(host, owners, dir, *name, error);
}

bool dpkg_package_carries(struct host *host, const struct package *package, const char *path)
{
    static const char *const usual[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin", NULL};
    g_autofree char *plain = g_strdup_printf("/var/lib/dpkg/info/%s.list", package->name);
    g_autofree char *qualified = g_strdup_printf("/var/lib/dpkg/info/%s:%s.list", package->name, package->arch);
    g_autoptr(GBytes) bytes = host_read_uncached(host, plain, LIST_MAX, NULL);
    if (!bytes)
        bytes = host_read_uncached(host, qualified, LIST_MAX, NULL);
    if (!bytes) {
        g_autofree char *directory = g_path_get_dirname(path);
        return g_strv_contains(usual, directory);
    }
    g_autoptr(GHashTable) owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(owners, g_strdup(path), NULL);
    claim_lines(owners, bytes, package->name);
    return g_hash_table_lookup(owners, path) != NULL;
}
