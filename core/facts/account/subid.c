#include "facts/account/subid.h"

#include "facts/account/accounts.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>

#define RANGES_MAX 4096U

struct subid_reading {
    struct host *host;
    struct subid_ranges *ranges;
    GHashTable *by_name; /* passwd by user */
};

static void range_free(gpointer data)
{
    struct subid_range *range = data;
    g_free(range->user);
    g_free(range);
}

static void ranges_free(gpointer data)
{
    struct subid_ranges *ranges = data;
    g_ptr_array_unref(ranges->list);
    g_ptr_array_unref(ranges->problems);
    problem_free(ranges->foreign);
    g_free(ranges);
}

static int64_t user_id(const struct subid_reading *reading, const char *name)
{
    uint64_t uid = 0;
    const struct account_row *row = g_hash_table_lookup(reading->by_name, name);
    const char *text = row ? accounts_field(row, 2) : name; /* the files may hold the number itself */
    return value_parse_u64(text, G_MAXUINT32, &uid) ? (int64_t)uid : -1;
}

static void add_range(struct subid_reading *reading, const char *file, const struct account_row *row)
{
    uint64_t start = 0, count = 0;
    const char *user = accounts_field(row, 0);
    if (row->n != 3 || !*user || !value_parse_u64(accounts_field(row, 1), G_MAXUINT32, &start) ||
        !value_parse_u64(accounts_field(row, 2), G_MAXUINT32, &count)) {
        problems_add_format(reading->ranges->problems, PROBLEM_ERROR, NULL, "%s:%u: not user:start:count", file,
                            accounts_line(row));
        return;
    }
    struct subid_range *range = g_new0(struct subid_range, 1);
    range->file = file;
    range->user = g_utf8_make_valid(user, -1);
    range->uid = user_id(reading, user);
    range->start = start;
    range->count = count;
    range->line = accounts_line(row);
    g_ptr_array_add(reading->ranges->list, range);
}

static void read_file(struct subid_reading *reading, const char *path)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *rows = accounts_read(reading->host, path, &error);
    problems_add_error(reading->ranges->problems, error);
    size_t n = rows ? rows->len : 0;
    if (n > RANGES_MAX)
        problems_add_format(reading->ranges->problems, PROBLEM_ERROR, NULL, "%s: more than %u ranges", path,
                            RANGES_MAX);
    for (size_t i = 0; i < MIN(n, (size_t)RANGES_MAX); i++) {
        const struct account_row *row = g_ptr_array_index(rows, i);
        if (row->n > 1 || *accounts_field(row, 0))
            add_range(reading, path, row);
    }
}

/* "subid: sss" and the like: then libsubid asks there, and these files say nothing. NULL when the files count. */
static struct problem *foreign_source(struct host *host)
{
    g_autofree char *text = host_read_text(host, "/etc/nsswitch.conf", NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        if (!g_str_has_prefix(*line, "subid:"))
            continue;
        const char *source = *line + 6 + strspn(*line + 6, " \t");
        if (*source && !g_str_has_prefix(source, "files"))
            return problem_unknown("/etc/nsswitch.conf takes subordinate ids from \"%.40s\"", source);
    }
    return NULL;
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct subid_ranges *ranges = g_new0(struct subid_ranges, 1);
    ranges->list = g_ptr_array_new_with_free_func(range_free);
    ranges->problems = problems_new();
    ranges->foreign = foreign_source(host);
    if (ranges->foreign)
        return ranges;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) by_name = accounts_index(accounts_read(host, "/etc/passwd", &error));
    problems_add_error(ranges->problems, error);
    struct subid_reading reading = {host, ranges, by_name};
    read_file(&reading, SUBID_UIDS);
    read_file(&reading, SUBID_GIDS);
    return ranges;
}

const struct subid_ranges *subid_ranges_get(struct host *host)
{
    return host_memo(host, "subid-ranges", make, NULL, ranges_free);
}

uint64_t subid_count(const struct subid_ranges *ranges, const struct home *home)
{
    uint64_t users = 0, groups = 0;
    for (guint i = 0; i < ranges->list->len; i++) {
        const struct subid_range *range = g_ptr_array_index(ranges->list, i);
        bool own = g_str_equal(range->user, home->user) || range->uid == (int64_t)home->uid;
        *(g_str_equal(range->file, SUBID_UIDS) ? &users : &groups) += own ? range->count : 0;
    }
    return MIN(users, groups);
}
