#include "facts/daemon/trust.h"

#include <string.h>
#include <sys/stat.h>

/* A group of the user's own name is the private group that distributions create with each account. */
static bool group_is_private(struct host *host, gid_t gid, uid_t owner, const GError **unread)
{
    const char *group = host_group_name(host, gid), *user = host_user_name(host, owner);
    if (gid != 0 && owner && (!group || !user))
        *unread = group ? host_users_error(host) : host_groups_error(host);
    return gid == 0 || (owner && group && g_strcmp0(group, user) == 0);
}

/* *unread: why it cannot be told, when it cannot. */
static bool is_safe(struct host *host, const struct host_stat *st, uid_t owner, const GError **unread)
{
    if (st->uid != 0 && st->uid != owner)
        return false;
    bool sticky = S_ISDIR(st->mode) && (st->mode & S_ISVTX);
    if (S_ISLNK(st->mode) || sticky)
        return true;
    if (st->mode & S_IWOTH)
        return false;
    return !(st->mode & S_IWGRP) || group_is_private(host, st->gid, owner, unread);
}

/* Every component of a path, the last one as it is: a link itself, not what it points to. */
static char *first_unsafe(struct host *host, const char *path, uid_t owner, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GString) prefix = g_string_new("/");
    for (char **part = parts;; part++) {
        struct host_stat st = {0};
        if (!host_lstat(host, prefix->str, &st, error))
            return NULL;
        const GError *unread = NULL;
        bool safe = is_safe(host, &st, owner, &unread);
        if (unread) {
            g_propagate_error(error, g_error_copy(unread));
            return NULL;
        }
        if (!safe)
            return g_strdup(prefix->str);
        while (*part && !**part)
            part++;
        if (!*part)
            return g_strdup("");
        if (prefix->len > 1)
            g_string_append_c(prefix, '/');
        g_string_append(prefix, *part);
    }
}

char *trust_first_unsafe(struct host *host, const char *path, uid_t owner, GError **error)
{
    g_autofree char *real = host_resolve(host, path, error);
    char *unsafe = real ? first_unsafe(host, real, owner, error) : NULL;
    if (!unsafe || *unsafe || g_str_equal(real, path))
        return unsafe;
    g_free(unsafe);
    return first_unsafe(host, path, owner, error);
}
