#include "cli/explain_score.h"

#include "cli/message.h"
#include "cli/saved.h"
#include "engine/score.h"
#include "reports/view.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 96 };

static void print_wrapped(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize column = 0;
    for (char **word = words; *word; word++) {
        gsize n = strlen(*word);
        bool fits = column + n < COLUMNS;
        printf("%s%s", !column ? "" : fits ? " " : "\n", *word);
        column = fits && column ? column + 1 + n : n;
    }
    puts("");
}

static void print_number(double value, int width)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    printf("%*s", width, g_ascii_formatd(buffer, sizeof buffer, "%.2f", value));
}

static void print_module(const struct module_score *module)
{
    double share = (double)module->earned / (double)module->counted;
    g_autofree char *name = message_safe(module->module);
    printf("  %-9s %-28s %4" G_GUINT64_FORMAT " of %4" G_GUINT64_FORMAT " in %3u rule%s  ", layer_name(module->layer),
           name, module->earned, module->counted, module->rules, module->rules == 1 ? " " : "s");
    print_number(100 * share, 6);
    printf(" %% x %2u = ", module->weight);
    print_number(100 * share * module->weight, 7);
    puts("");
}

static void print_sum(const struct audit *audit, enum layer layer, const char *name)
{
    double sum = 0;
    unsigned weight = 0;
    for (guint i = 0; i < audit->modules->len; i++) {
        const struct module_score *module = g_ptr_array_index(audit->modules, i);
        if (!module->counted || (layer != LAYER_COUNT && layer != module->layer))
            continue;
        sum += 100.0 * module->weight * (double)module->earned / (double)module->counted;
        weight += module->weight;
    }
    printf("  %-9s ", name);
    if (!weight) {
        puts("no module counts");
        return;
    }
    print_number(sum, 0);
    printf(" / %u = ", weight);
    print_number(score_of_modules(audit->modules, layer), 0);
    const struct score *score = layer == LAYER_COUNT ? &audit->score : &audit->layers[layer];
    g_autofree char *coverage = view_coverage_percent(score);
    const char *note = view_score_note(score);
    printf("  grade %s, coverage %s%s%s\n", score->grade[0] ? score->grade : "-", coverage, note ? "  " : "",
           note ? note : "");
}

static void print_modules(const struct audit *audit)
{
    guint left = 0;
    puts("\nModules (weight that passed of the weight that counts, share x weight of the module)");
    for (guint i = 0; i < audit->modules->len; i++) {
        const struct module_score *module = g_ptr_array_index(audit->modules, i);
        left += !module->counted;
        if (module->counted)
            print_module(module);
    }
    if (left)
        printf("  %u module%s no share: nothing in %s was judged by what it found\n", left,
               left == 1 ? " has" : "s have", left == 1 ? "it" : "them");
    puts("\nSums");
    for (int layer = 0; layer < LAYER_COUNT; layer++)
        print_sum(audit, (enum layer)layer, layer_name((enum layer)layer));
    print_sum(audit, LAYER_COUNT, "host");
}

enum exit_code explain_score(const char *path)
{
    g_autoptr(GError) error = NULL;
    pl_auto(audit) audit = saved_audit(path, &error);
    if (!audit) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    g_autofree char *score = view_score(&audit->score, 1),
                    *host = message_safe(audit->host.name ? audit->host.name : "");
    printf("Score of %s: %s (%s), formula %u\n", host, score, audit->score.grade[0] ? audit->score.grade : "not graded",
           audit->score_version);
    if (audit->score_version != SCORE_VERSION) {
        printf("An earlier plumbline made it: 100 x weight of passed rules %" G_GUINT64_FORMAT
               " / weight of judged rules %" G_GUINT64_FORMAT ".\nAudit anew for a score by formula %d.\n",
               audit->score.weight_pass, audit->score.weight_judged, SCORE_VERSION);
        return EXIT_MET;
    }
    print_wrapped(view_score_formula());
    print_modules(audit);
    printf("\nLeft out: %u waived, %u option%s that differ%s, %u not applicable, %u to answer\n", audit->score.waived,
           audit->score.differ, audit->score.differ == 1 ? "" : "s", audit->score.differ == 1 ? "s" : "",
           audit->score.counts[VERDICT_NOTAPPLICABLE], audit->score.counts[VERDICT_NOTCHECKED]);
    return EXIT_MET;
}
