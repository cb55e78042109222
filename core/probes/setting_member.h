/* Members inside the value of a setting: "runc.options.BinaryName" of a map of runtimes. */
#pragma once

#include "model/item.h"

typedef void (*member_visitor)(const char *path, const json_object *value, gpointer data);

/* Calls back for every value at the dotted path `member` below `value`, where * stands for every member of one level
 * and a backslash keeps a dot literal; an empty `member` is the value itself. `unset` (may be NULL) stands for what a
 * map lacks on the way. */
void setting_member_visit(const json_object *value, const char *member, const json_object *unset, member_visitor visit,
                          gpointer data);

/* Appends to `to`, for each item of a setting, one item a member, and what was not known as it is. */
void setting_member_spread(const struct items *from, const char *member, const json_object *unset, struct items *to);

/* Copies the problems of one look to another. */
void setting_problems_copy(const struct items *from, struct items *to);
