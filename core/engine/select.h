/* Which rules run, and at which values. */
#pragma once

#include "engine/content.h"

struct chosen {
    GPtrArray *rules;    /* const struct rule *, borrowed, by layer, module, id */
    GPtrArray *profiles; /* char *: ids */
    json_object *values; /* name -> value: what profiles and --set changed */
    unsigned left_out;   /* rules of the layers asked for that were not chosen */
};

/* PL_ERROR_USAGE with a suggestion for an unknown profile, layer, tag, reference, severity, value or a glob that meets
 * no rule. `selection` may be NULL: the profile "auto". Caller frees. */
struct chosen *select_rules(const struct content *content, const struct selection *selection, GError **error);
void chosen_free(struct chosen *chosen);
PL_DEFINE_CLEANUP(chosen, chosen_free)

/* Does a profile's pattern ("layer:cloud", "reference:cis-docker-1.6.0 L1", "sshd-*") cover the rule? An unknown prefix
 * covers nothing. */
bool select_pattern_covers(const char *pattern, const struct rule *rule);
