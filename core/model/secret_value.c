/* Values under names of secrets that are none: states, places, references. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

/* Words that say something about a secret without being one; items of accounts carry some of them. */
static const char *const states[] = {
    "",         "set",      "unset",   "empty",   "locked",   "unlocked", "none",
    "null",     "nil",      "missing", "present", "absent",   "shadowed", "shadowed elsewhere",
    "yes",      "no",       "true",    "false",   "on",       "off",      "x",
    "*",        "!",        "!!",      "!*",      "disabled", "enabled",  "default",
    "required", "optional", "never",   "always",  "...",      "\"\"",     "''",
    "~",        "[]",       "{}",      "-"};

static const char *const roots[] = {"/etc/",  "/var/", "/run/", "/usr/",  "/root/", "/home/", "/opt/", "/srv/",
                                    "/proc/", "/tmp/", "/mnt/", "/boot/", "/dev/",  "/sys/",  "/lib/", "file:///"};

static bool is_state(const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_ascii_strcasecmp(value, states[i]) == 0)
            return true;
    return false;
}

/* A path as people write them; "/" is also a digit of base64. */
static bool is_path(const char *value)
{
    if (strpbrk(value, "=+ ,;"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++)
        if (g_str_has_prefix(value, roots[i]))
            return true;
    const char *dot = strrchr(value, '.');
    static const char *const endings[] = {".key", ".pem", ".crt", ".conf", ".json", ".yaml", ".yml", ".txt", ".env"};
    for (size_t i = 0; dot && strchr(value, '/') && i < G_N_ELEMENTS(endings); i++)
        if (g_str_equal(dot, endings[i]))
            return true;
    return false;
}

static bool is_enclosed(const char *value, const char *open, const char *close)
{
    return g_str_has_prefix(value, open) && g_str_has_suffix(value, close) &&
           strstr(value, close) == value + strlen(value) - strlen(close);
}

/* $NAME, ${NAME}, $(command), {{ template }}: filled in elsewhere. */
static bool is_reference(const char *value)
{
    if (is_enclosed(value, "${", "}"))
        return strcspn(value, ":-") == strlen(value);
    if (is_enclosed(value, "$(", ")") || is_enclosed(value, "{{", "}}"))
        return true;
    if (value[0] != '$' || !(g_ascii_isupper(value[1]) || value[1] == '_'))
        return false;
    return strspn(value + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(value + 1);
}

gsize secret_hidden_length(const char *p)
{
    static const char before[] = "<redacted, ", after[] = " bytes>";
    if (!g_str_has_prefix(p, before))
        return 0;
    gsize n = strlen(before), digits = strspn(p + n, "0123456789");
    return digits && g_str_has_prefix(p + n + digits, after) ? n + digits + strlen(after) : 0;
}

static bool is_placeholder(const char *value)
{
    gsize n = secret_hidden_length(value);
    return n && !value[n];
}

bool secret_is_open(const char *value)
{
    return is_state(value) || is_path(value) || is_reference(value) || is_placeholder(value);
}

bool secret_value_possible(const char *value)
{
    static const char *const plain[] = {"",  "true", "false", "yes",  "no",   "on", "off",
                                        "0", "1",    "none",  "null", "\"\"", "''", NULL};
    g_autofree char *lower = g_ascii_strdown(value, -1);
    const char *bare = value + (*value == '"');
    bool variable = bare[0] == '$' && !g_ascii_isdigit(bare[1]); /* "$6$..." is a hash */
    return !g_strv_contains(plain, lower) && !variable;
}
