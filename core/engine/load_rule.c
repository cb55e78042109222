/* One rule: its members and their shapes. Its check's inside is load_check.c's. */
#include "engine/load.h"

#include "engine/fix.h"
#include "engine/members.h"
#include "engine/sentence.h"
#include "model/audit.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

static bool only(const char *text, const char *extra)
{
    for (const char *p = text; *p; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && !strchr(extra, *p))
            return false;
    return g_ascii_islower(*text) || g_ascii_isdigit(*text);
}

static char *load_id(const json_object *tree, struct complaints *to)
{
    const char *id = member_text(to, tree, "id", true);
    if (!id)
        return NULL;
    if (only(id, "-"))
        return g_strdup(id);
    complain(to, tree_member(tree, "id"), "\"%s\" is no rule id: lower case letters, digits and - only", id);
    return NULL;
}

static enum severity load_severity(const json_object *tree, struct complaints *to)
{
    enum severity severity = SEVERITY_MEDIUM;
    const char *name = member_text(to, tree, "severity", true);
    if (!name || severity_parse(name, &severity))
        return severity;
    const char *names[SEVERITY_COUNT + 1] = {NULL};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        names[i] = severity_name((enum severity)i);
    g_autofree char *clause = suggest_clause(name, names);
    complain(to, tree_member(tree, "severity"), "\"%s\" is no severity: critical, high, medium, low or info%s", name,
             clause);
    return severity;
}

/* Cuts " L1" or " L2" off a control; 0 without. */
static int take_level(char *control)
{
    size_t n = strlen(control);
    bool level = n >= 3 && control[n - 3] == ' ' && control[n - 2] == 'L' && strchr("12", control[n - 1]);
    if (!level)
        return 0;
    int number = control[n - 1] - '0';
    control[n - 3] = '\0';
    return number;
}

static void load_control(const char *benchmark, const json_object *value, GPtrArray *list, struct complaints *to)
{
    bool text = json_object_is_type(value, json_type_string);
    if (!text && !json_object_is_type(value, json_type_int)) {
        complain(to, value, "a control of %s must be text: quote it, so that 2.10 stays 2.10", benchmark);
        return;
    }
    g_autofree char *control = g_strchomp(tree_text(value));
    int level = take_level(control);
    g_strstrip(control);
    if (!*control || strlen(control) > 64) {
        complain(to, value, "a control of %s must be 1 to 64 characters, with \" L1\" or \" L2\" behind it", benchmark);
        return;
    }
    g_ptr_array_add(list, reference_new(benchmark, control, level));
}

void load_references(const json_object *tree, GPtrArray *list, struct complaints *to)
{
    if (!json_object_is_type(tree, json_type_object)) {
        complain(to, tree, "references must map benchmarks to controls, as {cis-docker-1.6.0: \"2.2 L1\"}");
        return;
    }
    const json_object *before = to->near;
    to->near = tree;
    json_object_object_foreach (tree, benchmark, value) {
        if (!only(benchmark, ".-_"))
            complain_key(to, value, "\"%s\" is no benchmark name: lower case letters, digits, - and . only", benchmark);
        if (!json_object_is_type(value, json_type_array)) {
            load_control(benchmark, value, list, to);
            continue;
        }
        for (size_t i = 0; i < json_object_array_length(value); i++)
            load_control(benchmark, json_object_array_get_idx(value, i), list, to);
    }
    to->near = before;
}

/* It becomes the head of a table's column and is compared as it stands: short, on one line, written in one way. */
static char *load_ability(const struct rule *rule, const json_object *tree, struct complaints *to)
{
    const char *text = member_text(to, tree, "ability", false);
    const json_object *node = tree_member(tree, "ability");
    if (!text)
        return NULL;
    size_t n = strlen(text);
    bool blank = g_ascii_isspace(text[0]) || g_ascii_isspace(text[n - 1]) || strstr(text, "  ");
    if (blank || strpbrk(text, "\n\t"))
        complain(to, node, "\"ability\" must be on one line, with single blanks between its words");
    if (g_utf8_strlen(text, -1) > ABILITY_MAX)
        complain(to, node, "\"ability\" is longer than %d characters: it heads a column", ABILITY_MAX);
    if (rule->manual || rule->informational)
        complain(to, node, "a rule that never fails can have no \"ability\"");
    return g_strdup(text);
}

static void load_checks(struct rule *rule, const json_object *tree, const struct check *applies, struct complaints *to)
{
    const json_object *check = tree_member(tree, "check"), *own = tree_member(tree, "applies");
    if (check)
        rule->check = load_check(check, to);
    else
        complain(to, tree, "\"check\" is missing");
    if (own)
        rule->applies = load_check(own, to);
    else if (!json_object_object_get_ex(tree, "applies", NULL))
        rule->applies = check_copy(applies);
}

static struct rule *rule_new(const struct module *module)
{
    struct rule *rule = g_new0(struct rule, 1);
    rule->module = module;
    rule->values = module->values;
    rule->references = g_ptr_array_new_with_free_func(reference_free);
    rule->fixes = g_ptr_array_new_with_free_func(rule_fix_free);
    return rule;
}

