/* Items: what a probe observed. One item is one observed thing; its fields are those that the probe declares.
 *
 * Three ways to not know something, never to be mixed up:
 *   - no item, no problem: the thing was looked for and is not there;
 *   - item_unread(): the thing is there, one field of it could not be observed; a list or set that has been set all the
 *     same holds what was seen of it, and there may be more: it can settle that a rule is broken, never that it is
 * kept;
 *   - items_problem(): the looking itself was hindered, so that there may be more than was found. */
#pragma once

#include "model/cleanup.h"
#include "model/problem.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

/* Where an observation comes from; every member may be unset. All strings owned. */
struct source {
    char *path;    /* file on the host, as seen inside the audited root */
    unsigned line; /* from 1; 0: not known */
    char *process; /* "dockerd (pid 812)" */
    char *api;     /* "GET /info on /run/docker.sock", "netlink audit", "built-in default" ... */
};

struct item {
    char *subject; /* container name, path, unit, account ...: what a report row is about; never empty */
    struct source source;
    json_object *fields; /* a JSON object, owned */
    GHashTable *unread;  /* field -> struct problem, an error or unknown, both owned; NULL when every field was
                            observed */
    bool secret;         /* its value is one by where it lies: an argument of a list that is a command line */
    bool stopped;        /* what it is about does not run: this is what would be */
    bool shared;         /* fields and unread belong to another item, which lives longer, and are read only */
};

struct items {
    GPtrArray *list;     /* struct item */
    GPtrArray *problems; /* struct problem */
    bool offline;        /* nothing runs where they were looked for: a mounted root */
    bool full;           /* something was left out for the bound, which one of the problems says */
    GPtrArray *surplus;  /* struct item: the last one that was added beyond the bound, for whoever fills it; NULL */
};

/* No list holds more items than this. What is added beyond it is thrown away, and a PROBLEM_ERROR says so. */
#define ITEMS_MAX 20000

struct items *items_new(void);
void items_free(struct items *items);
PL_DEFINE_CLEANUP(items, items_free)

/* How many of `n` more items have room; where it is fewer, a problem says so, once, by what they are called ("files").
 * Whoever makes a list that has no end of its own asks, and stops. */
guint items_room(struct items *items, guint n, const char *what);

/* Appends an item and returns it, borrowed, for filling. One beyond ITEMS_MAX is not in the list, and lives until the
 * next is added. */
struct item *items_add(struct items *items, const char *subject);
/* Makes room at once for so many fields, which otherwise grows by doubling. */
void item_expect_fields(struct item *item, unsigned n);
/* Appends an item that shows what `of` shows and shares its fields: for probes that observe once what many objects ask
 * for. `of` is not changed any more and lives longer than `items` (a host's memo). */
void items_add_shared(struct items *items, const struct item *of);
void items_problem(struct items *items, enum problem_kind kind, const char *remediation, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Appends a copy. */
void items_add_problem(struct items *items, const struct problem *problem);
/* Appends the problems of another list. */
void items_copy_problems(struct items *to, const struct items *from);
/* As problems_add_error() does. */
void items_problem_from_error(struct items *items, const GError *error);
/* The same for a failure that nobody looked after, so that it is not known which values it changed. */
void items_doubt_from_error(struct items *items, const GError *error);

/* Field setters. Strings are copied; a byte that is no UTF-8 becomes \xNN, here and in reasons, subjects and sources.
 * NULL is JSON null. */
void item_set_string(struct item *item, const char *field, const char *value);
void item_set_int(struct item *item, const char *field, gint64 value);
void item_set_double(struct item *item, const char *field, double value);
void item_set_bool(struct item *item, const char *field, bool value);
/* Permission bits, kept as the JSON string "0644": readers and matchers of type mode understand it. */
void item_set_mode(struct item *item, const char *field, unsigned mode);
/* A NULL-terminated vector as a JSON array of strings. */
void item_set_strv(struct item *item, const char *field, const char *const *values);
/* Takes `value`. */
void item_set(struct item *item, const char *field, json_object *value);
/* This field could not be observed, or not the whole of it: it is unknown. */
void item_unread(struct item *item, const char *field, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same where what holds it is damaged, of a form that nobody documents, or beyond a bound: an error. */
void item_damaged(struct item *item, const char *field, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same by a failed lookup (problem_of_error()), or by a problem, which is copied. */
void item_unread_error(struct item *item, const char *field, const GError *error);
void item_unread_problem(struct item *item, const char *field, const struct problem *problem);
/* The same as of another field, which is unread. */
void item_unread_like(struct item *item, const char *field, const char *other);
/* Why a field is unread; NULL when it was observed. Borrowed. */
const struct problem *item_hindrance(const struct item *item, const char *field);

void item_source_path(struct item *item, const char *path, unsigned line);
void item_source_process(struct item *item, const char *comm, int pid);
void item_source_api(struct item *item, const char *format, ...) G_GNUC_PRINTF(2, 3);

void source_clear(struct source *source);
void source_copy(struct source *to, const struct source *from);
