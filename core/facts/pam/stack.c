#include "facts/pam/stack.h"

#include "model/error.h"
#include "model/value.h"

#include <string.h>

/* libpam's own bound (PAM_SUBSTACK_MAX_LEVEL). */
#define INCLUDES_MAX 16U
/* Real ones have 10 to 30. */
#define ENTRIES_MAX 300U

static const char *const folders[] = {"/etc/pam.d", "/usr/lib/pam.d"};

struct pam_file {
    GPtrArray *lines; /* NULL: it is not there, or `error` */
    GError *error;
    unsigned unsure; /* a line that versions of Linux-PAM read differently; 0 */
};

static void file_free(gpointer data)
{
    struct pam_file *file = data;
    if (file->lines)
        g_ptr_array_unref(file->lines);
    g_clear_error(&file->error);
    g_free(file);
}

static gpointer file_make(struct host *host, gpointer path)
{
    struct pam_file *file = g_new0(struct pam_file, 1);
    file->lines = pam_config_read(host, path, &file->unsure, &file->error);
    return file;
}

static const struct pam_file *file_get(struct host *host, const char *path)
{
    g_autofree char *key = g_strconcat("pam ", path, NULL);
    return host_memo(host, key, file_make, (gpointer)(uintptr_t)path, file_free);
}

/* The file of a name, NULL when there is none; *path (interned) is where it is, or would be first. */
static const struct pam_file *find(struct host *host, const char *name, const char **path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *joined = g_path_is_absolute(name) ? g_strdup(name) : g_strconcat(folders[i], "/", name, NULL);
        const struct pam_file *file = file_get(host, joined);
        *path = g_intern_string(joined);
        if (!g_error_matches(file->error, PL_ERROR, PL_ERROR_ABSENT))
            return file;
    }
    return NULL;
}

/* While a stack is put together. */
struct gathering {
    struct host *host;
    struct pam_stack *stack;
    enum pam_type type;
    bool full;
};

static void add(struct gathering *to, const struct pam_line *line, const char *path, unsigned level, bool header)
{
    if (to->stack->entries->len >= ENTRIES_MAX) {
        if (!to->full)
            problems_add_format(to->stack->problems, PROBLEM_ERROR, NULL, "%s: more than %u lines are taken in", path,
                                ENTRIES_MAX);
        to->full = true;
        return;
    }
    const struct pam_entry entry = {line, path, level, header, !header && line->kind != PAM_MODULE};
    g_array_append_val(to->stack->entries, entry);
}

/* False: libpam cannot load it. `every`: it reads the lines of all types, as of the service itself. */
static bool take_in(struct gathering *to, const char *name, unsigned depth, unsigned level, bool every);

static void take_include(struct gathering *to, const struct pam_line *line, const char *path, unsigned depth,
                         unsigned level, bool every)
{
    bool sub = line->kind == PAM_SUBSTACK, whole = every && line->every_type;
    if (sub)
        add(to, line, path, level, true);
    if (take_in(to, line->module, depth + 1, level + sub, whole))
        return;
    to->stack->broken = to->stack->broken || whole;
    if (!whole)
        add(to, line, path, level, false);
}

static void take_line(struct gathering *to, const struct pam_line *line, const char *path, unsigned depth,
                      unsigned level, bool every)
{
    /* A type that is none is taken for auth where it could be any. */
    enum pam_type type = line->type == PAM_TYPES && every ? PAM_AUTH : line->every_type ? to->type : line->type;
    if (line->kind == PAM_INCLUDE || line->kind == PAM_SUBSTACK) {
        if (line->every_type || line->type == to->type)
            take_include(to, line, path, depth, level, every);
    } else if (type == to->type) {
        add(to, line, path, level, false);
    }
}

static bool take_in(struct gathering *to, const char *name, unsigned depth, unsigned level, bool every)
{
    const char *path = NULL;
    const struct pam_file *file = depth > INCLUDES_MAX ? NULL : find(to->host, name, &path);
    if (file && file->error)
        problems_take(to->stack->problems, problem_of_error(file->error));
    if (!file || !file->lines)
        return false;
    if (file->unsure)
        problems_add_format(to->stack->problems, PROBLEM_UNKNOWN, "take it out of the joined lines",
                            "%s:%u: what is no part of joined lines ends them in some versions of Linux-PAM alone",
                            path, file->unsure);
    for (guint i = 0; i < file->lines->len && !to->full; i++)
        take_line(to, g_ptr_array_index(file->lines, i), path, depth, level, every);
    return true;
}

struct pam_stack *pam_stack_new(struct host *host, const char *service, enum pam_type type)
{
    struct pam_stack *stack = g_new0(struct pam_stack, 1);
    stack->entries = g_array_new(FALSE, FALSE, sizeof(struct pam_entry));
    stack->problems = problems_new();
    struct gathering to = {.host = host, .stack = stack, .type = type};
    const char *path = NULL;
    const struct pam_file *file = find(host, service, &path);
    stack->file = file ? path : NULL;
    take_in(&to, service, 0, 0, true);
    if (!stack->entries->len && !stack->problems->len && !stack->broken)
        take_in(&to, "other", 0, 0, true);
    return stack;
}

void pam_stack_free(struct pam_stack *stack)
{
    if (!stack)
        return;
    g_array_unref(stack->entries);
    g_ptr_array_unref(stack->problems);
    g_free(stack);
}

/* What editors and package managers leave beside a file. Any other name may be a service's: vsftpd.virtual. */
static bool is_copy(const char *name)
{
    static const char *const ends[] = {"~", ".bak", ".old", ".orig", ".save", ".swp", ".pacnew", ".pacsave"};
    static const char *const parts[] = {".dpkg-", ".ucf-", ".rpm"};
    bool is = false;
    for (size_t i = 0; i < G_N_ELEMENTS(ends) && !is; i++)
        is = g_str_has_suffix(name, ends[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(parts) && !is; i++)
        is = strstr(name, parts[i]) != NULL;
    return is;
}

GStrv pam_services(struct host *host, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(folders) && !*error; i++) {
        g_auto(GStrv) names = host_list(host, folders[i], error);
        if (g_error_matches(*error, PL_ERROR, PL_ERROR_ABSENT))
            g_clear_error(error);
        for (char **name = names; name && *name; name++)
            if (!is_copy(*name))
                g_hash_table_add(seen, g_strdup(*name));
    }
    guint n = 0;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(seen, &n);
    GPtrArray *sorted = g_ptr_array_new();
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(sorted, g_strdup(keys[i]));
    g_ptr_array_sort(sorted, value_order_texts);
    g_ptr_array_add(sorted, NULL);
    return (GStrv)g_ptr_array_free(sorted, FALSE);
}
