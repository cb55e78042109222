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
    const struct mount_line *best = NULL;
    for (guint i = 0; i < table->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(table->lines, i);
        if (path_is_below(path, line->target) && (!best || strlen(line->target) >= strlen(best->target)))
            best = line;
    }
    return best;
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

/* The host's mount that shows what `line` shows: the widest root, the shortest target. */
static const struct mount_line *find_same(const struct mountinfo *host, const struct mount_line *line)
{
    const struct mount_line *best = NULL;
    for (guint i = 0; i < host->lines->len; i++) {
        const struct mount_line *candidate = g_ptr_array_index(host->lines, i);
        if (candidate->major != line->major || candidate->minor != line->minor || candidate->deleted)
            continue;
        if (!path_is_below(line->root, candidate->root))
            continue;
        size_t length = strlen(candidate->root);
        bool shorter = best && (length < strlen(best->root) ||
                                (length == strlen(best->root) && strlen(candidate->target) < strlen(best->target)));
        if (!best || shorter)
            best = candidate;
    }
    return best;
}

char *mountinfo_host_path(const struct mountinfo *host, const struct mount_line *line)
{
    const struct mount_line *best = find_same(host, line);
    if (!best)
        return NULL;
    size_t skip = g_str_equal(best->root, "/") ? 0 : strlen(best->root);
    g_autofree char *joined = g_strconcat(g_str_equal(best->target, "/") ? "" : best->target, line->root + skip, NULL);
    size_t n = strlen(joined);
    while (n > 1 && joined[n - 1] == '/')
        joined[--n] = '\0';
    return n ? g_steal_pointer(&joined) : g_strdup("/");
}
