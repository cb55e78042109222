/* Knows every option. Parses nothing. */
#include "cli/options.h"

#include <stddef.h>

#define AT(member) offsetof(struct options, member)

#define FLAG       G_OPTION_ARG_NONE
#define TEXT       G_OPTION_ARG_STRING
#define TEXTS      G_OPTION_ARG_STRING_ARRAY
#define PATH       G_OPTION_ARG_FILENAME
#define PATHS      G_OPTION_ARG_FILENAME_ARRAY
#define NAMED      (OPTION_COMMAS | OPTION_FOLDS)
#define SEVERITIES "critical high medium low info"

static const struct option_spec table[] = {
    {"output", 'o', OPTIONS_OUTPUT, TEXTS, AT(outputs), "FORMAT[=FILE]",
     "Write this report, to FILE or standard output; or FILE.html; repeatable", .choices = "text html json junit",
     .traits = OPTION_FOLDS, .initial = "text"},
    {"format", 0, OPTIONS_OUTPUT, TEXT, AT(format), "FORMAT", "The same as --output FORMAT", "text html json junit",
     .traits = OPTION_HIDDEN},
    {"show", 0, OPTIONS_OUTPUT, TEXTS, AT(show), "LIST", "Text: only these parts, as fail,low,pass; repeatable",
     "fail low unknown waived folded manual info pass na", .traits = OPTION_COMMAS},
    {"verbose", 'v', OPTIONS_OUTPUT, FLAG, AT(verbose), NULL, "Text: passes with their evidence too", .choices = NULL},
    {"quiet", 'q', OPTIONS_OUTPUT, FLAG, AT(quiet), NULL,
     "Text: nothing if demands are met, else the verdict, what failed, the files", .choices = NULL},
    {"root", 'r', OPTIONS_HOST, PATH, AT(root), "DIR", "Audit the system below DIR, a mounted image or chroot",
     .choices = NULL},
    {"image", 'i', OPTIONS_HOST, PATHS, AT(images), "PATH",
     "Audit the images in PATH alone: docker save or OCI layout; repeatable", .choices = NULL},
    {"waivers", 'w', OPTIONS_HOST, PATH, AT(waivers), "FILE", "Waivers and attestations", .choices = NULL},
    {"network", 0, OPTIONS_HOST, FLAG, AT(network), NULL, "Allow rules that ask over the network", .choices = NULL},
    {"threads", 0, OPTIONS_HOST, G_OPTION_ARG_INT, AT(threads), "N", "Collect with N threads (default: processors + 2)",
     .choices = NULL},
    {"timeout", 0, OPTIONS_HOST, TEXT, AT(timeout_text), "SECONDS",
     "Look for so long and report what was seen (default 600; 5m; 0: without end)", .choices = NULL, .initial = "600"},
    {"confine", 0, OPTIONS_HOST, TEXT, AT(confine), "HOW",
     "best: what this kernel can; require: exit 3 when a layer is missing; none", "best require none",
     .traits = OPTION_FOLDS, .initial = "best"},
    {"progress", 0, OPTIONS_HOST, TEXT, AT(progress), "HOW", "auto, none, or lines: a line a step on standard error",
     "auto none lines", .traits = OPTION_FOLDS, .also = "no-progress=none", .initial = "auto"},
    {"profile", 'p', OPTIONS_SELECTION, TEXTS, AT(profiles), "ID",
     "Rules and values of this profile (default auto); repeatable", NULL, .traits = NAMED, .names = "profiles",
     .initial = "auto"},
    {"layer", 'l', OPTIONS_CHOICE, TEXTS, AT(layers), "LAYER", "Only this layer; repeatable",
     "code container cluster cloud", .traits = NAMED},
    {"module", 'm', OPTIONS_CHOICE, TEXTS, AT(modules), "GLOB", "Only rules of these modules (sshd, cloud/sshd)", NULL,
     .traits = NAMED, .names = "modules"},
    {"rule", 0, OPTIONS_CHOICE, TEXTS, AT(rules), "GLOB", "Only these rules; repeatable", NULL, .traits = NAMED,
     .names = "rules"},
    {"skip", 0, OPTIONS_CHOICE, TEXTS, AT(skip), "GLOB", "Leave these rules out; repeatable", NULL, .traits = NAMED,
     .names = "rules"},
    {"reference", 0, OPTIONS_CHOICE, TEXTS, AT(references), "BENCH[:ID]",
     "Only rules for this benchmark or control; repeatable", NULL, .traits = OPTION_COMMAS, .names = "references",
     .also = "benchmark compliance"},
    {"tag", 0, OPTIONS_CHOICE, TEXTS, AT(tags), "TAG", "Only rules with this tag; repeatable", NULL, .traits = NAMED,
     .names = "tags"},
    {"severity", 's', OPTIONS_CHOICE, TEXT, AT(severity), "RANGE",
     "Only these severities: high, high.., low..medium, high,low", SEVERITIES " high.. medium..", .traits = NAMED},
    {"set", 0, OPTIONS_SELECTION, TEXTS, AT(sets), "NAME=VALUE", "Change a value; repeatable", .choices = NULL},
    {"fail-on", 'f', OPTIONS_GATE, TEXT, AT(fail_on), "SEVERITY",
     "Exit 1 on failures of this severity or above (default medium), or none", SEVERITIES " none",
     .traits = OPTION_FOLDS, .initial = "medium"},
    {"min-score", 0, OPTIONS_GATE, G_OPTION_ARG_DOUBLE, AT(min_score), "N", "Exit 1 below this score", .choices = NULL},
    {"min-coverage", 0, OPTIONS_GATE, G_OPTION_ARG_DOUBLE, AT(min_coverage), "PERCENT", "Exit 1 below this coverage",
     .choices = NULL},
    {"allow-unknown", 0, OPTIONS_GATE, FLAG, AT(allow_unknown), NULL, "Unknown and error do not count as failures",
     .choices = NULL},
    {"fail-on-new", 0, OPTIONS_GATE, FLAG, AT(fail_on_new), NULL,
     "Only failures that --baseline (or OLD.json) does not have count", .choices = NULL},
    {"baseline", 'b', OPTIONS_BASELINE, PATH, AT(baseline), "FILE.json",
     "Compare with this earlier audit: what is new, what is fixed", .choices = NULL},
    {"checks", 'c', OPTIONS_CONTENT, PATHS, AT(checks), "DIR", "More rules, beside the stock ones; repeatable",
     .choices = NULL},
    {"only-checks", 0, OPTIONS_CONTENT, FLAG, AT(only_checks), NULL, "Leave the stock rules out", .choices = NULL},
    {"only", 0, OPTIONS_TREES, TEXTS, AT(rules), "GLOB", "Run the cases of these rules alone; repeatable", NULL,
     .traits = NAMED, .names = "rules", .also = "rule"},
    {"findings", 0, OPTIONS_TREES, FLAG, AT(findings), NULL,
     "Print what each case says is wrong; one without words for it fails", .choices = NULL},
    {"trees", 0, OPTIONS_TREES, PATH, AT(trees), "DIR", "Named host trees (default: hosts/ beside rules/)",
     .choices = NULL},
    {"audit", 0, OPTIONS_AUDIT_FILE, PATH, AT(audit), "FILE", "Show the rule's result in this JSON report",
     .choices = NULL},
    {"score", 0, OPTIONS_AUDIT_FILE, PATH, AT(score), "FILE",
     "Instead of a rule: how the score of this JSON report comes about", .choices = NULL},
    {"reason", 0, OPTIONS_DECISION, TEXT, AT(reason), "TEXT", "Why (required)", .choices = NULL},
    {"owner", 0, OPTIONS_DECISION, TEXT, AT(owner), "NAME", "Who answers for it (required)", .choices = NULL},
    {"until", 0, OPTIONS_DECISION, TEXT, AT(until), "YYYY-MM-DD", "The last day on which it holds (required)",
     .choices = NULL},
    {"item", 0, OPTIONS_ITEM, TEXT, AT(item), "GLOB", "Only these subjects or paths, not the whole rule",
     .choices = NULL},
    {"answer", 0, OPTIONS_ANSWER, TEXT, AT(answer), "VERDICT", "pass, fail or notapplicable (required)",
     "pass fail notapplicable", .traits = OPTION_FOLDS},
    {"profiles", 0, OPTIONS_LISTS, FLAG, AT(list_profiles), NULL, "The profiles instead of the rules", .choices = NULL},
    {"benchmarks", 0, OPTIONS_LISTS, FLAG, AT(list_benchmarks), NULL, "The benchmarks, for --reference", NULL,
     .also = "references"},
    {"tags", 0, OPTIONS_LISTS, FLAG, AT(list_tags), NULL, "The tags", .choices = NULL},
    {"modules", 0, OPTIONS_LISTS, FLAG, AT(list_modules), NULL, "The modules", .choices = NULL},
    {"format", 0, OPTIONS_FIX, TEXT, AT(format), "FORMAT", "A shell script (default) or an Ansible playbook",
     "shell ansible", .traits = OPTION_FOLDS, .initial = "shell"},
    {"risky", 0, OPTIONS_FIX, FLAG, AT(risky), NULL, "Steps with a warning are live, not commented out",
     .choices = NULL},
    {"undo", 0, OPTIONS_FIX, FLAG, AT(undo), NULL, "Print what takes the same steps back, the last one first",
     .choices = NULL},
    {"json", 'j', OPTIONS_JSON, FLAG, AT(json), NULL, "Print JSON", .choices = NULL},
    {"man", 0, OPTIONS_MAN, FLAG, AT(man), NULL, "Print the manual's probe reference", .choices = NULL},
    {"formats", 0, OPTIONS_MAN, FLAG, AT(formats), NULL,
     "Formats of files instead of probes, and what a path in each looks like", .choices = NULL},
    {"language", 0, OPTIONS_MAN, FLAG, AT(language), NULL, "Print every word of rules, daemons and rule tests as JSON",
     .choices = NULL},
    {"config", 0, OPTIONS_CONFIG, PATH, AT(config), "FILE", "Defaults of options (/etc/plumbline.conf; none)",
     .choices = NULL},
    {"show-config", 0, OPTIONS_SHOW_CONFIG, FLAG, AT(show_config), NULL,
     "Print the options in force and where each comes from", .choices = NULL},
    {"color", 0, OPTIONS_COMMON, TEXT, AT(color), "WHEN", "auto, always or never (also: NO_COLOR)", "auto always never",
     .traits = OPTION_FOLDS, .alone = "always",
     .also = "colour no-color=never no-colour=never no-colors=never no-colours=never nocolor=never", .initial = "auto"},
    {"palette", 0, OPTIONS_COMMON, TEXT, AT(palette), "NAME", "Colours: default, or safe for the colour-blind",
     "default safe", .traits = OPTION_FOLDS, .initial = "default"},
    {"version", 'V', OPTIONS_COMMON, FLAG, AT(version), NULL, "Show the version", NULL, .traits = OPTION_HIDDEN},
    {"help", 'h', OPTIONS_COMMON, FLAG, AT(help), NULL, "Show this help", .choices = NULL},
    {.name = NULL},
};

