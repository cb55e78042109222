/* rpm's database: the SQLite one, opened in memory; the older formats are named, not read. */
#include "facts/file/sqlite_log.h"
#include "facts/package/owners.h"
#include "facts/package/readers.h"
#include "formats/sqlite.h"
#include "host/notes.h"
#include "model/error.h"

#include <string.h>

#define DATABASE_MAX ((gsize)512 << 20)
#define HEADER_MAX   ((gsize)64 << 20)
#define ENTRIES_MAX  65536U
#define FILES_MAX    1000000U
#define CHANGES_MAX  100000U
/* Rows of the table; Fedora has 60,000 packages in all. */
#define PACKAGES_MAX 100000U

static const char new_path[] = "/usr/lib/sysimage/rpm/rpmdb.sqlite", old_path[] = "/var/lib/rpm/rpmdb.sqlite";

enum tag {
    TAG_NAME = 1000,
    TAG_VERSION = 1001,
    TAG_RELEASE = 1002,
    TAG_EPOCH = 1003,
    TAG_PACKAGER = 1015,
    TAG_ARCH = 1022,
    TAG_SOURCERPM = 1044,
    TAG_CHANGELOGTEXT = 1082,
    TAG_DIRINDEXES = 1116,
    TAG_BASENAMES = 1117,
    TAG_DIRNAMES = 1118,
};
enum type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8 };

/* A header as the database keeps it: counts, an index of 16-byte entries, the data that they point into. */
struct header {
    const guint8 *index, *data;
    guint32 entries, size;
};

struct value {
    const guint8 *at;
    guint32 left; /* bytes from `at` to the end of the data */
    guint32 type, count;
};

