/* Whether changes of a file are recorded: the rules that the kernel has loaded, joined with those of auditd's files.
 *
 * A path counts as recorded when loaded rules without conditions cover writes and attribute changes of it for programs
 * of both widths, auditing is on, and nothing before them switches it off. What is only written in a file says so. */
#include "probes/probe.h"

#include "facts/audit/rule_text.h"
#include "facts/file/confdirs.h"
#include "facts/kernel/kconfig.h"
#include "host/audit.h"
#include "model/error.h"
#include "probes/audit_rule/paths.h"
#include "probes/common/object.h"

#include <string.h>
#include <sys/stat.h>

static const struct probe_param params[] = {
    {.name = "path",
     .type = VALUE_SET,
     .text = "files or directories; with daemon and key: where that setting is unset",
     .subject = true},
    {.name = "program", .type = VALUE_STRING, .text = "program, where it runs and where programs are"},
    {.name = "unit", .type = VALUE_STRING, .text = "file and drop-ins of a systemd unit"},
    {.name = "daemon", .type = VALUE_STRING, .text = "daemon whose setting names the path"},
    {.name = "key", .type = VALUE_STRING, .text = "that setting"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "existing file or directory, without links"},
    {"recorded", VALUE_BOOL, "every write and attribute change is recorded now"},
    {"configured", VALUE_BOOL, "the files that auditd loads have such rules"},
    {"loaded", VALUE_BOOL, "the kernel has such rules"},
    {"enabled", VALUE_NUMBER, "auditing is off (0), on (1), or on and locked (2)"},
    {"rule", VALUE_STRING, "the rule that covers it best, null without"},
    {"perms", VALUE_SET, "what that rule records: r w x a"},
    {"key", VALUE_STRING, "its key, null without"},
    {"dir", VALUE_STRING, "the directory that it covers, null when it is for the path alone"},
    {"limits", VALUE_LIST, "its conditions, which leave events out"},
    {"reason", VALUE_STRING, "what is missing; null when it is recorded", FIELD_TOLD},
    {.name = NULL},
};

#define WANTED (AUDIT_MAY_WRITE | AUDIT_MAY_CHANGE)

struct rules {
    GPtrArray *files, *loaded; /* struct audit_rule; loaded in the kernel's order */
    GPtrArray *errors;         /* of files */
};

static void rules_free(gpointer data)
{
    struct rules *rules = data;
    g_ptr_array_unref(rules->files);
    g_ptr_array_unref(rules->loaded);
    g_ptr_array_unref(rules->errors);
    g_free(rules);
}

/* A loaded rule that is also in a file shows where. */
static void join(struct audit_rule *loaded, const GPtrArray *files)
{
    for (guint i = 0; i < files->len && !loaded->file; i++) {
        const struct audit_rule *rule = files->pdata[i];
        if (!audit_rule_equal(loaded, rule))
            continue;
        loaded->file = g_strdup(rule->file);
        loaded->line = rule->line;
    }
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct rules *rules = g_new0(struct rules, 1);
    rules->errors = confdirs_errors_new();
    rules->files = audit_rule_files(host, rules->errors);
    rules->loaded = g_ptr_array_new_with_free_func(audit_rule_free);
    const struct audit_loaded *loaded = host_audit(host);
    for (char **text = loaded->rules; text && *text; text++) {
        struct audit_rule *rule = audit_rule_parse(host, *text);
        if (!rule)
            continue;
        rule->loaded = true;
        join(rule, rules->files);
        g_ptr_array_add(rules->loaded, rule);
    }
    return rules;
}

static bool covers(const struct audit_rule *rule, const char *path, bool directory)
{
    if (!rule->path)
        return false;
    if (g_str_equal(rule->path, path))
        return rule->below || !directory;
    size_t n = strlen(rule->path);
    return rule->below && (n == 1 || (strncmp(rule->path, path, n) == 0 && path[n] == '/'));
}

static bool can_record(const struct audit_rule *rule)
{
    return !rule->never && !*rule->limits && (g_str_equal(rule->list, "exit") || g_str_equal(rule->list, "filesystem"));
}

