#include "facts/system/unit_condition.h"

#include "facts/kernel/cmdline.h"
#include "facts/system/machine.h"
#include "host/process.h"
#include "model/error.h"

#include <string.h>
#include <sys/stat.h>

/* Whether one condition holds, before "!". */
typedef enum unit_condition check_function(struct host *host, const char *value, GError **error);

static enum unit_condition holds_if(bool holds)
{
    return holds ? UNIT_CONDITION_HOLDS : UNIT_CONDITION_FAILS;
}

/* ---- paths ---- */

enum query { LOOK_THERE, LOOK_ABSENT, LOOK_UNKNOWN };

static enum query look_at(struct host *host, const char *path, bool follow, struct host_stat *st, GError **error)
{
    g_autoptr(GError) failed = NULL;
    bool found = follow ? host_stat(host, path, st, &failed) : host_lstat(host, path, st, &failed);
    if (found)
        return LOOK_THERE;
    if (g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
        return LOOK_ABSENT;
    g_propagate_error(error, g_steal_pointer(&failed));
    return LOOK_UNKNOWN;
}

static enum unit_condition path_is(struct host *host, const char *path, bool follow,
                                   bool (*is)(const struct host_stat *st), GError **error)
{
    struct host_stat st = {0};
    enum query query = look_at(host, path, follow, &st, error);
    return query == LOOK_UNKNOWN ? UNIT_CONDITION_UNKNOWN : holds_if(query == LOOK_THERE && is(&st));
}

static bool is_there(const struct host_stat *st)
{
    (void)st;
    return true;
}

static bool is_directory(const struct host_stat *st)
{
    return S_ISDIR(st->mode);
}

static bool is_link(const struct host_stat *st)
{
    return S_ISLNK(st->mode);
}

static bool is_filled(const struct host_stat *st)
{
    return S_ISREG(st->mode) && st->size > 0;
}

static bool is_program(const struct host_stat *st)
{
    return S_ISREG(st->mode) && (st->mode & 0111);
}

static enum unit_condition path_exists(struct host *host, const char *value, GError **error)
{
    return path_is(host, value, true, is_there, error);
}

static enum unit_condition path_is_directory(struct host *host, const char *value, GError **error)
{
    return path_is(host, value, true, is_directory, error);
}

static enum unit_condition path_is_link(struct host *host, const char *value, GError **error)
{
    return path_is(host, value, false, is_link, error);
}

static enum unit_condition file_is_filled(struct host *host, const char *value, GError **error)
{
    return path_is(host, value, true, is_filled, error);
}

static enum unit_condition file_is_program(struct host *host, const char *value, GError **error)
{
    return path_is(host, value, true, is_program, error);
}

static enum unit_condition path_matches(struct host *host, const char *value, GError **error)
{
    g_autoptr(GError) failed = NULL;
    g_auto(GStrv) found = host_glob(host, value, &failed);
    if (found && *found)
        return UNIT_CONDITION_HOLDS;
    if (!failed)
        return UNIT_CONDITION_FAILS;
    g_propagate_error(error, g_steal_pointer(&failed));
    return UNIT_CONDITION_UNKNOWN;
}

static enum unit_condition directory_is_filled(struct host *host, const char *value, GError **error)
{
    g_autoptr(GError) failed = NULL;
    g_auto(GStrv) names = host_list(host, value, &failed);
    if (names)
        return holds_if(*names != NULL);
    if (g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
        return UNIT_CONDITION_FAILS;
    g_propagate_error(error, g_steal_pointer(&failed));
    return UNIT_CONDITION_UNKNOWN;
}

/* ---- the machine ---- */

/* Which hypervisor it is differs between what systemd asks and what plumbline does. */
static enum unit_condition is_container(struct host *host, const char *value, GError **error)
{
    (void)error;
    if (!g_str_equal(value, "container"))
        return UNIT_CONDITION_UNKNOWN;
    return holds_if(host_is_live(host) && machine_in_container(host));
}

/* systemd's own, of process 1. */
static enum unit_condition has_capability(struct host *host, const char *value, GError **error)
{
    const struct process *init = host_is_live(host) ? host_process(host, 1) : NULL;
    if (!host_is_live(host))
        return UNIT_CONDITION_HOLDS;
    if (!init || !init->caps_known) {
        if (init)
            g_propagate_error(error, host_process_failure(init, "status"));
        return UNIT_CONDITION_UNKNOWN;
    }
    g_auto(GStrv) names = host_capability_names(init->caps[CAPSET_BOUNDING]);
    g_autofree char *upper = g_ascii_strup(value, -1);
    return holds_if(g_strv_contains((const char *const *)names, upper));
}

/* "audit=0" is the whole word, "audit" a word with or without a value. */
static enum unit_condition is_on_cmdline(struct host *host, const char *value, GError **error)
{
    const struct cmdline *cmdline = cmdline_get(host);
    if (cmdline->error) {
        g_propagate_error(error, g_error_copy(cmdline->error));
        return UNIT_CONDITION_UNKNOWN;
    }
    const char *equals = strchr(value, '=');
    g_autofree char *name = equals ? g_strndup(value, (gsize)(equals - value)) : g_strdup(value);
    for (guint i = 0; i < cmdline->args->len; i++) {
        const struct cmdline_arg *arg = cmdline->args->pdata[i];
        if (cmdline_same_name(arg->name, name) && (!equals || g_strcmp0(arg->value, equals + 1) == 0))
            return UNIT_CONDITION_HOLDS;
    }
    return UNIT_CONDITION_FAILS;
}

static enum unit_condition has_security_module(struct host *host, const char *value, GError **error)
{
    static const char *const modules[] = {"apparmor", "selinux", "smack", "tomoyo", NULL};
    if (!g_strv_contains(modules, value))
        return UNIT_CONDITION_UNKNOWN;
    g_autofree char *text = host_read_text(host, "/sys/kernel/security/lsm", error);
    if (!text)
        return UNIT_CONDITION_UNKNOWN;
    g_auto(GStrv) names = g_strsplit(g_strstrip(text), ",", 100);
    return holds_if(g_strv_contains((const char *const *)names, value));
}

static const struct kind {
    const char *name; /* after "Condition" or "Assert" */
    check_function *check;
} kinds[] = {
    {"PathExists", path_exists},
    {"PathExistsGlob", path_matches},
    {"PathIsDirectory", path_is_directory},
    {"PathIsSymbolicLink", path_is_link},
    {"FileNotEmpty", file_is_filled},
    {"FileIsExecutable", file_is_program},
    {"DirectoryNotEmpty", directory_is_filled},
    {"Virtualization", is_container},
    {"Capability", has_capability},
    {"KernelCommandLine", is_on_cmdline},
    {"Security", has_security_module},
};

/* ---- one line ---- */

static enum unit_condition check(struct host *host, const char *name, const char *value, GError **error)
{
    /* What a specifier stands for is the unit's and the machine's. */
    if (strchr(value, '%') && !strstr(name, "KernelCommandLine"))
        return UNIT_CONDITION_UNKNOWN;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].name, name))
            return kinds[i].check(host, value, error);
    return UNIT_CONDITION_UNKNOWN;
}