const struct option_spec *options_table(void)
{
    return table;
}

const char *options_group_title(enum option_group group)
{
    static const struct {
        enum option_group group;
        const char *title;
    } titles[] = {
        {OPTIONS_OUTPUT, "Reports"},
        {OPTIONS_HOST, "What is audited"},
        {OPTIONS_SELECTION, "Which rules"},
        {OPTIONS_CHOICE, "Which rules"},
        {OPTIONS_FIX, "What is printed"},
        {OPTIONS_GATE, "What is demanded"},
        {OPTIONS_BASELINE, "What is demanded"},
        {OPTIONS_CONTENT, "Rules and defaults"},
        {OPTIONS_CONFIG, "Rules and defaults"},
        {OPTIONS_SHOW_CONFIG, "Rules and defaults"},
        {OPTIONS_DECISION, "The decision"},
        {OPTIONS_ITEM, "The decision"},
        {OPTIONS_ANSWER, "The decision"},
        {OPTIONS_LISTS, "Instead of rules"},
        {OPTIONS_COMMON, "General"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
        if (titles[i].group == group)
            return titles[i].title;
    return "Options";
}

const struct option_spec *options_find(unsigned groups, const char *name)
{
    for (const struct option_spec *spec = table; spec->name; spec++)
        if ((groups & spec->group) && g_str_equal(spec->name, name))
            return spec;
    return NULL;
}
