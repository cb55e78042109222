/* Reading descriptors, whatever file system they are of; functions return 0 or a negative errno value. */
#pragma once

#include <glib.h>

struct host_dirent {
    unsigned char type; /* DT_*; DT_UNKNOWN: not told */
    char name[];
};

/* Reads a descriptor to its end, at most `max` bytes, else -EFBIG; the bytes are followed by a NUL. */
int fs_read_fd(int fd, gsize max, GBytes **out);
/* The same for a file that the kernel makes up and whose size says nothing. */
int fs_read_kernel_fd(int fd, gsize max, GBytes **out);
/* The first `max` bytes of such a file, or all of it. */
int fs_read_start(int fd, gsize max, GBytes **out);
/* Appends the entries of an open directory; takes the descriptor. */
int fs_list_fd(int fd, guint max, GPtrArray *out);
struct host_dirent *fs_dirent_new(const char *name, unsigned char type);
