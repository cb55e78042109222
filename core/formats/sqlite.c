#include "formats/sqlite.h"

#include "model/error.h"

#include <sqlite3.h>
#include <string.h>

enum {
    HEADER_BYTES = 512,    /* of the smallest page */
    WRITE_AT = 18,         /* "file format write version" and the one to read, 2: a write-ahead log */
    STEPS_BETWEEN = 10000, /* instructions of SQLite's machine between two looks at the clock below */
    STEPS_MAX = 2000,      /* looks: a hostile schema could make a query run for ever */
};

struct sqlite_file {
    sqlite3 *handle;
    char *path;
    guint64 steps;
};

static int count_steps(void *data)
{
    struct sqlite_file *file = data;
    return ++file->steps > STEPS_MAX;
}

static void set_error(const struct sqlite_file *file, GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: %s", file->path, sqlite3_errmsg(file->handle));
}

/* SQLite's own copy, as one that has no log: a database in memory can have none. */
static guint8 *copy(GBytes *bytes, const char *path, gsize *size, GError **error)
{
    const guint8 *data = g_bytes_get_data(bytes, size);
    if (*size < HEADER_BYTES || memcmp(data, "SQLite format 3", 16) != 0) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: is no SQLite database", path);
        return NULL;
    }
    guint8 *own = sqlite3_malloc64(*size);
    if (!own) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: no memory for it", path);
        return NULL;
    }
    memcpy(own, data, *size);
    own[WRITE_AT] = own[WRITE_AT + 1] = 1;
    return own;
}

static void harden(struct sqlite_file *file, gsize longest)
{
    sqlite3_db_config(file->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(file->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(file->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(file->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_limit(file->handle, SQLITE_LIMIT_LENGTH, (int)MIN(longest, G_MAXINT));
    sqlite3_progress_handler(file->handle, STEPS_BETWEEN, count_steps, file);
}

void sqlite_file_close(struct sqlite_file *file)
{
    if (!file)
        return;
    sqlite3_close(file->handle);
    g_free(file->path);
    g_free(file);
}

struct sqlite_file *sqlite_file_open(GBytes *bytes, const char *path, gsize longest, GError **error)
{
    gsize size = 0;
    guint8 *own = copy(bytes, path, &size, error);
    if (!own)
        return NULL;
    struct sqlite_file *file = g_new0(struct sqlite_file, 1);
    file->path = g_strdup(path);
    int status = sqlite3_open_v2(":memory:", &file->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL);
    if (status != SQLITE_OK) {
        sqlite3_free(own);
    } else {
        harden(file, longest);
        status = sqlite3_deserialize(file->handle, "main", own, (sqlite3_int64)size, (sqlite3_int64)size,
                                     SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
    }
    if (status == SQLITE_OK)
        return file;
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: %s", path, sqlite3_errstr(status));
    sqlite_file_close(file);
    return NULL;
}

static sqlite3_stmt *prepare(struct sqlite_file *file, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(file->handle, sql, -1, &statement, NULL) != SQLITE_OK)
        set_error(file, error);
    return statement;
}

/* A table with the bytes in it: a view, a virtual table or a computed column can make each row a calculation, and rows
 * without end. */
static bool has_column(struct sqlite_file *file, const char *table, const char *column, GError **error)
{
    static const char sql[] =
        "SELECT count(*) FROM sqlite_master AS t, pragma_table_xinfo(?1) AS c WHERE t.name = ?1 AND "
        "t.type = 'table' AND t.rootpage > 0 AND c.name = ?2 AND c.hidden = 0";
    sqlite3_stmt *statement = prepare(file, sql, error);
    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, column, -1, SQLITE_STATIC);
    int status = sqlite3_step(statement);
    bool there = status == SQLITE_ROW && sqlite3_column_int(statement, 0) == 1;
    if (status != SQLITE_ROW)
        set_error(file, error);
    else if (!there)
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: has no table %s with a column %s in it", file->path, table,
                    column);
    sqlite3_finalize(statement);
    return there;
}

bool sqlite_file_each(struct sqlite_file *file, const struct sqlite_column *column, sqlite_taker take, gpointer data,
                      GError **error)
{
    if (!has_column(file, column->table, column->column, error))
        return false;
    g_autofree char *sql = g_strdup_printf("SELECT \"%s\" FROM \"%s\"", column->column, column->table);
    sqlite3_stmt *statement = prepare(file, sql, error);
    if (!statement)
        return false;
    int status = sqlite3_step(statement);
    bool more = true;
    while (status == SQLITE_ROW && more) {
        const guint8 *value = sqlite3_column_blob(statement, 0);
        more = take(value, (gsize)sqlite3_column_bytes(statement, 0), data);
        status = more ? sqlite3_step(statement) : status;
    }
    bool whole = !more || status == SQLITE_DONE;
    if (!whole)
        set_error(file, error);
    sqlite3_finalize(statement);
    return whole;
}

static GBytes *value_of(struct sqlite_file *file, sqlite3_stmt *statement, const char *text, GError **error)
{
    sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    int status = sqlite3_step(statement);
    if (status == SQLITE_ROW) {
        const void *value = sqlite3_column_blob(statement, 0);
        return g_bytes_new(value, (gsize)sqlite3_column_bytes(statement, 0));
    }
    if (status == SQLITE_DONE)
        g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "%s: has no %s", file->path, text);
    else
        set_error(file, error);
    return NULL;
}

GBytes *sqlite_file_value(struct sqlite_file *file, const struct sqlite_column *column, const char *key,
                          const char *text, GError **error)
{
    if (!has_column(file, column->table, column->column, error) || !has_column(file, column->table, key, error))
        return NULL;
    /* By the rows themselves (+): an index can be wrong about what there is. */
    g_autofree char *sql =
        g_strdup_printf("SELECT \"%s\" FROM \"%s\" WHERE +\"%s\" = ?1", column->column, column->table, key);
    sqlite3_stmt *statement = prepare(file, sql, error);
    GBytes *value = statement ? value_of(file, statement, text, error) : NULL;
    sqlite3_finalize(statement);
    return value;
}
