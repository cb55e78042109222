/* Rules as people name them: by id in any letter case. */
#pragma once

#include "engine/content.h"

/* The rule; NULL with what is said of a name that is none. */
const struct rule *named_rule(const struct content *content, const char *name, GError **error);
