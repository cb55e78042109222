#include "facts/sshd/config.h"

#include "facts/package/packages.h"
#include "facts/sshd/flags.h"
#include "facts/sshd/setting.h"
#include "formats/format.h"
#include "host/process.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* sshd's own bound, and ours against files that include each other many times over. */
#define INCLUDE_DEPTH_MAX 16U
#define FILES_MAX         1000U
#define SETTINGS_MAX      100000U

static const char main_path[] = "/etc/ssh/sshd_config", vendor_path[] = "/usr/etc/ssh/sshd_config";

struct sshd_config_reading {
    struct host *host;
    struct sshd_config *config;
    unsigned files, blocks;
    bool stopped; /* a bound was met */
};

/* The Match block that lines are in. */
struct sshd_config_place {
    const char *scope; /* NULL: none */
    unsigned block, depth;
    bool for_all;
};

static void place_setting(struct sshd_setting *setting, const struct sshd_config_place *place)
{
    setting->scope = g_strdup(place->scope);
    setting->block = place->block;
    setting->for_all = place->for_all;
}

static void add_unreadable(struct sshd_config_reading *reading, const struct sshd_config_place *place,
                           const GError *error)
{
    struct sshd_setting *unreadable = sshd_setting_add(reading->config, NULL, &(struct sshd_setting){0});
    unreadable->unread = problem_of_error(error);
    place_setting(unreadable, place);
    problems_add_error(reading->config->problems, error);
}