static bool asks_for(const struct check *check, const char *daemon)
{
    bool asks = false;
    for (guint i = 0; check && check->children && i < check->children->len && !asks; i++)
        asks = asks_for(g_ptr_array_index(check->children, i), daemon);
    const struct test *test = check ? check->test : NULL;
    for (const struct probe_param *param = test ? test->probe->params : NULL; param && param->name && !asks; param++)
        asks = param->daemon && g_strcmp0(tree_string(test->object, param->name), daemon) == 0;
    return asks;
}

/* A misspelt name would find no instance and judge them all together, without a word. */
static void check_each(const struct rule *rule, const json_object *tree, struct complaints *to)
{
    const json_object *node = tree_member(tree, "each");
    if (!rule->each)
        return;
    if (rule->informational || (rule->manual && !rule->settles))
        complain(to, node, "\"each\" is for rules that are judged");
    if (!asks_for(rule->check, rule->each) && !asks_for(rule->applies, rule->each))
        complain(to, node, "\"each\": no test of the rule asks for the daemon \"%s\"", rule->each);
}

/* Each test's own words, or those of the rule where it has none. */
static void check_words(const struct rule *rule, const struct check *check, const json_object *tree,
                        struct complaints *to)
{
    const struct test *test = check->test;
    for (guint i = 0; check->children && i < check->children->len; i++)
        check_words(rule, g_ptr_array_index(check->children, i), tree, to);
    if (!test)
        return;
    const char *finding = test->finding ? test->finding : rule->finding;
    const char *missing = test->missing ? test->missing : rule->missing;
    if (finding)
        sentence_check(finding, tree_member(tree, "finding"), test->probe, rule->values, to);
    if (missing)
        sentence_check(missing, tree_member(tree, "missing"), NULL, rule->values, to);
}

static void load_words(struct rule *rule, const json_object *tree, struct complaints *to)
{
    rule->finding = g_strdup(member_text(to, tree, "finding", false));
    rule->missing = g_strdup(member_text(to, tree, "missing", false));
    rule->expected = g_strdup(member_text(to, tree, "expected", false));
    rule->because = member_texts(to, tree, "because");
    if (rule->expected)
        sentence_check(rule->expected, tree_member(tree, "expected"), NULL, rule->values, to);
    if (rule->check)
        check_words(rule, rule->check, tree, to);
    if (rule->because->len && (rule->manual || rule->informational))
        complain(to, tree_member(tree, "because"), "a rule that never fails can have no \"because\"");
}

static bool has_field(const struct check *check, const char *field)
{
    bool has = check && check->test && probe_field_find(check->test->probe, field);
    for (guint i = 0; check && check->children && i < check->children->len && !has; i++)
        has = has_field(g_ptr_array_index(check->children, i), field);
    return has;
}

static void check_acts_as(const struct rule *rule, const json_object *tree, struct complaints *to)
{
    const json_object *node = tree_member(tree, "acts_as");
    if (rule->acts_as && !rule->ability)
        complain(to, node, "a rule without \"ability\" can have no \"acts_as\"");
    if (rule->acts_as && !has_field(rule->check, rule->acts_as))
        complain(to, node, "\"acts_as\": no test of the rule has the field \"%s\"", rule->acts_as);
}

struct rule *load_rule(const struct module *module, const json_object *tree, const struct check *applies,
                       struct complaints *to)
{
    if (!members_check(to, tree, "a rule", rule_members) && !json_object_is_type(tree, json_type_object))
        return NULL;
    const json_object *before = to->near;
    to->near = tree;
    struct rule *rule = rule_new(module);
    rule->at = complaints_position(to, tree_member(tree, "id") ? tree_member(tree, "id") : tree);
    rule->id = load_id(tree, to);
    rule->title = g_strdup(member_text(to, tree, "title", true));
    rule->rationale = g_strdup(member_text(to, tree, "rationale", true));
    rule->severity = load_severity(tree, to);
    rule->tags = member_texts(to, tree, "tags");
    rule->manual = g_strdup(member_text(to, tree, "manual", false));
    rule->informational = member_flag(to, tree, "informational");
    rule->settles = member_flag(to, tree, "settles");
    if (rule->settles && !rule->manual)
        complain(to, tree_member(tree, "settles"), "\"settles\" is for rules with a question (\"manual\")");
    rule->each = g_strdup(member_text(to, tree, "each", false));
    rule->ability = load_ability(rule, tree, to);
    rule->implies = load_implied(rule, tree, to);
    rule->acts_as = g_strdup(member_text(to, tree, "acts_as", false));
    if (json_object_object_get_ex(tree, "references", NULL))
        load_references(tree_member(tree, "references"), rule->references, to);
    load_checks(rule, tree, applies, to);
    fix_load(rule, tree, to);
    load_words(rule, tree, to);
    check_each(rule, tree, to);
    check_acts_as(rule, tree, to);
    to->near = before;
    if (rule->id && rule->check)
        return rule;
    rule_free(rule);
    return NULL;
}
