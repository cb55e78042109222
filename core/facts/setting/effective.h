/* What comes out when all candidates are known. */
#pragma once

#include "facts/setting/candidate.h"

/* The effective value, owned by the caller, NULL for "not set". False when it is not known: *why says why, owned. */
bool setting_effective(const struct setting_asked *asked, const GPtrArray *candidates, json_object **out,
                       struct problem **why);