/* "never,task" leaves no process to be watched; "never,exit" hides what comes after it. */
static bool hides(const struct audit_rule *rule, const char *path, bool directory)
{
    if (!rule->never || *rule->limits || rule->width != AUDIT_ANY_WIDTH)
        return false;
    if (g_str_equal(rule->list, "task"))
        return true;
    return g_str_equal(rule->list, "exit") && (!rule->path || covers(rule, path, directory));
}

struct coverage {
    unsigned perms64, perms32;
    const struct audit_rule *best, *hidden_by;
};

static unsigned score(const struct audit_rule *rule)
{
    unsigned wanted = rule->perms & WANTED;
    return 1 + (unsigned)((wanted & AUDIT_MAY_WRITE) != 0) + (unsigned)((wanted & AUDIT_MAY_CHANGE) != 0) +
           (can_record(rule) ? 4U : 0U);
}

/* A kernel without 32-bit programs needs no rules for them; one whose configuration is not known may have them. */
static bool has_two_widths(struct host *host)
{
    const struct kconfig *config = kconfig_get(host);
    const char *compat = g_hash_table_lookup(config->symbols, "CONFIG_COMPAT");
    return !config->path || config->error || (compat && !g_str_equal(compat, "n"));
}

static void add_cover(struct coverage *coverage, const struct audit_rule *rule)
{
    if (can_record(rule)) {
        coverage->perms64 |= rule->width == AUDIT_32_BITS ? 0 : rule->perms;
        coverage->perms32 |= rule->width == AUDIT_64_BITS ? 0 : rule->perms;
    }
    if (!coverage->best || score(rule) > score(coverage->best))
        coverage->best = rule;
}

static struct coverage cover(const GPtrArray *rules, const char *path, bool directory, bool two_widths)
{
    struct coverage coverage = {0};
    for (guint i = 0; i < rules->len; i++) {
        const struct audit_rule *rule = rules->pdata[i];
        bool task = g_str_equal(rule->list, "task");
        if (hides(rule, path, directory) && (task || !coverage.best))
            coverage.hidden_by = rule;
        if (!rule->never && covers(rule, path, directory))
            add_cover(&coverage, rule);
    }
    if (!two_widths)
        coverage.perms64 = coverage.perms32 = coverage.perms64 | coverage.perms32;
    return coverage;
}

static bool is_complete(const struct coverage *coverage)
{
    return (coverage->perms64 & WANTED) == WANTED && (coverage->perms32 & WANTED) == WANTED && !coverage->hidden_by;
}

static void set_perms(struct item *item, unsigned perms)
{
    const char *letters[5] = {NULL};
    unsigned n = 0;
    if (perms & AUDIT_MAY_READ)
        letters[n++] = "r";
    if (perms & AUDIT_MAY_WRITE)
        letters[n++] = "w";
    if (perms & AUDIT_MAY_EXECUTE)
        letters[n++] = "x";
    if (perms & AUDIT_MAY_CHANGE)
        letters[n++] = "a";
    item_set_strv(item, "perms", letters);
}

static void set_rule(struct item *item, const struct audit_rule *rule)
{
    static const char *const none[] = {NULL};
    item_set_string(item, "rule", rule ? rule->text : NULL);
    item_set_string(item, "key", rule ? rule->key : NULL);
    item_set_string(item, "dir", rule && rule->below ? rule->path : NULL);
    item_set_strv(item, "limits", rule ? (const char *const *)rule->limits : none);
    set_perms(item, rule ? rule->perms : 0);
    if (rule && rule->file)
        item_source_path(item, rule->file, rule->line);
    else
        item_source_api(item, "netlink audit");
}

/* Why rules that are there do not record everything. */
static char *shortcoming(const struct coverage *coverage)
{
    const struct audit_rule *best = coverage->best;
    if (coverage->hidden_by)
        return g_strdup_printf("\"%s\" comes first and records nothing", coverage->hidden_by->text);
    if (*best->limits)
        return g_strdup_printf("the rule leaves events out: %s", best->limits[0]);
    if ((best->perms & WANTED) != WANTED)
        return g_strdup("the rule does not record both writes and attribute changes");
    return g_strdup("the rule is for programs of one width only (arch=b64 needs arch=b32 beside it)");
}

