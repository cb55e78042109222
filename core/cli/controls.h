/* Controls of benchmarks, and the rules that judge them. */
#pragma once

#include "engine/content.h"

/* Prints the controls that `name` means and their rules: "5.4" of every benchmark, "cis-docker:5.4" of those that begin
 * so, globs in either. False when there is none: nothing is printed then. */
bool controls_print(const struct content *content, const char *name);