static guint32 be32(const guint8 *at)
{
    return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static bool header_open(struct header *header, const guint8 *blob, gsize n)
{
    if (!blob || n < 8 || n > HEADER_MAX)
        return false;
    header->entries = be32(blob);
    header->size = be32(blob + 4);
    if (header->entries > ENTRIES_MAX || header->size > n || 8 + (gsize)header->entries * 16 + header->size > n)
        return false;
    header->index = blob + 8;
    header->data = header->index + (gsize)header->entries * 16;
    return true;
}

static bool header_find(const struct header *header, guint32 tag, struct value *value)
{
    for (guint32 i = 0; i < header->entries; i++) {
        const guint8 *entry = header->index + (gsize)i * 16;
        guint32 offset = be32(entry + 8);
        if (be32(entry) != tag || offset >= header->size)
            continue;
        *value = (struct value){.at = header->data + offset,
                                .left = header->size - offset,
                                .type = be32(entry + 4),
                                .count = be32(entry + 12)};
        return true;
    }
    return false;
}

/* The next text of a value; NULL when it does not end inside the data. */
static const char *value_next_string(struct value *value)
{
    const guint8 *end = value->left ? memchr(value->at, '\0', value->left) : NULL;
    if (!end)
        return NULL;
    const char *text = (const char *)value->at;
    value->left -= (guint32)(end + 1 - value->at);
    value->at = end + 1;
    return text;
}

static const char *header_string(const struct header *header, guint32 tag)
{
    struct value value;
    if (!header_find(header, tag, &value) || value.type != TYPE_STRING)
        return NULL;
    return value_next_string(&value);
}

static bool header_int(const struct header *header, guint32 tag, guint32 *out)
{
    struct value value;
    if (!header_find(header, tag, &value) || value.type != TYPE_INT32 || value.left < 4)
        return false;
    *out = be32(value.at);
    return true;
}

/* "bash-5.1.8-6.el9.src.rpm" -> "bash". */
static char *source_name(const char *sourcerpm)
{
    char *name = g_strdup(sourcerpm);
    for (int i = 0; i < 2; i++) {
        char *dash = strrchr(name, '-');
        if (dash)
            *dash = '\0';
    }
    return name;
}

/* "2:5.1.8-6.el9", NULL without. Caller frees. */
static char *header_version(const struct header *header)
{
    const char *version = header_string(header, TAG_VERSION);
    const char *release = header_string(header, TAG_RELEASE);
    guint32 epoch = 0;
    if (!version || !release)
        return NULL;
    return header_int(header, TAG_EPOCH, &epoch) && epoch ? g_strdup_printf("%u:%s-%s", epoch, version, release)
                                                          : g_strdup_printf("%s-%s", version, release);
}

static bool add_package(const struct header *header, struct packages *packages, const char *database)
{
    const char *name = header_string(header, TAG_NAME);
    const char *source = header_string(header, TAG_SOURCERPM);
    char *version = name && *name ? header_version(header) : NULL;
    if (!version)
        return false;
    struct package *package = g_new0(struct package, 1);
    package->name = g_strdup(name);
    package->version = version;
    package->arch = g_strdup(header_string(header, TAG_ARCH));
    package->source = source ? source_name(source) : g_strdup(name);
    package->maintainer = g_strdup(header_string(header, TAG_PACKAGER));
    package->manager = "rpm";
    package->path = database;
    g_ptr_array_add(packages->list, package);
    return true;
}

typedef bool (*header_visitor)(const struct header *header, gpointer data);

struct rpm_walk {
    header_visitor visit;
    gpointer data;
    guint rows, broken;
    gsize bytes;
};

/* A sound file holds each header once. */
static bool is_beyond(const struct rpm_walk *walk)
{
    return walk->rows > PACKAGES_MAX || walk->bytes > DATABASE_MAX;
}

static bool take_header(const guint8 *blob, gsize n, gpointer data)
{
    struct rpm_walk *walk = data;
    struct header header;
    walk->rows++;
    walk->bytes += n;
    if (is_beyond(walk))
        return false;
    if (!header_open(&header, blob, n) || !walk->visit(&header, walk->data))
        walk->broken++;
    return true;
}

/* Every header of the database; false with error when not all could be read. */
static bool read_database(struct host *host, const char *path, header_visitor visit, gpointer data, GError **error)
{
    static const struct sqlite_column headers = {"Packages", "blob"};
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, DATABASE_MAX, error);
    struct sqlite_file *file = bytes ? sqlite_file_open(bytes, path, HEADER_MAX, error) : NULL;
    if (!file)
        return false;
    struct rpm_walk walk = {.visit = visit, .data = data};
    bool whole = sqlite_file_each(file, &headers, take_header, &walk, error);
    sqlite_file_close(file);
    if (whole && is_beyond(&walk))
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: more than %u packages, or more headers than it can hold",
                    path, PACKAGES_MAX);
    else if (whole && walk.broken)
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: %u package headers cannot be read", path, walk.broken);
    return whole && !is_beyond(&walk) && !walk.broken;
}

/* The database's directory and file, NULL without one. Distributions moved it; links make both names one. */
static char *find_database(struct host *host)
{
    static const char *const paths[] = {new_path, old_path};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        struct host_stat st;
        g_autoptr(GError) error = NULL;
        if (host_stat(host, paths[i], &st, &error) || !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            return g_strdup(paths[i]);
    }
    return NULL;
}

/* Which of several rpm itself uses is a setting of its macros. */
static void note_second(struct host *host, const char *path, const char *other, struct packages *packages)
{
    struct host_stat mine, second;
    if (g_str_equal(path, other) || !host_stat(host, other, &second, NULL) || !host_stat(host, path, &mine, NULL) ||
        (mine.dev == second.dev && mine.ino == second.ino))
        return;
    g_ptr_array_add(packages->errors, g_error_new(PL_ERROR, PL_ERROR_UNSUPPORTED,
                                                  "%s: a second rpm database beside %s, which of both is "
                                                  "in use is not known",
                                                  other, path));
}

