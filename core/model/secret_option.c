/* Options and arguments whose value is a secret, by the option and by the programs that take it. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

/* --password */
static bool takes_secret(const char *option)
{
    if (*option != '-' || strpbrk(option, "= "))
        return false;
    const char *name = option + strspn(option, "-");
    return *name && secret_name(name);
}

/* Does a word of the command begin so? A user's name may stand between a program and a password. */
static bool runs(const char *program, const char *beginning)
{
    for (const char *p = strstr(program, beginning); p; p = strstr(p + 1, beginning))
        if (p > program && p[-1] == ' ')
            return true;
    return false;
}

static bool runs_one_of(const char *program, const char *const *names)
{
    g_auto(GStrv) words = g_strsplit(program, " ", -1);
    for (char **word = words; *word; word++)
        if (g_strv_contains(names, *word))
            return true;
    return false;
}

/* Programs whose -p is no password. */
static bool is_other_p(const char *program)
{
    static const char *const programs[] = {"mkdir", "cp",     "install", "tar",   "scp",    "rsync", "ss",
                                           "read",  "export", "declare", "rmdir", "pgrep",  "ps",    "docker-compose",
                                           "unzip", "patch",  "netstat", "lsof",  "column", NULL};
    return runs_one_of(program, programs);
}

/* A port, a mapping of ports, a path, a switch. */
static bool is_plain_argument(const char *text)
{
    return !*text || *text == '-' || *text == '/' || *text == '.' ||
           strspn(text, "0123456789:.,-/tcpud") == strlen(text);
}

/* Options of one letter whose argument is a password, by the beginning of the program's name; `glued`: also without a
 * blank between. */
static const struct letter {
    const char *option, *program;
    bool glued;
} letters[] = {{"-a", "redis", false},   {"-w", "ldap", true},    {"-y", "ldap", false},   {"-P", "ipmi", true},
               {"-P", "sqlcmd", true},   {"-P", "bcp", true},     {"-P", "isql", true},    {"-k", "openssl", false},
               {"-K", "openssl", false}, {"-c", "snmp", true},    {"-A", "snmp", true},    {"-X", "snmp", true},
               {"-p", "mysql", true},    {"-p", "mariadb", true}, {"-p", "sshpass", true}, {"-p", "useradd", false},
               {"-p", "usermod", false}};

static const struct letter *letter_of(const char *option, const char *program)
{
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        if (strncmp(option, letters[i].option, 2) == 0 && runs(program, letters[i].program))
            return &letters[i];
    return NULL;
}

/* Options whose argument is "user:password" or "user%password". */
static bool takes_login(const char *option, const char *program)
{
    static const char *const users[] = {"-u",           "-U",          "--user",  "--proxy-user",  "--auth",
                                        "--basic-auth", "--basicauth", "--login", "--credentials", "--credential",
                                        "--userpass",   "--http-auth", NULL};
    gsize n = strlen(option);
    /* curl -sSu */
    bool cluster = n > 2 && option[1] != '-' && option[n - 1] == 'u' && runs(program, "curl");
    return g_strv_contains(users, option) || cluster;
}

/* Where -u is a user and a group. */
static bool takes_groups(const char *program)
{
    static const char *const programs[] = {"docker",  "podman",  "nerdctl", "crictl", "chown", "install",
                                           "runuser", "setpriv", "su-exec", "gosu",   NULL};
    return runs_one_of(program, programs);
}

/* 1000:1000, backup:backup, and root:GROUP of a program that takes groups, or that is not known. */
static bool is_user_and_group(const char *program, const char *argument, gsize user)
{
    const char *rest = argument + user + 1;
    bool same = strncmp(argument, rest, user) == 0 && !rest[user];
    bool groups = !*program || (takes_groups(program) && !runs(program, "curl"));
    return g_ascii_isdigit(*argument) || same || (groups && g_str_has_prefix(argument, "root:"));
}

/* The password in it; not in ids and groups. */
static const char *after_user(const char *option, const char *program, const char *argument)
{
    gsize user = strcspn(argument, ":%");
    const char *rest = argument + user + 1;
    if (!takes_login(option, program) || runs(program, "rsync") || !argument[user] || !*rest || *rest == '/')
        return NULL;
    return is_user_and_group(program, argument, user) ? NULL : rest;
}

