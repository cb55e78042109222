/* Mappings of checks/daemons/NAME.yaml, declared as tables of members (model/member.h): an unknown name, a wrong type
 * or a missing member is one message with file, line and column, and reading goes on behind it. */
#pragma once

#include "model/member.h"
#include "model/tree.h"

#include <glib.h>

/* What is wrong with a file: every fault of it is told in one run. */
struct daemon_faults {
    const char *file;
    GPtrArray *list; /* GError: PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in front; borrowed; NULL: nobody is told */
};

/* Adds one. Always false. */
bool daemon_refuse(struct daemon_faults *to, struct tree_mark mark, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Fills `out` from a mapping as `members` declare it: char * from text, char ** from texts, bool from bool. False after
 * daemon_refuse(); `out` then owns what was filled. `what` names the mapping in messages. */
bool daemon_fill(struct daemon_faults *to, const char *what, const json_object *node, const struct member *members,
                 void *out);

/* A text, or a number or bool written without quotes, as text; NULL for anything else. Caller frees. */
char *daemon_text(const json_object *node);
/* One text or a list of texts; NULL for anything else and for an empty list. Caller frees. */
char **daemon_texts(const json_object *node);

/* Each of them (NULL: none) is a version condition such as ">=1.27". */
bool daemon_conditions_valid(struct daemon_faults *to, const json_object *node, char **conditions);
