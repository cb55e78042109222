/* Commands are recognised by the program that they call, behind assignments, sudo and their like. */
#include "facts/image/command.h"

#include "host/host.h"
#include "host/path.h"

#include <glib.h>
#include <string.h>

/* The commands of a shell line: split at ; & | and line ends, which is enough to see what is called. */
static char **commands_of(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    g_strdelimit(copy, ";&|\n(){}", '\n');
    return g_strsplit(copy, "\n", -1);
}

char **image_command_words(const char *command)
{
    g_autofree char *copy = g_strdup(command);
    g_strdelimit(copy, "\t\r\\\"'`,[]", ' ');
    g_auto(GStrv) raw = g_strsplit(copy, " ", -1);
    GPtrArray *words = g_ptr_array_new();
    for (char **word = raw; *word; word++)
        if (**word)
            g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* The program of a command: what comes after assignments, sudo, env and exec; NULL for an empty one. */
static char **program_at(char **words)
{
    static const char *const before[] = {"sudo", "env", "exec", "time", "then",    "do",
                                         "else", "if",  "!",    "set",  "command", NULL};
    for (; *words; words++) {
        bool assignment = strchr(*words, '=') && g_ascii_isalpha(**words) && !strchr(*words, '/');
        if (!assignment && **words != '-' && !g_strv_contains(before, host_base_name(*words)))
            return words;
    }
    return NULL;
}

static bool has_word(char **words, const char *const *any)
{
    for (; words && *words; words++)
        if (g_strv_contains(any, *words))
            return true;
    return false;
}

static const char *const package_tools[] = {"apt-get", "apt",      "aptitude", "apk",    "yum", "dnf",
                                            "dnf5",    "microdnf", "tdnf",     "zypper", NULL};

/* Does any command of the line call one of the package tools with one of these words? */
static bool calls_with(const char *text, const char *const *tools, const char *const *any)
{
    g_auto(GStrv) commands = commands_of(text);
    for (char **command = commands; *command; command++) {
        g_auto(GStrv) words = image_command_words(*command);
        char **program = program_at(words);
        if (program && g_strv_contains(tools, host_base_name(*program)) && has_word(program + 1, any))
            return true;
    }
    return false;
}

bool image_command_refreshes_alone(const char *text)
{
    static const char *const refresh[] = {"update", "refresh", "makecache", "ref", NULL};
    static const char *const install[] = {
        "install", "add", "upgrade", "dist-upgrade", "full-upgrade", "in", "build-dep", "reinstall", "up", "dup", NULL};
    static const char *const distinct[] = {"apt-get", "apt", "aptitude", "apk", "zypper", NULL};
    static const char *const cachers[] = {"yum", "dnf", "dnf5", "microdnf", "tdnf", NULL};
    static const char *const makecache[] = {"makecache", "check-update", NULL};
    /* With yum and dnf, update installs. */
    bool refreshed = calls_with(text, distinct, refresh) || calls_with(text, cachers, makecache);
    return refreshed && !calls_with(text, package_tools, install);
}

static bool is_fetcher(const char *word)
{
    return g_str_equal(word, "curl") || g_str_equal(word, "wget");
}

/* "curl ... | sh", also with sudo or env before the shell. */
static bool pipes_into_shell(const char *line)
{
    static const char *const shells[] = {"sh",     "bash",    "dash", "ash",  "zsh",  "ksh",
                                         "python", "python3", "perl", "ruby", "node", NULL};
    g_auto(GStrv) stages = g_strsplit(line, "|", -1);
    bool fetched = false;
    for (char **stage = stages; *stage; stage++) {
        g_auto(GStrv) words = image_command_words(*stage);
        char **program = program_at(words);
        if (fetched && program && g_strv_contains(shells, host_base_name(*program)))
            return true;
        fetched |= program && is_fetcher(host_base_name(*program));
    }
    return false;
}

/* sh -c "$(curl ...)", bash <(curl ...), source <(wget ...) */
static bool substitutes_download(const char *text)
{
    static const char *const forms[] = {"$(curl", "$(wget", "<(curl", "<(wget", "`curl", "`wget", NULL};
    static const char *const callers[] = {"sh -c \"", "sh -c", "bash", "source", "eval \"", "eval", NULL};
    for (const char *const *form = forms; *form; form++) {
        const char *at = strstr(text, *form);
        g_autofree char *before = at ? g_strchomp(g_strndup(text, (gsize)(at - text))) : NULL;
        for (const char *const *caller = callers; at && *caller; caller++)
            if (g_str_has_suffix(before, *caller))
                return true;
    }
    return false;
}

bool image_command_pipes_download(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    for (char *p = copy; *p; p++) /* "||" is no pipe */
        if (p[0] == '|' && p[1] == '|')
            p[0] = p[1] = '\n';
    g_strdelimit(copy, ";&\n", '\n');
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (char **line = lines; *line; line++)
        if (pipes_into_shell(*line))
            return true;
    return substitutes_download(text);
}

bool image_command_is_address(const char *word)
{
    return g_str_has_prefix(word, "http://") || g_str_has_prefix(word, "https://") || g_str_has_prefix(word, "ftp://");
}

bool image_command_is_unverified(const char *text)
{
    static const char *const flags[] = {"--allow-unauthenticated",
                                        "--force-yes",
                                        "--nogpgcheck",
                                        "--no-gpgcheck",
                                        "--no-gpg-checks",
                                        "--allow-untrusted",
                                        "--no-check-certificate",
                                        "--nosignature",
                                        "--nodigest",
                                        "--allow-insecure-repositories",
                                        "trusted=yes",
                                        NULL};
    static const char *const rpm[] = {"rpm", NULL};
    g_auto(GStrv) commands = commands_of(text);
    for (char **command = commands; *command; command++) {
        g_auto(GStrv) words = image_command_words(*command);
        if (has_word(words, flags))
            return true;
        char **program = program_at(words);
        if (!program || !g_strv_contains(rpm, host_base_name(*program)))
            continue;
        for (char **word = program + 1; *word; word++)
            if (image_command_is_address(*word))
                return true;
    }
    return false;
}

bool image_command_uses_sudo(const char *text)
{
    g_auto(GStrv) commands = commands_of(text);
    for (char **command = commands; *command; command++) {
        g_auto(GStrv) words = image_command_words(*command);
        char **word = words;
        while (*word && strchr(*word, '=')) /* assignments */
            word++;
        if (*word && g_str_equal(host_base_name(*word), "sudo"))
            return true;
    }
    return false;
}

bool image_command_leaves_cache(const char *text)
{
    static const char *const install[] = {"install", NULL}, *const add[] = {"add", NULL};
    static const char *const apt[] = {"apt-get", "apt", "aptitude", NULL}, *const apk[] = {"apk", NULL};
    static const char *const rpm_tools[] = {"yum", "dnf", "dnf5", "microdnf", "tdnf", NULL}, *const zypper[] = {
                                                                                                 "zypper", NULL};
    static const char *const install_or_in[] = {"install", "in", NULL};
    static const char *const clean[] = {"clean", NULL};
    if (calls_with(text, apt, install) && !strstr(text, "/var/lib/apt/lists"))
        return true;
    if (calls_with(text, apk, add) && !strstr(text, "--no-cache") && !strstr(text, "/var/cache/apk"))
        return true;
    if (calls_with(text, rpm_tools, install) && !calls_with(text, rpm_tools, clean) && !strstr(text, "/var/cache/"))
        return true;
    return calls_with(text, zypper, install_or_in) && !calls_with(text, zypper, clean) && !strstr(text, "/var/cache/");
}
