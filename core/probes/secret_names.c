/* Words that stand for secrets, compared word by word: MONKEY is no KEY. */
#include "probes/secret_names.h"

#include <glib.h>
#include <string.h>

static bool is_word(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

/* Words of a name: split at what is no letter or digit, and where lower case turns to upper case. */
static char **words_of(const char *name)
{
    GPtrArray *words = g_ptr_array_new();
    g_autoptr(GString) word = g_string_new(NULL);
    for (const char *p = name;; p++) {
        bool hump = p > name && g_ascii_isupper(*p) && g_ascii_islower(p[-1]);
        bool inside = g_ascii_isalnum(*p);
        if ((!inside || hump) && word->len) {
            g_ptr_array_add(words, g_ascii_strup(word->str, -1));
            g_string_truncate(word, 0);
        }
        if (!*p)
            break;
        if (inside)
            g_string_append_c(word, *p);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* "DBPASSWORD": long words that are no part of others. */
static bool has_secret_ending(const char *word)
{
    static const char *const endings[] = {"PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIALS", NULL};
    for (const char *const *ending = endings; *ending; ending++)
        if (g_str_has_suffix(word, *ending))
            return true;
    return false;
}

bool secret_in_name(const char *name)
{
    static const char *const secret[] = {"PASS",   "PASSWD",     "PASSWORD",    "PASSWORDS", "PASSPHRASE", "PWD",
                                         "SECRET", "SECRETS",    "KEY",         "KEYS",      "APIKEY",     "TOKEN",
                                         "TOKENS", "CREDENTIAL", "CREDENTIALS", "SECRETKEY", "AUTHKEY",    NULL};
    static const char *const harmless[] = {"GPG", "PGP", "PUBLIC", "PUB", "FINGERPRINT", NULL};
    static const char *const place[] = {"FILE",      "PATH",   "DIR", "LOG", "LENGTH", "SIZE", "TTL",      "EXPIRY",
                                        "ALGORITHM", "SERVER", "URL", "URI", "NAME",   "TYPE", "LOCATION", NULL};
    /* The shell's own: where it is, and was. */
    if (g_str_equal(name, "PWD") || g_str_equal(name, "OLDPWD"))
        return false;
    g_auto(GStrv) words = words_of(name);
    guint n = g_strv_length(words);
    if (!n || is_word(words[n - 1], place))
        return false;
    bool found = g_str_equal(words[n - 1], "ACCESS");
    for (guint i = 0; i < n; i++) {
        if (is_word(words[i], harmless))
            return false;
        found |= is_word(words[i], secret) || has_secret_ending(words[i]);
    }
    return found;
}

bool secret_value_possible(const char *value)
{
    static const char *const plain[] = {"",  "true", "false", "yes",  "no",   "on", "off",
                                        "0", "1",    "none",  "null", "\"\"", "''", NULL};
    g_autofree char *lower = g_ascii_strdown(value, -1);
    return !g_strv_contains((const char *const *)plain, lower) && *value != '$' && !g_str_has_prefix(value, "\"$");
}

static bool all_of(const char *text, const char *set, size_t at_least)
{
    return strspn(text, set) >= at_least;
}

#define UPPER_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define WORD         UPPER_DIGITS "abcdefghijklmnopqrstuvwxyz_-"

static const struct {
    const char *prefix, *rest;
    size_t length;
} values[] = {
    {"AKIA", UPPER_DIGITS, 16}, {"ASIA", UPPER_DIGITS, 16}, {"ghp_", WORD, 20},
    {"gho_", WORD, 20},         {"ghs_", WORD, 20},         {"github_pat_", WORD, 20},
    {"glpat-", WORD, 20},       {"xoxb-", WORD, 10},        {"eyJhbGciO", WORD, 4},
};

/* Where the user of "scheme://user:password@host" begins (RFC 3986, 3.2.1); NULL without a password. What begins like
 * a variable or a gap to be filled is none. */
static const char *find_user_information(const char *value)
{
    for (const char *scheme = strstr(value, "://"); scheme; scheme = strstr(scheme + 3, "://")) {
        const char *user = scheme + 3;
        size_t n = strcspn(user, "/?# \t\n\"'");
        const char *at = memrchr(user, '@', n);
        const char *colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
        if (colon && at - colon > 1 && !strchr("$<{*%", colon[1]))
            return user;
    }
    return NULL;
}

/* Up to where a text may be shown before its secret begins; NULL when there is none. */
static const char *find_secret(const char *value)
{
    const char *key = strstr(value, "PRIVATE KEY-----");
    if (key)
        return key;
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        const char *found = strstr(value, values[i].prefix);
        bool starts = found && (found == value || !g_ascii_isalnum(found[-1]));
        const char *rest = starts ? found + strlen(values[i].prefix) : NULL;
        if (rest && all_of(rest, values[i].rest, values[i].length))
            return rest;
    }
    return find_user_information(value);
}

bool secret_in_value(const char *value)
{
    return find_secret(value) != NULL;
}

/* Only whole options with the value behind "=": what follows in the next argument may be anything. */
char *secret_option(const char *argument)
{
    const char *equal = strchr(argument, '=');
    const char *secret = find_secret(argument);
    if (secret)
        return g_strndup(argument, MIN(MIN(strcspn(argument, "= "), (size_t)(secret - argument)), 24));
    if (!equal || equal == argument || !equal[1])
        return NULL;
    g_autofree char *option = g_strndup(argument, (gsize)(equal - argument));
    const char *name = option + strspn(option, "-");
    bool plain = strspn(name, WORD ".") == strlen(name);
    return plain && secret_in_name(name) ? g_steal_pointer(&option) : NULL;
}
