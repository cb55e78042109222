/* Paths that a daemon's settings name, for the probes that look at files. */
#pragma once

#include "probes/probe.h"

/* The declaration of the parameter, the same in every probe that takes it. */
#define PATH_FROM_PARAM                                                                                                \
    {                                                                                                                  \
        .name = "path-from", .type = VALUE_ANY,                                                                        \
        .text =                                                                                                        \
            "paths that a setting names, instead of or besides path: a mapping, or a list of them, of daemon, key "    \
            "(or files: true, its configuration files), member (path inside the value, * for every member), below "    \
            "(glob under each), default (when it is not set; ~/ is the home of its user, $NAME/ a variable of its "    \
            "process, the first that is known counts), program (true: a name without slash is looked for in PATH)"     \
    }

/* Whether the object has `path` or a well-formed `path-from`. PL_ERROR_CONTENT. */
bool path_from_check(const json_object *object, const struct daemons *daemons, GError **error);

/* What `path` lists, then what `path-from` names: paths as plumbline sees them, or globs. Settings that could not be
 * read become problems of `items`; one that is not set gives no path. Caller frees with g_strfreev(). */
char **path_from_paths(const struct fact_context *context, const json_object *object, struct items *items);
