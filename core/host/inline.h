/* How a test's `host:` mapping becomes files, private to this floor: a loader for each key. */
#pragma once

#include "host/fs_inline.h"

#include "model/error.h"

struct inline_build {
    struct host_fs *fs;
    const char *trees; /* directory of named trees, NULL when there are none */
    bool live, privileged;
    GPtrArray *owners; /* struct inline_owner: names that become ids when every file is there */
    char *mountinfo;   /* the host's */
    GPtrArray *kept;   /* json_object, made on the way and borrowed from until the end */
};

struct inline_owner {
    struct node *node;        /* a reference */
    const char *user, *group; /* borrowed from the mapping, NULL: not stated */
    const json_object *at;
};

/* "line:column: message", at the value or, where it has no mark, without. Always false. */
bool inline_error(GError **error, const json_object *at, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* A scalar's text; booleans become "1" and "0" as the kernel prints them. NULL with error for other types. */
char *inline_scalar(const json_object *value, const char *what, GError **error);
/* False with error when `object` is no mapping or has a key that is not in the list. */
bool inline_keys(const json_object *object, const char *what, const char *const *known, GError **error);
bool inline_int(const json_object *object, const char *key, gint64 low, gint64 high, gint64 *out, GError **error);
/* True with *out as it was when the key is absent. */
bool inline_bool(const json_object *object, const char *key, bool *out, GError **error);

bool inline_load_files(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_tree(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_processes(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_kernel(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_sysctls(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_modules(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_packages(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_mounts(struct inline_build *build, const json_object *value, GError **error);

/* What every machine has, where nothing was stated. */
void inline_default_system(struct inline_build *build);
bool inline_default_processes(struct inline_build *build, GError **error);
/* Owners by name, and /etc/passwd and /etc/group when they are not stated. */
bool inline_finish_owners(struct inline_build *build, GError **error);
