/* Names of secrets, word by word: MONKEY is no KEY, and the last word says what the value is. */
#include "model/secret.h"

#include <string.h>

/* Words that are secrets. */
static const char *const secret_words[] = {
    "pass",        "passwd",      "password",   "passwords",  "passphrase", "passphrases", "passcode",
    "passcodes",   "pwd",         "pwds",       "pw",         "pswd",       "passwrd",     "psk",
    "secret",      "secrets",     "token",      "tokens",     "apikey",     "apikeys",     "credential",
    "credentials", "creds",       "cred",       "authkey",    "secretkey",  "accesskey",   "privkey",
    "privatekey",  "requirepass", "masterauth", "bindpw",     "rootpw",     "userpw",      "adminpw",
    "dsn",         "jwt",         "otp",        "totp",       "passin",     "passout",     "dockerconfigjson",
    "dockercfg",   "passwort",    "kennwort",   "geheim",     "geheimnis",  "contrasena",  "contrasenya",
    "senha",       "wachtwoord",  "haslo",      "parola",     "heslo",      "sifre",       "salasana",
    "losenord",    "adgangskode", "mdp",        "motdepasse", NULL};

/* Long ones also at the end of a word that was glued together: "dbpassword". */
static const char *const secret_endings[] = {
    "password",   "passwords",  "passwd",      "passphrase", "secret",           "secrets",    "token",
    "apikey",     "credential", "credentials", "secretkey",  "accesskey",        "privatekey", "userpass",
    "dbpass",     "rootpass",   "adminpass",   "pwd",        "connectionstring", "passwort",   "kennwort",
    "wachtwoord", "contrasena", "motdepasse",  "rootpw",     "bindpw",           "dbpw",       NULL};

/* Beyond ASCII, anywhere in a name. */
static const char *const secret_foreign[] = {"contraseña", "пароль",      "секрет",  "密码",  "密碼",
                                             "パスワード", "비밀번호",    "κωδικός", "şifre", "hasło",
                                             "lösenord",   "كلمة المرور", "סיסמה"};

/* X KEY is a secret unless X is one of these. */
static const char *const open_keys[] = {
    "public",   "pub",     "gpg",        "pgp",        "primary",  "foreign", "unique",   "sort",        "partition",
    "routing",  "cache",   "authorized", "known",      "trusted",  "hot",     "function", "fn",          "etag",
    "object",   "map",     "dict",       "index",      "lookup",   "group",   "registry", "fingerprint", "allowed",
    "accepted", "config",  "label",      "annotation", "topology", "node",    "selector", "audit",       "rule",
    "event",    "record",  "row",        "column",     "name",     "ssh",     "host",     "keyboard",    "max",
    "min",      "maximum", "minimum",    "arrow",      "search",   "kernel",  NULL};

/* Last words of names that say where a secret is kept or what it is like, in environments and everywhere. */
static const char *const place_words[] = {"file",      "path",   "dir", "log", "length", "size", "ttl",      "expiry",
                                          "algorithm", "server", "url", "uri", "name",   "type", "location", NULL};

