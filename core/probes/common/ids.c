#include "probes/common/ids.h"

static void set(struct item *item, const char *field, const char *name, const GError *error)
{
    if (!name && error)
        item_unread_error(item, field, error);
    else
        item_set_string(item, field, name);
}

static void set_or_id(struct item *item, const char *field, const char *name, const GError *error, guint32 id)
{
    g_autofree char *number = g_strdup_printf("%u", id);
    set(item, field, name || error ? name : number, error);
}

void item_set_user(struct item *item, const char *field, struct host *host, uid_t uid)
{
    set(item, field, host_user_name(host, uid), host_users_error(host));
}

void item_set_group(struct item *item, const char *field, struct host *host, gid_t gid)
{
    set(item, field, host_group_name(host, gid), host_groups_error(host));
}

void item_set_user_or_id(struct item *item, const char *field, struct host *host, uid_t uid)
{
    set_or_id(item, field, host_user_name(host, uid), host_users_error(host), uid);
}

void item_set_group_or_id(struct item *item, const char *field, struct host *host, gid_t gid)
{
    set_or_id(item, field, host_group_name(host, gid), host_groups_error(host), gid);
}
