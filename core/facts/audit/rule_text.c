/* auditctl's options, as far as they say what is recorded. A rule that filters by user, outcome or system call leaves
 * events out; those conditions are kept as its limits. */
#include "facts/audit/rule_text.h"

#include "model/error.h"

#include <string.h>
#include <sys/stat.h>

#define RULES_MAX 10000

void audit_rule_free(gpointer data)
{
    struct audit_rule *rule = data;
    if (!rule)
        return;
    g_free(rule->text);
    g_free(rule->list);
    g_free(rule->path);
    g_free(rule->key);
    g_strfreev(rule->limits);
    g_free(rule->file);
    g_free(rule);
}

/* Blanks separate, double quotes hold together. */
static GPtrArray *split_words(const char *line)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) word = g_string_new(NULL);
    bool quoted = false, any = false;
    for (const char *at = line;; at++) {
        bool ends = !*at || (!quoted && g_ascii_isspace(*at));
        if (ends && any)
            g_ptr_array_add(words, g_strdup(word->str));
        if (ends) {
            g_string_truncate(word, 0);
            any = false;
        } else if (*at == '"') {
            quoted = !quoted;
            any = true;
        } else {
            g_string_append_c(word, *at);
            any = true;
        }
        if (!*at)
            return words;
    }
}

static unsigned parse_permissions(const char *text)
{
    static const struct {
        char letter;
        unsigned bit;
    } letters[] = {{'r', AUDIT_MAY_READ}, {'w', AUDIT_MAY_WRITE}, {'x', AUDIT_MAY_EXECUTE}, {'a', AUDIT_MAY_CHANGE}};
    unsigned bits = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        if (strchr(text, letters[i].letter))
            bits |= letters[i].bit;
    return bits;
}

static bool is_directory(struct host *host, const char *path)
{
    struct host_stat st;
    return host_lstat(host, path, &st, NULL) && S_ISDIR(st.mode);
}

/* The kernel follows the links of a watched path's directories, and of a whole tree's path all of them. */
static char *watched_path(struct host *host, const char *text, bool tree)
{
    g_autofree char *path = g_strdup(text);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    char *resolved = tree ? host_resolve(host, path, NULL) : NULL;
    if (resolved)
        return resolved;
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *real = host_resolve(host, directory, NULL);
    return real && *path == '/' ? g_build_filename(real, name, NULL) : g_steal_pointer(&path);
}

struct parsing {
    struct host *host;
    struct audit_rule *rule;
    GPtrArray *limits;
    bool some_calls, is_rule;
};

static void limit(struct parsing *parsing, const char *text)
{
    g_ptr_array_add(parsing->limits, g_strdup(text));
}

static void take_watch(struct parsing *parsing, const char *text)
{
    struct audit_rule *rule = parsing->rule;
    g_autofree char *path = watched_path(parsing->host, text, false);
    rule->below = is_directory(parsing->host, path);
    g_free(rule->list);
    rule->list = g_strdup("exit");
    g_free(rule->path);
    rule->path = watched_path(parsing->host, text, rule->below);
    parsing->is_rule = true;
}

/* "always,exit" and "exit,always" are the same. */
static void take_action(struct parsing *parsing, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ",", 3);
    for (char **word = words; *word; word++) {
        if (g_str_equal(*word, "never"))
            parsing->rule->never = true;
        else if (!g_str_equal(*word, "always")) {
            g_free(parsing->rule->list);
            parsing->rule->list = g_strdup(*word);
        }
    }
    parsing->is_rule = true;
}

static void take_path(struct parsing *parsing, const char *text, bool tree)
{
    g_free(parsing->rule->path);
    parsing->rule->path = watched_path(parsing->host, text, tree);
    parsing->rule->below = tree;
}

static void take_key(struct parsing *parsing, const char *text)
{
    g_free(parsing->rule->key);
    parsing->rule->key = g_strdup(text);
}

static void take_field(struct parsing *parsing, const char *text)
{
    struct audit_rule *rule = parsing->rule;
    if (g_str_has_prefix(text, "path="))
        take_path(parsing, text + strlen("path="), false);
    else if (g_str_has_prefix(text, "dir="))
        take_path(parsing, text + strlen("dir="), true);
    else if (g_str_has_prefix(text, "perm="))
        rule->perms = parse_permissions(text + strlen("perm="));
    else if (g_str_has_prefix(text, "key="))
        take_key(parsing, text + strlen("key="));
    else if (g_str_equal(text, "arch=b64"))
        rule->width = AUDIT_64_BITS;
    else if (g_str_equal(text, "arch=b32"))
        rule->width = AUDIT_32_BITS;
    else
        limit(parsing, text);
}

