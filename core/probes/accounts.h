/* What passwd, shadow, group and gshadow have in common: lines, numbers and password fields. Private to the probes
 * account and group. */
#pragma once

#include "host/host.h"
#include "model/item.h"

#include <stdbool.h>

/* The lines of a colon file: an array of arrays, borrowed from the host. An absent file is NULL without error. */
const json_object *accounts_read(struct host *host, const char *path, GError **error);

/* Field `i` of a line, "" when the line ends before it. Borrowed. */
const char *accounts_field(const json_object *row, size_t i);
/* The first line whose first field is `name`; NULL when there is none. */
const json_object *accounts_row(const json_object *rows, const char *name);
/* name -> line, for many look-ups: the first line of a name. The keys are borrowed. */
GHashTable *accounts_index(const json_object *rows);
/* One more of `key` in a table of key -> number, whose keys are owned. */
void accounts_count(GHashTable *table, const char *key);
unsigned accounts_line(const json_object *row);

/* A line that the C library takes: enough fields and a plain number where `id` is. Lines that begin with + or - (NIS)
 * and lines with too few fields are skipped, as it skips them; a strange number is a problem, since strtoul() may see
 * one in it. */
bool accounts_id(const json_object *row, size_t fields, size_t id, const char *path, uint32_t *out,
                 struct items *items);

/* "set", "empty", "locked" (a hash behind a !) or "none" (no hash at all). */
const char *accounts_password_state(const char *field);
/* The scheme of the hash in a password field, also of a locked one; NULL without one. *rounds is what it states, or -1.
 */
const char *accounts_hash(const char *field, gint64 *rounds);
