/* How a test's `host:` mapping becomes files, private to this floor: a loader for each key. */
#pragma once

#include "host/fs_inline.h"
#include "host/inline_value.h"
#include "host/inline_words.h"

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

bool inline_load_files(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_tree(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_processes(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_kernel(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_sysctls(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_modules(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_packages(struct inline_build *build, const json_object *value, GError **error);
bool inline_load_mounts(struct inline_build *build, const json_object *value, GError **error);

/* Files of what process 1 is unless it is stated; before all that is, which may take them away. */
void inline_default_files(struct inline_build *build, const json_object *spec);
/* What every machine has, where nothing was stated. */
void inline_default_system(struct inline_build *build);
bool inline_default_processes(struct inline_build *build, GError **error);
/* Owners by name, and /etc/passwd and /etc/group when they are not stated. */
bool inline_finish_owners(struct inline_build *build, GError **error);
