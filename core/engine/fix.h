/* Fixes: what a rule advises, filled from the items that fail. Shown, never run. */
#pragma once

#include "engine/content.h"
#include "engine/plan.h"
#include "engine/sentence.h"
#include "model/audit.h"

/* The rule's fixes, appended to rule->fixes; the check is loaded. Complains. */
void fix_load(struct rule *rule, const json_object *tree, struct complaints *to);
void rule_fix_free(gpointer fix);

/* A fix of the rule, of those that make sense for the items of one test: its condition compiled. */
struct bound_fix {
    const struct rule_fix *fix; /* borrowed */
    GPtrArray *expectations;    /* struct expectation; empty: always */
    struct fix words;           /* values of the module put in */
};

/* The fixes that name no field which the probe does not have; struct bound_fix, caller unrefs. */
GPtrArray *fix_bind(const struct rule *rule, const struct probe *probe, const json_object *environment,
                    struct complaints *to);

/* What installs and removes packages on the audited system. */
enum package_manager { PACKAGES_APT, PACKAGES_DNF, PACKAGES_ZYPPER, PACKAGES_PACMAN, PACKAGES_APK, PACKAGES_UNKNOWN };
/* By the words of ID and ID_LIKE; NULL: unknown. */
enum package_manager fix_packages(const char *const *like);

/* Gathers the fixes of a result's items. */
struct fix_filling;
struct fix_filling *fix_filling_new(enum package_manager packages);
/* The first fix whose condition the item meets. `named`: the text alone, for what a person is asked about. */
void fix_filling_add(struct fix_filling *filling, const GPtrArray *fixes, const struct item *item, bool named,
                     sentence_value value, const void *data);
/* Puts what was gathered into the result and frees. Without any item: the last fix, where it names no field. */
void fix_filling_end(struct fix_filling *filling, struct result *result, const GPtrArray *fixes);
