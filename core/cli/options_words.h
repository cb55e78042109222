/* The spellings that options and their values may have, made into the one that the program knows. */
#pragma once

#include "cli/options.h"

/* A command line with each option by its own name: --no-colour becomes --color=never, --quiet=yes becomes --quiet, and
 * --quiet=no goes to options->denied. NULL-terminated; the caller frees with g_strfreev(). PL_ERROR_USAGE for a flag
 * with another value. */
char **options_spelled(struct options *options, int argc, char **argv, GError **error);

/* 1: a word for yes, 0: one for no, -1: neither. */
int options_yes_or_no(const char *word);

/* The row that a name stands for among the groups, and the value that goes with the name ("no-color": never), NULL,
 * which the caller frees. NULL: none. */
const struct option_spec *options_row(unsigned groups, const char *name, char **value);

/* Splits lists at commas, folds letter case, replaces words that are taken as others, and checks choices and times.
 * PL_ERROR_USAGE. */
bool options_words(struct options *options, GError **error);

/* One word of an option as ours: folded, and a foreign one replaced. Caller frees. */
char *options_word(const struct option_spec *spec, const char *word);
