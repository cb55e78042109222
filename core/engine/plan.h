/* The plan: chosen rules with the values put into their checks, ready to be collected and judged. */
#pragma once

#include "engine/complain.h"
#include "engine/content.h"
#include "engine/select.h"
#include "model/item.h"

/* One probe on one object: collected once, however many tests ask. */
struct collected {
    const struct probe *probe;
    json_object *object;
    char *key;           /* probe and canonical object */
    struct items *items; /* NULL until collected */
    gint64 duration_us;  /* that took */
};

struct bound_test {
    const struct test *test; /* borrowed */
    GPtrArray *objects;      /* json_object *: one, or one for each listed value when all of them must exist */
    GPtrArray *expectations; /* struct expectation */
    GPtrArray *collected;    /* struct collected, borrowed from the plan; one for each object */
    GPtrArray *fixes;        /* struct bound_fix: those of its rule; NULL. Of plans alone */
    char *finding, *missing; /* the test's words or its rule's, values put in; NULL. Of plans alone */
};

struct bound_check {
    enum check_kind kind;
    GPtrArray *children; /* struct bound_check */
    struct bound_test *test;
};

struct bound_rule {
    const struct rule *rule;     /* borrowed */
    struct bound_check *applies; /* NULL: always */
    struct bound_check *check;
    char *expected; /* the rule's, values put in; NULL */
};

struct plan {
    GPtrArray *rules;      /* struct bound_rule, in the order of the choice */
    GHashTable *collected; /* key -> struct collected */
};

/* Puts values into a check and compiles its expectations; complains about what is wrong. Names of values that were met
 * are added to `used` (may be NULL). `daemons` NULL: the probes' own checks of objects are left out. Caller frees. */
struct bound_check *check_bind(const struct check *check, const json_object *environment, const struct daemons *daemons,
                               GHashTable *used, struct complaints *to);
void bound_check_free(gpointer check);

/* PL_ERROR_USAGE when a changed value does not fit where it is used. Caller frees. */
struct plan *plan_make(const struct content *content, const GPtrArray *rules, const json_object *values,
                       GError **error);
void plan_free(struct plan *plan);
PL_DEFINE_CLEANUP(plan, plan_free)
PL_DEFINE_CLEANUP(bound_check, bound_check_free)
