/* Names of users and groups as fields: no name is a fact only where passwd and group could be read to their end. */
#pragma once

#include "host/host.h"
#include "model/item.h"

/* The name, null when the id has none, unread when it may have one. */
void item_set_user(struct item *item, const char *field, struct host *host, uid_t uid);
void item_set_group(struct item *item, const char *field, struct host *host, gid_t gid);
/* The same, with the number in place of a name that there is not. */
void item_set_user_or_id(struct item *item, const char *field, struct host *host, uid_t uid);
void item_set_group_or_id(struct item *item, const char *field, struct host *host, gid_t gid);
