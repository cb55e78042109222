#include "host/mounts.h"

#include "host/stream.h"

#include "model/error.h"
#include "model/value.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The kernel marks a root that is no more so; a directory of that name would be written the same. */
#define DELETED      "//deleted"
#define OPTIONAL_MAX 16U

enum { FIELD_ID, FIELD_PARENT, FIELD_DEVICE, FIELD_ROOT, FIELD_TARGET, FIELD_OPTIONS, FIELD_COUNT };

struct mounts_reading {
    mount_taker take;
    gpointer data;
    guint rows;
    guint broken; /* the first line that is not of the format, 0 */
    bool full;
};

static bool is_octal(const char *text)
{
    return text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' && text[2] >= '0' && text[2] <= '7';
}

char *mounts_unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        bool escape = *from == '\\' && is_octal(from + 1);
        *to = escape ? (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0')) : *from;
        from += escape ? 4 : 1;
    }
    *to = '\0';
    return text;
}

bool mounts_option(const char *options, const char *name)
{
    size_t length = strlen(name);
    for (const char *option = options; option; option = strchr(option, ','), option = option ? option + 1 : NULL) {
        if (strncmp(option, name, length) == 0 && (!option[length] || option[length] == ','))
            return true;
    }
    return false;
}

/* Cuts the next field off: the kernel writes one space between two, and none inside. NULL after the last. */
static char *next_field(char **cursor)
{
    char *field = *cursor;
    if (!field)
        return NULL;
    char *end = strchr(field, ' ');
    if (end)
        *end++ = '\0';
    *cursor = end;
    return field;
}

static bool parse_device(char *text, struct mount_row *row)
{
    char *colon = strchr(text, ':');
    uint64_t major = 0, minor = 0;
    if (!colon)
        return false;
    *colon = '\0';
    if (!value_parse_u64(text, UINT32_MAX, &major) || !value_parse_u64(colon + 1, UINT32_MAX, &minor))
        return false;
    row->major = (unsigned)major;
    row->minor = (unsigned)minor;
    return true;
}

/* The optional fields up to the dash; false for more than any kernel writes. */
static bool take_optional(char **cursor, const char **optional)
{
    guint n = 0;
    char *field = next_field(cursor);
    for (; field && n < OPTIONAL_MAX && !g_str_equal(field, "-"); field = next_field(cursor))
        optional[n++] = field;
    optional[n] = NULL;
    return field && g_str_equal(field, "-");
}

static void take_root(char *root, struct mount_row *row)
{
    mounts_unescape(root);
    row->deleted = g_str_has_suffix(root, DELETED);
    if (row->deleted)
        root[strlen(root) - strlen(DELETED)] = '\0';
    row->root = root;
}

/* "36 35 98:0 /root /mnt rw,nosuid shared:1 - ext4 /dev/vda1 rw" */
static bool parse_row(char *line, const char **optional, struct mount_row *row)
{
    char *cursor = line, *field[FIELD_COUNT] = {NULL};
    for (size_t i = 0; i < FIELD_COUNT; i++)
        field[i] = next_field(&cursor);
    if (!field[FIELD_OPTIONS] || !take_optional(&cursor, optional))
        return false;
    char *fstype = next_field(&cursor), *source = next_field(&cursor), *super = next_field(&cursor);
    if (!fstype || !*fstype || !value_parse_u64(field[FIELD_ID], UINT64_MAX, &row->id) ||
        !value_parse_u64(field[FIELD_PARENT], UINT64_MAX, &row->parent) || !parse_device(field[FIELD_DEVICE], row))
        return false;
    take_root(field[FIELD_ROOT], row);
    row->target = mounts_unescape(field[FIELD_TARGET]);
    row->options = field[FIELD_OPTIONS];
    row->optional = optional;
    row->fstype = mounts_unescape(fstype);
    row->source = source ? mounts_unescape(source) : "";
    row->super = super ? super : "";
    return *row->target == '/';
}

static bool take_line(char *line, gsize length, guint number, gpointer data)
{
    struct mounts_reading *reading = data;
    const char *optional[OPTIONAL_MAX + 1];
    struct mount_row row = {.line = number};
    if (!length)
        return true;
    if (!parse_row(line, optional, &row)) {
        reading->broken = reading->broken ? reading->broken : number;
        return true;
    }
    reading->full = reading->rows++ >= HOST_MOUNTS_MAX;
    return !reading->full && reading->take(&row, reading->data);
}

static bool finish(const struct mounts_reading *reading, const char *path, GError **error)
{
    if (reading->full)
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: more than %u mounts", path, HOST_MOUNTS_MAX);
    else if (reading->broken)
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: line %u is no line of a mount table", path, reading->broken);
    return !reading->full && !reading->broken;
}

bool host_each_mount(struct host *host, const char *path, mount_taker take, gpointer data, GError **error)
{
    struct mounts_reading reading = {.take = take, .data = data};
    return host_each_line(host, path, HOST_MOUNTS_BYTES_MAX, take_line, &reading, error) &&
           finish(&reading, path, error);
}

bool fd_each_mount(int fd, const char *name, mount_taker take, gpointer data, GError **error)
{
    struct mounts_reading reading = {.take = take, .data = data};
    return fd_each_line(fd, name, HOST_MOUNTS_BYTES_MAX, take_line, &reading, error) && finish(&reading, name, error);
}

bool mounts_each_in(char *text, mount_taker take, gpointer data, GError **error)
{
    struct mounts_reading reading = {.take = take, .data = data};
    guint number = 0;
    bool more = true;
    while (text && *text && more) {
        char *end = strchrnul(text, '\n');
        char *next = *end ? end + 1 : NULL;
        *end = '\0';
        more = take_line(text, (gsize)(end - text), ++number, &reading);
        text = next;
    }
    return finish(&reading, "the mount table", error);
}

static bool look(const char *path, struct statx *stx)
{
    pl_autofd int fd = open(path, O_PATH | O_CLOEXEC);
    return fd >= 0 && statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO | STATX_MNT_ID, stx) == 0;
}

char *mounts_path_of(const char *directory)
{
    struct statx given, found;
    g_autofree char *path = realpath(directory, NULL);
    if (!path || !look(directory, &given) || !look(path, &found))
        return NULL;
    bool same = given.stx_ino == found.stx_ino && given.stx_dev_major == found.stx_dev_major &&
                given.stx_dev_minor == found.stx_dev_minor && given.stx_mnt_id == found.stx_mnt_id;
    return same ? g_strdup(path) : NULL;
}