static char **strings_of(const json_object *args)
{
    GPtrArray *list = g_ptr_array_new();
    for (size_t i = 0; i < json_object_array_length(args); i++)
        g_ptr_array_add(list, tree_text(json_object_array_get_idx(args, i)));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

static void read_file(struct sshd_config_reading *reading, const char *path, const struct sshd_config_place *place);

static void include(struct sshd_config_reading *reading, const char *pattern, const struct sshd_config_place *place)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *absolute = *pattern == '/' ? g_strdup(pattern) : g_build_filename("/etc/ssh", pattern, NULL);
    g_auto(GStrv) paths = host_glob_as(reading->host, absolute, GLOB_OPENSSH, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        add_unreadable(reading, place, error);
    for (char **path = paths; path && *path; path++)
        read_file(reading, *path, place);
}

/* A criterion's name as sshd_config(5) writes it, its letter case means nothing to sshd; NULL: no such criterion. */
static const char *criterion_name(const char *word, size_t n)
{
    static const char *const names[] = {"User",    "Group", "Host",         "Address", "LocalAddress", "LocalPort",
                                        "RDomain", "all",   "Invalid-User", "Version", "canonical",    "final"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strlen(names[i]) == n && g_ascii_strncasecmp(names[i], word, n) == 0)
            return names[i];
    return NULL;
}

static bool takes_no_value(const char *name)
{
    static const char *const alone[] = {"all", "Invalid-User", "canonical", "final", NULL};
    return g_strv_contains(alone, name);
}

/* The words of a Match line in one spelling, so that a rule can name a block however its administrator wrote it. Values
 * stay as they are: names of users and groups have case. */
static char *criteria_of(const json_object *args)
{
    GString *out = g_string_new(NULL);
    bool value = false; /* the word belongs to the criterion before it */
    for (size_t i = 0; i < json_object_array_length(args); i++) {
        const char *word = json_object_get_string(json_object_array_get_idx(args, i));
        size_t n = strcspn(word, "=");
        const char *name = value ? NULL : criterion_name(word, n);
        g_string_append_printf(out, "%s%s", i ? " " : "", name ? name : word);
        if (name && word[n])
            g_string_append_printf(out, " %s", word + n + 1);
        value = name && !word[n] && !takes_no_value(name);
    }
    return g_string_free(out, FALSE);
}

/* A Match line begins a block; inside an included file that is itself in a block, both must fit. */
static void enter_match(struct sshd_config_reading *reading, const struct sshd_config_place *outer,
                        const char *criteria, struct sshd_config_place *inner, char **scope)
{
    bool all = g_ascii_strcasecmp(criteria, "all") == 0;
    g_free(*scope);
    *scope = outer->scope ? g_strdup_printf("%s and Match %s", outer->scope, criteria)
                          : g_strdup_printf("Match %s", criteria);
    inner->scope = *scope;
    inner->block = ++reading->blocks;
    inner->for_all = all && outer->for_all;
}

static void take_line(struct sshd_config_reading *reading, const char *path, const json_object *line,
                      const struct sshd_config_place *place)
{
    const json_object *args = tree_member(line, "args");
    struct sshd_setting origin = {.line = (unsigned)json_object_get_int64(tree_member(line, "line"))};
    g_autofree char *copy = g_strdup(path);
    origin.path = copy;
    struct sshd_setting *setting = sshd_setting_add(reading->config, tree_string(line, "keyword"), &origin);
    setting->args = strings_of(args);
    setting->value = g_strdup(tree_string(line, "value"));
    place_setting(setting, place);
}

static void take_lines(struct sshd_config_reading *reading, const char *path, const json_object *lines,
                       const struct sshd_config_place *outer)
{
    struct sshd_config_place place = *outer;
    g_autofree char *scope = NULL;
    for (size_t i = 0; i < json_object_array_length(lines); i++) {
        const json_object *line = json_object_array_get_idx(lines, i);
        const char *keyword = tree_string(line, "keyword");
        if (g_str_equal(keyword, "match")) {
            g_autofree char *criteria = criteria_of(tree_member(line, "args"));
            enter_match(reading, outer, criteria, &place, &scope);
        } else if (g_str_equal(keyword, "include")) {
            g_auto(GStrv) patterns = strings_of(tree_member(line, "args"));
            for (char **pattern = patterns; *pattern; pattern++)
                include(reading, *pattern, &place);
        } else {
            take_line(reading, path, line, &place);
        }
        if (reading->stopped)
            return;
    }
}

/* False, with an unreadable include, when a bound is met. */
static bool may_read(struct sshd_config_reading *reading, const char *path, const struct sshd_config_place *place)
{
    g_autoptr(GError) error = NULL;
    bool deep = place->depth > INCLUDE_DEPTH_MAX;
    if (!deep && reading->files < FILES_MAX && reading->config->settings->len < SETTINGS_MAX)
        return true;
    g_set_error(&error, PL_ERROR, PL_ERROR_LIMIT, "%s: too many Includes", path);
    add_unreadable(reading, place, error);
    reading->stopped = true;
    return false;
}

static void read_file(struct sshd_config_reading *reading, const char *path, const struct sshd_config_place *place)
{
    g_autoptr(GError) error = NULL;
    struct sshd_config_place inner = *place;
    if (reading->stopped || !may_read(reading, path, place))
        return;
    inner.depth++;
    reading->files++;
    const json_object *lines = format_read(reading->host, path, format_find("sshd"), &error);
    if (lines)
        take_lines(reading, path, lines, &inner);
    else if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        add_unreadable(reading, place, error);
}

static char *find_version(struct host *host)
{
    static const char *const names[] = {"openssh-server", "openssh"};
    const struct packages *packages = packages_get(host);
    for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
        for (guint i = 0; i < packages->list->len; i++) {
            const struct package *package = g_ptr_array_index(packages->list, i);
            if (!g_str_equal(package->name, names[n]))
                continue;
            const char *colon = strchr(package->version, ':'), *start = colon ? colon + 1 : package->version;
            gsize length = strspn(start, "0123456789.");
            return length ? g_strndup(start, length) : NULL;
        }
    }
    return NULL;
}

/* What a version that is not known leaves open. */
static struct problem *why_unsure(const struct sshd_config *config)
{
    return problem_of(problem_of_error(config->version_error),
                      "the version of OpenSSH is not known, and before 8.7 ChallengeResponseAuthentication, yes by "
                      "default, overrules KbdInteractiveAuthentication");
}

static void config_free(gpointer data)
{
    struct sshd_config *config = data;
    g_free(config->path);
    g_free(config->version);
    problem_free(config->no_version.unread);
    g_ptr_array_unref(config->settings);
    g_ptr_array_unref(config->problems);
    g_free(config);
}

