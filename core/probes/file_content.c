/* Lines of text files against a PCRE2 pattern. One item a line that matches (its first match), or with `whole` one a
 * match, or with `count` one a file. A file that is absent is no item. */
#include "facts/file/pattern.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/content_paths.h"
#include "probes/common/object.h"
#include "probes/common/path_from.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "path",
     .type = VALUE_SET,
     .text = "absolute paths or globs; a leading ~/ means every account's home",
     .subject = true},
    PATH_FROM_PARAM,
    {.name = "pattern",
     .type = VALUE_STRING,
     .required = true,
     .text = "PCRE2, searched in each line (multi-line mode off)"},
    {.name = "whole",
     .type = VALUE_BOOL,
     .text = "the pattern sees the whole file as one subject, with ^ and $ at lines (default false)"},
    {.name = "comments",
     .type = VALUE_STRING,
     .text = "lines that begin (after blanks) with one of these characters are skipped; default none are"},
    {.name = "count",
     .type = VALUE_BOOL,
     .text = "one item a file with the number of matches, also when 0 (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"line", VALUE_NUMBER, "line of the match"},
    {"text", VALUE_STRING, "the line, or with whole the lines that the match is in", FIELD_RAW},
    {"match", VALUE_STRING, "what matched", FIELD_VALUE},
    {"group.*", VALUE_STRING, "a capture by number or name"},
    {"count", VALUE_NUMBER, "number of matches in the file (count: true)"},
    {.name = NULL},
};

/* Longer texts are not kept as evidence. */
#define TEXT_MAX ((gsize)64 << 10)

struct file_content_search {
    struct items *items;
    struct pattern *pattern;
    const char *comments, *path;
    bool utf8, counting;
    gint64 count;
};

/* One place to look at. */
struct file_content_subject {
    const char *text;
    gsize n;
    unsigned line; /* of the byte `counted` */
    gsize counted;
};

static bool is_comment(const char *comments, const char *line, gsize n)
{
    gsize i = 0;
    while (i < n && (line[i] == ' ' || line[i] == '\t'))
        i++;
    return *comments && i < n && line[i] && strchr(comments, line[i]);
}

static void set_text(struct item *item, const char *field, const char *text, gsize n)
{
    if (n > TEXT_MAX) {
        item_damaged(item, field, "longer than %" G_GSIZE_FORMAT " bytes", TEXT_MAX);
        return;
    }
    g_autofree char *valid = n ? g_utf8_make_valid(text, (gssize)n) : g_strdup("");
    item_set_string(item, field, valid);
}

static void add_match(struct file_content_search *search, struct file_content_subject *subject, gsize start, gsize end)
{
    search->count++;
    if (search->counting || search->items->full)
        return;
    if (!items_room(search->items, 1, "matches"))
        return;
    const char *text = subject->text, *from = text + start, *to = text + end;
    for (; subject->counted < start; subject->counted++)
        subject->line += text[subject->counted] == '\n';
    /* The lines that the match is in; a newline at its end does not take one more in. */
    if (to > from && to[-1] == '\n')
        to--;
    while (from > text && from[-1] != '\n' && (gsize)(to - from) <= TEXT_MAX)
        from--;
    while (to < text + subject->n && *to != '\n' && (gsize)(to - from) <= TEXT_MAX)
        to++;
    struct item *item = items_add(search->items, search->path);
    item_source_path(item, search->path, subject->line);
    item_set_string(item, "path", search->path);
    item_set_int(item, "line", subject->line);
    set_text(item, "text", from, (gsize)(to - from));
    set_text(item, "match", text + start, end - start);
    item_set(item, "group", pattern_groups(search->pattern, text));
}

static bool gave_up(struct file_content_search *search, const struct file_content_subject *subject)
{
    items_problem(search->items, PROBLEM_ERROR, NULL, "%s:%u: the pattern needs too many steps", search->path,
                  subject->line);
    return false;
}

