/* Globs on a host: * ? [] in every component, {a,b} alternatives, and ** for any depth.
 *
 * A pattern that the host's own files hold is another program's, and means what that program makes of it.
 *
 * As in a shell, * and ? do not match a dot at the start of a name; ** passes through hidden directories too, and
 * never through a symlink. Matching is by bytes: names need not be valid in any encoding. */
#include "host/notes.h"
#include "host/path.h"
#include "host/private.h"

#include "model/value.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define ALTERNATIVES_MAX 1024
#define RESULTS_MAX      100000
#define VISITS_MAX       200000
#define LIST_MAX         100000

/* What they disagree in. */
struct dialect {
    bool groups; /* {a,b} are alternatives, and ** stands for any depth */
    bool dots;   /* * and ? match a dot at the start of a name */
    const char *negators;
};

static const struct dialect dialects[] = {
    [GLOB_RULE] = {.groups = true, .negators = "!^"},
    [GLOB_LIBC] = {.negators = "!^"},
    [GLOB_OPENSSH] = {.negators = "!"},
    [GLOB_GO] = {.dots = true, .negators = "^"},
};

struct glob {
    struct host *host;
    const struct dialect *dialect;
    GHashTable *found; /* a set of paths */
    guint visits;
    guint unreadable;
    char *first_unreadable;
    int first_error;   /* negative errno value */
    const char *limit; /* the bound that was met, NULL */
};

/* A member of a [] set: `p` is after the '['. Returns the end (after the ']'), or NULL when the set is not closed. */
static const char *match_set(const struct dialect *dialect, const char *p, unsigned char c, bool *matches)
{
    bool negated = *p && strchr(dialect->negators, *p);
    bool hit = false;
    p += negated;
    for (const char *start = p; *p && (*p != ']' || p == start); p++) {
        if (*p == '\\' && p[1])
            p++;
        unsigned char low = (unsigned char)*p, high = low;
        if (p[1] == '-' && p[2] && p[2] != ']') {
            high = (unsigned char)p[2];
            p += 2;
        }
        hit = hit || (low <= c && c <= high);
    }
    *matches = hit != negated;
    return *p ? p + 1 : NULL;
}

/* One pattern element other than '*' against one byte; *next is the pattern after it. */
static bool match_one(const struct dialect *dialect, const char *pattern, unsigned char c, const char **next)
{
    bool matches = false;
    if (*pattern == '[') {
        *next = match_set(dialect, pattern + 1, c, &matches);
        if (*next)
            return matches;
    }
    if (*pattern == '\\' && pattern[1])
        pattern++;
    else if (*pattern == '?')
        c = '?';
    *next = pattern + 1;
    return (unsigned char)*pattern == c;
}

static bool match_name(const struct dialect *dialect, const char *pattern, const char *name)
{
    const char *star = NULL, *retry = NULL;
    if (!dialect->dots && *name == '.' && *pattern != '.' && !(pattern[0] == '\\' && pattern[1] == '.'))
        return false;
    while (*name) {
        const char *next = NULL;
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern && match_one(dialect, pattern, (unsigned char)*name, &next)) {
            pattern = next;
            name++;
        } else if (star) {
            pattern = star;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool has_magic(const char *component)
{
    return strpbrk(component, "*?[\\") != NULL;
}

static void note_error(struct glob *glob, int err, const char *path)
{
    if (err == -ENOENT || err == -ENOTDIR || err == -ENXIO || err == -ESRCH)
        return;
    if (!glob->unreadable++) {
        glob->first_unreadable = g_strdup(path);
        glob->first_error = err;
    }
}

static void add_result(struct glob *glob, const char *path)
{
    if (g_hash_table_size(glob->found) >= RESULTS_MAX)
        glob->limit = "too many matches";
    else
        g_hash_table_add(glob->found, g_strdup(path));
}

static char *join(const char *directory, const char *name)
{
    return g_strconcat(g_str_equal(directory, "/") ? "" : directory, "/", name, NULL);
}

/* The entries of a directory, empty when it could not be read (which is noted). */
static GPtrArray *list(struct glob *glob, const char *directory)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(g_free);
    if (++glob->visits > VISITS_MAX) {
        glob->limit = "too many directories";
        return entries;
    }
    struct host_fs *fs = glob->host->fs;
    int err = fs->ops->list(fs, directory, LIST_MAX, entries);
    if (err)
        note_error(glob, err, directory);
    return entries;
}

static bool is_directory(struct glob *glob, const char *path, unsigned char type)
{
    struct host_stat st;
    struct host_fs *fs = glob->host->fs;
    if (type != DT_UNKNOWN)
        return type == DT_DIR;
    int err = fs->ops->stat(fs, path, false, &st);
    if (err)
        note_error(glob, err, path);
    return !err && S_ISDIR(st.mode);
}

static void expand(struct glob *glob, const char *directory, char **components);

/* ** : the rest matches here and in every directory below. How deep that goes is bounded by PATH_MAX, which is an error
 * of the file system, and by VISITS_MAX. */
static void expand_deep(struct glob *glob, const char *directory, char **rest)
{
    if (*rest)
        expand(glob, directory, rest);
    g_autoptr(GPtrArray) entries = list(glob, directory);
    for (guint i = 0; i < entries->len && !glob->limit; i++) {
        const struct host_dirent *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = join(directory, entry->name);
        if (!*rest)
            add_result(glob, path);
        if (is_directory(glob, path, entry->type))
            expand_deep(glob, path, rest);
    }
}

static void expand_literal(struct glob *glob, const char *directory, char **components)
{
    g_autofree char *path = join(directory, components[0]);
    if (components[1]) {
        expand(glob, path, components + 1);
        return;
    }
    struct host_stat st;
    struct host_fs *fs = glob->host->fs;
    int err = fs->ops->stat(fs, path, false, &st);
    if (err)
        note_error(glob, err, path);
    else
        add_result(glob, path);
}

static void expand_pattern(struct glob *glob, const char *directory, char **components)
{
    g_autoptr(GPtrArray) entries = list(glob, directory);
    for (guint i = 0; i < entries->len && !glob->limit; i++) {
        const struct host_dirent *entry = g_ptr_array_index(entries, i);
        if (!match_name(glob->dialect, components[0], entry->name))
            continue;
        g_autofree char *path = join(directory, entry->name);
        bool leads_on = entry->type == DT_DIR || entry->type == DT_LNK || entry->type == DT_UNKNOWN;
        if (!components[1])
            add_result(glob, path);
        else if (leads_on)
            expand(glob, path, components + 1);
    }
}

static void expand(struct glob *glob, const char *directory, char **components)
{
    if (glob->limit)
        return;
    if (glob->dialect->groups && g_str_equal(components[0], "**"))
        expand_deep(glob, directory, components + 1);
    else if (has_magic(components[0]))
        expand_pattern(glob, directory, components);
    else
        expand_literal(glob, directory, components);
}

/* The end of a {} group that starts at `open`, NULL when it is not closed. */
static const char *group_end(const char *open)
{
    unsigned depth = 0;
    for (const char *p = open; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}' && --depth == 0)
            return p;
    }
    return NULL;
}

