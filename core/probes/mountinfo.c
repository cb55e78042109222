/* Mount tables: parsing, and the questions of coverage and origin that containers raise. */
#include "probes/mountinfo.h"

#include "model/value.h"

#include <string.h>

#define LINES_MAX 100000

void mountinfo_free(struct mountinfo *table)
{
    if (!table)
        return;
    g_ptr_array_unref(table->lines);
    g_string_chunk_free(table->texts);
    g_free(table);
}

/* "\040" and its like, three octal digits. */
static char *unescape(const char *text)
{
    GString *out = g_string_new(NULL);
    for (; *text; text++) {
        bool octal = text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' && text[2] <= '7' &&
                     text[3] >= '0' && text[3] <= '7';
        if (!octal) {
            g_string_append_c(out, *text);
            continue;
        }
        g_string_append_c(out, (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0')));
        text += 3;
    }
    return g_string_free(out, FALSE);
}

static bool parse_device(const char *text, struct mount_line *line)
{
    uint64_t major = 0, minor = 0;
    const char *colon = strchr(text, ':');
    if (!colon)
        return false;
    g_autofree char *first = g_strndup(text, (gsize)(colon - text));
    if (!value_parse_u64(first, UINT32_MAX, &major) || !value_parse_u64(colon + 1, UINT32_MAX, &minor))
        return false;
    line->major = (unsigned)major;
    line->minor = (unsigned)minor;
    return true;
}

/* The optional fields between the sixth and the dash. */
static const char *propagation(char **fields, size_t dash)
{
    bool shared = false, slave = false, unbindable = false;
    for (size_t i = 6; i < dash; i++) {
        shared |= g_str_has_prefix(fields[i], "shared:");
        slave |= g_str_has_prefix(fields[i], "master:");
        unbindable |= g_str_equal(fields[i], "unbindable");
    }
    if (shared)
        return slave ? "shared slave" : "shared";
    if (slave)
        return "slave";
    return unbindable ? "unbindable" : "private";
}

/* N of "shared:N". */
static uint64_t peer_group(char **fields, size_t dash)
{
    uint64_t group = 0;
    for (size_t i = 6; i < dash; i++)
        if (g_str_has_prefix(fields[i], "shared:") &&
            value_parse_u64(fields[i] + strlen("shared:"), UINT64_MAX, &group))
            return group;
    return 0;
}

#define DELETED     "//deleted"
#define TEXTS_BLOCK 2048

/* Tables are many and live long: their texts lie close together. */
static char *keep_unescaped(GStringChunk *texts, const char *field)
{
    g_autofree char *text = unescape(field);
    return g_string_chunk_insert(texts, text);
}

static struct mount_line *parse_line(const char *text, GStringChunk *texts)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", -1);
    size_t n = g_strv_length(fields), dash = 6;
    while (dash < n && !g_str_equal(fields[dash], "-"))
        dash++;
    if (dash + 3 >= n)
        return NULL;
    struct mount_line *line = g_new0(struct mount_line, 1);
    if (!parse_device(fields[2], line)) {
        g_free(line);
        return NULL;
    }
    line->root = keep_unescaped(texts, fields[3]);
    if (g_str_has_suffix(line->root, DELETED)) {
        line->deleted = true;
        line->root[strlen(line->root) - strlen(DELETED)] = '\0';
    }
    line->target = keep_unescaped(texts, fields[4]);
    line->options = g_string_chunk_insert(texts, fields[5]);
    line->propagation = propagation(fields, dash);
    line->peers = peer_group(fields, dash);
    line->fstype = keep_unescaped(texts, fields[dash + 1]);
    line->source = keep_unescaped(texts, fields[dash + 2]);
    line->super = g_string_chunk_insert(texts, fields[dash + 3]);
    return line;
}

struct mountinfo *mountinfo_parse(const char *text)
{
    struct mountinfo *table = g_new0(struct mountinfo, 1);
    table->texts = g_string_chunk_new(TEXTS_BLOCK);
    table->lines = g_ptr_array_new_with_free_func(g_free);
    while (*text && table->lines->len < LINES_MAX) {
        const char *end = strchrnul(text, '\n');
        g_autofree char *one = g_strndup(text, (gsize)(end - text));
        struct mount_line *line = parse_line(one, table->texts);
        if (line)
            g_ptr_array_add(table->lines, line);
        text = *end ? end + 1 : end;
    }
    return table;
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
    const struct mount_line *best = NULL;
    for (guint i = 0; i < table->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(table->lines, i);
        if (g_str_equal(line->target, target))
            best = line;
    }
    return best;
}

bool mount_has_option(const char *options, const char *name)
{
    size_t length = strlen(name);
    for (const char *option = options; option; option = strchr(option, ','), option = option ? option + 1 : NULL) {
        if (strncmp(option, name, length) == 0 && (!option[length] || option[length] == ','))
            return true;
    }
    return false;
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