static char *reason_of(const struct audit_loaded *kernel, const struct coverage *loaded, const struct coverage *files)
{
    if (loaded->best && !is_complete(loaded))
        return shortcoming(loaded);
    if (loaded->best)
        return kernel->enabled ? NULL : g_strdup("the rule is loaded, but auditing is off");
    if (files->best && !is_complete(files))
        return shortcoming(files);
    if (files->best)
        return g_strdup("configured, not in force: the kernel has not loaded the rule");
    return g_strdup("no rule covers it");
}

/* An offline root has no kernel, which is no failure. */
static void set_unanswered(struct item *item, const char *field, const struct audit_loaded *kernel, bool live)
{
    struct problem *failure = problem_of_error(kernel->error);
    pl_auto(problem) unread = live ? failure : problem_as(failure, PROBLEM_UNKNOWN);
    item_unread_problem(item, field, unread);
}

/* Without the kernel's answer a missing rule may still be loaded; only an offline root has nothing but its files. */
static void set_unknown(struct item *item, const struct audit_loaded *kernel, bool live, bool configured)
{
    /* Another rule than the configured one may be loaded. */
    static const char *const of_rule[] = {"rule", "key", "dir", "limits", "perms"};
    for (size_t i = 0; live && i < G_N_ELEMENTS(of_rule); i++)
        set_unanswered(item, of_rule[i], kernel, live);
    set_unanswered(item, "loaded", kernel, live);
    set_unanswered(item, "enabled", kernel, live);
    if (live || configured) {
        set_unanswered(item, "recorded", kernel, live);
        item_set_string(item, "reason", configured ? "configured; whether it is in force is not known" : NULL);
        return;
    }
    item_set_bool(item, "recorded", false);
    item_set_string(item, "reason", "no rule is configured");
}

static void add_path(struct host *host, const struct rules *rules, const char *path, struct items *items)
{
    const struct audit_loaded *kernel = host_audit(host);
    struct host_stat st;
    bool directory = host_stat(host, path, &st, NULL) && S_ISDIR(st.mode);
    bool two_widths = has_two_widths(host);
    struct coverage files = cover(rules->files, path, directory, two_widths);
    struct coverage loaded = cover(rules->loaded, path, directory, two_widths);
    struct item *item = items_add(items, path);
    item_set_string(item, "path", path);
    set_rule(item, loaded.best ? loaded.best : files.best);
    item_set_bool(item, "configured", is_complete(&files));
    if (rules->errors->len && !is_complete(&files))
        item_unread_error(item, "configured", rules->errors->pdata[0]);
    if (kernel->error) {
        set_unknown(item, kernel, host_is_live(host), is_complete(&files));
        return;
    }
    g_autofree char *reason = reason_of(kernel, &loaded, &files);
    item_set_bool(item, "loaded", is_complete(&loaded));
    item_set_int(item, "enabled", kernel->enabled);
    item_set_bool(item, "recorded", is_complete(&loaded) && kernel->enabled > 0);
    item_set_string(item, "reason", reason);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_auto(GStrv) paths = audit_rule_paths(context, object, items);
    const struct rules *rules = host_memo(context->host, "audit-rules", make, NULL, rules_free);
    const struct audit_loaded *kernel = host_audit(context->host);
    if (kernel->error && *paths && g_error_matches(kernel->error, PL_ERROR, PL_ERROR_UNSUPPORTED)) {
        problems_take(items->problems, problem_as(problem_of_error(kernel->error), PROBLEM_NOTAPPLICABLE));
        return;
    }
    for (char **path = paths; *path; path++)
        add_path(context->host, rules, *path, items);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    const char *daemon = object_string(object, "daemon", NULL), *key = object_string(object, "key", NULL);
    if (!daemon != !key) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "\"daemon\" and \"key\" go together");
        return false;
    }
    return !daemon || probe_find("setting")->check(object, daemons, error);
}

const struct probe probe_audit_rule = {
    .name = "audit-rule",
    .summary = "Whether the kernel's audit rules record changes of files",
    .object = {"path", "paths", .absent = "{} is not there", .absent_all = "none of these is there: {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