/* The same for settings, where there are more of them. */
static const char *const about_words[] = {"files",
                                          "paths",
                                          "directory",
                                          "directories",
                                          "dirs",
                                          "folder",
                                          "filename",
                                          "logs",
                                          "len",
                                          "bits",
                                          "age",
                                          "days",
                                          "hours",
                                          "minutes",
                                          "seconds",
                                          "second",
                                          "minute",
                                          "hour",
                                          "day",
                                          "expiration",
                                          "expire",
                                          "expires",
                                          "expired",
                                          "timeout",
                                          "lifetime",
                                          "validity",
                                          "enabled",
                                          "enable",
                                          "disabled",
                                          "disable",
                                          "required",
                                          "quality",
                                          "method",
                                          "methods",
                                          "algorithms",
                                          "mode",
                                          "policy",
                                          "policies",
                                          "kind",
                                          "format",
                                          "users",
                                          "user",
                                          "username",
                                          "usernames",
                                          "login",
                                          "lookup",
                                          "issuer",
                                          "issuers",
                                          "audience",
                                          "audiences",
                                          "host",
                                          "endpoint",
                                          "names",
                                          "locations",
                                          "command",
                                          "cmd",
                                          "program",
                                          "script",
                                          "provider",
                                          "providers",
                                          "store",
                                          "storage",
                                          "encryption",
                                          "authentication",
                                          "auth",
                                          "authorization",
                                          "min",
                                          "max",
                                          "minimum",
                                          "maximum",
                                          "count",
                                          "limit",
                                          "retries",
                                          "tries",
                                          "attempts",
                                          "history",
                                          "remember",
                                          "strength",
                                          "reuse",
                                          "hint",
                                          "prompt",
                                          "ref",
                                          "version",
                                          "header",
                                          "class",
                                          "service",
                                          "plugin",
                                          "plugins",
                                          "module",
                                          "driver",
                                          "rotation",
                                          "rotate",
                                          "renewal",
                                          "interval",
                                          "period",
                                          "scope",
                                          "scopes",
                                          "review",
                                          "helper",
                                          "helpers",
                                          "agent",
                                          "manager",
                                          "owner",
                                          "group",
                                          "warn",
                                          "warning",
                                          "stdin",
                                          "fd",
                                          "check",
                                          "checks",
                                          "checker",
                                          "validation",
                                          "verification",
                                          "complexity",
                                          "change",
                                          "changes",
                                          "changed",
                                          "set",
                                          "known",
                                          "exists",
                                          "state",
                                          "status",
                                          "source",
                                          "origin",
                                          "sensitive",
                                          "variables",
                                          "options",
                                          "known_hosts",
                                          "unset",
                                          "locked",
                                          "empty",
                                          "support",
                                          "controller",
                                          "webhook",
                                          "signer",
                                          "usage",
                                          "usages",
                                          "id",
                                          "ids",
                                          "fingerprint",
                                          "dropdown",
                                          "keyring",
                                          "lock",
                                          "strategy",
                                          "permissions",
                                          "perms",
                                          "interactive",
                                          "delay",
                                          NULL};

/* First words of switches about passwords: PermitEmptyPasswords. */
static const char *const switch_words[] = {
    "permit",  "allow",    "disallow", "deny",    "forbid",   "reject",    "enable", "disable",
    "require", "requires", "enforce",  "check",   "validate", "verify",    "show",   "hide",
    "mask",    "ask",      "has",      "is",      "no",       "use",       "skip",   "ignore",
    "max",     "min",      "maximum",  "minimum", "number",   "imagepull", NULL};

static bool is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

static bool begins_word(const char *name, const char *p)
{
    if (p == name || !g_ascii_isupper(*p))
        return false;
    return g_ascii_islower(p[-1]) || (g_ascii_isupper(p[-1]) && g_ascii_islower(p[1]));
}

static void end_word(GPtrArray *words, GString *word)
{
    while (word->len && g_ascii_isdigit(word->str[word->len - 1]))
        g_string_truncate(word, word->len - 1); /* password2 */
    if (word->len)
        g_ptr_array_add(words, g_strdup(word->str));
    g_string_truncate(word, 0);
}

/* Words of a name, in lower case: split at what is no letter or digit, and at humps (apiKey, APIKey). */
static char **words_of(const char *name)
{
    GPtrArray *words = g_ptr_array_new();
    g_autoptr(GString) word = g_string_new(NULL);
    for (const char *p = name; *p; p++) {
        if (begins_word(name, p) || !g_ascii_isalnum(*p))
            end_word(words, word);
        if (g_ascii_isalnum(*p))
            g_string_append_c(word, g_ascii_tolower(*p));
    }
    end_word(words, word);
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

static bool is_secret_word(const char *word)
{
    if (is_one_of(word, secret_words))
        return true;
    for (const char *const *ending = secret_endings; *ending; ending++)
        if (g_str_has_suffix(word, *ending))
            return true;
    return false;
}

static bool is_key_word(const char *word)
{
    return g_str_equal(word, "key") || g_str_equal(word, "keys");
}

static bool is_foreign(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(secret_foreign); i++)
        if (strstr(name, secret_foreign[i]))
            return true;
    return false;
}

