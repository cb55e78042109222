#include "engine/ruletest_case.h"

#include "engine/collect.h"
#include "engine/judge.h"
#include "engine/load.h"
#include "engine/members.h"
#include "engine/plan.h"
#include "engine/ruletest_match.h"
#include "engine/unmet.h"
#include "engine/values.h"
#include "model/name_glob.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

#define MERGE_DEPTH 16

static json_object *merge(const json_object *base, const json_object *over, unsigned depth)
{
    bool both = json_object_is_type(base, json_type_object) && json_object_is_type(over, json_type_object);
    if (!both || depth > MERGE_DEPTH)
        return tree_copy(over);
    json_object *merged = tree_copy(base);
    json_object_object_foreach (over, key, value) {
        if (!value)
            json_object_object_del(merged, key);
        else
            json_object_object_add(merged, key, merge(tree_member(base, key), value, depth + 1));
    }
    tree_set_mark(merged, tree_mark(over));
    return merged;
}

json_object *test_merge(const json_object *base, const json_object *over)
{
    return over ? merge(base, over, 0) : tree_copy(base);
}

void test_failure(struct test_file *file, unsigned line, const char *rule, const char *name, const char *message)
{
    struct ruletest_failure *failure = g_new0(struct ruletest_failure, 1);
    failure->file = g_strdup(file->path);
    failure->line = line;
    failure->rule = g_strdup(rule);
    failure->name = g_strdup(name);
    failure->message = g_strdup(message);
    g_ptr_array_add(file->failures, failure);
}

void ruletest_failure_free(gpointer data)
{
    struct ruletest_failure *failure = data;
    g_free(failure->file);
    g_free(failure->rule);
    g_free(failure->name);
    g_free(failure->expected);
    g_free(failure->got);
    g_free(failure->message);
    g_free(failure->items);
    g_free(failure);
}

/* A case that is about to run. */
struct run {
    struct test_file *file;
    const struct rule *rule;
    const json_object *tree; /* expanded */
    const json_object *spec; /* the host, once it is known */
    const char *name;
    unsigned line;
    enum verdict expect;
    struct complaints to;
};

/* The named host that the case builds upon, with the case's own laid over it. NULL after a complaint. */
static json_object *host_spec(struct run *run)
{
    const json_object *host = tree_member(run->tree, "host");
    test_host_check(&run->to, host);
    const char *base = member_text(&run->to, run->tree, "base", false);
    if (!base)
        return host ? tree_copy(host) : json_object_new_object();
    const json_object *hosts = tree_member(run->file->tree, "hosts");
    const json_object *named = tree_member(hosts, base);
    test_host_check(&run->to, named);
    if (named)
        return test_merge(named, host);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (json_object_is_type(hosts, json_type_object)) {
        json_object_object_foreach (hosts, key, value) {
            (void)value;
            g_ptr_array_add(names, key);
        }
    }
    g_autofree char *clause = suggest_clause_in(base, names);
    complain(&run->to, tree_member(run->tree, "base"), "no host \"%s\" under hosts%s", base, clause);
    return NULL;
}

static void complain_value(struct run *run, const char *name, const json_object *value)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < run->rule->values->len; i++)
        g_ptr_array_add(names, ((struct value_declaration *)g_ptr_array_index(run->rule->values, i))->name);
    g_autofree char *clause = suggest_clause_in(name, names);
    complain_key(&run->to, value, "module %s has no value \"%s\"%s", run->rule->module->name, name, clause);
}

static void check_set(struct run *run, const json_object *set)
{
    if (set && !json_object_is_type(set, json_type_object)) {
        complain(&run->to, set, "\"set\" must map names to values");
        return;
    }
    if (!set)
        return;
    json_object_object_foreach (set, name, value) {
        const struct value_declaration *found = NULL;
        for (guint i = 0; i < run->rule->values->len && !found; i++) {
            const struct value_declaration *one = g_ptr_array_index(run->rule->values, i);
            found = g_str_equal(one->name, name) ? one : NULL;
        }
        if (!found)
            complain_value(run, name, value);
        else if (!values_same_kind(found->fallback, value))
            complain(&run->to, value, "\"%s\" must be %s", name, values_kind(found->fallback));
    }
}

static void read_expect(struct run *run)
{
    const char *word = member_text(&run->to, run->tree, "expect", true);
    const char *names[VERDICT_COUNT + 1] = {NULL};
    if (!word || verdict_parse(word, &run->expect))
        return;
    for (int i = 0; i < VERDICT_COUNT; i++)
        names[i] = verdict_name((enum verdict)i);
    g_autofree char *clause = suggest_clause(word, names);
    complain(&run->to, tree_member(run->tree, "expect"), "\"%s\" is no verdict%s", word, clause);
}

