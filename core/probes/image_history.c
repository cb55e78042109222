/* Shell lines are split into commands and words, no more: what an expansion would give is not known, and never guessed.
 * A "#" comment of a base system ("# debian.sh ...") is a RUN that calls nothing. */
#include "probes/image_history.h"

#include "model/value.h"
#include "probes/secret_names.h"

#include <string.h>

#define SHOWN_MAX 160
#define LISTED    200
#define BLANKS    " \t\r\n"

/* ---- instructions ---- */

struct instruction {
    char *verb; /* "RUN" */
    char *text; /* what follows it, without the builder's wrapping */
    char *args; /* RUN: the build arguments before the shell, or NULL */
};

static void instruction_clear(struct instruction *instruction)
{
    g_free(instruction->verb);
    g_free(instruction->text);
    g_free(instruction->args);
}

static bool is_verb(const char *word)
{
    static const char *const verbs[] = {
        "ADD",        "ARG",     "CMD", "COPY",  "ENTRYPOINT", "ENV",  "EXPOSE", "FROM",    "LABEL", "HEALTHCHECK",
        "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", NULL};
    return g_strv_contains(verbs, word);
}

static bool take_verb(struct instruction *out, const char *text)
{
    text += strspn(text, BLANKS);
    g_autofree char *word = g_strndup(text, strcspn(text, BLANKS));
    if (!is_verb(word))
        return false;
    const char *rest = text + strlen(word);
    out->text = g_strdup(rest + strspn(rest, BLANKS));
    out->verb = g_steal_pointer(&word);
    return true;
}

/* "|2 A=b C=d /bin/sh -c command": the arguments go apart. */
static void split_run(struct instruction *out)
{
    const char *shell = strstr(out->text, "/bin/sh -c ");
    const char *command = shell ? shell + strlen("/bin/sh -c ") : out->text;
    if (*out->text == '|') {
        gsize n = shell ? (gsize)(shell - out->text) : strlen(out->text);
        out->args = g_strndup(out->text, n);
    } else if (shell && shell != out->text) {
        return; /* a shell inside a command */
    }
    char *text = g_strdup(command);
    g_free(out->text);
    out->text = text;
}

static void parse(const char *recorded, struct instruction *out)
{
    *out = (struct instruction){NULL};
    g_autofree char *text = g_strstrip(g_utf8_make_valid(recorded, -1));
    if (g_str_has_suffix(text, "# buildkit"))
        text[strlen(text) - strlen("# buildkit")] = '\0';
    g_strchomp(text);
    const char *nop = strstr(text, "#(nop)");
    if (nop && take_verb(out, nop + strlen("#(nop)")))
        return;
    if (!take_verb(out, text)) {
        out->verb = g_strdup("RUN");
        out->text = g_strdup(text);
    }
    if (g_str_equal(out->verb, "RUN"))
        split_run(out);
}

/* ---- words of a command ---- */

/* The commands of a shell line: split at ; & | and line ends, which is enough to see what is called. */
static char **commands_of(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    g_strdelimit(copy, ";&|\n(){}", '\n');
    return g_strsplit(copy, "\n", -1);
}

static char **split_words(const char *command)
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

static const char *base_of(const char *word)
{
    const char *slash = strrchr(word, '/');
    return slash ? slash + 1 : word;
}

/* The program of a command: what comes after assignments, sudo, env and exec; NULL for an empty one. */
static char **program_at(char **words)
{
    static const char *const before[] = {"sudo", "env", "exec", "time", "then",    "do",
                                         "else", "if",  "!",    "set",  "command", NULL};
    for (; *words; words++) {
        bool assignment = strchr(*words, '=') && g_ascii_isalpha(**words) && !strchr(*words, '/');
        if (!assignment && **words != '-' && !g_strv_contains(before, base_of(*words)))
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
        g_auto(GStrv) words = split_words(*command);
        char **program = program_at(words);
        if (program && g_strv_contains(tools, base_of(*program)) && has_word(program + 1, any))
            return true;
    }
    return false;
}

