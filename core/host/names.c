/* Names of users and groups, from the root's own passwd and group: never from the machine that plumbline runs on. */
#include "host/stream.h"

#include "model/error.h"
#include "model/value.h"

#include <string.h>

/* A row of passwd or group is short; so many bytes are ten million users. */
#define FILE_MAX ((gsize)1 << 30)

struct names {
    GHashTable *by_id; /* GUINT_TO_POINTER(id) -> "name" NUL "home" */
    GStringChunk *texts;
    GError *error; /* the file could not be read whole; NULL when it was, or is not there */
};

static void names_free(gpointer data)
{
    struct names *names = data;
    g_hash_table_unref(names->by_id);
    g_string_chunk_free(names->texts);
    g_clear_error(&names->error);
    g_free(names);
}

static char *next_field(char **cursor)
{
    char *field = *cursor;
    char *colon = field ? strchr(field, ':') : NULL;
    if (colon)
        *colon++ = '\0';
    *cursor = colon;
    return field;
}

/* Comments, and what NIS would fill in, name nobody (glibc's nss_files). */
static bool is_nobodys(const char *line)
{
    return *line == '#' || *line == '+' || *line == '-';
}

/* "name:x:id:gid:comment:home:shell", "name:x:id:members". The first line of an id counts, as in getpwuid(3). */
static bool add_line(char *line, gsize length, guint number, gpointer data)
{
    struct names *names = data;
    (void)length;
    (void)number;
    line += strspn(line, " \t");
    if (is_nobodys(line))
        return true;
    char *name = next_field(&line);
    next_field(&line);
    const char *text = next_field(&line);
    next_field(&line);
    next_field(&line);
    const char *home = next_field(&line);
    uint64_t id = 0;
    if (!text || !*name || !value_parse_u64(text, UINT32_MAX - 1, &id))
        return true;
    gpointer key = GUINT_TO_POINTER((guint)id);
    if (g_hash_table_contains(names->by_id, key))
        return true;
    g_autoptr(GString) both = g_string_new(name);
    g_string_append_len(both, "", 1);
    g_string_append(both, home ? home : "");
    g_hash_table_insert(names->by_id, key, g_string_chunk_insert_len(names->texts, both->str, (gssize)both->len));
    return true;
}

static gpointer load_names(struct host *host, gpointer data)
{
    struct names *names = g_new0(struct names, 1);
    names->by_id = g_hash_table_new(g_direct_hash, g_direct_equal);
    names->texts = g_string_chunk_new(4096);
    host_each_line(host, data, FILE_MAX, add_line, names, &names->error);
    if (g_error_matches(names->error, PL_ERROR, PL_ERROR_ABSENT))
        g_clear_error(&names->error);
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

const char *host_user_name(struct host *host, uid_t uid)
{
    return g_hash_table_lookup(users(host)->by_id, GUINT_TO_POINTER(uid));
}

const char *host_group_name(struct host *host, gid_t gid)
{
    return g_hash_table_lookup(groups(host)->by_id, GUINT_TO_POINTER(gid));
}

const char *host_user_home(struct host *host, uid_t uid)
{
    const char *name = host_user_name(host, uid);
    return name ? name + strlen(name) + 1 : NULL;
}

const GError *host_users_error(struct host *host)
{
    return users(host)->error;
}

const GError *host_groups_error(struct host *host)
{
    return groups(host)->error;
}
