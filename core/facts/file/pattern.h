/* A PCRE2 pattern of a rule, compiled once and run on bytes that nobody vouches for: bounded steps, depth and memory.
 */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

struct pattern;

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_GAVE_UP };

/* `lines`: ^ and $ match at every line. PL_ERROR_CONTENT with the offset when it does not compile. */
struct pattern *pattern_new(const char *text, bool lines, GError **error);
void pattern_free(struct pattern *pattern);
PL_DEFINE_CLEANUP(pattern, pattern_free)

/* Searches from byte `from`. `utf8`: the subject is valid UTF-8; else it is matched byte by byte. */
enum pattern_result pattern_search(struct pattern *pattern, const char *subject, gsize n, gsize from, bool utf8);
/* Where the last search that said yes matched. */
void pattern_span(const struct pattern *pattern, gsize *start, gsize *end);
/* Captures of the last search that said yes: number -> text and name -> text, null for one that took no part. The
 * caller owns it. */
json_object *pattern_groups(const struct pattern *pattern, const char *subject);
