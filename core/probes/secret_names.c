/* Words that stand for secrets, compared word by word: MONKEY is no KEY. */
#include "probes/secret_names.h"

#include <glib.h>
#include <string.h>

static const char *const words[] = {"PASS", "PASSWD",     "PASSWORD",    "PASSPHRASE", "PWD",       "SECRET",  "TOKEN",
                                    "KEY",  "CREDENTIAL", "CREDENTIALS", "APIKEY",     "SECRETKEY", "AUTHKEY", NULL};
/* Two words that say where something is, or what is no secret. */
static const char *const harmless[] = {"GPG_KEY",  "GPG_KEYS", "PWD",    "OLDPWD",     "PUBLIC_KEY",
                                       "KEY_FILE", "KEY_PATH", "KEY_ID", "GPG_KEY_ID", "SSH_AUTH_SOCK",
                                       "KEYBOARD", "KEYMAP",   NULL};
static const char *const places[] = {"FILE", "PATH", "DIR", "URL", "URI", "LOCATION", "NAME", "TTL", "TYPE", NULL};

bool secret_in_name(const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);
    if (g_strv_contains(harmless, upper))
        return false;
    g_auto(GStrv) parts = g_strsplit_set(upper, "_-.", -1);
    guint n = g_strv_length(parts);
    if (n > 1 && g_strv_contains(places, parts[n - 1]))
        return false;
    bool public = g_strv_contains((const char *const *)parts, "PUBLIC");
    for (guint i = 0; i < n; i++)
        if (g_strv_contains(words, parts[i]) && !(public && g_str_equal(parts[i], "KEY")))
            return true;
    return false;
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

bool secret_in_value(const char *value)
{
    if (strstr(value, "PRIVATE KEY-----"))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        const char *found = strstr(value, values[i].prefix);
        bool starts = found && (found == value || !g_ascii_isalnum(found[-1]));
        if (starts && all_of(found + strlen(values[i].prefix), values[i].rest, values[i].length))
            return true;
    }
    return false;
}

/* Only whole options with the value behind "=": what follows in the next argument may be anything. */
char *secret_option(const char *argument)
{
    const char *equal = strchr(argument, '=');
    if (secret_in_value(argument))
        return g_strndup(argument, MIN(strcspn(argument, "= "), 24));
    if (!equal || equal == argument || !equal[1])
        return NULL;
    g_autofree char *option = g_strndup(argument, (gsize)(equal - argument));
    const char *name = option + strspn(option, "-");
    bool plain = strspn(name, WORD ".") == strlen(name);
    return plain && secret_in_name(name) ? g_steal_pointer(&option) : NULL;
}
