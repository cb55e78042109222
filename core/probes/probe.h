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
    bool daemon;         /* the daemon of which the items are instances */
    bool dormant; /* true in an object takes in what does not run: the fields that are asked have to be FIELD_KEPT */
    bool subject; /* what the object is about, told without its name; what is required always is */
};

/* What is true of a field beside its type, for those who show it. */
enum field_traits {
    FIELD_PLAIN = 0,
    FIELD_TOLD = 1 << 0,  /* shown with every item that has it: where the value comes from, why it is so */
    FIELD_NAMES = 1 << 1, /* the name of a setting: where it is a secret's, the values beside it are secrets */
    FIELD_VALUE = 1 << 2, /* such a value, or a part of one */
    FIELD_RAW = 1 << 3,   /* such a value, a text as it stands in a file: what is a secret in it is one in all fields */
    FIELD_LOST = 1 << 4,  /* a list of such values that have no effect, each behind its place: "path:line value" */
    FIELD_PROCESS = 1 << 5, /* the process that the item is, or is of */
    /* Of a probe with a param that is `dormant`, each field is one of these: */
    FIELD_KEPT = 1 << 6, /* known of what does not run too, by what is written down of it */
    FIELD_LIVE = 1 << 7, /* known only of what runs */
};

struct probe_field {
    const char *name; /* a trailing ".*" declares a map whose members are open ("group.*", "properties.*") */
    enum value_type type;
    const char *text;
    unsigned traits;    /* enum field_traits, or-ed */
    const char *number; /* the field with the number that this is the name of, told where it has none; NULL */
};

/* What the engine answers for the probe before calling it. */
enum probe_needs {
    NEEDS_NOTHING = 0,
    NEEDS_LIVE = 1 << 0,    /* offline root -> notapplicable */
    NEEDS_ROOT = 1 << 1,    /* unprivileged -> unknown "needs root"; only when nothing at all can be said without */
    NEEDS_NETWORK = 1 << 2, /* needs --network; without -> notchecked */
};

/* How long it takes beside the others: what takes longest begins first, so that nothing waits for it alone. */
enum probe_cost {
    COST_LOOK = 0,
    COST_WALK, /* all directories of the host */
};

/* What an item of the probe is one of: "3 of 75 containers". */
struct probe_object {
    const char *one, *many; /* "container", "containers" */
    const char *kind; /* items of other probes with this kind and the same subject are the same object; NULL: `one` */
    bool by_place;    /* a file has several: an item is known by its line as well */
    const char *absent, *absent_all; /* that one is not there, or none of several; NULL: "there is no file {}", "there
                                      * is none of these files: {}" */
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
    enum probe_cost cost;
    struct probe_object object;
};

const struct probe *probe_find(const char *name);
/* All rows, sorted by name. */
const struct probe *const *probe_all(size_t *count);
const struct probe_param *probe_param_find(const struct probe *probe, const char *name);
/* The declaration of a field path; "group.x" finds "group.*". NULL when there is none. */
const struct probe_field *probe_field_find(const struct probe *probe, const char *path);