static enum unit_condition negated(enum unit_condition condition)
{
    return condition == UNIT_CONDITION_UNKNOWN ? condition : holds_if(condition == UNIT_CONDITION_FAILS);
}

/* All of Condition...=, or of Assert...=: each that is written plainly has to hold, and one of those with "|". */
struct sum {
    struct host *host;
    bool any; /* some were written with "|" */
    enum unit_condition plain, triggering;
    struct problem *why_plain, *why_triggering; /* of the first that stands in the way */
};

/* UNIT_CONDITION_FAILS settles it, and UNIT_CONDITION_UNKNOWN outweighs what holds. */
static void add_plain(struct sum *sum, enum unit_condition found, const struct problem *why)
{
    if (found == UNIT_CONDITION_HOLDS || found == sum->plain || sum->plain == UNIT_CONDITION_FAILS)
        return;
    sum->plain = found;
    problem_free(sum->why_plain);
    sum->why_plain = problem_copy(why);
}

static void add_triggering(struct sum *sum, enum unit_condition found, const struct problem *why)
{
    bool better = found == UNIT_CONDITION_HOLDS || sum->triggering == UNIT_CONDITION_FAILS;
    if (!sum->any || better)
        sum->triggering = found;
    problem_keep(&sum->why_triggering, problem_copy(why));
    sum->any = true;
}

static void add_value(struct sum *sum, const char *key, const char *name, const struct unit_value *value)
{
    const char *text = value->text;
    bool triggering = *text == '|';
    text += triggering;
    text += strspn(text, " \t");
    bool inverse = *text == '!';
    text += inverse;
    text += strspn(text, " \t");
    g_autoptr(GError) error = NULL;
    enum unit_condition found = check(sum->host, name, text, &error);
    found = inverse ? negated(found) : found;
    pl_auto(problem) why =
        problem_of(problem_of_error(error), "%s=%s (%s:%u) %s", key, value->text, value->path, value->line,
                   found == UNIT_CONDITION_FAILS ? "does not hold now" : "cannot be judged");
    if (triggering)
        add_triggering(sum, found, why);
    else
        add_plain(sum, found, why);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static enum unit_condition sum_up(struct host *host, const struct unit_config *config, const char *prefix,
                                  struct problem **why)
{
    struct sum sum = {.host = host, .plain = UNIT_CONDITION_HOLDS, .triggering = UNIT_CONDITION_HOLDS};
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(config->values), compare_names);
    for (const GList *name = names; name; name = name->next) {
        const char *key = name->data;
        const GPtrArray *values = g_hash_table_lookup(config->values, key);
        for (guint i = 0; g_str_has_prefix(key, prefix) && i < values->len; i++)
            add_value(&sum, key + strlen("Unit."), key + strlen(prefix), values->pdata[i]);
    }
    bool plain = sum.plain == UNIT_CONDITION_FAILS ||
                 (sum.plain == UNIT_CONDITION_UNKNOWN && sum.triggering != UNIT_CONDITION_FAILS);
    enum unit_condition result = plain ? sum.plain : sum.triggering;
    if (result != UNIT_CONDITION_HOLDS)
        *why = problem_copy(plain ? sum.why_plain : sum.why_triggering);
    problem_free(sum.why_plain);
    problem_free(sum.why_triggering);
    return result;
}

enum unit_condition unit_condition(struct host *host, const char *name, struct problem **why)
{
    const struct unit_config *config = unit_config_get(host, name);
    *why = NULL;
    if (config->error) {
        *why = problem_of_error(config->error);
        return UNIT_CONDITION_UNKNOWN;
    }
    enum unit_condition result = sum_up(host, config, "Unit.Condition", why);
    if (result == UNIT_CONDITION_FAILS)
        return result;
    pl_auto(problem) why_asserted = NULL;
    enum unit_condition asserted = sum_up(host, config, "Unit.Assert", &why_asserted);
    if (asserted == UNIT_CONDITION_HOLDS || (asserted == result && result == UNIT_CONDITION_UNKNOWN))
        return result;
    problem_free(*why);
    *why = g_steal_pointer(&why_asserted);
    return asserted;
}
