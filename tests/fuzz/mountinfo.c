/* Mount tables: the three ways to read one agree, and the questions that are asked of it have answers. */
#include "look.h"

#include "facts/system/mountinfo.h"
#include "host/mounts.h"

#include <sys/mman.h>
#include <unistd.h>

static bool count(const struct mount_row *row, gpointer data)
{
    guint *n = data;
    if (*row->target != '/' || !row->options || !row->super || !row->fstype || !row->source || !row->optional)
        abort();
    *n += 1;
    return true;
}

static void ask(const struct mountinfo *table)
{
    for (guint i = 0; i < table->lines->len && i < 16; i++) {
        const struct mount_line *line = g_ptr_array_index(table->lines, i);
        g_autofree char *path = mountinfo_host_path(table, line);
        if (!mountinfo_covering(table, line->target) || !mountinfo_at(table, line->target))
            abort();
        mount_is_writable(line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_autofd int fd = memfd_create("fuzz", MFD_CLOEXEC);
    g_autofree char *text = g_strndup((const char *)data, size), *copy = g_strdup(text);
    guint streamed = 0, taken = 0;
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    bool stream = fd_each_mount(fd, "fuzz", count, &streamed, NULL);
    bool whole = mounts_each_in(copy, count, &taken, NULL);
    struct mountinfo *table = mountinfo_parse(text, NULL);
    if (stream != whole || whole != (table != NULL) || (whole && (streamed != taken || taken != table->lines->len)))
        abort();
    if (table)
        ask(table);
    mountinfo_free(table);
    return 0;
}
