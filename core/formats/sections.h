/* Files of [section]s with assignments: what ini and systemd share. Private to this floor. */
#pragma once

#include "formats/parse.h"

/* The member `name` of `root`, an object; added when it is not there. Borrowed. NULL when the budget is used up. */
json_object *sections_open(struct parse_budget *budget, json_object *root, const char *name, struct tree_mark mark);

/* The name in a "[name]" line, *p at the bracket; NULL when the bracket is never closed. Caller frees. */
char *sections_header(const char *p);
