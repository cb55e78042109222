/* SQLite databases, opened in memory from the bytes of their file. Nothing that they bring is run: what is asked are
 * plain columns of tables, no views, triggers or computed columns, and a query ends after so many steps. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct sqlite_file;

/* Where a value stands: a column of a table. */
struct sqlite_column {
    const char *table, *column;
};

/* `path` of the file is for messages; no value is longer than `longest` bytes. What lies beside the file (-wal,
 * -journal) is not in the bytes: the caller says so. NULL with error (PL_ERROR_PARSE, PL_ERROR_LIMIT); else the caller
 * closes it. */
struct sqlite_file *sqlite_file_open(GBytes *bytes, const char *path, gsize longest, GError **error);
void sqlite_file_close(struct sqlite_file *file);

/* Takes the value of one row, which lives until it returns. False ends the walk. */
typedef bool (*sqlite_taker)(const guint8 *value, gsize n, gpointer data);

/* Visits a column of all rows. False with error where the table has no such column or could not be read to its end:
 * what was taken before stands. */
bool sqlite_file_each(struct sqlite_file *file, const struct sqlite_column *column, sqlite_taker take, gpointer data,
                      GError **error);
/* The value of the one row whose column `key` of the same table is this text; caller unrefs. NULL with error:
 * PL_ERROR_ABSENT without such a row. */
GBytes *sqlite_file_value(struct sqlite_file *file, const struct sqlite_column *column, const char *key,
                          const char *text, GError **error);