/* Every match of `all`, or the first. False when the search gave up. */
static bool search_subject(struct file_content_search *search, struct file_content_subject *subject, bool all)
{
    for (gsize at = 0; at <= subject->n && !search->items->full;) {
        gsize start = 0, end = 0;
        enum pattern_result result = pattern_search(search->pattern, subject->text, subject->n, at, search->utf8);
        if (result == PATTERN_GAVE_UP)
            return gave_up(search, subject);
        if (result == PATTERN_NO)
            return true;
        pattern_span(search->pattern, &start, &end);
        add_match(search, subject, start, end);
        if (!all)
            return true;
        at = MAX(end, at);
        if (end <= start) {
            at++;
            while (search->utf8 && at < subject->n && ((unsigned char)subject->text[at] & 0xC0) == 0x80)
                at++;
        }
    }
    return true;
}

static void search_lines(struct file_content_search *search, const char *text, gsize n)
{
    struct file_content_subject subject = {.line = 0};
    for (const char *p = text, *end = text + n; p < end && !search->items->full;) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        subject.text = p;
        subject.n = (gsize)((newline ? newline : end) - p);
        subject.line++;
        p = newline ? newline + 1 : end;
        if (subject.n && subject.text[subject.n - 1] == '\r')
            subject.n--;
        if (!is_comment(search->comments, subject.text, subject.n) && !search_subject(search, &subject, false))
            return;
    }
}

/* The text with its comment lines emptied, so that the numbers of lines stay. */
static char *without_comments(const char *comments, const char *text, gsize n)
{
    GString *out = g_string_sized_new(n);
    for (const char *p = text, *end = text + n; p < end;) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        const char *stop = newline ? newline : end;
        if (!is_comment(comments, p, (gsize)(stop - p)))
            g_string_append_len(out, p, stop - p);
        if (newline)
            g_string_append_c(out, '\n');
        p = newline ? newline + 1 : end;
    }
    return g_string_free(out, FALSE);
}

static void search_whole(struct file_content_search *search, const char *text, gsize n)
{
    g_autofree char *kept = NULL;
    struct file_content_subject subject = {.text = text, .n = n, .line = 1};
    if (*search->comments && !memchr(text, '\0', n)) {
        kept = without_comments(search->comments, text, n);
        subject.text = kept;
        subject.n = strlen(kept);
    }
    search_subject(search, &subject, true);
}

static void search_file(struct file_content_search *search, GBytes *bytes, bool whole)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    guint problems = search->items->problems->len;
    search->utf8 = n == 0 || g_utf8_validate_len(text, n, NULL);
    search->count = 0;
    if (whole)
        search_whole(search, n ? text : "", n);
    else
        search_lines(search, text, n);
    if (!search->counting || !items_room(search->items, 1, "files"))
        return;
    struct item *item = items_add(search->items, search->path);
    item_source_path(item, search->path, 0);
    item_set_string(item, "path", search->path);
    if (search->items->problems->len > problems)
        item_damaged(item, "count", "%s: the pattern needs too many steps", search->path);
    else
        item_set_int(item, "count", search->count);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_autoptr(GError) error = NULL;
    bool whole = object_bool(object, "whole", false);
    pl_auto(pattern) pattern = pattern_new(object_string(object, "pattern", ""), whole, &error);
    if (!pattern) {
        items_problem_from_error(items, error);
        return;
    }
    struct file_content_search search = {.items = items, .pattern = pattern};
    search.comments = object_string(object, "comments", "");
    search.counting = object_bool(object, "count", false);
    g_auto(GStrv) patterns = path_from_paths(context, object, items);
    g_autoptr(GPtrArray) paths = content_paths(context->host, (const char *const *)patterns, false, items);
    for (guint i = 0; i < paths->len && !items->full; i++) {
        const struct content_path *path = g_ptr_array_index(paths, i);
        g_autoptr(GError) failure = NULL;
        g_autoptr(GBytes) bytes = host_read(context->host, path->path, &failure);
        search.path = path->path;
        if (bytes)
            search_file(&search, bytes, whole);
        else
            content_path_problem(context->host, path, failure, items);
    }
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    if (!path_from_check(object, daemons, error))
        return false;
    pl_auto(pattern) pattern = pattern_new(object_string(object, "pattern", ""), false, error);
    return pattern != NULL;
}

const struct probe probe_file_content = {
    .name = "file-content",
    .summary = "Lines of text files that match a PCRE2 pattern, with captures",
    .object = {"line", "lines", .by_place = true, .absent = "{} has no such line",
               .absent_all = "none of these has such a line: {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
