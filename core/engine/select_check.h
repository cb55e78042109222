/* What a word of a selection that meets nothing is told: the word that was meant, or the words that there are. */
#pragma once

#include "engine/content.h"

/* Every word of the selection means something; else PL_ERROR_USAGE, one sentence. */
bool select_check(const struct content *content, const struct selection *selection, GError **error);

/* The profile of that name, of which the beginning is enough. PL_ERROR_USAGE. */
const struct profile *select_profile(const struct content *content, const char *id, GError **error);

/* The references with their benchmarks' names in full where they were the only beginning of one ("cis-docker:2.1");
 * NULL-terminated, the caller frees with g_strfreev(). */
char **select_references(const struct content *content, const char *const *references);
