#include "cli/options.h"

#include "model/error.h"
#include "model/suggest.h"

#include <stddef.h>

#define AT(member) offsetof(struct options, member)

static const struct option_spec table[] = {
    {"output", 'o', OPTIONS_OUTPUT, G_OPTION_ARG_STRING_ARRAY, AT(outputs), "FORMAT[=FILE]",
     "Write this report, to FILE or standard output; repeatable", "text html json junit"},
    {"verbose", 'v', OPTIONS_OUTPUT, G_OPTION_ARG_NONE, AT(verbose), NULL, "Text: passes with their evidence too",
     NULL},
    {"quiet", 'q', OPTIONS_OUTPUT, G_OPTION_ARG_NONE, AT(quiet), NULL,
     "Text: nothing if demands are met, else the verdict, what failed, the files", NULL},
    {"root", 'r', OPTIONS_HOST, G_OPTION_ARG_FILENAME, AT(root), "DIR",
     "Audit the system below DIR, a mounted image or chroot", NULL},
    {"image", 'i', OPTIONS_HOST, G_OPTION_ARG_FILENAME_ARRAY, AT(images), "PATH",
     "Audit the images in PATH alone: docker save or OCI layout; repeatable", NULL},
    {"waivers", 'w', OPTIONS_HOST, G_OPTION_ARG_FILENAME, AT(waivers), "FILE", "Waivers and attestations", NULL},
    {"network", 0, OPTIONS_HOST, G_OPTION_ARG_NONE, AT(network), NULL, "Allow rules that ask over the network", NULL},
    {"threads", 0, OPTIONS_HOST, G_OPTION_ARG_INT, AT(threads), "N", "Collect with N threads (default: processors + 2)",
     NULL},
    {"timeout", 0, OPTIONS_HOST, G_OPTION_ARG_INT, AT(timeout), "SECONDS",
     "Look for so long and report what was seen (default 600; 0: without end)", NULL},
    {"confine", 0, OPTIONS_HOST, G_OPTION_ARG_STRING, AT(confine), "HOW",
     "best: what this kernel can; require: exit 3 when a layer is missing; none", "best require none"},
    {"progress", 0, OPTIONS_HOST, G_OPTION_ARG_STRING, AT(progress), "HOW",
     "auto, none, or lines: a line a step on standard error", "auto none lines"},
    {"profile", 'p', OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(profiles), "ID",
     "Rules and values of this profile (default auto); repeatable", NULL},
    {"layer", 'l', OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(layers), "LAYER", "Only this layer; repeatable",
     "code container cluster cloud"},
    {"rule", 0, OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(rules), "GLOB", "Only these rules; repeatable", NULL},
    {"skip", 0, OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(skip), "GLOB", "Leave these rules out; repeatable",
     NULL},
    {"reference", 0, OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(references), "BENCH[:ID]",
     "Only rules for this benchmark or control; repeatable", NULL},
    {"tag", 0, OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(tags), "TAG", "Only rules with this tag; repeatable",
     NULL},
    {"severity", 's', OPTIONS_SELECTION, G_OPTION_ARG_STRING, AT(severity), "RANGE",
     "Only these severities: high, high.., low..medium", "critical high medium low info high.. medium.."},
    {"set", 0, OPTIONS_SELECTION, G_OPTION_ARG_STRING_ARRAY, AT(sets), "NAME=VALUE", "Change a value; repeatable",
     NULL},
    {"fail-on", 'f', OPTIONS_GATE, G_OPTION_ARG_STRING, AT(fail_on), "SEVERITY",
     "Exit 1 on failures of this severity or above (default medium), or none", "critical high medium low info none"},
    {"min-score", 0, OPTIONS_GATE, G_OPTION_ARG_DOUBLE, AT(min_score), "N", "Exit 1 below this score", NULL},
    {"min-coverage", 0, OPTIONS_GATE, G_OPTION_ARG_DOUBLE, AT(min_coverage), "PERCENT", "Exit 1 below this coverage",
     NULL},
    {"allow-unknown", 0, OPTIONS_GATE, G_OPTION_ARG_NONE, AT(allow_unknown), NULL,
     "Unknown and error do not count as failures", NULL},
    {"checks", 'c', OPTIONS_CONTENT, G_OPTION_ARG_FILENAME_ARRAY, AT(checks), "DIR",
     "More rules, beside the stock ones; repeatable", NULL},
    {"only-checks", 0, OPTIONS_CONTENT, G_OPTION_ARG_NONE, AT(only_checks), NULL, "Leave the stock rules out", NULL},
    {"only", 0, OPTIONS_TREES, G_OPTION_ARG_STRING_ARRAY, AT(rules), "GLOB",
     "Run the cases of these rules alone; repeatable", NULL},
    {"findings", 0, OPTIONS_TREES, G_OPTION_ARG_NONE, AT(findings), NULL,
     "Print what each case says is wrong; one without words for it fails", NULL},
    {"trees", 0, OPTIONS_TREES, G_OPTION_ARG_FILENAME, AT(trees), "DIR",
     "Named host trees (default: hosts/ beside rules/)", NULL},
    {"audit", 0, OPTIONS_AUDIT_FILE, G_OPTION_ARG_FILENAME, AT(audit), "FILE",
     "Show the rule's result in this JSON report", NULL},
    {"json", 'j', OPTIONS_JSON, G_OPTION_ARG_NONE, AT(json), NULL, "Print JSON", NULL},
    {"man", 0, OPTIONS_MAN, G_OPTION_ARG_NONE, AT(man), NULL, "Print the manual's probe reference", NULL},
    {"formats", 0, OPTIONS_MAN, G_OPTION_ARG_NONE, AT(formats), NULL,
     "Formats of files instead of probes, and what a path in each looks like", NULL},
    {"language", 0, OPTIONS_MAN, G_OPTION_ARG_NONE, AT(language), NULL,
     "Print every word of rules, daemons and rule tests as JSON", NULL},
    {"no-color", 0, OPTIONS_COMMON, G_OPTION_ARG_NONE, AT(no_color), NULL, "No colour (also: NO_COLOR)", NULL},
    {"palette", 0, OPTIONS_COMMON, G_OPTION_ARG_STRING, AT(palette), "NAME",
     "Colours: default, or safe for the colour-blind", "default safe"},
    {"help", 'h', OPTIONS_COMMON, G_OPTION_ARG_NONE, AT(help), NULL, "Show this help", NULL},
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
        {OPTIONS_OUTPUT, "Reports"},        {OPTIONS_HOST, "What is audited"}, {OPTIONS_SELECTION, "Which rules"},
        {OPTIONS_GATE, "What is demanded"}, {OPTIONS_CONTENT, "Rules"},        {OPTIONS_COMMON, "General"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
        if (titles[i].group == group)
            return titles[i].title;
    return "Options";
}

/* GLib's entries for the rows of these groups, pointing into `options`. */
static GOptionEntry *make_entries(struct options *options, unsigned groups)
{
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    for (const struct option_spec *spec = table; spec->name; spec++) {
        if (!(groups & spec->group))
            continue;
        GOptionEntry entry = {.long_name = spec->name,
                              .short_name = spec->letter,
                              .arg = spec->kind,
                              .arg_data = (char *)options + spec->offset};
        g_array_append_val(entries, entry);
    }
    GOptionEntry rest = {
        .long_name = G_OPTION_REMAINING, .arg = G_OPTION_ARG_FILENAME_ARRAY, .arg_data = &options->arguments};
    g_array_append_val(entries, rest);
    return (GOptionEntry *)(void *)g_array_free(entries, FALSE);
}

/* "Unknown option --ouput" becomes a sentence with the option that was probably meant. */
static void explain_unknown(GError **error, unsigned groups, int argc, char **argv)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct option_spec *spec = table; spec->name; spec++)
        if (groups & spec->group)
            g_ptr_array_add(names, (gpointer)(guintptr)spec->name);
    g_ptr_array_add(names, NULL);
    for (int i = 1; i < argc; i++) {
        if (!g_str_has_prefix(argv[i], "--") || !strstr((*error)->message, argv[i]))
            continue;
        g_autofree char *word = g_strndup(argv[i] + 2, strcspn(argv[i] + 2, "="));
        const char *near = suggest_nearest(word, (const char *const *)names->pdata);
        if (near)
            g_prefix_error(error, "did you mean --%s? ", near);
        return;
    }
}

