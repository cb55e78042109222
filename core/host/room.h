/* Room for what is kept of a host's files to the end of the run.
 *
 * Each file is bounded by itself; this bounds their sum, so that many large files do not end the program for want of
 * memory. What does not fit is an error with the file's name, never a file without content. What lies below the root of
 * another process (/proc/PID/root) has room of its own: nobody in a container can use up the host's. */
#pragma once

#include "host/host.h"

/* Bytes of the host's own files, of those below one other root, and of those below all other roots. */
#define HOST_ROOM_MAX       ((gsize)256 << 20)
#define HOST_ROOM_ROOT_MAX  ((gsize)128 << 20)
#define HOST_ROOM_ROOTS_MAX ((gsize)256 << 20)

struct host_room;
struct host_room *host_room_new(void);
void host_room_free(struct host_room *room);

/* Takes `bytes` for what is kept of the file at `path`, for good. False with PL_ERROR_LIMIT, and nothing is taken,
 * where they do not fit. Safe from several threads. */
bool host_room_take(struct host *host, const char *path, gsize bytes, GError **error);
/* For tests: other bounds, in the order of those above. Before anybody reads the host. */
void host_room_limit(struct host *host, gsize own, gsize root, gsize roots);