static void take_calls(struct parsing *parsing, const char *text)
{
    if (!g_str_equal(text, "all")) {
        g_autofree char *calls = g_strconcat("-S ", text, NULL);
        limit(parsing, calls);
    }
}

static void take_compare(struct parsing *parsing, const char *text)
{
    limit(parsing, text);
}

static void take_permissions(struct parsing *parsing, const char *text)
{
    parsing->rule->perms = parse_permissions(text);
}

/* Options with a value; others (-D, -b, -e, -f, -c, -i, -r) are settings and no rules. */
static const struct option {
    const char *name;
    void (*take)(struct parsing *parsing, const char *value);
} options[] = {
    {"-w", take_watch},  {"-p", take_permissions}, {"-k", take_key},   {"-a", take_action},
    {"-A", take_action}, {"-F", take_field},       {"-S", take_calls}, {"-C", take_compare},
};

static void take_option(struct parsing *parsing, const GPtrArray *words, guint *i)
{
    const char *name = words->pdata[*i];
    for (size_t j = 0; j < G_N_ELEMENTS(options); j++) {
        if (!g_str_equal(options[j].name, name))
            continue;
        if (++*i < words->len)
            options[j].take(parsing, words->pdata[*i]);
        return;
    }
}

struct audit_rule *audit_rule_parse(struct host *host, const char *line)
{
    g_autofree char *own = g_strstrip(g_strdup(line));
    if (*own != '-')
        return NULL;
    g_autoptr(GPtrArray) words = split_words(own);
    struct audit_rule *rule = g_new0(struct audit_rule, 1);
    rule->list = g_strdup("exit");
    rule->perms = AUDIT_MAY_READ | AUDIT_MAY_WRITE | AUDIT_MAY_EXECUTE | AUDIT_MAY_CHANGE;
    struct parsing parsing = {.host = host, .rule = rule, .limits = g_ptr_array_new()};
    for (guint i = 0; i < words->len; i++)
        take_option(&parsing, words, &i);
    g_ptr_array_add(parsing.limits, NULL);
    rule->limits = (char **)g_ptr_array_free(parsing.limits, FALSE);
    if (!parsing.is_rule) {
        audit_rule_free(rule);
        return NULL;
    }
    rule->text = g_steal_pointer(&own);
    return rule;
}

bool audit_rule_equal(const struct audit_rule *a, const struct audit_rule *b)
{
    return a->never == b->never && a->below == b->below && a->perms == b->perms && a->width == b->width &&
           g_str_equal(a->list, b->list) && g_strcmp0(a->path, b->path) == 0 && g_strcmp0(a->key, b->key) == 0 &&
           g_strv_equal((const char *const *)a->limits, (const char *const *)b->limits);
}

/* ---- files ---- */

static void read_file(struct host *host, const char *path, GPtrArray *rules, GPtrArray *errors)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (!text) {
        if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(errors, g_steal_pointer(&error));
        return;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        if (rules->len >= RULES_MAX) {
            g_ptr_array_add(errors,
                            g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more than %d audit rules", path, RULES_MAX));
            return;
        }
        struct audit_rule *rule = audit_rule_parse(host, lines[i]);
        if (!rule)
            continue;
        rule->file = g_strdup(path);
        rule->line = i + 1;
        g_ptr_array_add(rules, rule);
    }
}

GPtrArray *audit_rule_files(struct host *host, GPtrArray *errors)
{
    GPtrArray *rules = g_ptr_array_new_with_free_func(audit_rule_free);
    GError *error = NULL;
    g_auto(GStrv) files = host_glob(host, "/etc/audit/rules.d/*.rules", &error);
    if (error)
        g_ptr_array_add(errors, error);
    for (char **file = files; file && *file; file++)
        read_file(host, *file, rules, errors);
    if (!files || !*files)
        read_file(host, "/etc/audit/audit.rules", rules, errors);
    return rules;
}
