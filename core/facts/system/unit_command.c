#include "facts/system/unit_command.h"

#include "facts/file/confdirs.h"
#include "facts/system/unit_file.h"
#include "facts/system/unit_words.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* ---- environment ---- */

static void environment_free(gpointer data)
{
    struct unit_environment *environment = data;
    g_hash_table_unref(environment->values);
    g_strfreev(environment->passed);
    problem_free(environment->unread);
    g_free(environment);
}

struct unit_command_gather {
    struct host *host;
    const char *unit;
    struct unit_environment *environment;
};

/* Takes the problem. */
static void hinder(struct unit_command_gather *gather, struct problem *why)
{
    problem_keep(&gather->environment->unread, why);
}

/* A="1" "B=2 3", with specifiers. */
static void take_assignments(struct unit_command_gather *gather, const char *text)
{
    g_auto(GStrv) words = unit_words(text);
    if (!words)
        hinder(gather, problem_damaged("an assignment of its environment cannot be taken apart"));
    for (char **word = words; word && *word; word++) {
        g_autofree char *whole = unit_expand(*word, gather->unit);
        const char *equals = whole ? strchr(whole, '=') : NULL;
        if (!whole)
            hinder(gather, problem_unknown("its environment depends on the machine that runs it"));
        else if (equals)
            g_hash_table_replace(gather->environment->values, g_strndup(whole, (gsize)(equals - whole)),
                                 g_strdup(equals + 1));
    }
}

