/* Texts as command lines and lines of keywords. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

#define BLANKS " \t"

struct word {
    const char *p, *end; /* without the quotes around it */
    bool first;          /* of its line or command */
};

static const char *unquoted_end(const char *p)
{
    gsize hidden = secret_hidden_length(p), n = strcspn(p, " \t\r\n");
    while (n > 1 && p[n - 1] == ';')
        n--;
    return p + (hidden ? hidden : n);
}

static bool next_word(const char *text, const char **at, struct word *word)
{
    const char *p = *at;
    bool first = p == text;
    for (; *p && strchr(" \t\r\n;|&(", *p); p++)
        first |= !strchr(BLANKS "\r", *p);
    if (!*p)
        return false;
    char quote = secret_quote(*p);
    word->p = p + (quote ? 1 : 0);
    word->end = quote ? secret_quoted_end(word->p, quote) : unquoted_end(p);
    word->first = first;
    *at = word->end + (quote && *word->end ? 1 : 0);
    return true;
}

static char *word_text(const struct word *word)
{
    return g_strndup(word->p, (gsize)(word->end - word->p));
}

static void hide_word(const char *text, const char *from, const struct word *word, GArray *spans)
{
    const char *end = word->end;
    if (end > from && from > text && secret_quote(from[-1]) == end[-1])
        end--;
    g_autofree char *value = g_strndup(from, (gsize)(end - from));
    if (!secret_is_open(value) && !secret_hidden_length(from))
        secret_span_add(spans, text, from, end);
}

/* ---- options ---- */

/* A command as far as it was read. */
struct secret_command_command {
    GString *program; /* its words that are no options, each after a blank */
    GString *letters; /* of its options */
};

static void begin_command(struct secret_command_command *command)
{
    g_string_truncate(command->program, 0);
    g_string_truncate(command->letters, 0);
}

static void add_word(struct secret_command_command *command, const char *word)
{
    g_autofree char *base = g_path_get_basename(word);
    g_string_append_printf(command->program, " %s", base);
}

static void hide_argument(const char *text, const char *option, const char *program, const char *rest, GArray *spans)
{
    struct word next;
    if (!next_word(text, &rest, &next) || next.first)
        return;
    g_autofree char *argument = word_text(&next);
    const char *from = secret_in_argument(option, program, argument);
    if (from)
        hide_word(text, next.p + (from - argument), &next, spans);
}

static void take_option(const char *text, const char *option, const struct word *word, const char *rest,
                        struct secret_command_command *command, GArray *spans)
{
    const char *from = secret_in_option(option, command->program->str);
    if (from)
        hide_word(text, word->p + (from - option), word, spans);
    else
        hide_argument(text, option, command->program->str, rest, spans);
    g_string_append(command->letters, option);
}

static void take_word(const char *text, const char *plain, const struct word *word, const char *rest,
                      struct secret_command_command *command, GArray *spans)
{
    const char *program = command->program->str;
    bool printed = strstr(program, " echo") || strstr(program, " printf");
    const char *from = printed ? secret_in_printed(rest, plain) : NULL;
    if (from)
        hide_word(text, word->p + (from - plain), word, spans);
    else if (secret_by_place(program, command->letters->str, plain))
        hide_word(text, word->p, word, spans);
    if (word->first || !strpbrk(plain, "=:"))
        add_word(command, plain);
}

