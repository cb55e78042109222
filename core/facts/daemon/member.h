/* Mappings of checks/daemons/NAME.yaml, declared as tables of members: an unknown name, a wrong type or a missing
 * member is one message with file, line and column. */
#pragma once

#include "model/tree.h"

#include <glib.h>
#include <stdbool.h>

/* What a member holds: char *, char **, bool; MEMBER_OTHER is read by its own function. */
enum member_kind { MEMBER_TEXT, MEMBER_TEXTS, MEMBER_BOOL, MEMBER_OTHER };

struct daemon_member {
    const char *name;
    size_t offset;
    enum member_kind kind;
    bool required;
};

/* Fills `out` from a mapping as `members` declare it, which end with a NULL name. False with an error of
 * daemon_refuse(); `out` then owns what was filled so far. `what` names the mapping in messages. */
bool daemon_fill(const char *file, const char *what, const json_object *node, const struct daemon_member *members,
                 void *out, GError **error);

/* PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in front. Always false. */
bool daemon_refuse(const char *file, struct tree_mark mark, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* A text, or a number or bool written without quotes, as text; NULL for anything else. Caller frees. */
char *daemon_text(const json_object *node);
/* One text or a list of texts; NULL for anything else and for an empty list. Caller frees. */
char **daemon_texts(const json_object *node);

/* Each of them (NULL: none) is a version condition such as ">=1.27". */
bool daemon_conditions_valid(const char *file, const json_object *node, char **conditions, GError **error);
