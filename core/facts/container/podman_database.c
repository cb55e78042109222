#include "facts/container/podman_database.h"

#include "facts/file/sqlite_log.h"
#include "formats/bolt.h"
#include "formats/format.h"
#include "formats/sqlite.h"
#include "host/notes.h"
#include "host/totals.h"
#include "model/error.h"

#define DATABASE_MAX ((gsize)64 << 20)
#define RECORD_MAX   ((gsize)16 << 20)

/* One of the two kinds of file. */
struct podman_file {
    char *path;
    GBytes *bytes;  /* NULL: it is not there, or not read */
    GError *unread; /* why; NULL: it is read, or not there */
};

struct podman_database {
    struct podman_file bolt, sqlite;
    struct sqlite_file *tables; /* of `sqlite` */
    bool fresh;
};

static const struct {
    const char *bucket, *key;    /* of Bolt */
    struct sqlite_column column; /* of SQLite, and what a row is called by */
    const char *name;
} kinds[] = {
    [PODMAN_CONFIG] = {"ctr", "config", {"ContainerConfig", "JSON"}, "ID"},
    [PODMAN_STATE] = {"ctr", "state", {"ContainerState", "JSON"}, "ID"},
    [PODMAN_VOLUME] = {"vol", "config", {"VolumeConfig", "JSON"}, "Name"},
};

static void file_read(struct host *host, struct podman_file *file)
{
    file->bytes = host_read_uncached(host, file->path, DATABASE_MAX, &file->unread);
    if (g_error_matches(file->unread, PL_ERROR, PL_ERROR_ABSENT))
        g_clear_error(&file->unread);
}

static void file_clear(struct podman_file *file)
{
    g_free(file->path);
    g_clear_pointer(&file->bytes, g_bytes_unref);
    g_clear_error(&file->unread);
}

static void open_tables(struct host *host, struct podman_database *database)
{
    struct podman_file *file = &database->sqlite;
    g_autoptr(GPtrArray) logs = file->bytes ? sqlite_logs(host, file->path) : NULL;
    if (logs && logs->len)
        file->unread = g_error_new(PL_ERROR, PL_ERROR_READ,
                                   "%s: holds changes that are not in the database yet (is podman running?)",
                                   (const char *)g_ptr_array_index(logs, 0));
    else if (file->bytes)
        database->tables = sqlite_file_open(file->bytes, file->path, RECORD_MAX, &file->unread);
}

static bool is_fresh(struct host *host, const struct podman_file *file)
{
    const struct host_totals *totals = host_totals(host);
    struct host_stat st;
    /* Unheard: then nothing is said to run. */
    return file->bytes && totals->boot && host_stat(host, file->path, &st, host_unheard()) &&
           st.mtime >= (int64_t)totals->boot;
}

struct podman_database *podman_database_open(struct host *host, const char *root)
{
    struct podman_database *database = g_new0(struct podman_database, 1);
    database->bolt.path = g_build_filename(root, "libpod/bolt_state.db", NULL);
    database->sqlite.path = g_build_filename(root, "db.sql", NULL);
    file_read(host, &database->bolt);
    file_read(host, &database->sqlite);
    open_tables(host, database);
    database->fresh = is_fresh(host, &database->bolt) || is_fresh(host, &database->sqlite);
    return database;
}

void podman_database_close(struct podman_database *database)
{
    if (!database)
        return;
    sqlite_file_close(database->tables);
    file_clear(&database->bolt);
    file_clear(&database->sqlite);
    g_free(database);
}

static GBytes *in_tables(const struct podman_database *database, enum podman_record kind, const char *name,
                         GError **error)
{
    const struct podman_file *file = &database->sqlite;
    if (database->tables)
        return sqlite_file_value(database->tables, &kinds[kind].column, kinds[kind].name, name, error);
    g_propagate_error(error, file->unread ? g_error_copy(file->unread)
                                          : g_error_new(PL_ERROR, PL_ERROR_ABSENT, "%s: is not there", file->path));
    return NULL;
}

static GBytes *in_buckets(const struct podman_database *database, enum podman_record kind, const char *name,
                          GError **error)
{
    const struct podman_file *file = &database->bolt;
    const char *const path[] = {kinds[kind].bucket, name, NULL};
    if (file->bytes)
        return bolt_value(file->bytes, file->path, path, kinds[kind].key, error);
    g_propagate_error(error, file->unread ? g_error_copy(file->unread)
                                          : g_error_new(PL_ERROR, PL_ERROR_ABSENT, "%s: is not there", file->path));
    return NULL;
}

json_object *podman_database_record(const struct podman_database *database, enum podman_record kind, const char *name,
                                    GError **error)
{
    g_autoptr(GError) unlisted = NULL;
    g_autoptr(GBytes) value = in_tables(database, kind, name, &unlisted);
    if (!value && g_error_matches(unlisted, PL_ERROR, PL_ERROR_ABSENT))
        value = in_buckets(database, kind, name, error);
    else if (!value)
        g_propagate_error(error, g_steal_pointer(&unlisted));
    gsize n = 0;
    const char *text = value ? g_bytes_get_data(value, &n) : NULL;
    return text ? format_find("json")->parse("record", text, n, error) : NULL;
}

const char *podman_database_path(const struct podman_database *database)
{
    return database->tables ? database->sqlite.path : database->bolt.path;
}

bool podman_database_is_fresh(const struct podman_database *database)
{
    return database->fresh;
}
