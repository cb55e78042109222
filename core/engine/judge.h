/* Judging: from collected items to a verdict with its evidence. Pure: looks at nothing but the plan and what is
 * collected. */
#pragma once

#include "engine/fix.h"
#include "engine/plan.h"
#include "model/audit.h"

/* Judges a rule: verdict, reason, cause, remediation and every item (failing first, not yet capped; waivers come
 * first), of which only subject and verdict are told until evidence_fill(). The rest of the result is copied from the
 * rule. Caller frees. `privileged`: the host was read with every right. */
struct result *judge_rule(const struct bound_rule *rule, bool privileged);

/* A field of the item that a result of judge_rule() is about, while the plan is there; NULL without. */
const json_object *evidence_field(const struct item_result *result, const char *field);

/* Fills the evidence of a result of judge_rule(), and its finding and fix: observed fields without secrets, what was
 * expected in words, source, and why an item is unknown or an error. Once, while the plan is there. */
void evidence_fill(struct result *result, const struct bound_rule *rule, enum package_manager packages);

/* Does the rule apply, or can that not be said, so that its check is worth collecting? For collect(). */
bool judge_wanted(const struct bound_rule *rule, const struct host *host);