/* What stands behind "NAME=" is where an option or a program may begin: OPTS=--password X, CMD=mysql -pX. */
static void skip_name(char **plain, struct word *word)
{
    gsize name = strspn(*plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    while (name && (*plain)[name] == '=' && (*plain)[name + 1]) {
        char *rest = g_strdup(*plain + name + 1);
        g_free(*plain);
        *plain = rest;
        word->p += name + 1;
        name = strspn(*plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    }
}

/* What follows --password, and what stands where a program wants a password. */
static void find_options(const char *text, GArray *spans)
{
    struct secret_command_command command = {g_string_new(NULL), g_string_new(NULL)};
    struct word word;
    for (const char *at = text; next_word(text, &at, &word);) {
        g_autofree char *plain = word_text(&word);
        if (word.first) {
            begin_command(&command);
            skip_name(&plain, &word);
        }
        if (*plain == '-')
            take_option(text, plain, &word, at, &command, spans);
        else
            take_word(text, plain, &word, at, &command, spans);
    }
    g_string_free(command.program, TRUE);
    g_string_free(command.letters, TRUE);
}

/* ---- keywords ---- */

/* Nothing but a comment behind it on its line. */
static bool ends_line(const char *at)
{
    at += strspn(at, BLANKS "\r;");
    return !*at || *at == '\n' || *at == '#';
}

static bool is_word(const struct word *word, const char *text)
{
    gsize n = (gsize)(word->end - word->p);
    return word->p && strlen(text) == n && g_ascii_strncasecmp(word->p, text, n) == 0;
}

static bool is_keyword(const struct word *word)
{
    if (!word->p || *word->p == '-')
        return false;
    g_autofree char *name = word_text(word);
    return !strpbrk(name, "=:/") && secret_name(name);
}

/* IDENTIFIED BY X, ENV NAME X, SetEnv NAME X, rootpw --plaintext X */
static bool is_told(const struct word *first, const struct word *second)
{
    static const char *const setters[] = {"env",         "arg",
                                          "label",       "setenv",
                                          "set",         "export",
                                          "passenv",     "fastcgi_param",
                                          "uwsgi_param", "scgi_param",
                                          "set_header",  "proxy_set_header",
                                          "add_header",  "grpc_set_header"};
    if (is_word(first, "identified") && is_word(second, "by"))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(setters); i++)
        if (is_word(first, setters[i]))
            return is_keyword(second);
    return first->p && first->first && second->p && *second->p == '-' && is_keyword(first);
}

/* ipsec.secrets: ": PSK X" */
static bool is_shared(const struct word *first, const struct word *second)
{
    static const char *const kinds[] = {"psk", "eap", "xauth", "ntlm", "pin"};
    if (!first->p || first->end == first->p || first->end[-1] != ':')
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (is_word(second, kinds[i]))
            return true;
    return false;
}

/* Keywords of files: "requirepass X" on a line of its own, "login U password X", "IDENTIFIED BY 'X'". PAM's
 * "password required pam_unix.so" has more behind it. */
/* The words of a line that end with the one that is looked at. */
struct line_words {
    struct word earlier, before, word;
};

static bool is_value(const char *text, const struct line_words *words, const char *at, bool logins)
{
    if (words->word.first)
        return false;
    if ((logins && is_word(&words->before, "password")) || is_shared(&words->earlier, &words->before))
        return true;
    bool ends = ends_line(at), quoted = words->word.p > text && secret_quote(words->word.p[-1]);
    if (ends && is_told(&words->earlier, &words->before))
        return true;
    return (quoted || (words->before.first && ends)) && is_keyword(&words->before);
}

static void find_keywords(const char *text, GArray *spans)
{
    bool logins = strstr(text, "login ") || strstr(text, "machine ") || strstr(text, "poll ");
    struct line_words words = {{NULL, NULL, false}, {NULL, NULL, false}, {NULL, NULL, false}};
    for (const char *at = text; next_word(text, &at, &words.word);) {
        if (is_value(text, &words, at, logins))
            hide_word(text, words.word.p, &words.word, spans);
        if (is_word(&words.before, "set") && *words.word.p == '-')
            continue; /* fish: set -gx NAME X */
        words.earlier = words.before;
        words.before = words.word;
    }
}

#define NESTED_MAX 3

static void find_following(const char *text, unsigned depth, GArray *spans);

static void find_inside(const char *text, const char *from, const char *to, unsigned depth, GArray *spans)
{
    g_autofree char *inner = g_strndup(from, (gsize)(to - from));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    find_following(inner, depth + 1, found);
    for (guint i = 0; i < found->len; i++) {
        const struct secret_span *span = &g_array_index(found, struct secret_span, i);
        secret_span_add(spans, text, from + span->from, from + span->to);
    }
}

/* sh -c 'tool --password X', ["sh","-c","tool --password X"]: a command in quotes, as words are parted, and wherever
 * quotes stand. */
static void find_quoted(const char *text, unsigned depth, GArray *spans)
{
    struct word word;
    for (const char *at = text; next_word(text, &at, &word);)
        if (word.p > text && secret_quote(word.p[-1]) && word.end > word.p)
            find_inside(text, word.p, word.end, depth, spans);
    for (const char *p = strpbrk(text, "\"'`"); p; p = *p ? strpbrk(p + 1, "\"'`") : NULL) {
        const char *from = p + 1;
        p = secret_quoted_end(from, *p);
        if (p > from)
            find_inside(text, from, p, depth, spans);
    }
}

/* Blanks instead of what parts the words of ["curl","-u","X"], so that they stand where they stood. Caller frees. */
static char *without_list_marks(const char *text)
{
    static const char *const marks[] = {"[\"", "\",\"", "\"]"};
    char *flat = g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
        for (const char *p = strstr(text, marks[i]); p; p = strstr(p + 1, marks[i]))
            memset(flat + (p - text), ' ', strlen(marks[i]));
    return flat;
}

/* A command as a list of JSON without blanks, in the middle of whatever it may be. */
static void find_listed(const char *text, GArray *spans)
{
    g_autofree char *flat = without_list_marks(text);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    find_options(flat, found);
    for (guint i = 0; i < found->len; i++) {
        const struct secret_span *span = &g_array_index(found, struct secret_span, i);
        secret_span_add(spans, text, text + span->from, text + span->to);
    }
}

static void find_following(const char *text, unsigned depth, GArray *spans) // NOLINT(misc-no-recursion)
{
    if (depth == 0 && strstr(text, "\",\""))
        find_listed(text, spans);
    if (!strpbrk(text, BLANKS "\n"))
        return;
    find_options(text, spans);
    find_keywords(text, spans);
    if (depth < NESTED_MAX && strpbrk(text, "\"'`"))
        find_quoted(text, depth, spans);
}

void secret_find_following(const char *text, GArray *spans)
{
    find_following(text, 0, spans);
}
