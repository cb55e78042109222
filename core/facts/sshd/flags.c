/* sshd's command line: of the running listener, or when none runs from the variable that its unit takes options from.
 * What it says comes before every file. */
#include "facts/sshd/flags.h"

#include "facts/daemon/owner.h"
#include "facts/sshd/setting.h"
#include "formats/format.h"
#include "host/notes.h"
#include "host/path.h"
#include "host/process.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* Options that take a value, and the keyword that it is for; NULL: none of ours. */
static const struct {
    char letter;
    const char *keyword;
} options[] = {
    {'C', NULL},      {'E', NULL},
    {'b', NULL},      {'c', "hostcertificate"},
    {'f', NULL},      {'g', "logingracetime"},
    {'h', "hostkey"}, {'k', NULL},
    {'o', NULL},      {'p', "port"},
    {'u', NULL},
};

static void add_words(struct sshd_config *config, const char *keyword, const char *value,
                      const struct sshd_setting *origin)
{
    struct sshd_setting *setting = sshd_setting_add(config, keyword, origin);
    setting->value = g_strdup(value);
    setting->args = g_strsplit_set(value, " \t", -1);
    setting->for_all = true;
}

/* -o "Keyword value" or Keyword=value, with the rules of the file. */
static void add_option(struct sshd_config *config, const char *text, const struct sshd_setting *origin)
{
    GError *error = NULL;
    pl_autojson json_object *lines = format_find("sshd")->parse("-o", text, strlen(text), &error);
    if (error)
        host_note(error);
    for (size_t i = 0; lines && i < json_object_array_length(lines); i++) {
        const json_object *line = json_object_array_get_idx(lines, i);
        add_words(config, tree_string(line, "keyword"), tree_string(line, "value"), origin);
    }
}

static void take_value(struct sshd_config *config, char letter, const char *value, const struct sshd_setting *origin)
{
    if (letter == 'o') {
        add_option(config, value, origin);
    } else if (letter == 'f') {
        g_free(config->path);
        config->path = *value == '/' ? g_strdup(value) : g_build_filename("/", value, NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].letter == letter && options[i].keyword)
            add_words(config, options[i].keyword, value, origin);
}

static void take_switch(struct sshd_config *config, char letter, const struct sshd_setting *origin)
{
    if (letter == '4' || letter == '6')
        add_words(config, "addressfamily", letter == '4' ? "inet" : "inet6", origin);
    else if (letter == 'q')
        add_words(config, "loglevel", "QUIET", origin);
    else if (letter == 'd')
        add_words(config, "loglevel", "DEBUG1", origin);
}

static bool has_value(char letter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].letter == letter)
            return true;
    return false;
}

void sshd_flags_parse(struct sshd_config *config, char *const *argv, const struct sshd_setting *origin)
{
    for (; *argv && **argv == '-' && (*argv)[1] && strcmp(*argv, "--") != 0; argv++) {
        for (const char *p = *argv + 1; *p; p++) {
            if (!has_value(*p)) {
                take_switch(config, *p, origin);
                continue;
            }
            const char letter = *p, *value = p[1] ? p + 1 : argv[1];
            if (!p[1] && value)
                argv++;
            take_value(config, letter, value ? value : "", origin);
            break;
        }
    }
}

/* True when a word of the command line is an option whose value is the next word. */
static bool wants_value(const char *word)
{
    for (const char *p = *word == '-' ? word + 1 : ""; *p; p++)
        if (has_value(*p))
            return p[1] == '\0';
    return false;
}

/* The words of a title. Blanks inside of an argument cannot be told from those between them, but sshd takes options
 * alone: a word that is neither option nor value goes on with the one before. */
static char **title_args(const char *title)
{
    g_auto(GStrv) words = g_strsplit_set(title, " ", -1);
    GPtrArray *args = g_ptr_array_new();
    for (char **word = words + (words[0] != NULL); words[0] && *word; word++) {
        char *last = args->len ? g_ptr_array_index(args, args->len - 1) : NULL;
        if (**word == '-' || !last || wants_value(last)) {
            g_ptr_array_add(args, g_strdup(*word));
            continue;
        }
        g_ptr_array_index(args, args->len - 1) = g_strconcat(last, " ", *word, NULL);
        g_free(last);
    }
    g_ptr_array_add(args, NULL);
    return (char **)g_ptr_array_free(args, FALSE);
}

/* The arguments of a listening sshd, NULL when the process is none. It renames itself to
 * "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups" since 8.2; sessions are "sshd: NAME [priv]". */
static char **listener_args(const struct process *process)
{
    const char *name = process->argv && process->argv[0] ? process->argv[0] : "";
    const char *end = strstr(name, " [listener]");
    if (g_str_has_prefix(name, "sshd: ")) {
        g_autofree char *title = end ? g_strndup(name + 6, (gsize)(end - name - 6)) : NULL;
        return title ? title_args(title) : NULL;
    }
    if (!g_str_equal(host_base_name(name), "sshd"))
        return NULL;
    for (char **arg = process->argv + 1; *arg; arg++)
        if (g_str_equal(*arg, "-R") || g_str_equal(*arg, "-i") || g_str_equal(*arg, "-T") || g_str_equal(*arg, "-t"))
            return NULL;
    return g_strdupv(process->argv + 1);
}

