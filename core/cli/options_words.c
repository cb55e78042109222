#include "cli/options_words.h"

#include "cli/command.h"
#include "cli/foreign.h"
#include "model/error.h"
#include "model/suggest.h"

#include <limits.h>
#include <string.h>

static bool is_spelling(const char *other, const char *name, char **value)
{
    size_t n = strcspn(other, "=");
    if (strlen(name) != n || strncmp(name, other, n) != 0)
        return false;
    *value = other[n] ? g_strdup(other + n + 1) : NULL;
    return true;
}

const struct option_spec *options_row(unsigned groups, const char *name, char **value)
{
    const struct option_spec *own = options_find(groups, name);
    *value = NULL;
    for (const struct option_spec *spec = options_table(); !own && spec->name; spec++) {
        g_auto(GStrv) others = (groups & spec->group) && spec->also ? g_strsplit(spec->also, " ", -1) : NULL;
        for (char **other = others; other && *other; other++)
            if (is_spelling(*other, name, value))
                return spec;
    }
    return own;
}

static bool is_choice(const struct option_spec *spec, const char *word)
{
    if (!word)
        return false;
    g_auto(GStrv) choices = g_strsplit(spec->choices, " ", -1);
    g_autofree char *ours = options_word(spec, word);
    return g_strv_contains((const char *const *)choices, ours);
}

int options_yes_or_no(const char *word)
{
    static const char *const yes[] = {"true", "yes", "on", "1", NULL}, *const no[] = {"false", "no", "off", "0", NULL};
    g_autofree char *folded = g_ascii_strdown(word, -1);
    return g_strv_contains(yes, folded) ? 1 : g_strv_contains(no, folded) ? 0 : -1;
}

/* GLib takes --quiet=no for --quiet. */
static bool add_flag(struct options *options, const struct option_spec *spec, const char *value, GPtrArray *words,
                     GError **error)
{
    int yes = options_yes_or_no(value);
    if (yes < 0) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--%s takes no value but true or false, not \"%s\"", spec->name,
                    value);
        return false;
    }
    if (yes) {
        g_ptr_array_add(words, g_strdup_printf("--%s", spec->name));
        return true;
    }
    if (!options->denied)
        options->denied = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(options->denied, (gpointer)(guintptr)spec->name);
    return true;
}

/* An option by its own name; `rest` is what follows the name that was typed, `value` what goes with that name. */
static char *own_spelling(const struct option_spec *spec, const char *rest, const char *value, const char *next)
{
    if (!value && !*rest && spec->alone && !is_choice(spec, next))
        value = spec->alone;
    return value ? g_strdup_printf("--%s=%s", spec->name, value) : g_strdup_printf("--%s%s", spec->name, rest);
}

/* Adds a word as ours; `next` is the one that follows. */
static bool add_word(struct options *options, const char *word, const char *next, GPtrArray *words, GError **error)
{
    if (!g_str_has_prefix(word, "--")) {
        g_ptr_array_add(words, g_strdup(word));
        return true;
    }
    size_t n = strcspn(word + 2, "=");
    const char *rest = word + 2 + n;
    g_autofree char *name = g_strndup(word + 2, n), *value = NULL;
    const struct option_spec *spec = options_row(options->command->groups, name, &value);
    if (spec && !spec->argument && *rest)
        return add_flag(options, spec, rest + 1, words, error);
    g_ptr_array_add(words, spec ? own_spelling(spec, rest, value, next) : g_strdup(word));
    return true;
}

