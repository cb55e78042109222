/* Looking by the processes of reader_server.h: what is below /proc/PID, and what is closed to the judge's user.
 *
 * There are several, so that threads do not wait for each other and one that hangs (a file system that does not answer)
 * costs its request and itself: it is not asked again, and when none is left every request fails. A failure of the
 * readers is never "not there". All functions are safe from several threads; each returns 0 (or a descriptor) or a
 * negative errno value, as those of host/fs.h do. */
#pragma once

#include "host/fs.h"
#include "host/reader_wire.h"

struct reader *reader_new(const int *sockets, guint n);
void reader_free(struct reader *reader);

int reader_open(struct reader *reader, const char *path, unsigned flags);
int reader_root(struct reader *reader, const char *path);
int reader_stat(struct reader *reader, const char *path, bool follow, struct host_stat *out);
int reader_readlink(struct reader *reader, const char *path, char **out);
int reader_resolve(struct reader *reader, const char *path, char **out);
int reader_list(struct reader *reader, const char *path, guint max, GPtrArray *out);
int reader_getxattr(struct reader *reader, const char *path, const char *name, GBytes **out);
int reader_read(struct reader *reader, const char *path, gsize max, GBytes **out);
/* Appends struct host_link. */
int reader_links(struct reader *reader, const char *path, guint max, GPtrArray *out);

/* Appends GBytes. Of a reader of programs (READER_GUARDS) alone. */
int reader_programs(struct reader *reader, const char *path, GPtrArray *out);

/* The parts of one process ("/proc/PID", or the folder of a thread): errors and bytes by the place in reader_parts,
 * where bytes are NULL when it failed. */
struct reader_process {
    int err[READER_PARTS];
    GBytes *bytes[READER_PARTS]; /* followed by a NUL */
};
int reader_process(struct reader *reader, const char *folder, struct reader_process *out);
void reader_process_clear(struct reader_process *process);