static void note_kind(struct run *run)
{
    const json_object *absence = tree_member(run->tree, "absence");
    guint kinds = GPOINTER_TO_UINT(g_hash_table_lookup(run->file->kinds, run->rule->id)) | CASE_ANY;
    if (absence && !json_object_is_type(absence, json_type_boolean))
        complain(&run->to, absence, "\"absence\" must be true or false");
    enum verdict broken = run->rule->settles ? VERDICT_NOTCHECKED : VERDICT_FAIL;
    kinds |= run->expect == VERDICT_PASS ? CASE_PASS : run->expect == broken ? CASE_FAIL : 0;
    kinds |= json_object_get_boolean(absence) ? CASE_ABSENCE : 0;
    g_hash_table_insert(run->file->kinds, run->rule->id, GUINT_TO_POINTER(kinds));
}

static void fail_case(struct run *run, const char *message, const struct result *result)
{
    test_failure(run->file, run->line, run->rule->id, run->name, message);
    struct ruletest_failure *failure = g_ptr_array_index(run->file->failures, run->file->failures->len - 1);
    run->file->failed++;
    failure->expected = g_strdup(verdict_name(run->expect));
    if (!result)
        return;
    failure->got = g_strdup(verdict_name(result->verdict));
    g_autofree char *containers = host_inline_containers(run->spec), *items = test_describe(result);
    const char *parts[] = {containers ? containers : items, containers ? items : NULL, NULL};
    failure->items = parts[0] ? g_strjoinv("\n", (char **)(uintptr_t)parts) : NULL;
}

static void compare(struct run *run, const struct result *result)
{
    if (result->verdict != run->expect) {
        g_autofree char *message =
            g_strdup_printf("expected %s, got %s%s%s", verdict_name(run->expect), verdict_name(result->verdict),
                            result->reason ? ": " : "", result->reason ? result->reason : "");
        fail_case(run, message, result);
        return;
    }
    g_autofree char *missing = test_match_evidence(tree_member(run->tree, "evidence"), result);
    g_autofree char *findings = run->file->options->findings ? test_findings(result) : g_strdup("");
    bool raw = run->file->options->findings && result->reason && g_str_has_prefix(result->reason, UNMET_RAW);
    if (missing)
        fail_case(run, missing, result);
    else if (raw)
        fail_case(run, "the rule has no words for why it does not apply: \"missing\" of the tests of applies", result);
    else if (!findings)
        fail_case(run,
                  "the rule has no words for what is wrong here: \"finding\", or \"missing\" where nothing is found",
                  result);
    else
        run->file->passed++;
    if (findings && *findings)
        g_ptr_array_add(run->file->findings,
                        g_strdup_printf("%s:%u: %s: %s", run->file->path, run->line, run->rule->id, findings));
}

/* What a case comes to on a host. The plan stays until the result was looked at; NULL with error. */
static struct result *judge_on(const struct content *content, const struct rule *rule, const json_object *set,
                               struct host *host, struct plan **plan, GError **error)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    g_ptr_array_add(rules, (gpointer)(uintptr_t)rule);
    *plan = plan_make(content, rules, set, error);
    if (!*plan)
        return NULL;
    struct collecting collecting = {.host = host, .daemons = content->daemons, .network = true, .threads = 1};
    collect(*plan, &collecting, judge_wanted);
    const struct bound_rule *bound = g_ptr_array_index((*plan)->rules, 0);
    struct result *result = judge_rule(bound, host_is_privileged(host));
    evidence_fill(result, bound, PACKAGES_APT);
    return result;
}

enum verdict ruletest_judge(const struct content *content, const struct ruletest_case *one, struct host *host,
                            char **reason, GError **error)
{
    pl_auto(plan) plan = NULL;
    struct result *result = judge_on(content, one->rule, one->set, host, &plan, error);
    if (!result)
        return VERDICT_COUNT;
    enum verdict verdict = result->verdict;
    if (reason)
        *reason = g_strdup(result->reason);
    result_free(result);
    return verdict;
}

static void judge_case(struct run *run, struct host *host)
{
    g_autoptr(GError) error = NULL;
    pl_auto(plan) plan = NULL;
    struct result *result = judge_on(run->file->content, run->rule, tree_member(run->tree, "set"), host, &plan, &error);
    if (!result) {
        fail_case(run, error->message, NULL);
        return;
    }
    compare(run, result);
    result_free(result);
}

