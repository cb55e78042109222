/* Whether a Unix socket may be asked on behalf of whoever named it.
 *
 * plumbline runs as root, and a process that it believes to be an engine says where the engine is asked. A connection
 * by root is worth something to whoever may not make it himself, and an answer is worth nothing when somebody else
 * gives it: so the socket must be the one's who named it. */
#pragma once

#include "host/host.h"

/* `socket` is what is connected to (of a descriptor that is held), `owner` the user on whose word `path` was taken. A
 * socket of the owner's fits. For root one of another user fits too where nobody but root can put anything into the
 * folders on the way (systemd's SocketUser). Else false with PL_ERROR_READ. */
bool socket_owner_fits(struct host *host, const char *path, const struct host_stat *socket, uid_t owner,
                       GError **error);
