/* Names of what is loaded, for completion: shells ask for them when a key is pressed, so that they are fast and say
 * nothing else. The kinds are those that the tables of options and commands name. */
#pragma once

#include "cli/options.h"

bool names_known(const char *kind);

/* Prints the names of a known kind, a line each, sorted. False with error when no rules are there. */
bool names_print(const char *kind, const struct options *options, GError **error);
