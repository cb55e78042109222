/* plumbline fix: the fixes of a saved audit as one script. It runs nothing and writes to standard output alone. */
#include "cli/command.h"
#include "cli/fix_script.h"
#include "cli/message.h"
#include "cli/saved.h"
#include "engine/select_match.h"
#include "model/error.h"

/* A result as what selections ask of rules; it borrows. */
struct stand_in {
    struct module module;
    struct rule rule;
};

static const struct rule *rule_of(const struct result *result, struct stand_in *in)
{
    in->module = (struct module){.name = result->module, .layer = result->layer};
    in->rule = (struct rule){.module = &in->module,
                             .id = result->rule,
                             .severity = result->severity,
                             .references = result->references,
                             .tags = result->tags};
    return &in->rule;
}

static bool meets(const char *pattern, rule_test test, const struct result *result)
{
    struct stand_in in;
    return test(rule_of(result, &in), pattern);
}

static bool any_meets(char *const *patterns, rule_test test, const struct result *result)
{
    for (; patterns && *patterns; patterns++)
        if (meets(*patterns, test, result))
            return true;
    return false;
}

struct choice {
    const char *option;
    char **patterns;
    rule_test test;
};

/* A word that meets nothing is a mistake: a step that was to be left out would be in. */
static bool check_choice(const struct audit *audit, const struct choice *choice, GError **error)
{
    for (char **pattern = choice->patterns; pattern && *pattern; pattern++) {
        bool met = false;
        for (guint i = 0; i < audit->results->len && !met; i++)
            met = meets(*pattern, choice->test, g_ptr_array_index(audit->results, i));
        if (!met) {
            g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--%s %s: no rule of this audit is meant by it",
                        choice->option, *pattern);
            return false;
        }
    }
    return true;
}

static bool is_failure(const struct result *result)
{
    return result->verdict == VERDICT_FAIL && !result_is_waived(result) && !result->because;
}

/* Each list that was given has a word for it; the last one is of what is left out. */
static bool is_taken(const struct choice *choices, size_t n, const struct result *result)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (choices[i].patterns && !any_meets(choices[i].patterns, choices[i].test, result))
            return false;
    return !any_meets(choices[n - 1].patterns, choices[n - 1].test, result);
}

/* By severity, the worst first; NULL with error. */
static GPtrArray *choose(const struct audit *audit, const struct options *options, char **rules, GError **error)
{
    const struct choice choices[] = {
        {"rule", rules, select_by_id},
        {"layer", options->layers, select_by_layer},
        {"module", options->modules, select_by_module},
        {"reference", options->references, select_by_reference},
        {"tag", options->tags, select_by_tag},
        {"skip", options->skip, select_by_id},
    };
    bool wanted[SEVERITY_COUNT];
    if (!select_ranges_parse(options->severity ? options->severity : "info..", wanted)) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                    "--severity %s: want critical, high, medium, low or info, or high..", options->severity);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++)
        if (!check_choice(audit, &choices[i], error))
            return NULL;
    GPtrArray *steps = g_ptr_array_new();
    for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--) {
        for (guint i = 0; wanted[severity] && i < audit->results->len; i++) {
            struct result *result = g_ptr_array_index(audit->results, i);
            if ((int)result->severity == severity && is_failure(result) &&
                is_taken(choices, G_N_ELEMENTS(choices), result))
                g_ptr_array_add(steps, result);
        }
    }
    return steps;
}

/* Those of --rule and those behind the report's name. NULL: every one. Caller frees. */
static char **named_rules(const struct options *options)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    for (char **rule = options->rules; rule && *rule; rule++)
        g_strv_builder_add(all, *rule);
    for (char **rule = options->arguments + 1; *rule; rule++)
        g_strv_builder_add(all, *rule);
    char **rules = g_strv_builder_end(all);
    if (*rules)
        return rules;
    g_strfreev(rules);
    return NULL;
}

enum exit_code command_fix(struct options *options)
{
    g_autoptr(GError) error = NULL;
    if (!options->arguments) {
        message("fix takes a JSON report: plumbline fix AUDIT.json [RULE...] >fix.sh");
        return EXIT_USAGE;
    }
    g_auto(GStrv) rules = named_rules(options);
    pl_auto(audit) audit = saved_audit(options->arguments[0], &error);
    g_autoptr(GPtrArray) steps = audit ? choose(audit, options, rules, &error) : NULL;
    if (!steps) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    const struct fix_script script = {.audit = audit, .steps = steps, .undo = options->undo, .risky = options->risky};
    if (options->format && g_str_equal(options->format, "ansible"))
        fix_script_ansible(&script);
    else
        fix_script_shell(&script);
    if (!steps->len)
        message("%s: nothing of what was chosen failed; the script has no step", options->arguments[0]);
    return EXIT_MET;
}
