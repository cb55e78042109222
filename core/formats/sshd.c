/* sshd_config(5) as sshd splits it: keyword, an optional =, words with single or double quotes and backslashes, a #
 * that begins a word ends the line. Nothing is resolved: Include, Match and which value wins are the sshd probe's. A
 * line that sshd refuses (a quote that is not closed, a keyword alone) is an error, since sshd would not start with it.
 */
#include "formats/format.h"
#include "formats/parse.h"
#include "model/tree.h"

#include <string.h>

struct sshd {
    struct parse_budget budget;
    json_object *root;
    char *match; /* text of the Match line that is in force, NULL before the first */
    unsigned line;
};

/* Does a backslash here take the meaning of what follows it? Blanks need that outside of quotes alone. */
static bool is_escape(const char *s, char quote)
{
    return *s == '\\' && s[1] && strchr(quote ? "'\"\\" : "'\"\\ ", s[1]);
}

/* Opens or closes a quote; false: an ordinary character. */
static bool turn_quote(char c, char *quote)
{
    bool opens = *quote == '\0' && (c == '"' || c == '\'');
    bool closes = *quote && c == *quote;
    if (opens || closes)
        *quote = opens ? c : '\0';
    return opens || closes;
}

/* One word at *p as OpenSSH's argv_split() takes it; false when a quote stays open. */
static bool take_word(const char **p, GString *out)
{
    char quote = '\0';
    const char *s = *p;
    g_string_truncate(out, 0);
    for (; *s && (quote || (*s != ' ' && *s != '\t')); s++) {
        if (is_escape(s, quote))
            g_string_append_c(out, *++s);
        else if (!turn_quote(*s, &quote))
            g_string_append_c(out, *s);
    }
    *p = s;
    return quote == '\0';
}

static bool take_args(struct sshd *sshd, const char *line, const char *p, json_object *args)
{
    g_autoptr(GString) word = g_string_new(NULL);
    for (;;) {
        p = skip_blanks(p);
        if (!*p || *p == '#')
            return true;
        struct tree_mark mark = {.line = sshd->line, .column = (unsigned)(p - line) + 1};
        if (!parse_spend(&sshd->budget, 1, mark))
            return false;
        if (!take_word(&p, word))
            return parse_fail(sshd->budget.error, PL_ERROR_PARSE, sshd->budget.name, mark, "a quote is not closed");
        json_object_array_add(args, parse_string(word->str, word->len, mark));
    }
}

static char *join(const json_object *args)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < json_object_array_length(args); i++) {
        if (i)
            g_string_append_c(text, ' ');
        g_string_append(text, json_object_get_string(json_object_array_get_idx(args, i)));
    }
    return g_string_free(text, FALSE);
}

/* "Keyword args": the keyword ends at a blank or =; one = after it is skipped. */
static const char *take_keyword(const char *p, char **keyword)
{
    gsize n = strcspn(p, " \t\r=\"");
    *keyword = g_ascii_strdown(p, (gssize)n);
    p = skip_blanks(p + n);
    return *p == '=' ? skip_blanks(p + 1) : p;
}

/* What sshd keeps as it stands behind the keyword, quotes and a # in it as well, for a shell or a client that reads it
 * (servconf.c; the line's words have to be well formed all the same). */
static bool keeps_text(const char *keyword)
{
    static const char *const keywords[] = {"authorizedkeyscommand", "authorizedprincipalscommand", "forcecommand",
                                           "versionaddendum", NULL};
    return g_strv_contains(keywords, keyword);
}

/* Its words are those that blanks part. */
static json_object *words_of(const json_object *args, const char *text)
{
    json_object *words = parse_array(tree_mark(args));
    g_auto(GStrv) parts = g_strsplit_set(text, " \t", -1);
    for (char **part = parts; *part; part++)
        if (**part)
            json_object_array_add(words, parse_string(*part, strlen(*part), tree_mark(args)));
    return words;
}

static void add_entry(struct sshd *sshd, const char *keyword, json_object *args, const char *value,
                      struct tree_mark mark)
{
    json_object *entry = parse_object(mark);
    json_object_array_add(sshd->root, entry);
    json_object_object_add(entry, "keyword", parse_string(keyword, strlen(keyword), mark));
    json_object_object_add(entry, "args", keeps_text(keyword) ? words_of(args, value) : json_object_get(args));
    json_object_object_add(entry, "value", parse_string(value, strlen(value), mark));
    bool in_block = sshd->match && !g_str_equal(keyword, "match");
    json_object_object_add(entry, "match", in_block ? json_object_new_string(sshd->match) : NULL);
    json_object_object_add(entry, "line", json_object_new_int64(sshd->line));
}

static bool take_line(struct sshd *sshd, char *line)
{
    g_strchomp(line);
    const char *start = skip_blanks(line);
    if (!*start || *start == '#')
        return true;
    g_autofree char *keyword = NULL;
    struct tree_mark mark = {.line = sshd->line, .column = (unsigned)(start - line) + 1};
    const char *p = take_keyword(start, &keyword);
    if (!parse_spend(&sshd->budget, 6, mark))
        return false;
    pl_autojson json_object *args = parse_array(mark);
    if (!take_args(sshd, line, p, args))
        return false;
    if (!json_object_array_length(args))
        return parse_fail(sshd->budget.error, PL_ERROR_PARSE, sshd->budget.name, mark, "%s has no argument", keyword);
    g_autofree char *value = keeps_text(keyword) ? g_strdup(p) : join(args);
    add_entry(sshd, keyword, args, value, mark);
    if (g_str_equal(keyword, "match")) {
        g_free(sshd->match);
        sshd->match = g_steal_pointer(&value);
    }
    return true;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct line_reader reader;
    pl_autojson json_object *root = parse_array((struct tree_mark){.line = 1, .column = 1});
    struct sshd sshd = {.budget = {.name = name, .error = error}, .root = root};
    bool ok = true;
    line_reader_init(&reader, LINES_APART, text, n);
    while (ok && line_reader_next(&reader)) {
        sshd.line = reader.number;
        ok = take_line(&sshd, reader.line->str);
    }
    line_reader_clear(&reader);
    g_free(sshd.match);
    return ok ? g_steal_pointer(&root) : NULL;
}

const struct format format_sshd = {
    .name = "sshd",
    .summary = "sshd_config; array of {keyword, args, value, match, line} in order, keywords in lower case",
    .shape = FORMAT_LIST,
    .parse = parse,
};
