/* The users that a group's permission on a file is for. */
#pragma once

#include "host/host.h"

/* Members of the group and users whose primary group it is, each once, sorted as the files list them. NULL with error
 * when the account files could not be read. Caller frees with g_strfreev(). */
char **file_group_users(struct host *host, gid_t gid, GError **error);
