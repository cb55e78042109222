/* Secrets that stand behind an option or a keyword. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

#define BLANKS " \t"

bool secret_option_takes(const char *option)
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
static const char *after_user(const char *option, const struct word *next)
{
    static const char *const users[] = {"-u", "-U", "--user", "--proxy-user", NULL};
    g_autofree char *text = word_text(next);
    gsize user = strcspn(text, ":%");
    if (!g_strv_contains(users, option) || !text[user] || !text[user + 1])
        return NULL;
    if (g_ascii_isdigit(*text) || g_str_has_prefix(text, "root:") || secret_hidden_length(next->p + user + 1))
        return NULL;
    return next->p + user + 1;
}

static const char *short_option(const char *option, const char *program, const struct word *next)
{
    g_autofree char *base = g_path_get_basename(program);
    g_autofree char *text = word_text(next);
    if (g_str_equal(option, "-p") && !is_other_p(base) && !is_plain_argument(text))
        return next->p;
    return takes_password(option, base) ? next->p : after_user(option, next);
}

/* mysql -pPASSWORD */
static const char *glued_option(const struct word *word, const char *program)
{
    g_autofree char *base = g_path_get_basename(program);
    bool sql = g_str_has_prefix(base, "mysql") || g_str_has_prefix(base, "mariadb") || g_str_equal(base, "sshpass");
    return sql && word->end - word->p > 2 && g_str_has_prefix(word->p, "-p") && !secret_hidden_length(word->p + 2)
               ? word->p + 2
               : NULL;
}

static void hide_word(const char *text, const char *from, const struct word *word, GArray *spans)
{
    g_autofree char *value = g_strndup(from, (gsize)(word->end - from));
    if (!secret_is_open(value))
        secret_span_add(spans, text, from, word->end);
}

static void hide_argument(const char *text, const char *option, const char *program, const char *rest, GArray *spans)
{
    struct word next;
    if (!next_word(text, &rest, &next) || next.first)
        return;
    const char *from = secret_option_takes(option) && *next.p != '-' ? next.p : short_option(option, program, &next);
    if (from)
        hide_word(text, from, &next, spans);
}

/* Options: what follows --password. */
static void find_options(const char *text, GArray *spans)
{
    struct word word;
    g_autofree char *program = g_strdup("");
    for (const char *at = text; next_word(text, &at, &word);) {
        g_autofree char *option = word_text(&word);
        const char *glued = glued_option(&word, program);
        if (glued) {
            hide_word(text, glued, &word, spans);
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

static bool is_identified(const struct word *first, const struct word *second)
{
    return is_word(first, "identified") && is_word(second, "by");
}

static bool is_keyword(const struct word *word)
{
    if (!word->p || *word->p == '-')
        return false;
    g_autofree char *name = word_text(word);
    return !strpbrk(name, "=:/") && secret_name(name);
}

/* Keywords of files: "requirepass X" on a line of its own, "login U password X", "IDENTIFIED BY 'X'". PAM's
 * "password required pam_unix.so" has more behind it. */
static void find_keywords(const char *text, GArray *spans)
{
    bool logins = strstr(text, "login ") || strstr(text, "machine ");
    struct word word, before = {NULL, NULL, false}, earlier = {NULL, NULL, false};
    for (const char *at = text; next_word(text, &at, &word); earlier = before, before = word) {
        bool single = (word.p > text && secret_quote(word.p[-1])) || (before.first && ends_line(at));
        bool told = (logins && is_word(&before, "password")) || is_identified(&earlier, &before);
        if (!word.first && (told || (single && is_keyword(&before))))
            hide_word(text, word.p, &word, spans);
    }
}

void secret_find_following(const char *text, GArray *spans)
{
    find_options(text, spans);
    find_keywords(text, spans);
}
