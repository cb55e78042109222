/* Daemons as data: checks/daemons/NAME.yaml, loaded once with the rules. */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

struct daemons;
struct daemon;

struct daemons *daemons_new(void);
void daemons_free(struct daemons *daemons);
PL_DEFINE_CLEANUP(daemons, daemons_free)

/* Adds the daemon that a parsed YAML file describes; a second one of the same name replaces the first.
 * PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in front. `tree` is not kept. */
bool daemons_add(struct daemons *daemons, const char *file, const json_object *tree, GError **error);
const struct daemon *daemons_find(const struct daemons *daemons, const char *name);
/* Names, sorted; caller frees with g_free (the strings are borrowed). */
const char **daemons_names(const struct daemons *daemons);
