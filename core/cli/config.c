#include "cli/config.h"

#include "cli/command.h"
#include "cli/options_words.h"
#include "cli/trust.h"
#include "model/error.h"
#include "model/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CONFIG_DEFAULT  "/etc/plumbline.conf"
#define CONFIG_SIZE_MAX 65536

static bool complain_at(const char *path, unsigned line, const char *text, GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "%s:%u: %s", path, line, text);
    return false;
}

/* Keys are what an audit takes, but for what asks for something else than an audit. */
static const struct option_spec *key_row(const char *key, bool *flag)
{
    const unsigned groups = command_find("audit")->groups & ~(unsigned)(OPTIONS_CONFIG | OPTIONS_SHOW_CONFIG);
    g_autofree char *value = NULL;
    const struct option_spec *spec = options_row(groups, key, &value);
    *flag = spec && (!spec->argument || value);
    return spec && !(spec->traits & OPTION_HIDDEN) && !g_str_equal(key, "help") ? spec : NULL;
}

static bool unknown_key(const char *path, unsigned line, const char *key, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    bool flag = false;
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if (key_row(spec->name, &flag))
            g_ptr_array_add(keys, (gpointer)(guintptr)spec->name);
    g_autofree char *clause = suggest_clause_in(key, keys);
    g_autofree char *text = g_strdup_printf("audit has no option \"%s\"%s", key, clause);
    return complain_at(path, line, text, error);
}

/* What one file adds to a command line. */
struct reading {
    const char *path;
    struct options *options;
    GPtrArray *words;  /* char *: as argv */
    GHashTable *given; /* struct option_spec: those that the command line has */
};

/* A flag that is true, false or alone; --no-color is one as well. */
static bool add_flag(struct reading *reading, unsigned line, const char *key, const char *value, GError **error)
{
    int yes = value ? options_yes_or_no(value) : 1;
    if (yes > 0)
        g_ptr_array_add(reading->words, g_strdup_printf("--%s", key));
    g_autofree char *text = g_strdup_printf("%s is true or false, not \"%s\"", key, value ? value : "");
    return yes >= 0 || complain_at(reading->path, line, text, error);
}

static bool add_key(struct reading *reading, unsigned line, const char *key, const char *value, GError **error)
{
    bool flag = false;
    const struct option_spec *spec = key_row(key, &flag);
    if (!spec)
        return unknown_key(reading->path, line, key, error);
    if (!(reading->options->command->groups & spec->group) || g_hash_table_contains(reading->given, spec))
        return true;
    g_hash_table_insert(reading->options->origins, (gpointer)(guintptr)spec->name,
                        g_strdup_printf("%s:%u", reading->path, line));
    if (flag)
        return add_flag(reading, line, key, value, error);
    if (!value || !*value)
        return complain_at(reading->path, line, "an option and its value: KEY = VALUE", error);
    g_ptr_array_add(reading->words, g_strdup_printf("--%s=%s", key, value));
    return true;
}

/* KEY, or KEY = VALUE; # begins a comment where a line or what follows a blank begins. */
static bool add_line(struct reading *reading, unsigned number, char *line, GError **error)
{
    for (char *sign = strchr(line, '#'); sign; sign = strchr(sign + 1, '#'))
        if (sign == line || g_ascii_isspace(sign[-1])) {
            *sign = '\0';
            break;
        }
    g_strstrip(line);
    if (!*line)
        return true;
    char *equals = strchr(line, '=');
    g_autofree char *key = equals ? g_strndup(line, (gsize)(equals - line)) : g_strdup(line);
    g_strstrip(key);
    const char *name = g_str_has_prefix(key, "--") ? key + 2 : key;
    return add_key(reading, number, name, equals ? g_strstrip(equals + 1) : NULL, error);
}

static bool add_lines(struct reading *reading, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        if (!add_line(reading, i + 1, lines[i], error))
            return false;
    return true;
}

