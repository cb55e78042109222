/* "Did you mean": the nearest word of a closed vocabulary. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Damerau-Levenshtein distance (optimal string alignment) of two texts, bytes folded to lower case; texts longer than
 * 64 bytes are compared by their first 64. */
unsigned suggest_distance(const char *a, const char *b);

/* The nearest of `candidates` (NULL-terminated), borrowed; NULL when none is near: more than a third of the longer
 * word would have to change. The first of equally near ones wins. */
const char *suggest_nearest(const char *word, const char *const *candidates);
/* The same over an array of strings. */
const char *suggest_nearest_in(const char *word, const GPtrArray *candidates);

/* " (did you mean X?)", or an empty text. Caller frees. */
char *suggest_clause(const char *word, const char *const *candidates);
/* Where none is near, one that shares most words between dashes will do ("sshd-permit-root-login"). */
char *suggest_clause_in(const char *word, const GPtrArray *candidates);

/* What an abbreviation stands for: the candidate that is the word in any letter case, else the only one that begins
 * with it, or the one that all that do begin with ("x-1" of "x-1" and "x-1-l2"). NULL when there is none; borrowed. */
const char *suggest_whole_in(const char *word, const GPtrArray *candidates);