/* sshd in a container is not the host's. */
static bool is_elsewhere(struct host *host, const struct process *process)
{
    const struct process *init = host_process(host, 1);
    return init && init->ns[NS_MNT] && process->ns[NS_MNT] && init->ns[NS_MNT] != process->ns[NS_MNT];
}

/* Takes the problem. */
static void add_unreadable(struct sshd_config *config, struct problem *unread)
{
    struct sshd_setting *unreadable = sshd_setting_add(config, NULL, &(struct sshd_setting){0});
    unreadable->unread = unread;
    unreadable->for_all = true;
}

/* One whose name could not be read may be sshd, unless its program is another one or it has ended. */
static bool may_be_sshd(struct host *host, const struct process *process)
{
    if (*process->comm || process->kernel)
        return g_str_equal(process->comm, "sshd");
    return (!process->exe || g_str_equal(host_base_name(process->exe), "sshd")) && !host_process_ended(host, process);
}

/* The arguments of a listener of the host's own, NULL when the process is none. */
static char **own_listener_args(struct host *host, struct sshd_config *config, const struct process *process)
{
    if (!may_be_sshd(host, process) || is_elsewhere(host, process))
        return NULL;
    if (!process->ids_known) {
        g_autoptr(GError) failure = host_process_failure(process, "status");
        add_unreadable(config, problem_of_error(failure));
    }
    /* What a process calls itself is its own choice, and a listener that lets everybody in is root's. */
    if (!daemon_name_is_roots(process))
        return NULL;
    if (!process_is_alive(process))
        return NULL;
    /* An empty one is no answer: it was looked at while it ran another program, or was overwritten. */
    if (!process->argv || !process->argv[0]) {
        g_autoptr(GError) why = process->argv ? NULL : host_process_argv_failure(process);
        add_unreadable(config, problem_of(problem_of_error(why), "the command line of sshd cannot be read"));
    }
    return process->argv ? listener_args(process) : NULL;
}

/* The listener that runs, and nothing else says which flags are in force; NULL: none does. */
static const struct process *read_running(struct host *host, struct sshd_config *config)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) first = NULL;
    const GPtrArray *processes = host_processes(host, &error);
    if (!processes && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        add_unreadable(config, problem_of_error(error));
    const struct process *listener = NULL;
    for (guint i = 0; processes && i < processes->len; i++) {
        const struct process *process = g_ptr_array_index(processes, i);
        g_auto(GStrv) args = own_listener_args(host, config, process);
        if (args && listener && !g_strv_equal((const char *const *)args, (const char *const *)first))
            add_unreadable(config,
                           problem_unknown("a second sshd runs with other arguments, and one answer would not be "
                                           "true of both"));
        if (!args || listener)
            continue;
        listener = process;
        first = g_steal_pointer(&args);
    }
    /* Behind the unreadable includes: what comes first counts. */
    if (listener)
        sshd_flags_parse(config, first,
                         &(struct sshd_setting){.flag = true, .comm = listener->comm, .pid = (int)listener->pid});
    return listener;
}

static void read_variable(struct host *host, struct sshd_config *config, const char *path, const char *name)
{
    g_autoptr(GError) error = NULL;
    const json_object *tree = format_read(host, path, format_find("keyvalue"), &error);
    json_object *value = tree_member(tree, name);
    if (!tree && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        add_unreadable(config, problem_of_error(error));
    if (!json_object_is_type(value, json_type_string))
        return;
    g_auto(GStrv) words = g_strsplit_set(json_object_get_string(value), " \t\n", -1);
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    for (char **word = words; *word; word++)
        if (**word)
            g_ptr_array_add(args, *word);
    g_ptr_array_add(args, NULL);
    g_autofree char *copy = g_strdup(path);
    sshd_flags_parse(config, (char *const *)args->pdata,
                     &(struct sshd_setting){.flag = true, .path = copy, .line = tree_mark(value).line});
}

const struct process *sshd_flags_read(struct host *host, struct sshd_config *config)
{
    static const struct {
        const char *path, *name;
    } variables[] = {
        {"/etc/default/ssh", "SSHD_OPTS"},                                        /* Debian */
        {"/etc/sysconfig/sshd", "OPTIONS"},                                       /* Red Hat */
        {"/etc/crypto-policies/back-ends/opensshserver.config", "CRYPTO_POLICY"}, /* Red Hat 8 */
    };
    const struct process *listener = read_running(host, config);
    for (size_t i = 0; !listener && i < G_N_ELEMENTS(variables); i++)
        read_variable(host, config, variables[i].path, variables[i].name);
    return listener;
}
