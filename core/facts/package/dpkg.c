/* dpkg's database: /var/lib/dpkg/status, status.d of images without dpkg, the file lists in info. */
#include "facts/file/lines.h"
#include "facts/package/owners.h"
#include "facts/package/readers.h"
#include "model/error.h"

#include <string.h>

#define STATUS_MAX ((gsize)64 << 20)
#define LIST_MAX   ((gsize)16 << 20)

static const char status_path[] = "/var/lib/dpkg/status", info_path[] = "/var/lib/dpkg/info";

struct stanza {
    const char *name, *status, *version, *arch, *source, *maintainer;
    const char *twice; /* a field that comes again */
    bool any;
};

/* One database file on its way. */
struct dpkg_reading {
    struct packages *packages;
    GHashTable *names; /* of all packages that it knows, installed or not */
    const char *path;  /* as in struct package */
    bool status_needed;
    const char *wrong; /* the first thing that dpkg would refuse; NULL */
    const char *about; /* the package it is about; NULL */
};

enum state { STATE_GONE, STATE_PARTLY, STATE_THERE, STATE_WRONG };

/* "install ok installed": the third word. */
static enum state state_of(const char *status)
{
    static const char *const gone[] = {"not-installed", "config-files", NULL};
    static const char *const partly[] = {"half-installed", "unpacked", "half-configured", NULL};
    static const char *const there[] = {"installed", "triggers-awaited", "triggers-pending", NULL};
    g_auto(GStrv) words = g_strsplit_set(status, " \t", -1);
    const char *word = g_strv_length(words) == 3 ? words[2] : "";
    if (g_strv_contains(there, word))
        return STATE_THERE;
    if (g_strv_contains(partly, word))
        return STATE_PARTLY;
    return g_strv_contains(gone, word) ? STATE_GONE : STATE_WRONG;
}

static void add_package(const struct dpkg_reading *reading, const struct stanza *stanza, bool partly)
{
    struct package *package = g_new0(struct package, 1);
    package->name = g_strdup(stanza->name);
    package->version = g_strdup(stanza->version);
    package->arch = g_strdup(stanza->arch);
    const char *source = stanza->source ? stanza->source : stanza->name;
    package->source = g_strndup(source, strcspn(source, " ("));
    package->maintainer = g_strdup(stanza->maintainer);
    package->manager = "dpkg";
    package->path = reading->path;
    package->partly = partly ? g_strdup(stanza->status) : NULL;
    g_ptr_array_add(reading->packages->list, package);
}

static const char *wrong_with(const struct stanza *stanza, enum state state)
{
    bool there = state == STATE_THERE || state == STATE_PARTLY;
    if (!stanza->name || !*stanza->name)
        return "an entry without a package name";
    if (stanza->twice)
        return "an entry with a field that comes twice";
    if (state == STATE_WRONG)
        return "an entry whose status is none of dpkg's";
    return there && !(stanza->version && *stanza->version) ? "an installed package without a version" : NULL;
}

static void finish(struct dpkg_reading *reading, struct stanza *stanza)
{
    enum state unstated = reading->status_needed ? STATE_GONE : STATE_THERE;
    enum state state = stanza->status ? state_of(stanza->status) : unstated;
    const char *wrong = stanza->any ? wrong_with(stanza, state) : NULL;
    if (wrong && !reading->wrong) {
        reading->wrong = wrong;
        reading->about = stanza->name ? stanza->name : "";
    }
    if (stanza->name)
        g_hash_table_add(reading->names, g_strdup(stanza->name));
    if (!wrong && stanza->any && state != STATE_GONE)
        add_package(reading, stanza, state == STATE_PARTLY);
    *stanza = (struct stanza){NULL};
}

static void take_field(struct stanza *stanza, char *line)
{
    char *colon = strchr(line, ':');
    stanza->any = true;
    if (!colon || *line == ' ' || *line == '\t')
        return;
    *colon = '\0';
    g_strchomp(line);
    const struct {
        const char *field;
        const char **value;
    } wanted[] = {
        {"Package", &stanza->name},      {"Status", &stanza->status}, {"Version", &stanza->version},
        {"Architecture", &stanza->arch}, {"Source", &stanza->source}, {"Maintainer", &stanza->maintainer},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (g_ascii_strcasecmp(line, wanted[i].field) != 0)
            continue;
        if (*wanted[i].value)
            stanza->twice = wanted[i].field;
        *wanted[i].value = g_strstrip(colon + 1);
    }
}

static void note(const struct dpkg_reading *reading, const char *what, const char *about)
{
    g_ptr_array_add(reading->packages->errors, g_error_new(PL_ERROR, PL_ERROR_PARSE, "%s: %s%s%s", reading->path, what,
                                                           about && *about ? ": " : "", about ? about : ""));
}