/* The first { that is not quoted, NULL. */
static const char *group_start(const char *pattern)
{
    const char *p = pattern;
    while (*p && *p != '{')
        p += *p == '\\' && p[1] ? 2 : 1;
    return *p ? p : NULL;
}

/* Appends the patterns that {a,b} groups stand for; false when there are too many. */
static bool expand_braces(const char *pattern, GPtrArray *out)
{
    const char *open = group_start(pattern);
    const char *end = open ? group_end(open) : NULL;
    if (out->len >= ALTERNATIVES_MAX)
        return false;
    if (!end) {
        g_ptr_array_add(out, g_strdup(pattern));
        return true;
    }
    unsigned depth = 0;
    const char *start = open + 1;
    for (const char *p = start; p <= end; p++) {
        if (*p == '\\' && p < end)
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}' && p < end)
            depth--;
        else if (p == end || (*p == ',' && depth == 0)) {
            g_autofree char *one =
                g_strdup_printf("%.*s%.*s%s", (int)(open - pattern), pattern, (int)(p - start), start, end + 1);
            if (!expand_braces(one, out))
                return false;
            start = p + 1;
        }
    }
    return true;
}

static void expand_one(struct glob *glob, const char *pattern)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *normal = host_normalise(pattern, &error);
    if (!normal) {
        glob->limit = g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT) ? "path too long" : "not an absolute path";
        return;
    }
    if (g_str_equal(normal, "/")) {
        add_result(glob, "/");
        return;
    }
    g_auto(GStrv) components = g_strsplit(normal + 1, "/", -1);
    expand(glob, "/", components);
}

static char **results(struct glob *glob)
{
    GPtrArray *paths = g_ptr_array_new();
    GHashTableIter iter;
    gpointer path = NULL;
    g_hash_table_iter_init(&iter, glob->found);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        g_hash_table_iter_steal(&iter);
        g_ptr_array_add(paths, path);
    }
    g_ptr_array_sort(paths, value_order_texts);
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

static char **expand_all(struct host *host, const char *pattern, enum glob_kind kind, GError **error)
{
    g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct glob glob = {.host = host, .dialect = &dialects[kind], .found = found};
    if (!glob.dialect->groups)
        g_ptr_array_add(patterns, g_strdup(pattern));
    else if (!expand_braces(pattern, patterns))
        glob.limit = "too many alternatives";
    for (guint i = 0; i < patterns->len && !glob.limit; i++)
        expand_one(&glob, g_ptr_array_index(patterns, i));
    g_autofree char *first = glob.first_unreadable ? g_filename_display_name(glob.first_unreadable) : NULL;
    g_free(glob.first_unreadable);
    if (glob.limit) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: %s", pattern, glob.limit);
    } else if (glob.unreadable) {
        g_set_error(error, PL_ERROR, (gint)pl_error_from_errno(-glob.first_error),
                    "%s: %u places could not be read, the first: %s", pattern, glob.unreadable, first);
    }
    return results(&glob);
}

char **host_glob_as(struct host *host, const char *pattern, enum glob_kind kind, GError **error)
{
    GError *failed = NULL;
    char **paths = expand_all(host, pattern, kind, &failed);
    if (failed && error)
        g_propagate_error(error, failed);
    else if (failed)
        host_note(failed);
    return paths;
}

char **host_glob(struct host *host, const char *pattern, GError **error)
{
    return host_glob_as(host, pattern, GLOB_RULE, error);
}

bool host_is_glob(const char *path)
{
    return strpbrk(path, "*?[{") != NULL;
}

char *host_glob_quote(const char *path)
{
    GString *quoted = g_string_new(NULL);
    for (const char *p = path; *p; p++) {
        if (strchr("*?[]{}\\", *p))
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *p);
    }
    return g_string_free(quoted, FALSE);
}
