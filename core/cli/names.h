/* Names of what is loaded, for completion: shells ask for them when a key is pressed. */
#pragma once

#include "cli/options.h"

/* What the values of an option are called ("rules" for "skip"), static text; NULL: no names of ours. */
const char *names_of_option(const char *option);

/* "profiles", "rules", "tags" and "references" are known. */
bool names_known(const char *kind);

/* Prints the names of a known kind, a line each, sorted. False with error when no rules are there. */
bool names_print(const char *kind, const struct options *options, GError **error);