char **options_spelled(struct options *options, int argc, char **argv, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    bool more = true;
    for (int i = 0; i < argc; i++) {
        more = more && !g_str_equal(argv[i], "--");
        if (!more || i == 0)
            g_ptr_array_add(words, g_strdup(argv[i]));
        else if (!add_word(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL, words, error))
            return NULL;
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_steal(words, NULL);
}

char *options_word(const struct option_spec *spec, const char *word)
{
    if (!(spec->traits & OPTION_FOLDS))
        return g_strdup(word);
    const struct foreign *same = foreign_find(FOREIGN_SAME, spec->name, word);
    return same ? g_strdup(same->ours) : g_ascii_strdown(word, -1);
}

/* The next comma that is not inside of brackets of a glob, or the end. */
static const char *end_of_part(const char *at)
{
    for (; *at && *at != ','; at++) {
        const char *close = *at == '[' ? strchr(at + 1, ']') : NULL;
        at = close ? close : at;
    }
    return at;
}

/* Appends the parts of a list. One that has none stays as it is: nothing given would be everything. */
static void add_parts(GPtrArray *out, const struct option_spec *spec, const char *list)
{
    guint before = out->len;
    for (const char *at = list; *at;) {
        const char *end = end_of_part(at);
        g_autofree char *part = g_strstrip(g_strndup(at, (gsize)(end - at)));
        if (*part)
            g_ptr_array_add(out, options_word(spec, part));
        at = *end ? end + 1 : end;
    }
    if (out->len == before)
        g_ptr_array_add(out, g_strdup(list));
}

static void split_lists(char ***lists, const struct option_spec *spec)
{
    GPtrArray *out = g_ptr_array_new();
    for (char **list = *lists; list && *list; list++)
        add_parts(out, spec, *list);
    g_ptr_array_add(out, NULL);
    if (*lists) {
        g_strfreev(*lists);
        *lists = (char **)g_ptr_array_free(out, FALSE);
        return;
    }
    g_ptr_array_unref(out);
}

static void split_text(char **text, const struct option_spec *spec)
{
    g_auto(GStrv) one = *text ? g_new0(char *, 2) : NULL;
    if (!one)
        return;
    one[0] = *text;
    split_lists(&one, spec);
    *text = g_strjoinv(",", one);
}

static bool check_choice(const struct option_spec *spec, const char *value, GError **error)
{
    g_auto(GStrv) words = g_strsplit(spec->choices, " ", -1);
    if (g_strv_contains((const char *const *)words, value))
        return true;
    const struct foreign *foreign = foreign_find(FOREIGN_VALUE, spec->name, value);
    g_autofree char *hint = foreign              ? foreign_hint(foreign, NULL)
                            : strchr(value, ',') ? g_strdup(": one of them, not a list")
                                                 : suggest_clause(value, (const char *const *)words);
    g_autofree char *letter = spec->letter ? g_strdup_printf("-%c, ", spec->letter) : g_strdup("");
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "%s--%s takes one of: %s; not \"%s\"%s", letter, spec->name,
                spec->choices, value, hint);
    return false;
}

static bool fold_row(const struct option_spec *spec, char *base, GError **error)
{
    if (spec->kind == G_OPTION_ARG_STRING_ARRAY && (spec->traits & OPTION_COMMAS))
        split_lists((char ***)(void *)base, spec);
    if (spec->kind != G_OPTION_ARG_STRING || !*(char **)(void *)base)
        return true;
    char **text = (char **)(void *)base;
    if (spec->traits & OPTION_COMMAS) {
        split_text(text, spec);
        return true;
    }
    char *given = *text;
    *text = options_word(spec, given);
    g_free(given);
    return !(spec->traits & OPTION_FOLDS) || !spec->choices || check_choice(spec, *text, error);
}

/* "600", "90s", "5m", "1h". */
static bool read_seconds(struct options *options, GError **error)
{
    static const struct {
        const char *name;
        gint64 seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
    const char *text = options->timeout_text;
    if (!text)
        return true;
    char *end = NULL;
    gint64 n = g_ascii_isdigit(*text) ? g_ascii_strtoll(text, &end, 10) : -1;
    for (size_t i = 0; n >= 0 && n <= INT_MAX && i < G_N_ELEMENTS(units); i++) {
        if (g_ascii_strcasecmp(end, units[i].name) != 0 || n * units[i].seconds > INT_MAX)
            continue;
        options->timeout = (int)(n * units[i].seconds);
        return true;
    }
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                "--timeout %s: not a number of seconds; as 600, 90s, 5m or 1h, 0 for without end", text);
    return false;
}

bool options_words(struct options *options, GError **error)
{
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if ((options->command->groups & spec->group) && !fold_row(spec, (char *)options + spec->offset, error))
            return false;
    return read_seconds(options, error);
}
