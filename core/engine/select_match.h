/* What the words of a selection mean, rule by rule. Letter case does not count. */
#pragma once

#include "engine/content.h"

typedef bool (*rule_test)(const struct rule *rule, const char *pattern);

/* A glob on ids, or on LAYER/MODULE when it has a slash. */
bool select_by_id(const struct rule *rule, const char *pattern);
bool select_by_tag(const struct rule *rule, const char *pattern);
/* "BENCHMARK[:CONTROL][ L1]": level 2 of a benchmark holds level 1. */
bool select_by_reference(const struct rule *rule, const char *pattern);
bool select_by_layer(const struct rule *rule, const char *pattern);
/* A glob on MODULE, or on LAYER/MODULE when it has a slash. */
bool select_by_module(const struct rule *rule, const char *pattern);
/* "high", "high..", "low..medium", or several of these between commas. */
bool select_by_severity(const struct rule *rule, const char *ranges);

/* False when a word of it is no severity. */
bool select_ranges_parse(const char *ranges, bool chosen[SEVERITY_COUNT]);
