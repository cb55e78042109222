/* plumbline explain: one rule, for the person who has to act on it. */
#include "engine/explain.h"

#include "cli/command.h"
#include "cli/controls.h"
#include "cli/dirs.h"
#include "cli/explain_score.h"
#include "cli/message.h"
#include "cli/named.h"
#include "cli/saved.h"
#include "model/tree.h"

#include <stdio.h>

static void print_list(const char *label, const char *const *words)
{
    printf("%-12s", label);
    for (guint i = 0; words[i]; i++)
        printf("%s%s", i ? ", " : "", words[i]);
    puts("");
}

static void print_references(const struct rule *rule)
{
    for (guint i = 0; i < rule->references->len; i++) {
        const struct reference *reference = g_ptr_array_index(rule->references, i);
        printf("%-12s%s %s", i ? "" : "references", reference->benchmark, reference->control);
        if (reference->level)
            printf(" (level %d)", reference->level);
        puts("");
    }
}

static void print_check(const struct rule *rule)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (rule_applies(rule)) {
        g_string_append(text, "\nApplies where\n");
        explain_check(rule, rule_applies(rule), 2, text);
    }
    g_string_append(text, rule->manual && !rule->settles ? "\nEvidence gathered\n" : "\nPasses when\n");
    explain_check(rule, rule_check(rule), 2, text);
    fputs(text->str, stdout);
    if (rule->manual)
        printf("\nQuestion for a person\n  %s\n", rule->manual);
}

static void print_values(const struct rule *rule)
{
    for (guint i = 0; rule->values && i < rule->values->len; i++) {
        const struct value_declaration *value = g_ptr_array_index(rule->values, i);
        g_autofree char *fallback = tree_text(value->fallback);
        printf("%s  --set %s=%s   %s\n", i ? "" : "\nValues of this module\n", value->name, fallback,
               value->title ? value->title : "");
    }
}

static void print_fix(const struct rule *rule)
{
    for (guint i = 0; rule->fixes && i < rule->fixes->len; i++) {
        const struct fix *fix = &((const struct rule_fix *)g_ptr_array_index(rule->fixes, i))->words;
        const struct {
            const char *head, *text;
        } parts[] = {{"shell", fix->shell}, {"ansible", fix->ansible}, {"undo", fix->undo}, {"warning", fix->warning}};
        printf("\nFix\n  %s\n", fix->text ? fix->text : "");
        for (size_t k = 0; k < G_N_ELEMENTS(parts); k++)
            if (parts[k].text)
                printf("\n  %s:\n    %s\n", parts[k].head, parts[k].text);
    }
}

static void print_waiver(const struct rule *rule)
{
    printf("\nTo accept the risk instead, in a file for --waivers\n"
           "  waivers:\n"
           "  - rule: %s\n    reason: why this is acceptable here\n    owner: who answers for it\n"
           "    until: YYYY-MM-DD\n",
           rule->id);
}

static void print_result(const struct result *result)
{
    g_autofree char *reason = message_safe(result->reason ? result->reason : "");
    printf("\nLast result: %s%s%s\n", verdict_name(result->verdict), *reason ? ", " : "", reason);
    for (guint i = 0; i < result->items->len && i < 50; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        g_autofree char *observed = tree_canonical(item->observed);
        g_autofree char *subject = message_safe(item->subject);
        g_autofree char *safe = message_safe(observed);
        printf("  %-8s %s: %s", verdict_name(item->verdict), subject, safe);
        g_autofree char *path = message_safe(item->source.path ? item->source.path : "");
        if (*path)
            printf("  (%s:%u)", path, item->source.line);
        puts("");
    }
}

static bool print_last(const char *path, const struct rule *rule)
{
    g_autoptr(GError) error = NULL;
    pl_auto(audit) audit = saved_audit(path, &error);
    if (!audit) {
        message("%s", error->message);
        return false;
    }
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        if (g_str_equal(result->rule, rule->id)) {
            print_result(result);
            return true;
        }
    }
    puts("\nLast result: the report does not hold this rule");
    return true;
}

static void print_rule(const struct rule *rule)
{
    g_autofree const char **probes = explain_probes(rule);
    g_autoptr(GPtrArray) objects = explain_objects(rule);
    printf("%s\n%s\n\n", rule->id, rule->title);
    printf("%-12s%s\n%-12s%s/%s, %s\n", "severity", severity_name(rule->severity), "module",
           layer_name(rule->module->layer), rule->module->name, rule->module->title);
    if (rule->ability)
        printf("%-12s%s\n", "ability", rule->ability);
    print_references(rule);
    print_list("probes", probes);
    for (guint i = 0; i < objects->len && i < 20; i++)
        printf("%-12s%s\n", i ? "" : "looks at", (const char *)g_ptr_array_index(objects, i));
    printf("%-12s%s:%u\n", "defined in", rule->at.file, rule->at.line);
    if (rule->rationale)
        printf("\nWhy\n  %s\n", rule->rationale);
    print_check(rule);
    print_values(rule);
    print_fix(rule);
    print_waiver(rule);
}

/* "RULE", or "BENCHMARK CONTROL" as one name. Caller frees. */
static char *name_of(char *const *arguments)
{
    bool one = arguments && !arguments[1], two = arguments && arguments[1] && !arguments[2];
    return one ? g_strdup(arguments[0]) : two ? g_strdup_printf("%s:%s", arguments[0], arguments[1]) : NULL;
}

enum exit_code command_explain(struct options *options)
{
    g_autoptr(GError) error = NULL;
    if (options->score && !options->arguments)
        return explain_score(options->score);
    g_autofree char *name = name_of(options->arguments);
    if (!name) {
        message("explain takes one rule, a control of a benchmark, or --score FILE: plumbline explain RULE");
        return EXIT_USAGE;
    }
    pl_auto(content) content = dirs_load(options, NULL, true, &error);
    const struct rule *rule = content ? named_rule(content, name, &error) : NULL;
    if (!rule) {
        if (content && controls_print(content, name))
            return EXIT_MET;
        message("%s", error->message);
        return EXIT_USAGE;
    }
    print_rule(rule);
    return !options->audit || print_last(options->audit, rule) ? EXIT_MET : EXIT_USAGE;
}
