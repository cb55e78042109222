/* What the command line demands of an audit. */
#pragma once

#include "cli/options.h"
#include "engine/engine.h"

/* PL_ERROR_USAGE for numbers that are none. */
bool demands_parse(const struct options *options, struct gate *gate, GError **error);
