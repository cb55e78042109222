/* The engine's selection from the options. */
#pragma once

#include "cli/options.h"
#include "engine/engine.h"

/* Borrows from `options`. */
struct selection selection_of(const struct options *options);