/* curl -b NAME=VALUE */
static const char *after_cookie(const char *option, const char *program, const char *argument)
{
    bool takes = g_str_equal(option, "--cookie") || (g_str_equal(option, "-b") && runs(program, "curl"));
    const char *equal = takes ? strchr(argument, '=') : NULL;
    return equal && equal[1] ? equal + 1 : NULL;
}

const char *secret_in_argument(const char *option, const char *program, const char *argument)
{
    if (*option != '-' || *argument == '-' || !*argument)
        return NULL;
    const struct letter *letter = option[1] && !option[2] ? letter_of(option, program) : NULL;
    if (letter || takes_secret(option))
        return argument;
    if (g_str_equal(option, "-p") && !is_other_p(program) && !is_plain_argument(argument))
        return argument;
    const char *from = after_user(option, program, argument);
    return from ? from : after_cookie(option, program, argument);
}

/* --user=NAME:X, -uNAME:X */
static const char *login_in_option(const char *option, const char *program)
{
    const char *equal = strchr(option, '=');
    if (equal) {
        g_autofree char *name = g_strndup(option, (gsize)(equal - option));
        return *name == '-' ? after_user(name, program, equal + 1) : NULL;
    }
    return g_str_has_prefix(option, "-u") && runs(program, "curl") ? after_user("-u", program, option + 2) : NULL;
}

/* The rest of a line whose beginning is not known: "-pX", and no port. */
static bool may_be_glued(const char *option)
{
    return option[1] == 'p' && option[2] != '=' && !is_plain_argument(option + 2) && !takes_secret(option) &&
           strpbrk(option + 2, "0123456789");
}

const char *secret_in_option(const char *option, const char *program)
{
    if (*option != '-' || !option[1] || !option[2])
        return NULL;
    const struct letter *letter = letter_of(option, program);
    if ((letter && letter->glued) || (!*program && may_be_glued(option)))
        return option + 2 + (secret_quote(option[2]) ? 1 : 0);
    return login_in_option(option, program);
}

/* ---- arguments that are secrets by their place ---- */

static bool is_last(const char *words, const char *word)
{
    return g_str_has_suffix(words, word) && strlen(words) > strlen(word) &&
           words[strlen(words) - strlen(word) - 1] == ' ';
}

static guint count_words(const char *program)
{
    guint n = 0;
    for (const char *p = program; *p; p++)
        n += *p == ' ';
    return n;
}

bool secret_by_place(const char *program, const char *options, const char *word)
{
    static const char *const keywords[] = {"requirepass", "masterauth",  "bindpw",       "rootpw",
                                           "rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6"};
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        if (is_last(program, keywords[i]))
            return true;
    if ((is_last(program, "password") && runs(program, "mysqladmin")) ||
        (is_last(program, "login") && runs(program, "vault") && !strchr(word, '=')))
        return true;
    /* htpasswd -b FILE USER X, htpasswd -nb USER X */
    if (runs(program, "htpasswd") && strchr(options, 'b')) {
        const char *at = strstr(program, "htpasswd");
        return count_words(at) == (strchr(options, 'n') ? 1 : 2);
    }
    return false;
}

/* ---- programs that read a password from what is written before them ---- */

static bool takes_input(const char *text, const char *consumer)
{
    return strstr(text, consumer) != NULL;
}

const char *secret_in_printed(const char *rest, const char *word)
{
    static const char *const consumers[] = {"chpasswd", "--password-stdin", "--stdin",    "sudo -S",   "kinit",
                                            "passwd",   "--passphrase-fd",  "cryptsetup", "smbpasswd", "gpg "};
    const char *pipe = strpbrk(rest, "|\n");
    if (!pipe || *pipe != '|')
        return NULL;
    g_autofree char *after = g_strndup(pipe, strcspn(pipe, "\n"));
    for (size_t i = 0; i < G_N_ELEMENTS(consumers); i++)
        if (takes_input(after, consumers[i])) {
            const char *colon = strchr(word, ':');
            return colon && strstr(after, "chpasswd") ? colon + 1 : word;
        }
    return NULL;
}