static void visit(struct run *run, const json_object *spec)
{
    const struct ruletest_case one = {.rule = run->rule,
                                      .file = run->file->path,
                                      .name = run->name,
                                      .line = run->line,
                                      .expect = run->expect,
                                      .host = spec,
                                      .set = tree_member(run->tree, "set")};
    run->file->options->visit(&one, run->file->options->visit_data);
    run->file->passed++;
}

static void run_on_host(struct run *run, const json_object *spec)
{
    g_autoptr(GError) error = NULL;
    run->spec = spec;
    if (run->file->options->visit) {
        visit(run, spec);
        return;
    }
    pl_auto(host) host = host_new_inline(spec, run->file->options->trees, &error);
    if (host)
        judge_case(run, host);
    else
        complain_error(&run->to, error);
}

/* `errors`: what was wrong with the case already; it is not run then, and yet looked through. */
static void run_case(struct test_file *file, const struct rule *rule, const json_object *tree, unsigned line,
                     unsigned errors)
{
    struct run run = {.file = file, .rule = rule, .tree = tree, .line = line, .expect = VERDICT_PASS};
    run.to = (struct complaints){.file = file->path, .list = file->diagnostics, .near = tree, .errors = errors};
    g_autofree char *about = rule->family ? g_strdup_printf("rule %s", rule->id) : NULL;
    run.to.about = about;
    file->cases++;
    run.name = member_text(&run.to, tree, "name", true);
    read_expect(&run);
    check_set(&run, tree_member(tree, "set"));
    note_kind(&run);
    if (tree_member(tree, "evidence"))
        test_check_evidence(tree_member(tree, "evidence"), &run.to);
    unsigned done = file->passed + file->failed;
    pl_autojson json_object *spec = host_spec(&run);
    if (!run.to.errors)
        run_on_host(&run, spec);
    /* What is wrong with the case itself was complained about; it counts as failed. */
    if (file->passed + file->failed == done)
        file->failed++;
}

static bool is_wanted(const struct test_file *file, const char *id)
{
    const char *const *globs = file->options->rules;
    return !globs || !*globs || name_matches_any(globs, id);
}

static void complain_unknown(struct test_file *file, struct complaints *to, const json_object *node, const char *kind,
                             const char *name, bool family)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < file->module->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(file->module->rules, i);
        const char *word = family ? rule->family : rule->id;
        if (word)
            g_ptr_array_add(names, (gpointer)(uintptr_t)word);
    }
    g_autofree char *clause = suggest_clause_in(name, names);
    complain(to, node, "module %s has no %s \"%s\"%s", file->module->name, kind, name, clause);
}

static void run_rule(struct test_file *file, const json_object *tree, struct complaints *to, const char *id,
                     unsigned line)
{
    const struct rule *rule = content_rule(file->content, id);
    if (!rule || rule->module != file->module)
        complain_unknown(file, to, tree_member(tree, "rule"), "rule", id, false);
    else if (is_wanted(file, id))
        run_case(file, rule, tree, line, to->errors);
}

static void run_family(struct test_file *file, const json_object *tree, struct complaints *to, const char *family,
                       unsigned line)
{
    bool met = false;
    for (guint i = 0; i < file->module->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(file->module->rules, i);
        if (!rule->family || !g_str_equal(rule->family, family))
            continue;
        met = true;
        if (!is_wanted(file, rule->id))
            continue;
        g_autofree char *about = g_strdup_printf("rule %s", rule->id);
        unsigned before = to->errors;
        to->about = about;
        pl_autojson json_object *expanded = family_expand(tree, rule_variant(rule), NULL, to);
        to->about = NULL;
        if (before == to->errors)
            run_case(file, rule, expanded, line, to->errors);
    }
    if (!met)
        complain_unknown(file, to, tree_member(tree, "family"), "family", family, true);
}

void test_case_run(struct test_file *file, const json_object *tree)
{
    struct complaints to = {.file = file->path, .list = file->diagnostics, .near = file->tree};
    members_check(&to, tree, "a case", case_members);
    if (!json_object_is_type(tree, json_type_object))
        return;
    to.near = tree;
    const char *rule = member_text(&to, tree, "rule", false), *family = member_text(&to, tree, "family", false);
    unsigned line = complaints_position(&to, tree).line;
    if (!rule == !family)
        complain(&to, tree, "a case names one rule or one family");
    else if (rule)
        run_rule(file, tree, &to, rule, line);
    else if (family)
        run_family(file, tree, &to, family, line);
}
