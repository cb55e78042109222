/* What a JUnit file says about a rule in words: plain text, which junit.c bounds and makes XML. The caller owns what is
 * returned. */
#pragma once

#include "reports/report.h"

#include <glib.h>

struct result;

/* One line: the reason, the remediation, of a failure the first item; never empty where the rule has a title. */
char *junit_message(const struct result *result);

/* Everything, on lines that begin with a label. */
char *junit_story(const struct result *result);

/* Appends a line: that a rule passed, and by what. */
void junit_append_pass(GString *text, const struct result *result);
