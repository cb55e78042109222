/* Probes: one file a kind of observable, each one row of the table in probes.def.
 *
 * A probe looks and appends items or problems (model/item.h). It never judges, prints, exits, or caches in static
 * variables: what is shared between objects goes through host_memo(). */
#pragma once

#include "facts/context.h"
#include "model/item.h"
#include "model/value.h"

struct probe_param {
    const char *name;
    enum value_type type; /* VALUE_SET: a list of strings, or one string */
    bool required;
    const char *text;    /* one line for the manual */
    const char *choices; /* "a b c": the only texts allowed; NULL: any */
};

struct probe_field {
    const char *name; /* a trailing ".*" declares a map whose members are open ("group.*", "properties.*") */
    enum value_type type;
    const char *text;
};

/* What the engine answers for the probe before calling it. */
enum probe_needs {
    NEEDS_NOTHING = 0,
    NEEDS_LIVE = 1 << 0,    /* offline root -> notapplicable */
    NEEDS_ROOT = 1 << 1,    /* unprivileged -> unknown "needs root"; only when nothing at all can be said without */
    NEEDS_NETWORK = 1 << 2, /* needs --network; without -> notchecked */
};

struct probe {
    const char *name, *summary;
    const struct probe_param *params; /* ends with a NULL name */
    const struct probe_field *fields; /* ends with a NULL name */
    unsigned needs;
    /* Optional: what the declarations cannot say about an object, checked when rules are loaded (a daemon's name, a
     * pattern that must compile). PL_ERROR_CONTENT. */
    bool (*check)(const json_object *object, const struct daemons *daemons, GError **error);
    /* The object was checked against params: required ones are there and of their type. */
    void (*collect)(const struct fact_context *context, const json_object *object, struct items *items);
};

const struct probe *probe_find(const char *name);
/* All rows, sorted by name. */
const struct probe *const *probe_all(size_t *count);
const struct probe_param *probe_param_find(const struct probe *probe, const char *name);
/* The declaration of a field path; "group.x" finds "group.*". NULL when there is none. */
const struct probe_field *probe_field_find(const struct probe *probe, const char *path);
