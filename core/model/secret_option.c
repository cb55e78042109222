/* Secrets that stand behind an option or a keyword. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

#define BLANKS " \t"

/* --password */
static bool takes_secret(const char *option)
{
    if (*option != '-' || strpbrk(option, "= "))
        return false;
    const char *name = option + strspn(option, "-");
    return *name && secret_name(name);
}

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
    for (; *p && strchr(" \t\r\n;", *p); p++)
        first |= *p == '\n' || *p == ';';
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

/* Programs whose -p is no password. */
static bool is_other_p(const char *program)
{
    static const char *const programs[] = {"mkdir", "cp",     "install", "tar",   "scp",    "rsync",   "ss",
                                           "read",  "export", "declare", "rmdir", "pgrep",  "ps",      "docker-compose",
                                           "unzip", "patch",  "netstat", "lsof",  "column", "useradd", NULL};
    g_autofree char *base = g_path_get_basename(program);
    return g_strv_contains(programs, base) && !g_str_equal(base, "useradd");
}

/* A port, a mapping of ports, a path, a switch. */
static bool is_plain_argument(const char *text)
{
    return !*text || *text == '-' || *text == '/' || *text == '.' ||
           strspn(text, "0123456789:.,-/tcpud") == strlen(text);
}

/* Options of one letter whose argument is a password, by the beginning of the program's name. */
static bool takes_password(const char *option, const char *program)
{
    static const struct {
        const char *option, *program;
    } rows[] = {{"-a", "redis"}, {"-w", "ldap"}, {"-P", "ipmi"}, {"-y", "ldap"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_str_equal(option, rows[i].option) && g_str_has_prefix(program, rows[i].program))
            return true;
    return false;
}

/* The password in "user:password" and "user%password"; not in ids and groups. */
static const char *after_user(const char *option, const char *argument)
{
    static const char *const users[] = {"-u", "-U", "--user", "--proxy-user", NULL};
    gsize user = strcspn(argument, ":%");
    if (!g_strv_contains(users, option) || !argument[user] || !argument[user + 1])
        return NULL;
    if (g_ascii_isdigit(*argument) || g_str_has_prefix(argument, "root:"))
        return NULL;
    return argument + user + 1;
}

const char *secret_in_argument(const char *option, const char *program, const char *argument)
{
    g_autofree char *base = g_path_get_basename(program);
    if (*option != '-' || *argument == '-' || !*argument)
        return NULL;
    if (takes_secret(option) || takes_password(option, base))
        return argument;
    if (g_str_equal(option, "-p") && !is_other_p(base) && !is_plain_argument(argument))
        return argument;
    return after_user(option, argument);
}

const char *secret_in_option(const char *option, const char *program)
{
    g_autofree char *base = g_path_get_basename(program);
    bool glued = g_str_has_prefix(base, "mysql") || g_str_has_prefix(base, "mariadb") || g_str_equal(base, "sshpass");
    return glued && g_str_has_prefix(option, "-p") && option[2] ? option + 2 : NULL;
}

static void hide_word(const char *text, const char *from, const struct word *word, GArray *spans)
{
    g_autofree char *value = g_strndup(from, (gsize)(word->end - from));
    if (!secret_is_open(value) && !secret_hidden_length(from))
        secret_span_add(spans, text, from, word->end);
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

/* Options: what follows --password. */
static void find_options(const char *text, GArray *spans)
{
    struct word word;
    g_autofree char *program = g_strdup("");
    for (const char *at = text; next_word(text, &at, &word);) {
        g_autofree char *option = word_text(&word);
        const char *glued = secret_in_option(option, program);
        if (glued) {
            hide_word(text, word.p + (glued - option), &word, spans);
        } else if (*option == '-') {
            hide_argument(text, option, program, at, spans);
        } else if (word.first || !strpbrk(option, "=:")) {
            g_free(program);
            program = g_steal_pointer(&option);
        }
    }
}

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
    static const char *const setters[] = {"env", "arg", "label", "setenv", "set", "export", "passenv", "fastcgi_param"};
    if (is_word(first, "identified") && is_word(second, "by"))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(setters); i++)
        if (is_word(first, setters[i]))
            return is_keyword(second);
    return first->p && first->first && second->p && *second->p == '-' && is_keyword(first);
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
    if (logins && is_word(&words->before, "password"))
        return true;
    bool ends = ends_line(at), quoted = words->word.p > text && secret_quote(words->word.p[-1]);
    if (ends && is_told(&words->earlier, &words->before))
        return true;
    return (quoted || (words->before.first && ends)) && is_keyword(&words->before);
}

static void find_keywords(const char *text, GArray *spans)
{
    bool logins = strstr(text, "login ") || strstr(text, "machine ");
    struct line_words words = {{NULL, NULL, false}, {NULL, NULL, false}, {NULL, NULL, false}};
    for (const char *at = text; next_word(text, &at, &words.word);) {
        if (is_value(text, &words, at, logins))
            hide_word(text, words.word.p, &words.word, spans);
        words.earlier = words.before;
        words.before = words.word;
    }
}

#define NESTED_MAX 3

static void find_following(const char *text, unsigned depth, GArray *spans);

/* sh -c 'tool --password X': a command in quotes. */
static void find_quoted(const char *text, unsigned depth, GArray *spans)
{
    struct word word;
    for (const char *at = text; next_word(text, &at, &word);) {
        if (word.p == text || !secret_quote(word.p[-1]) || word.end == word.p)
            continue;
        g_autofree char *inner = word_text(&word);
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
        find_following(inner, depth + 1, found);
        for (guint i = 0; i < found->len; i++) {
            const struct secret_span *span = &g_array_index(found, struct secret_span, i);
            secret_span_add(spans, text, word.p + span->from, word.p + span->to);
        }
    }
}

static void find_following(const char *text, unsigned depth, GArray *spans) // NOLINT(misc-no-recursion)
{
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