/* True when there is a file, or one that may not be looked at. */
static bool is_there(struct host *host, const char *path)
{
    g_autoptr(GError) error = NULL;
    struct host_stat st = {0};
    return host_stat(host, path, &st, &error) || !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
}

/* One place that is there is enough; where there is none, one that could not be looked at leaves it open. */
static bool is_installed(struct host *host, GPtrArray *problems)
{
    const char *const places[] = {main_path, vendor_path, "/usr/sbin/sshd"};
    g_autoptr(GError) hindered = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(GError) error = NULL;
        struct host_stat st = {0};
        if (host_stat(host, places[i], &st, &error))
            return true;
        if (!hindered && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            hindered = g_steal_pointer(&error);
    }
    problems_add_error(problems, hindered);
    return false;
}

/* The program that runs; where that is not seen the one that it was started by, whose path sshd insists on
 * (sshd(8)), also in its title "sshd: /usr/sbin/sshd -D [listener]". Caller frees. */
static char *program_of(const struct process *listener)
{
    if (listener->exe)
        return host_link_path(listener->exe);
    const char *first = listener->argv && listener->argv[0] ? listener->argv[0] : "";
    first += g_str_has_prefix(first, "sshd: ") ? strlen("sshd: ") : 0;
    return *first == '/' ? g_strndup(first, strcspn(first, " ")) : NULL;
}

/* A distribution's own, which reads /etc/ssh and has the version of its package. */
static bool is_usual(const struct process *listener)
{
    static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin", NULL};
    g_autofree char *program = program_of(listener);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
    return !folder || g_strv_contains(folders, folder);
}

/* Where the file of another one lies is known to whoever built it. */
static void add_unknown_path(struct sshd_config *config, const struct process *listener)
{
    struct sshd_setting *unreadable = sshd_setting_add(config, NULL, &(struct sshd_setting){0});
    g_autofree char *program = program_of(listener);
    unreadable->unread = problem_unknown("%s runs without -f: where its configuration lies is not known", program);
    unreadable->for_all = true;
    problems_take(config->problems, problem_copy(unreadable->unread));
}

static void read_main(struct sshd_config_reading *reading, const struct process *listener)
{
    struct sshd_config *config = reading->config;
    if (!config->path && listener && !is_usual(listener)) {
        add_unknown_path(config, listener);
        return;
    }
    if (!config->path)
        config->path = g_strdup(is_there(reading->host, main_path) ? main_path : vendor_path);
    read_file(reading, config->path, &(struct sshd_config_place){.for_all = true});
}

static void find_versions(struct host *host, struct sshd_config *config, const struct process *listener)
{
    const GPtrArray *errors = packages_get(host)->errors;
    config->version = listener && !is_usual(listener) ? NULL : find_version(host);
    config->version_error = config->version || !errors->len ? NULL : g_ptr_array_index(errors, 0);
    config->no_version.unread = config->version ? NULL : why_unsure(config);
}

static void add_problems(struct sshd_config *config)
{
    for (guint i = 0; i < config->settings->len; i++) {
        const struct sshd_setting *setting = g_ptr_array_index(config->settings, i);
        if (setting->unread)
            problems_take(config->problems, problem_copy(setting->unread));
    }
}

static gpointer make_config(struct host *host, gpointer data)
{
    (void)data;
    struct sshd_config *config = g_new0(struct sshd_config, 1);
    struct sshd_config_reading reading = {.host = host, .config = config};
    config->settings = g_ptr_array_new_with_free_func(sshd_setting_free);
    config->problems = problems_new();
    const struct process *listener = sshd_flags_read(host, config);
    add_problems(config);
    config->installed = listener || is_installed(host, config->problems);
    if (config->installed) {
        find_versions(host, config, listener);
        read_main(&reading, listener);
    }
    return config;
}

const struct sshd_config *sshd_config_get(struct host *host)
{
    return host_memo(host, "probe:sshd", make_config, NULL, config_free);
}
