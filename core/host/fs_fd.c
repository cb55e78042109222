#include "host/fs_fd.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files of the kernel do not say their size; most fit in this. */
#define KERNEL_ROOM 4096

struct host_dirent *fs_dirent_new(const char *name, unsigned char type)
{
    size_t size = strlen(name) + 1;
    struct host_dirent *entry = g_malloc(sizeof *entry + size);
    entry->type = type;
    memcpy(entry->name, name, size);
    return entry;
}

int fs_list_fd(int fd, guint max, GPtrArray *out)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int err = errno;
        close(fd);
        return -err;
    }
    int err = 0;
    errno = 0;
    for (struct dirent *entry = readdir(dir); entry && !err; errno = 0, entry = err ? NULL : readdir(dir)) {
        if (g_str_equal(entry->d_name, ".") || g_str_equal(entry->d_name, ".."))
            continue;
        if (out->len >= max)
            err = -EFBIG;
        else
            g_ptr_array_add(out, fs_dirent_new(entry->d_name, entry->d_type));
    }
    if (!err && errno)
        err = -errno;
    closedir(dir);
    return err;
}

/* Reads to the end, with `room` bytes to begin with. */
static int read_whole(int fd, gsize room, gsize max, GBytes **out)
{
    gsize length = 0;
    g_autofree char *bytes = g_malloc(room + 1);
    for (;;) {
        ssize_t n = read(fd, bytes + length, room - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        length += (gsize)n;
        if (length > max)
            return -EFBIG;
        if (length == room) {
            room = room * 2 > max + 1 ? max + 1 : room * 2;
            bytes = g_realloc(bytes, room + 1);
        }
    }
    bytes = g_realloc(bytes, length + 1);
    bytes[length] = '\0';
    *out = g_bytes_new_take(g_steal_pointer(&bytes), length);
    return 0;
}

int fs_read_fd(int fd, gsize max, GBytes **out)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (S_ISREG(st.st_mode) && st.st_size > 0 && (guint64)st.st_size > max)
        return -EFBIG;
    /* Files of /proc and /sys say size 0 (or 4096): they are read to the end. One byte more than the size asked for
     * shows the end of an ordinary file with one more read. */
    return read_whole(fd, st.st_size > 0 ? (gsize)st.st_size + 1 : KERNEL_ROOM, max, out);
}

int fs_read_kernel_fd(int fd, gsize max, GBytes **out)
{
    return read_whole(fd, KERNEL_ROOM, max, out);
}

int fs_read_start(int fd, gsize max, GBytes **out)
{
    gsize length = 0;
    g_autofree char *bytes = g_malloc(max + 1);
    while (length < max) {
        ssize_t n = read(fd, bytes + length, max - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        length += (gsize)n;
    }
    bytes = g_realloc(bytes, length + 1);
    bytes[length] = '\0';
    *out = g_bytes_new_take(g_steal_pointer(&bytes), length);
    return 0;
}
