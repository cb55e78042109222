/* The registry of daemon descriptions. */
#include "facts/daemon/read.h"

#include "model/error.h"
#include "model/value.h"

#include <string.h>

struct daemons {
    GHashTable *by_name; /* name -> struct daemon, which owns its name */
};

static void daemon_destroy(gpointer data)
{
    daemon_free(data);
}

struct daemons *daemons_new(void)
{
    struct daemons *daemons = g_new0(struct daemons, 1);
    daemons->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, daemon_destroy);
    return daemons;
}

void daemons_free(struct daemons *daemons)
{
    if (!daemons)
        return;
    g_hash_table_unref(daemons->by_name);
    g_free(daemons);
}

bool daemons_add(struct daemons *daemons, const char *file, const json_object *tree, GError **error)
{
    struct daemon *daemon = daemon_read(file, tree, error);
    if (!daemon)
        return false;
    g_hash_table_replace(daemons->by_name, daemon->name, daemon);
    return true;
}

const struct daemon *daemons_find(const struct daemons *daemons, const char *name)
{
    return daemons ? g_hash_table_lookup(daemons->by_name, name) : NULL;
}

const char **daemons_names(const struct daemons *daemons)
{
    unsigned n = 0;
    GHashTableIter iter;
    gpointer name = NULL;
    const char **names = g_new0(const char *, g_hash_table_size(daemons->by_name) + 1);
    g_hash_table_iter_init(&iter, daemons->by_name);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        names[n++] = name;
    qsort(names, n, sizeof *names, value_order_texts);
    return names;
}

const struct daemon_key *daemon_key_find(const struct daemon *daemon, const char *name)
{
    return g_hash_table_lookup(daemon->keys, name);
}

bool daemon_check_name(const struct daemons *daemons, const char *name, GError **error)
{
    if (daemons_find(daemons, name))
        return true;
    g_autofree const char **names = daemons ? daemons_names(daemons) : NULL;
    g_autofree char *known = names ? g_strjoinv(", ", (char **)(uintptr_t)names) : g_strdup("none");
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "no daemon \"%s\" is described; known: %s", name, known);
    return false;
}
