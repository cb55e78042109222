/* Mount tables: parsing, and the questions of coverage and origin that containers raise. */
#include "facts/system/mountinfo.h"

#include "host/mounts.h"
#include "model/value.h"

#include <string.h>

void mountinfo_free(struct mountinfo *table)
{
    if (!table)
        return;
    g_hash_table_unref(table->by_target);
    g_clear_pointer(&table->by_device, g_hash_table_unref);
    g_ptr_array_unref(table->lines);
    g_string_chunk_free(table->texts);
    g_free(table);
}

/* The optional fields between the options and the dash. */
static const char *propagation(const char *const *optional)
{
    bool shared = false, slave = false, unbindable = false;
    for (; *optional; optional++) {
        shared |= g_str_has_prefix(*optional, "shared:");
        slave |= g_str_has_prefix(*optional, "master:");
        unbindable |= g_str_equal(*optional, "unbindable");
    }
    if (shared)
        return slave ? "shared slave" : "shared";
    if (slave)
        return "slave";
    return unbindable ? "unbindable" : "private";
}

/* N of "shared:N". */
static uint64_t peer_group(const char *const *optional)
{
    uint64_t group = 0;
    for (; *optional; optional++)
        if (g_str_has_prefix(*optional, "shared:") &&
            value_parse_u64(*optional + strlen("shared:"), UINT64_MAX, &group))
            return group;
    return 0;
}

/* Tables are many and live long: their texts lie close together. */
#define TEXTS_BLOCK 2048

static bool keep_row(const struct mount_row *row, gpointer data)
{
    struct mountinfo *table = data;
    struct mount_line *line = g_new0(struct mount_line, 1);
    line->major = row->major;
    line->minor = row->minor;
    line->device = (uint64_t)row->major << 32 | row->minor;
    line->root = g_string_chunk_insert(table->texts, row->root);
    line->target = g_string_chunk_insert(table->texts, row->target);
    line->options = g_string_chunk_insert(table->texts, row->options);
    line->fstype = g_string_chunk_insert(table->texts, row->fstype);
    line->source = g_string_chunk_insert(table->texts, row->source);
    line->super = g_string_chunk_insert(table->texts, row->super);
    line->propagation = propagation(row->optional);
    line->peers = peer_group(row->optional);
    line->deleted = row->deleted;
    g_ptr_array_add(table->lines, line);
    g_hash_table_insert(table->by_target, line->target, line);
    return true;
}

static struct mountinfo *table_new(void)
{
    struct mountinfo *table = g_new0(struct mountinfo, 1);
    table->texts = g_string_chunk_new(TEXTS_BLOCK);
    table->lines = g_ptr_array_new_with_free_func(g_free);
    table->by_target = g_hash_table_new(g_str_hash, g_str_equal);
    return table;
}

struct mountinfo *mountinfo_parse(const char *text, GError **error)
{
    pl_auto(mountinfo) table = table_new();
    g_autofree char *copy = g_strdup(text);
    return mounts_each_in(copy, keep_row, table, error) ? g_steal_pointer(&table) : NULL;
}

struct mountinfo *mountinfo_read(struct host *host, const char *path, GError **error)
{
    pl_auto(mountinfo) table = table_new();
    return host_each_mount(host, path, keep_row, table, error) ? g_steal_pointer(&table) : NULL;
}