static char *read_file(const char *path, GError **error)
{
    struct stat st;
    g_autofree char *text = NULL;
    if (!trust_path(path, error))
        return NULL;
    if (stat(path, &st) < 0) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--config: %s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--config: %s is not a regular file", path);
        return NULL;
    }
    g_autoptr(GError) cause = NULL;
    gsize n = 0;
    if (st.st_size > CONFIG_SIZE_MAX || !g_file_get_contents(path, &text, &n, &cause) || n > CONFIG_SIZE_MAX ||
        strlen(text) != n || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--config: %s", cause ? cause->message : path);
        if (!cause)
            g_prefix_error(error, "not a text of at most 64 KiB: ");
        return NULL;
    }
    return g_steal_pointer(&text);
}

static void note_given(struct reading *reading)
{
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if ((reading->options->command->groups & spec->group) && options_given(reading->options, spec))
            g_hash_table_add(reading->given, (gpointer)(guintptr)spec);
}

static bool apply_file(struct options *options, const char *path, GError **error)
{
    g_autofree char *text = read_file(path, error);
    if (!text)
        return false;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) given = g_hash_table_new(NULL, NULL);
    struct reading reading = {.path = path, .options = options, .words = words, .given = given};
    options->origins = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    note_given(&reading);
    g_ptr_array_add(words, g_strdup(path));
    if (!add_lines(&reading, text, error))
        return false;
    int n = (int)words->len;
    g_ptr_array_add(words, NULL);
    if (options_parse_more(options, n, (char **)words->pdata, error))
        return true;
    g_prefix_error(error, "%s: ", path);
    return false;
}

bool config_apply(struct options *options, GError **error)
{
    const char *path = options->config ? options->config : CONFIG_DEFAULT;
    struct stat st;
    if (!(options->command->groups & OPTIONS_CONFIG) || g_str_equal(path, "none") || g_str_equal(path, "/dev/null"))
        return true;
    /* Whatever else hinders the look is said by the reading. */
    if (!options->config && stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    return apply_file(options, path, error);
}

static void show_line(const char *key, const char *value, const char *origin)
{
    g_autofree char *left = g_strdup_printf("%s = %s", key, value);
    printf("%-40s # %s\n", left, origin);
}

/* The value of an option that takes one; NULL: it takes several. Caller frees. */
static char *value_text(const struct option_spec *spec, const char *base)
{
    if (spec->kind == G_OPTION_ARG_NONE)
        return g_strdup(*(const gboolean *)(const void *)base ? "true" : "false");
    if (spec->kind == G_OPTION_ARG_INT)
        return g_strdup_printf("%d", *(const int *)(const void *)base);
    if (spec->kind == G_OPTION_ARG_DOUBLE)
        return g_strdup_printf("%g", *(const double *)(const void *)base);
    bool text = spec->kind == G_OPTION_ARG_STRING || spec->kind == G_OPTION_ARG_FILENAME;
    return text ? g_strdup(*(char *const *)(const void *)base) : NULL;
}

/* One line for each value. */
static void show(const struct options *options, const struct option_spec *spec)
{
    const char *base = (const char *)options + spec->offset;
    const char *origin = options->origins ? g_hash_table_lookup(options->origins, spec->name) : NULL;
    g_autofree char *value = value_text(spec, base);
    origin = origin ? origin : "command line";
    if (value)
        show_line(spec->name, value, origin);
    for (char **one = value ? NULL : *(char **const *)(const void *)base; one && *one; one++)
        show_line(spec->name, *one, origin);
}

void config_show(const struct options *options)
{
    bool flag = false;
    for (const struct option_spec *spec = options_table(); spec->name; spec++) {
        if (!(options->command->groups & spec->group) || !key_row(spec->name, &flag))
            continue;
        const char *initial = flag ? "false" : spec->initial;
        if (options_given(options, spec))
            show(options, spec);
        else if (initial)
            show_line(spec->name, initial, "default");
    }
}
