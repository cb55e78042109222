/* Which paths an audit_rule object is about. */
#pragma once

#include "probes/probe.h"

/* Existing paths with every link resolved, NULL-terminated; caller frees. What could not be found out is a problem. */
char **audit_rule_paths(const struct fact_context *context, const json_object *object, struct items *items);