static bool refreshes_alone(const char *text)
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
static bool pipes_download(const char *text)
{
    static const char *const shells[] = {"sh",     "bash",    "dash", "ash",  "zsh",  "ksh",
                                         "python", "python3", "perl", "ruby", "node", NULL};
    g_autofree char *copy = g_strdup(text);
    for (char *p = copy; *p; p++) /* "||" is no pipe */
        if (p[0] == '|' && p[1] == '|')
            p[0] = p[1] = '\n';
    g_strdelimit(copy, ";&\n", '\n');
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) stages = g_strsplit(*line, "|", -1);
        bool fetched = false;
        for (char **stage = stages; *stage; stage++) {
            g_auto(GStrv) words = split_words(*stage);
            char **program = program_at(words);
            if (fetched && program && g_strv_contains(shells, base_of(*program)))
                return true;
            fetched |= program && is_fetcher(base_of(*program));
        }
    }
    /* sh -c "$(curl ...)", bash <(curl ...), source <(wget ...) */
    static const char *const substituted[] = {"$(curl", "$(wget", "<(curl", "<(wget", "`curl", "`wget", NULL};
    for (const char *const *form = substituted; *form; form++) {
        const char *at = strstr(text, *form);
        g_autofree char *before = at ? g_strndup(text, (gsize)(at - text)) : g_strdup("");
        g_strchomp(before);
        if (at && (g_str_has_suffix(before, "sh -c \"") || g_str_has_suffix(before, "sh -c") ||
                   g_str_has_suffix(before, "bash") || g_str_has_suffix(before, "source") ||
                   g_str_has_suffix(before, "eval \"") || g_str_has_suffix(before, "eval")))
            return true;
    }
    return false;
}

static bool is_unverified(const char *text)
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
        g_auto(GStrv) words = split_words(*command);
        if (has_word(words, flags))
            return true;
        char **program = program_at(words);
        if (!program || !g_strv_contains(rpm, base_of(*program)))
            continue;
        for (char **word = program + 1; *word; word++)
            if (g_str_has_prefix(*word, "http://") || g_str_has_prefix(*word, "https://") ||
                g_str_has_prefix(*word, "ftp://"))
                return true;
    }
    return false;
}

static bool uses_sudo(const char *text)
{
    g_auto(GStrv) commands = commands_of(text);
    for (char **command = commands; *command; command++) {
        g_auto(GStrv) words = split_words(*command);
        char **word = words;
        while (*word && strchr(*word, '=')) /* assignments */
            word++;
        if (*word && (g_str_equal(base_of(*word), "sudo")))
            return true;
    }
    return false;
}

static bool leaves_cache(const char *text)
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

/* ---- secrets in instructions ---- */

static char *value_after(const char *equals, char *quote)
{
    *quote = equals[1] == '"' || equals[1] == '\'' ? equals[1] : '\0';
    const char *start = equals + 1 + (*quote ? 1 : 0);
    gsize n = *quote ? strcspn(start, *quote == '"' ? "\"" : "'") : strcspn(start, BLANKS ";&|\"'");
    return g_strndup(start, n);
}

/* Where the name that ends at `equals` begins. */
static const char *name_start(const char *text, const char *equals)
{
    const char *start = equals;
    while (start > text && (g_ascii_isalnum(start[-1]) || strchr("_-.", start[-1])))
        start--;
    return start + strspn(start, "-.");
}

static void add_secret(const char *verb, const char *name, json_object *out)
{
    g_autofree char *text = g_strconcat(verb, " ", name, NULL);
    for (size_t i = 0; i < json_object_array_length(out); i++)
        if (g_str_equal(json_object_get_string(json_object_array_get_idx(out, i)), text))
            return;
    if (json_object_array_length(out) < LISTED)
        json_object_array_add(out, json_object_new_string(text));
}

/* Copies `text` with what may be a secret replaced by "***", and names those that were. */
static char *veil(const char *verb, const char *text, json_object *secrets)
{
    GString *out = g_string_new(NULL);
    const char *from = text;
    for (const char *p = strchr(text, '='); p; p = strchr(MAX(p + 1, from), '=')) {
        const char *start = name_start(text, p);
        g_autofree char *name = g_strndup(start, (gsize)(p - start));
        if (!*name || !secret_in_name(name))
            continue;
        char quote = '\0';
        g_autofree char *value = value_after(p, &quote);
        const char *end = p + 1 + strlen(value) + (quote ? 1 : 0);
        end += quote && *end == quote ? 1 : 0;
        bool secret = secret_value_possible(value);
        if (secret)
            add_secret(verb, name, secrets);
        g_string_append_len(out, from, (secret ? p + 1 : end) - from);
        g_string_append(out, secret ? "***" : "");
        from = end;
    }
    g_string_append(out, from);
    return g_string_free(out, FALSE);
}

/* "ENV NAME value": the form with a blank. */
static char *veil_blank_form(const struct instruction *instruction, json_object *secrets)
{
    size_t n = strcspn(instruction->text, BLANKS "=");
    bool blank = g_str_equal(instruction->verb, "ENV") && instruction->text[n] && instruction->text[n] != '=';
    g_autofree char *name = g_strndup(instruction->text, n);
    if (!blank || !secret_in_name(name))
        return NULL;
    add_secret(instruction->verb, name, secrets);
    return g_strconcat(name, " ***", NULL);
}

