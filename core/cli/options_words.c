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

static char *spelled(const struct command *command, const char *word, const char *next)
{
    if (!g_str_has_prefix(word, "--") || !word[2])
        return g_strdup(word);
    size_t n = strcspn(word + 2, "=");
    g_autofree char *name = g_strndup(word + 2, n), *value = NULL;
    const char *rest = word + 2 + n;
    const struct option_spec *spec = options_row(command->groups, name, &value);
    if (!spec)
        return g_strdup(word);
    if (value)
        return g_strdup_printf("--%s=%s", spec->name, value);
    if (!*rest && spec->alone && !is_choice(spec, next))
        return g_strdup_printf("--%s=%s", spec->name, spec->alone);
    return g_strdup_printf("--%s%s", spec->name, rest);
}

char **options_spelled(const struct command *command, int argc, char **argv)
{
    char **words = g_new0(char *, (gsize)argc + 1);
    bool options = true;
    for (int i = 0; i < argc; i++) {
        options = options && !g_str_equal(argv[i], "--");
        words[i] = options && i > 0 ? spelled(command, argv[i], i + 1 < argc ? argv[i + 1] : NULL) : g_strdup(argv[i]);
    }
    return words;
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
