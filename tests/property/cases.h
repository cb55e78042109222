/* Where rule tests are. */
#pragma once

#include <glib.h>

/* The YAML files below a folder, by their paths, NULL at the end: char *, owned by the array. */
GPtrArray *cases_find(const char *folder);
/* For g_ptr_array_sort() and qsort(): texts. */
gint cases_by_text(gconstpointer a, gconstpointer b);