static void take_file(struct unit_command_gather *gather, const char *path, bool optional)
{
    g_autoptr(GError) error = NULL;
    const json_object *tree = format_read(gather->host, path, format_find("keyvalue"), &error);
    if (!tree && optional && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        return;
    if (!tree) {
        hinder(gather, problem_of_error(error));
        return;
    }
    json_object_object_foreach (tree, name, value) {
        if (json_object_is_type(value, json_type_string))
            g_hash_table_replace(gather->environment->values, g_strdup(name), g_strdup(json_object_get_string(value)));
    }
}

/* What one EnvironmentFile= names. "-" before the path or glob: it need not be there. *why, where it is NULL, becomes
 * why not all of them are known; NULL when none is. Caller frees. */
static char **files_named(struct host *host, const char *unit, const char *text, struct problem **why)
{
    g_autofree char *path = unit_expand(text + (*text == '-'), unit);
    g_autoptr(GError) error = NULL;
    char *list[] = {path, NULL};
    if (path && !strpbrk(path, "*?["))
        return g_strdupv(list);
    char **paths = path ? host_glob_as(host, path, GLOB_LIBC, &error) : NULL;
    if (error)
        problem_keep(why, problem_of_error(error));
    else if (!paths)
        problem_keep(why, problem_unknown("which file its environment comes from depends on the machine that runs it"));
    return paths;
}

static void take_files(struct unit_command_gather *gather, const char *text)
{
    g_auto(GStrv) paths = files_named(gather->host, gather->unit, text, &gather->environment->unread);
    for (char **path = paths; path && *path; path++)
        take_file(gather, *path, *text == '-');
}

static void take_manager_line(const struct unit_line *line, gpointer data)
{
    struct unit_command_gather *gather = data;
    if (!g_str_equal(line->section, "Manager") || !g_str_equal(line->key, "DefaultEnvironment"))
        return;
    if (!*line->value)
        g_hash_table_remove_all(gather->environment->values);
    take_assignments(gather, line->value);
}

/* False when the file is not there. */
static bool take_manager_file(struct unit_command_gather *gather, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (unit_file_visit(gather->host, path, take_manager_line, gather, &error))
        return true;
    bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    if (!absent)
        hinder(gather, problem_of_error(error));
    return !absent;
}

static void take_manager(struct unit_command_gather *gather)
{
    static const char *const files[] = {"/etc/systemd/system.conf", "/run/systemd/system.conf",
                                        "/usr/local/lib/systemd/system.conf", "/usr/lib/systemd/system.conf"};
    static const char *const dirs[] = {"/etc/systemd/system.conf.d", "/run/systemd/system.conf.d",
                                       "/usr/local/lib/systemd/system.conf.d", "/usr/lib/systemd/system.conf.d", NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(files) && !take_manager_file(gather, files[i]); i++)
        continue;
    g_autoptr(GPtrArray) errors = confdirs_errors_new();
    g_auto(GStrv) dropins = confdirs_files(gather->host, dirs, ".conf", errors);
    for (char **path = dropins; *path; path++)
        take_manager_file(gather, *path);
    if (errors->len)
        hinder(gather, problem_of_error(errors->pdata[0]));
}

static void take_key(struct unit_command_gather *gather, const struct unit_config *config, const char *key,
                     void (*take)(struct unit_command_gather *gather, const char *text))
{
    const GPtrArray *values = g_hash_table_lookup(config->values, key);
    for (guint i = 0; values && i < values->len; i++)
        take(gather, ((const struct unit_value *)values->pdata[i])->text);
}

/* UnsetEnvironment= names variables, or assignments. */
static void take_away(struct unit_command_gather *gather, const char *text)
{
    g_auto(GStrv) words = unit_words(text);
    for (char **word = words; word && *word; word++) {
        g_autofree char *name = g_strndup(*word, strcspn(*word, "="));
        const char *value = g_hash_table_lookup(gather->environment->values, name);
        if (!strchr(*word, '=') || (value && g_str_equal(value, strchr(*word, '=') + 1)))
            g_hash_table_remove(gather->environment->values, name);
    }
}

char **unit_environment_files(struct host *host, const char *unit, struct problem **why)
{
    g_autoptr(GStrvBuilder) files = g_strv_builder_new();
    const GPtrArray *values = g_hash_table_lookup(unit_config_get(host, unit)->values, "Service.EnvironmentFile");
    for (guint i = 0; values && i < values->len; i++) {
        g_auto(GStrv) paths = files_named(host, unit, ((const struct unit_value *)values->pdata[i])->text, why);
        for (char **path = paths; path && *path; path++)
            g_strv_builder_add(files, *path);
    }
    return g_strv_builder_end(files);
}

static gpointer make(struct host *host, gpointer data)
{
    struct unit_environment *environment = g_new0(struct unit_environment, 1);
    environment->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    struct unit_command_gather gather = {host, data, environment};
    const struct unit_config *config = unit_config_get(host, data);
    if (config->error)
        hinder(&gather, problem_of_error(config->error));
    take_manager(&gather);
    take_key(&gather, config, "Service.Environment", take_assignments);
    take_key(&gather, config, "Service.EnvironmentFile", take_files);
    take_key(&gather, config, "Service.UnsetEnvironment", take_away);
    const struct unit_value *passed = unit_config_value(config, "Service.PassEnvironment");
    environment->passed = passed ? unit_words(passed->text) : NULL;
    return environment;
}

const struct unit_environment *unit_environment_get(struct host *host, const char *unit)
{
    g_autofree char *key = g_strconcat("unit-environment:", unit, NULL);
    return host_memo(host, key, make, (gpointer)(uintptr_t)unit, environment_free);
}

const char *unit_environment_value(const struct unit_environment *environment, const char *name, struct problem **why)
{
    /* What systemd sets by itself. */
    static const char *const own[] = {"PATH",
                                      "LANG",
                                      "HOME",
                                      "USER",
                                      "LOGNAME",
                                      "SHELL",
                                      "INVOCATION_ID",
                                      "JOURNAL_STREAM",
                                      "SYSTEMD_EXEC_PID",
                                      "MAINPID",
                                      "PIDFILE",
                                      "NOTIFY_SOCKET",
                                      "LISTEN_FDS",
                                      "RUNTIME_DIRECTORY",
                                      "STATE_DIRECTORY",
                                      NULL};
    *why = problem_copy(environment->unread);
    const char *value = *why ? NULL : g_hash_table_lookup(environment->values, name);
    bool elsewhere = g_strv_contains(own, name) ||
                     (environment->passed && g_strv_contains((const char *const *)environment->passed, name));
    if (!value && elsewhere)
        problem_keep(why, problem_unknown("systemd itself sets a variable that it is told"));
    return value;
}

/* ---- commands ---- */

void unit_command_free(struct unit_command *command)
{
    g_strfreev(command->words);
    g_free(command);
}

struct unit_command *unit_command_read(const char *text, const char *unit)
{
    g_auto(GStrv) words = unit_words(text);
    if (!words || !*words)
        return NULL;
    gsize marks = strspn(words[0], "-@:+!|");
    bool named = memchr(words[0], '@', marks) != NULL;
    g_autoptr(GStrvBuilder) taken = g_strv_builder_new();
    for (char **word = words; *word && !g_str_equal(*word, ";"); word++) {
        g_autofree char *whole = unit_expand(word == words ? *word + marks : *word, unit);
        if (!whole)
            return NULL;
        if (!named || word != words + 1)
            g_strv_builder_add(taken, whole);
    }
    struct unit_command *command = g_new0(struct unit_command, 1);
    command->words = g_strv_builder_end(taken);
    command->verbatim = memchr(words[0], ':', marks) != NULL;
    return command;
}

struct unit_command_substitution {
    const struct unit_environment *environment;
    const char *unit;
    struct problem *why;
};

/* "" where the variable is not set. NULL when that is not known. */
static const char *value_of(struct unit_command_substitution *substitution, const char *name)
{
    struct problem *why = NULL;
    const char *value = unit_environment_value(substitution->environment, name, &why);
    if (why) {
        why = problem_of(why, "$%s in the command of %s is not known", name, substitution->unit);
        problem_keep(&substitution->why, why);
        return NULL;
    }
    return value ? value : "";
}

/* ${NAME} anywhere, $$ for a dollar; another $ stays. NULL when a value is not known. Caller frees. */
static char *with_values(struct unit_command_substitution *substitution, const char *word)
{
    g_autoptr(GString) out = g_string_new(NULL);
    while (*word) {
        const char *end = g_str_has_prefix(word, "${") ? strchr(word, '}') : NULL;
        if (end) {
            g_autofree char *name = g_strndup(word + 2, (gsize)(end - word - 2));
            const char *value = value_of(substitution, name);
            if (!value)
                return NULL;
            g_string_append(out, value);
            word = end + 1;
            continue;
        }
        word += g_str_has_prefix(word, "$$");
        g_string_append_c(out, *word++);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void add_several(GStrvBuilder *out, struct unit_command_substitution *substitution, const char *value)
{
    g_auto(GStrv) words = unit_words(value);
    if (!words)
        problem_keep(&substitution->why,
                     problem_damaged("a variable in the command of %s cannot be taken apart", substitution->unit));
    for (char **word = words; word && *word; word++)
        g_strv_builder_add(out, *word);
}

/* A word $NAME becomes as many words as the value has. */
static void add_word(GStrvBuilder *out, struct unit_command_substitution *substitution, const char *word)
{
    if (word[0] == '$' && word[1] != '{' && word[1] != '$') {
        const char *value = value_of(substitution, word + 1);
        if (value)
            add_several(out, substitution, value);
        return;
    }
    g_autofree char *whole = with_values(substitution, word);
    if (whole)
        g_strv_builder_add(out, whole);
}

char **unit_command_arguments(struct host *host, const struct unit_command *command, const char *unit,
                              struct problem **why)
{
    if (command->verbatim)
        return g_strdupv(command->words);
    struct unit_command_substitution substitution = {unit_environment_get(host, unit), unit, NULL};
    g_autoptr(GStrvBuilder) out = g_strv_builder_new();
    g_strv_builder_add(out, command->words[0]);
    for (char **word = command->words + 1; *word; word++)
        add_word(out, &substitution, *word);
    *why = substitution.why;
    g_auto(GStrv) arguments = g_strv_builder_end(out);
    return *why ? NULL : g_steal_pointer(&arguments);
}