/* "connection string", "mot de passe" ... */
static bool is_phrase(char **words, guint i)
{
    static const char *const phrases[][2] = {
        {"connection", "string"}, {"conn", "string"},   {"conn", "str"},   {"de", "passe"}, {"master", "auth"},
        {"require", "pass"},      {"erlang", "cookie"}, {"set", "cookie"}, {"x", "auth"},   {"rediscli", "auth"},
        {"github", "pat"},        {"gitlab", "pat"},    {"azure", "pat"},  {"ado", "pat"},  {"access", "pat"}};
    for (size_t k = 0; i > 0 && k < G_N_ELEMENTS(phrases); k++)
        if (g_str_equal(words[i - 1], phrases[k][0]) && g_str_equal(words[i], phrases[k][1]))
            return true;
    return false;
}

static bool holds_secret_word(char **words, guint n)
{
    for (guint i = 0; i < n; i++) {
        bool key = i > 0 && is_key_word(words[i]) && !is_one_of(words[i - 1], open_keys);
        if (key || is_secret_word(words[i]) || is_phrase(words, i))
            return true;
    }
    return false;
}

/* secret_id (of a login) is a secret, key_id is none. */
static bool is_about(char **words, guint n)
{
    const char *last = words[n - 1];
    if (g_str_equal(last, "id") && n > 1 && g_str_equal(words[n - 2], "secret"))
        return false;
    if (n > 1 && g_str_equal(last, "auth") && is_phrase(words, n - 1))
        return false;
    return is_one_of(last, place_words) || is_one_of(last, about_words) || (n > 1 && is_one_of(words[0], switch_words));
}

/* What every entry of the lists has some of: nearly all names end here. */
static bool may_be_secret(const char *name)
{
    static const char *const parts[] = {
        "pass",   "pw",    "pswd",  "secret",   "token",    "key",         "cred",   "psk",      "auth",       "dsn",
        "jwt",    "otp",   "str",   "mdp",      "geheim",   "kennwort",    "senha",  "contrase", "wachtwoord", "haslo",
        "parola", "heslo", "sifre", "salasana", "losenord", "adgangskode", "docker", "cookie",   "pat"};
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(lower, parts[i]))
            return true;
    return is_foreign(name);
}

bool secret_name(const char *name)
{
    if (!name || !may_be_secret(name))
        return false;
    g_auto(GStrv) words = words_of(name);
    guint n = g_strv_length(words);
    if (is_foreign(name))
        return !n || !is_one_of(words[n - 1], place_words);
    return n && holds_secret_word(words, n) && !is_about(words, n);
}

bool secret_variable(const char *name)
{
    static const char *const harmless[] = {"gpg", "pgp", "public", "pub", "fingerprint", NULL};
    /* The shell's own: where it is, and was. */
    if (!name || g_str_equal(name, "PWD") || g_str_equal(name, "OLDPWD"))
        return false;
    g_auto(GStrv) words = words_of(name);
    guint n = g_strv_length(words);
    if (!n || is_one_of(words[n - 1], place_words))
        return is_foreign(name) && !n;
    bool found = g_str_equal(words[n - 1], "access") || is_foreign(name);
    for (guint i = 0; i < n; i++) {
        if (is_one_of(words[i], harmless))
            return false;
        found |= is_key_word(words[i]) || is_secret_word(words[i]) || is_phrase(words, i);
    }
    return found;
}
