/* The registry of daemon descriptions. */
#include "facts/daemon/read.h"

#include "model/error.h"
#include "model/suggest.h"
#include "model/value.h"

#include <string.h>

struct daemons {
    GHashTable *by_name; /* name -> struct entry */
    GMutex lock;         /* of making those that come later */
};

struct entry {
    struct daemon *daemon; /* NULL: not made yet */
    char *name, *file;     /* of one that is made later */
    daemon_tree make;
    gpointer data;
    GDestroyNotify destroy;
};

static void entry_clear_later(struct entry *entry)
{
    if (entry->make && entry->destroy)
        entry->destroy(entry->data);
    entry->make = NULL;
}

static void entry_free(gpointer data)
{
    struct entry *entry = data;
    entry_clear_later(entry);
    if (entry->daemon)
        daemon_free(entry->daemon);
    g_free(entry->name);
    g_free(entry->file);
    g_free(entry);
}

struct daemons *daemons_new(void)
{
    struct daemons *daemons = g_new0(struct daemons, 1);
    daemons->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    g_mutex_init(&daemons->lock);
    return daemons;
}

void daemons_free(struct daemons *daemons)
{
    if (!daemons)
        return;
    g_hash_table_unref(daemons->by_name);
    g_mutex_clear(&daemons->lock);
    g_free(daemons);
}

bool daemons_add_telling(struct daemons *daemons, const char *file, const json_object *tree, GPtrArray *faults)
{
    struct daemon *daemon = daemon_read(file, tree, faults);
    if (!daemon)
        return false;
    struct entry *entry = g_new0(struct entry, 1);
    entry->daemon = daemon;
    g_hash_table_replace(daemons->by_name, daemon->name, entry);
    return true;
}

static void fault_free(gpointer data)
{
    g_error_free(data);
}

bool daemons_add(struct daemons *daemons, const char *file, const json_object *tree, GError **error)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(fault_free);
    bool good = daemons_add_telling(daemons, file, tree, faults);
    if (!good && error)
        *error = g_error_copy(g_ptr_array_index(faults, 0));
    return good;
}

void daemons_add_later(struct daemons *daemons, const char *name, const char *file, daemon_tree make, gpointer data,
                       GDestroyNotify destroy)
{
    struct entry *entry = g_new0(struct entry, 1);
    *entry = (struct entry){NULL, g_strdup(name), g_strdup(file), make, data, destroy};
    g_hash_table_replace(daemons->by_name, entry->name, entry);
}

static void make_daemon(struct entry *entry)
{
    pl_autojson json_object *tree = entry->make(entry->data);
    entry->daemon = tree ? daemon_read(entry->file, tree, NULL) : NULL;
    entry_clear_later(entry);
}

const struct daemon *daemons_find(const struct daemons *daemons, const char *name)
{
    struct entry *entry = daemons ? g_hash_table_lookup(daemons->by_name, name) : NULL;
    if (!entry)
        return NULL;
    GMutex *lock = (GMutex *)(uintptr_t)&daemons->lock;
    g_mutex_lock(lock);
    if (entry->make)
        make_daemon(entry);
    g_mutex_unlock(lock);
    return entry->daemon;
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
    const struct daemon *daemon = daemons_find(daemons, name);
    if (daemon && !daemon->tools && !daemon->programs->len) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "the daemon \"%s\" is described by its sockets alone", name);
        return false;
    }
    if (daemon)
        return true;
    g_autofree const char **names = daemons ? daemons_names(daemons) : NULL;
    g_autofree char *known = names ? g_strjoinv(", ", (char **)(uintptr_t)names) : g_strdup("none");
    g_autofree char *clause = suggest_clause(name, names);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "no daemon \"%s\" is described%s; known: %s", name, clause, known);
    return false;
}

bool daemon_check_key(const struct daemon *daemon, const char *key, GError **error)
{
    if (daemon_key_find(daemon, key))
        return true;
    g_autofree const char **names = (const char **)(void *)g_hash_table_get_keys_as_array(daemon->keys, NULL);
    qsort(names, g_hash_table_size(daemon->keys), sizeof *names, value_order_texts);
    g_autofree char *clause = suggest_clause(key, names);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "daemon \"%s\" has no key \"%s\"%s", daemon->name, key, clause);
    return false;
}
