/* Names of users and groups, from the root's own passwd and group: never from the machine that plumbline runs on. */
#include "host/host.h"

#include "model/value.h"

#include <string.h>

struct names {
    GHashTable *by_id;   /* GUINT_TO_POINTER(id) -> name */
    GHashTable *by_name; /* name -> GUINT_TO_POINTER(id) */
};

static void names_free(gpointer data)
{
    struct names *names = data;
    g_hash_table_unref(names->by_id);
    g_hash_table_unref(names->by_name);
    g_free(names);
}

/* "name:x:id:..." The first line of a name or id counts, as in getpwnam(3). */
static void add_line(struct names *names, const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, ":", 4);
    uint64_t id = 0;
    if (g_strv_length(fields) < 3 || !*fields[0] || !value_parse_u64(fields[2], UINT32_MAX - 1, &id))
        return;
    gpointer key = GUINT_TO_POINTER((guint)id);
    if (!g_hash_table_contains(names->by_id, key))
        g_hash_table_insert(names->by_id, key, g_strdup(fields[0]));
    if (!g_hash_table_contains(names->by_name, fields[0]))
        g_hash_table_insert(names->by_name, g_strdup(fields[0]), key);
}

static gpointer load_names(struct host *host, gpointer data)
{
    struct names *names = g_new0(struct names, 1);
    names->by_id = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    names->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text = host_read_text(host, data, NULL);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    for (char **line = lines; line && *line; line++)
        add_line(names, *line);
    return names;
}

static const struct names *users(struct host *host)
{
    static const char file[] = "/etc/passwd";
    return host_memo(host, "host/users", load_names, (gpointer)(uintptr_t)file, names_free);
}

static const struct names *groups(struct host *host)
{
    static const char file[] = "/etc/group";
    return host_memo(host, "host/groups", load_names, (gpointer)(uintptr_t)file, names_free);
}

static bool find_id(const struct names *names, const char *name, guint32 *out)
{
    gpointer id = NULL;
    if (!g_hash_table_lookup_extended(names->by_name, name, NULL, &id))
        return false;
    *out = GPOINTER_TO_UINT(id);
    return true;
}

const char *host_user_name(struct host *host, uid_t uid)
{
    return g_hash_table_lookup(users(host)->by_id, GUINT_TO_POINTER(uid));
}

const char *host_group_name(struct host *host, gid_t gid)
{
    return g_hash_table_lookup(groups(host)->by_id, GUINT_TO_POINTER(gid));
}

bool host_user_id(struct host *host, const char *name, uid_t *out)
{
    return find_id(users(host), name, out);
}

bool host_group_id(struct host *host, const char *name, gid_t *out)
{
    return find_id(groups(host), name, out);
}
