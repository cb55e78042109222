/* What passwd, shadow, group and gshadow have in common: lines, numbers and password fields. */
#pragma once

#include "host/host.h"
#include "model/problem.h"

#include <stdbool.h>

/* A longer file is an error: a million accounts. */
#define ACCOUNTS_BYTES_MAX ((gsize)64 << 20)

/* A line of such a file. */
struct account_row {
    unsigned line;
    guint n;              /* fields; of more than 64 the rest is left out, no file has so many */
    const char *fields[]; /* valid UTF-8 */
};

/* The lines of a colon file, read once a host as a stream: struct account_row, borrowed. An absent file is NULL without
 * error, one that could not be read whole NULL with error. */
const GPtrArray *accounts_read(struct host *host, const char *path, GError **error);

/* Field `i` of a line, "" when the line ends before it. Borrowed. */
const char *accounts_field(const struct account_row *row, guint i);
/* name -> line: the first line of a name. The keys are borrowed. `rows` may be NULL. */
GHashTable *accounts_index(const GPtrArray *rows);
/* One more of `key` in a table of key -> number, whose keys are owned. */
void accounts_count(GHashTable *table, const char *key);
unsigned accounts_line(const struct account_row *row);

/* A line that the C library takes: enough fields and a plain number where `id` is. Lines that begin with + or - (NIS)
 * and lines with too few fields are skipped, as it skips them; a strange number is a problem, since strtoul() may see
 * one in it. */
bool accounts_id(const struct account_row *row, guint fields, guint id, const char *path, uint32_t *out,
                 GPtrArray *problems);

/* "set", "empty", "locked" (a hash behind a !) or "none" (no hash at all). */
const char *accounts_password_state(const char *field);
/* The scheme of the hash in a password field, also of a locked one; NULL without one. *rounds is what it states, or -1.
 */
const char *accounts_hash(const char *field, gint64 *rounds);