static void read_text(struct dpkg_reading *reading, char *text, gsize size)
{
    struct stanza stanza = {NULL};
    char *cursor = text;
    if (memchr(text, '\0', size))
        note(reading, "holds NUL bytes, as after a crash", NULL);
    else if (reading->status_needed && size && text[size - 1] != '\n')
        note(reading, "ends in the middle of a line", NULL);
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        if (*line)
            take_field(&stanza, line);
        else
            finish(reading, &stanza);
    }
    finish(reading, &stanza);
    if (reading->wrong)
        note(reading, reading->wrong, reading->about);
}

/* Names of its packages are added to `known`. */
static void read_status(struct host *host, struct packages *packages, GPtrArray *databases, GHashTable *known,
                        const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, STATUS_MAX, &error);
    if (!bytes) {
        if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(packages->errors, g_steal_pointer(&error));
        return;
    }
    char *database = g_strdup(path);
    g_ptr_array_add(databases, database);
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_malloc(size + 1);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    struct dpkg_reading reading = {
        .packages = packages, .names = known, .path = database, .status_needed = g_str_equal(path, status_path)};
    read_text(&reading, text, size);
}

/* NULL without one; a failure is noted. Caller frees. */
static char **list_names(struct host *host, struct packages *packages, const char *directory)
{
    g_autoptr(GError) error = NULL;
    char **names = host_list(host, directory, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        g_ptr_array_add(packages->errors, g_steal_pointer(&error));
    return names;
}

/* dpkg writes each change there first, into a file whose name is a number, and carries them over now and then. */
static void note_pending_updates(struct host *host, struct packages *packages)
{
    static const char directory[] = "/var/lib/dpkg/updates";
    g_auto(GStrv) names = list_names(host, packages, directory);
    for (char **name = names; name && *name; name++) {
        if (!**name || (*name)[strspn(*name, "0123456789")])
            continue;
        g_ptr_array_add(packages->errors,
                        g_error_new(PL_ERROR, PL_ERROR_READ,
                                    "%s/%s: changes that are not in the database yet (is dpkg running?)", directory,
                                    *name));
        return;
    }
}

/* "libc6:amd64.list" -> "libc6". */
static char *package_of_list(const char *name)
{
    return g_strndup(name, MIN(strcspn(name, ":"), strlen(name) - strlen(".list")));
}

/* A database that was cut or lost does not know packages whose files are listed. */
static void note_unknown_lists(struct host *host, struct packages *packages, GHashTable *known)
{
    g_auto(GStrv) names = list_names(host, packages, info_path);
    for (char **name = names; name && *name; name++) {
        g_autofree char *package = g_str_has_suffix(*name, ".list") ? package_of_list(*name) : NULL;
        if (!package || g_hash_table_contains(known, package))
            continue;
        g_ptr_array_add(packages->errors,
                        g_error_new(PL_ERROR, PL_ERROR_PARSE, "%s: the package %s is not in it, but in %s/%s",
                                    status_path, package, info_path, *name));
        return;
    }
}

void dpkg_read(struct host *host, struct packages *packages, GPtrArray *databases)
{
    static const char directory[] = "/var/lib/dpkg/status.d";
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    read_status(host, packages, databases, known, status_path);
    note_pending_updates(host, packages);
    g_auto(GStrv) names = list_names(host, packages, directory);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        if (!g_str_has_suffix(*name, ".md5sums") && !g_str_has_suffix(*name, ".preinst"))
            read_status(host, packages, databases, known, path);
    }
    if (!packages->errors->len)
        note_unknown_lists(host, packages, known);
}

/* What is wanted of the lists. */
struct wanted {
    GHashTable *owners;
    struct package_ends ends;
};

static void claim_lines(const struct wanted *wanted, GBytes *bytes, const char *package)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    for (const char *end = text + size; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((newline ? newline : end) - text);
        if (package_ends_may_have(&wanted->ends, text, n))
            package_claim(wanted->owners, text, n, package);
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

static void read_list(struct host *host, const struct wanted *wanted, const char *dir, const char *name, GError **error)
{
    GError *failed = NULL;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, LIST_MAX, &failed);
    if (!bytes) {
        note_error(failed, error);
        return;
    }
    g_autofree char *package = package_of_list(name);
    claim_lines(wanted, bytes, package);
}

void dpkg_read_owners(struct host *host, GHashTable *owners, GError **error)
{
    GError *failed = NULL;
    struct wanted wanted = {.owners = owners};
    package_ends_init(&wanted.ends, owners);
    g_auto(GStrv) names = host_list(host, info_path, &failed);
    if (!names)
        note_error(failed, error);
    for (char **name = names; name && *name; name++)
        if (g_str_has_suffix(*name, ".list"))
            read_list(host, &wanted, info_path, *name, error);
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
    struct wanted wanted = {.owners = owners};
    package_ends_init(&wanted.ends, owners);
    claim_lines(&wanted, bytes, package->name);
    return g_hash_table_lookup(owners, path) != NULL;
}