bool path_is_below(const char *path, const char *directory)
{
    size_t n = strlen(directory);
    while (n && directory[n - 1] == '/')
        n--;
    return strncmp(path, directory, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

const struct mount_line *mountinfo_covering(const struct mountinfo *table, const char *path)
{
    g_autofree char *place = g_strdup(path);
    for (char *end = place + strlen(place); *place; end = strrchr(place, '/')) {
        /* The folder of "/x" is "/", and the one of "/" is none. */
        bool top = end == place;
        end[top ? 1 : 0] = '\0';
        const struct mount_line *line = mountinfo_at(table, place);
        if (line || top || !strchr(place, '/'))
            return line;
    }
    return NULL;
}

const struct mount_line *mountinfo_at(const struct mountinfo *table, const char *target)
{
    return g_hash_table_lookup(table->by_target, target);
}

bool mount_has_option(const char *options, const char *name)
{
    return mounts_option(options, name);
}

bool mount_is_writable(const struct mount_line *line)
{
    return !mount_has_option(line->options, "ro") && !mount_has_option(line->super, "ro");
}

static void lines_free(gpointer lines)
{
    g_ptr_array_unref(lines);
}

void mountinfo_index(struct mountinfo *table)
{
    if (table->by_device)
        return;
    table->by_device = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, lines_free);
    for (guint i = 0; i < table->lines->len; i++) {
        struct mount_line *line = g_ptr_array_index(table->lines, i);
        GPtrArray *same = g_hash_table_lookup(table->by_device, &line->device);
        if (!same) {
            same = g_ptr_array_new();
            g_hash_table_insert(table->by_device, &line->device, same);
        }
        g_ptr_array_add(same, line);
    }
}

/* The table's mounts of the file system of a line, and maybe others; NULL: none. */
static const GPtrArray *mounts_of(const struct mountinfo *table, const struct mount_line *line)
{
    return table->by_device ? g_hash_table_lookup(table->by_device, &line->device) : table->lines;
}

bool mountinfo_has_device(const struct mountinfo *table, const struct mount_line *line)
{
    return mounts_of(table, line) != NULL;
}

/* `folder` joined with what `path` has below `top`. */
static char *rebase(const char *path, const char *top, const char *folder)
{
    size_t skip = g_str_equal(top, "/") ? 0 : strlen(top);
    g_autofree char *joined = g_strconcat(g_str_equal(folder, "/") ? "" : folder, path + skip, NULL);
    size_t n = strlen(joined);
    while (n > 1 && joined[n - 1] == '/')
        joined[--n] = '\0';
    return n ? g_steal_pointer(&joined) : g_strdup("/");
}

char *mount_path_of(const struct mount_line *line, const char *place)
{
    return path_is_below(place, line->root) ? rebase(place, line->root, line->target) : NULL;
}

char *mountinfo_place(const struct mountinfo *table, const char *path, const struct mount_line **mount)
{
    *mount = mountinfo_covering(table, path);
    return *mount ? rebase(path, (*mount)->target, (*mount)->root) : NULL;
}

static bool is_of(const struct mount_line *candidate, const struct mount_line *line)
{
    return candidate->device == line->device && !candidate->deleted;
}

/* The host's mount that shows what `line` shows: one that can be seen, the widest root, the shortest target. */
static const struct mount_line *find_same(const struct mountinfo *host, const struct mount_line *line, bool seen)
{
    const struct mount_line *best = NULL;
    const GPtrArray *lines = mounts_of(host, line);
    for (guint i = 0; lines && i < lines->len; i++) {
        const struct mount_line *candidate = g_ptr_array_index(lines, i);
        if (!is_of(candidate, line) || !path_is_below(line->root, candidate->root))
            continue;
        size_t length = strlen(candidate->root);
        if (best && (length > strlen(best->root) ||
                     (length == strlen(best->root) && strlen(candidate->target) >= strlen(best->target))))
            continue;
        g_autofree char *path = seen ? mount_path_of(candidate, line->root) : NULL;
        if (!seen || mountinfo_covering(host, path) == candidate)
            best = candidate;
    }
    return best;
}

char *mountinfo_host_path(const struct mountinfo *host, const struct mount_line *line)
{
    const struct mount_line *best = find_same(host, line, true);
    if (!best)
        best = find_same(host, line, false);
    return best ? mount_path_of(best, line->root) : NULL;
}

/* Where the host mounted something that `line` shows below itself; NULL: nothing. */
static const char *name_below(const struct mountinfo *theirs, const struct mount_line *line,
                              const struct mount_line *candidate)
{
    g_autofree char *inside = mount_path_of(line, candidate->root);
    return inside && mountinfo_covering(theirs, inside) == line ? candidate->target : NULL;
}

static void add_name(struct mount_names *names, GPtrArray *to, const char *name, guint max)
{
    names->more |= names->same->len + names->below->len >= max;
    if (!names->more)
        g_ptr_array_add(to, g_strdup(name));
}

void mountinfo_names(const struct mountinfo *host, const struct mountinfo *theirs, const struct mount_line *line,
                     guint max, struct mount_names *names)
{
    *names =
        (struct mount_names){g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free), false};
    char *home = mountinfo_host_path(host, line);
    if (home)
        g_ptr_array_add(names->same, home);
    const GPtrArray *lines = mounts_of(host, line);
    for (guint i = 0; lines && i < lines->len && !names->more; i++) {
        const struct mount_line *candidate = g_ptr_array_index(lines, i);
        g_autofree char *same = is_of(candidate, line) ? mount_path_of(candidate, line->root) : NULL;
        const char *name = same ? same : is_of(candidate, line) ? name_below(theirs, line, candidate) : NULL;
        if (name && mountinfo_covering(host, name) == candidate && g_strcmp0(name, home) != 0)
            add_name(names, same ? names->same : names->below, name, max);
    }
}

void mount_names_clear(struct mount_names *names)
{
    g_clear_pointer(&names->same, g_ptr_array_unref);
    g_clear_pointer(&names->below, g_ptr_array_unref);
}
