/* Complaints about YAML files, each with its place: what loading, binding and test files find wrong. */
#pragma once

#include "engine/engine.h"
#include "model/member.h"

/* No file yields more of them. */
#define COMPLAINTS_MAX 100

struct complaints {
    const char *file;        /* interned */
    GPtrArray *list;         /* struct diagnostic; borrowed */
    const json_object *near; /* the node whose place stands in for a value that has none (null); borrowed */
    const char *about;       /* "variant kptr-restrict of kernel-sysctl", put behind every message; NULL */
    unsigned errors;         /* counted here */
};

/* At the value `node`. */
void complain(struct complaints *to, const json_object *node, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* At the key that leads to `node`. */
void complain_key(struct complaints *to, const json_object *node, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* At a place, with a level. */
void complain_at(struct complaints *to, struct position at, enum diagnostic_level level, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* What a parser said as "FILE:LINE:COLUMN: MESSAGE". */
void complain_error(struct complaints *to, const GError *error);

/* Where `node` stands; `near` stands in. */
struct position complaints_position(const struct complaints *of, const json_object *node);

/* Checks that `object` is a mapping whose members are all among `allowed`; complains about each other one, with a
 * suggestion. Of the types and of what is missing the loaders complain. */
bool members_check(struct complaints *to, const json_object *object, const char *what, const struct member *allowed);
/* The text of a member, borrowed; complains and returns NULL when it is no text or is empty. Absent: NULL, with a
 * complaint when `required`. */
const char *member_text(struct complaints *to, const json_object *object, const char *key, bool required);
/* True or false; false when the member is absent or wrong. */
bool member_flag(struct complaints *to, const json_object *object, const char *key);
/* A list of texts; complains about anything else. Absent: empty. Caller unrefs. */
GPtrArray *member_texts(struct complaints *to, const json_object *object, const char *key);
