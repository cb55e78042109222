/* plumbline test: rule tests as data, for the stock rules and for everybody else's. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "engine/ruletest.h"

#include <stdio.h>

/* tests/rules/cloud/sshd.yaml -> tests/hosts: the nearest folder "hosts" beside a parent of the file. */
static char *guess_trees(const char *file)
{
    g_autofree char *folder = g_canonicalize_filename(file, NULL);
    for (int depth = 0; depth < 4; depth++) {
        g_autofree char *parent = g_path_get_dirname(folder);
        char *hosts = g_build_filename(parent, "hosts", NULL);
        if (g_file_test(hosts, G_FILE_TEST_IS_DIR))
            return hosts;
        g_free(hosts);
        g_free(g_steal_pointer(&folder));
        folder = g_steal_pointer(&parent);
    }
    return NULL;
}

/* FILE:LINE, and the column of a mistake in the file, as editors want it. */
static char *place_of(const struct ruletest_failure *failure)
{
    return failure->column ? g_strdup_printf("%s:%u:%u", failure->file, failure->line, failure->column)
                           : g_strdup_printf("%s:%u", failure->file, failure->line);
}

static void print_part(const char *text)
{
    g_autofree char *safe = text ? message_safe(text) : NULL;
    if (safe)
        printf("%s: ", safe);
}

static void print_failure(const struct ruletest_failure *failure)
{
    g_autofree char *place = place_of(failure), *text = message_safe(failure->message);
    printf("%s: ", place);
    print_part(failure->rule);
    print_part(failure->name);
    printf("%s\n", text);
    if (failure->expected && !failure->got)
        printf("    expected %s, got nothing\n", failure->expected);
    g_autofree char *items = failure->items ? message_block(failure->items) : NULL;
    g_auto(GStrv) lines = g_strsplit(items ? items : "", "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line)
            printf("    | %s\n", *line);
}

/* A file that could not be read or understood says nothing about a rule. */
static bool broken_file(const struct ruletest_report *report)
{
    for (guint i = 0; i < report->failures->len; i++)
        if (!((const struct ruletest_failure *)g_ptr_array_index(report->failures, i))->rule)
            return true;
    return false;
}

enum exit_code command_test(struct options *options)
{
    g_autoptr(GError) error = NULL;
    if (!options->arguments) {
        message("test takes rule-test files: plumbline test FILE...");
        return EXIT_USAGE;
    }
    pl_auto(content) content = dirs_load(options, NULL, true, &error);
    if (!content) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    g_autofree char *trees = options->trees ? g_strdup(options->trees) : guess_trees(options->arguments[0]);
    const struct ruletest_options how = {
        .rules = (const char *const *)options->rules, .trees = trees, .findings = options->findings};
    pl_auto(ruletest_report) report = ruletest_run(content, (const char *const *)options->arguments, &how);
    for (guint i = 0; i < report->failures->len; i++)
        print_failure(g_ptr_array_index(report->failures, i));
    for (guint i = 0; i < report->findings->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(report->findings, i));
    guint missing = report->failures->len > report->failed ? report->failures->len - report->failed : 0;
    printf("%u files, %u rules, %u cases: %u passed, %u failed, %u other mistakes\n", report->files, report->rules,
           report->cases, report->passed, report->failed, missing);
    if (content_count(content, DIAGNOSTIC_ERROR) || broken_file(report))
        return EXIT_USAGE;
    return report->failures->len ? EXIT_NOT_MET : EXIT_MET;
}