static void note_old_formats(struct host *host, const char *path, struct packages *packages)
{
    static const struct {
        const char *path, *format;
    } old[] = {
        {"/var/lib/rpm/Packages", "Berkeley DB"},
        {"/usr/lib/sysimage/rpm/Packages", "Berkeley DB"},
        {"/var/lib/rpm/Packages.db", "NDB"},
        {"/usr/lib/sysimage/rpm/Packages.db", "NDB"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(old); i++) {
        if (path)
            note_second(host, path, old[i].path, packages);
        if (path || !host_exists(host, old[i].path))
            continue;
        g_ptr_array_add(packages->errors,
                        g_error_new(PL_ERROR, PL_ERROR_UNSUPPORTED, "%s: rpm database format %s cannot be read",
                                    old[i].path, old[i].format));
        return;
    }
}

struct rpm_reading {
    struct packages *packages;
    const char *database;
};

static bool visit_package(const struct header *header, gpointer data)
{
    const struct rpm_reading *reading = data;
    return add_package(header, reading->packages, reading->database);
}

static void note_pending_log(struct host *host, const char *path, struct packages *packages)
{
    g_autoptr(GPtrArray) logs = sqlite_logs(host, path);
    for (guint i = 0; i < logs->len; i++)
        g_ptr_array_add(packages->errors, g_error_new(PL_ERROR, PL_ERROR_READ,
                                                      "%s: holds changes that are not in the database yet (is rpm "
                                                      "running?)",
                                                      (const char *)g_ptr_array_index(logs, i)));
}

void rpm_read(struct host *host, struct packages *packages, GPtrArray *databases)
{
    char *path = find_database(host);
    note_old_formats(host, path, packages);
    if (!path)
        return;
    g_ptr_array_add(databases, path);
    struct rpm_reading reading = {.packages = packages, .database = path};
    GError *error = NULL;
    if (!read_database(host, path, visit_package, &reading, &error))
        g_ptr_array_add(packages->errors, error);
    note_pending_log(host, path, packages);
    note_second(host, path, new_path, packages);
    note_second(host, path, old_path, packages);
}

/* NULL when they are not as they should be. Texts are borrowed from the header. */
static GPtrArray *directories_of(struct value *dirs)
{
    g_autoptr(GPtrArray) directories = g_ptr_array_new();
    for (guint32 i = 0; i < dirs->count; i++) {
        const char *directory = value_next_string(dirs);
        if (!directory)
            return NULL;
        g_ptr_array_add(directories, (gpointer)(uintptr_t)directory);
    }
    return g_steal_pointer(&directories);
}

static bool visit_files(const struct header *header, gpointer data)
{
    const char *name = header_string(header, TAG_NAME);
    struct value bases, dirs, indexes;
    if (!name || !header_find(header, TAG_BASENAMES, &bases) || !header_find(header, TAG_DIRNAMES, &dirs) ||
        !header_find(header, TAG_DIRINDEXES, &indexes) || indexes.type != TYPE_INT32)
        return true;
    g_autoptr(GPtrArray) directories = bases.count <= FILES_MAX ? directories_of(&dirs) : NULL;
    if (!directories || indexes.left / 4 < bases.count)
        return false;
    for (guint32 i = 0; i < bases.count; i++) {
        const char *base = value_next_string(&bases);
        guint32 index = be32(indexes.at + (gsize)i * 4);
        if (!base || index >= directories->len)
            return false;
        g_autofree char *path = g_strconcat(directories->pdata[index], base, NULL);
        package_claim(data, path, strlen(path), name);
    }
    return true;
}

void rpm_read_owners(struct host *host, GHashTable *owners, GError **error)
{
    g_autofree char *path = find_database(host);
    if (path)
        /* Unheard: the first error stays. */
        read_database(host, path, visit_files, owners, *error ? host_unheard() : error);
}

static bool visit_changelog(const struct header *header, gpointer data)
{
    const char *name = header_string(header, TAG_NAME);
    g_autofree char *version = header_version(header);
    g_autofree char *key = name && version ? g_strconcat(name, " ", version, NULL) : NULL;
    GString *text = key ? g_hash_table_lookup(data, key) : NULL;
    struct value changes;
    if (!text || !header_find(header, TAG_CHANGELOGTEXT, &changes))
        return true;
    if (changes.count > CHANGES_MAX)
        return false;
    for (guint32 i = 0; i < changes.count; i++) {
        const char *change = value_next_string(&changes);
        if (!change)
            return true;
        g_string_append(text, change);
        g_string_append_c(text, '\n');
    }
    return true;
}

void rpm_read_changelogs(struct host *host, GHashTable *wanted, GError **error)
{
    g_autofree char *path = find_database(host);
    if (path)
        read_database(host, path, visit_changelog, wanted, error);
}