/* Values after flags and credentials in addresses are no names, but must not be shown. */
static char *veil_flags(const char *text)
{
    static const char pattern[] =
        "(?i)((?:--?(?:password|passwd|token|secret|api-?key|pass)|bearer|basic)[ =]+|://[^/\\s:@]*:)"
        "[^\\s@\"']+";
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
    char *out = g_regex_replace(regex, text, -1, 0, "\\1***", 0, NULL);
    return out ? out : g_strdup("(not shown)");
}

static char *shorten(const char *text)
{
    if (g_utf8_strlen(text, -1) <= SHOWN_MAX)
        return g_strdup(text);
    g_autofree char *cut = g_utf8_substring(text, 0, SHOWN_MAX);
    return g_strconcat(cut, "...", NULL);
}

/* Build arguments are left out: their names are among the secrets, where they are. */
static char *shown(const struct instruction *instruction, json_object *secrets)
{
    if (instruction->args)
        g_free(veil("ARG", instruction->args, secrets));
    char *blank = veil_blank_form(instruction, secrets);
    g_autofree char *text = blank ? blank : veil(instruction->verb, instruction->text, secrets);
    g_autofree char *joined = g_strconcat(instruction->verb, " ", text, NULL);
    g_autofree char *veiled = veil_flags(joined);
    g_strdelimit(veiled, "\t\r\n", ' ');
    return shorten(veiled);
}

/* ---- ADD ---- */

static bool is_remote(const char *text)
{
    g_auto(GStrv) words = split_words(text);
    for (char **word = words; word[0] && word[1]; word++) /* not the destination */
        if (g_str_has_prefix(*word, "http://") || g_str_has_prefix(*word, "https://") ||
            g_str_has_prefix(*word, "ftp://") || g_str_has_prefix(*word, "git@"))
            return true;
    return false;
}

static bool goes_to_top(const char *text)
{
    g_auto(GStrv) words = split_words(text);
    guint n = g_strv_length(words);
    return n > 0 && g_str_equal(words[n - 1], "/");
}

static void note(json_object *list, const char *text)
{
    if (json_object_array_length(list) < LISTED)
        json_object_array_add(list, json_object_new_string(text));
}

/* `first`: nothing before it put a file into the image. What then is unpacked to / is the base system. */
static void judge_add(const struct instruction *instruction, const char *text, bool first,
                      struct image_instructions *out)
{
    if (!g_str_equal(instruction->verb, "ADD"))
        return;
    bool remote = is_remote(instruction->text);
    if (remote)
        note(out->remote_add, text);
    if (remote || !first || !goes_to_top(instruction->text))
        note(out->add, text);
}

static void judge_run(const struct instruction *instruction, const char *text, struct image_instructions *out)
{
    const struct {
        bool (*is)(const char *text);
        json_object *list;
    } questions[] = {
        {refreshes_alone, out->refresh_alone}, {pipes_download, out->piped},
        {is_unverified, out->unverified},      {uses_sudo, out->sudo},
        {leaves_cache, out->cache_left},
    };
    if (!g_str_equal(instruction->verb, "RUN"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
        if (questions[i].is(instruction->text))
            note(questions[i].list, text);
}

static bool writes_files(const char *verb)
{
    return g_str_equal(verb, "ADD") || g_str_equal(verb, "COPY") || g_str_equal(verb, "RUN");
}

void image_instructions_clear(struct image_instructions *said)
{
    json_object *const lists[] = {said->all,        said->add,  said->remote_add, said->refresh_alone, said->piped,
                                  said->unverified, said->sudo, said->cache_left, said->secrets};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        json_object_put(lists[i]);
}

void image_read_history(char **history, struct image_instructions *out)
{
    json_object **const lists[] = {&out->all,        &out->add,  &out->remote_add, &out->refresh_alone, &out->piped,
                                   &out->unverified, &out->sudo, &out->cache_left, &out->secrets};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = json_object_new_array();
    bool first = true;
    for (; *history; history++) {
        struct instruction instruction;
        parse(*history, &instruction);
        g_autofree char *text = shown(&instruction, out->secrets);
        note(out->all, text);
        judge_add(&instruction, text, first, out);
        judge_run(&instruction, text, out);
        first &= !writes_files(instruction.verb);
        instruction_clear(&instruction);
    }
}