static bool check_choices(const struct options *options, unsigned groups, GError **error)
{
    for (const struct option_spec *spec = table; spec->name; spec++) {
        if (!(groups & spec->group) || !spec->choices || spec->kind != G_OPTION_ARG_STRING ||
            spec->group == OPTIONS_SELECTION)
            continue;
        const char *value = *(char *const *)(const void *)((const char *)options + spec->offset);
        g_auto(GStrv) words = g_strsplit(spec->choices, " ", -1);
        if (!value || g_strv_contains((const char *const *)words, value))
            continue;
        const char *near = suggest_nearest(value, (const char *const *)words);
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--%s takes one of: %s; not \"%s\"%s%s%s", spec->name,
                    spec->choices, value, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
        return false;
    }
    return true;
}

bool options_parse(struct options *options, unsigned groups, int argc, char **argv, GError **error)
{
    *options = (struct options){.min_score = -1, .min_coverage = -1, .timeout = TIMEOUT_DEFAULT};
    g_autofree GOptionEntry *entries = make_entries(options, groups);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);

    /* GLib reorders the vector that it is given, and frees nothing of it. */
    g_autofree char **copy = g_memdup2(argv, sizeof *argv * (gsize)(argc + 1));
    int left = argc;
    g_autoptr(GError) parse_error = NULL;
    if (!g_option_context_parse(context, &left, &copy, &parse_error)) {
        if (g_error_matches(parse_error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
            explain_unknown(&parse_error, groups, argc, argv);
        g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE, parse_error->message);
        return false;
    }
    return check_choices(options, groups, error);
}

void options_clear(struct options *options)
{
    for (const struct option_spec *spec = table; spec->name; spec++) {
        char *base = (char *)options + spec->offset;
        if (spec->kind == G_OPTION_ARG_STRING || spec->kind == G_OPTION_ARG_FILENAME)
            g_clear_pointer((char **)(void *)base, g_free);
        else if (spec->kind == G_OPTION_ARG_STRING_ARRAY || spec->kind == G_OPTION_ARG_FILENAME_ARRAY)
            g_clear_pointer((char ***)(void *)base, g_strfreev);
    }
    g_clear_pointer(&options->arguments, g_strfreev);
}
