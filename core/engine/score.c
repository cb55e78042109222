/* Waived, not applicable, not checked and informational results are out of the number, and so are rules of severity
 * info, which weigh nothing. */
#include "engine/score.h"

static const struct {
    double from;
    char grade;
} grades[] = {{90, 'A'}, {80, 'B'}, {70, 'C'}, {60, 'D'}, {50, 'E'}, {0, 'F'}};

static bool is_blind(const struct result *result)
{
    return result->verdict == VERDICT_ERROR || result->verdict == VERDICT_UNKNOWN;
}

/* What a set of results adds up to beyond the public counts. */
struct score_sums {
    enum severity worst; /* of what fails or could not be judged */
};

static void add_result(struct score *score, struct score_sums *sums, const struct result *result)
{
    if (result_is_waived(result)) {
        score->waived++;
        return;
    }
    if (result->because) {
        score->folded++;
        return;
    }
    bool fails = result->verdict == VERDICT_FAIL;
    if (fails && result->severity == SEVERITY_INFO)
        score->differ++;
    else
        score->counts[result->verdict]++;
    if (fails || is_blind(result))
        sums->worst = MAX(sums->worst, result->severity);
}

/* Something was looked at, or a person answered. */
static bool has_seen(const struct result *result)
{
    return result->items_total || result->attested;
}

static void add_to_module(struct module_score *module, const struct result *result)
{
    unsigned weight = severity_weight(result->severity);
    module->weight = MAX(module->weight, weight);
    bool earns = result->verdict == VERDICT_PASS && has_seen(result);
    bool lost = (result->verdict == VERDICT_FAIL && !result->waived && !result->because) || is_blind(result);
    if (!weight || (!earns && !lost))
        return;
    module->rules++;
    module->counted += weight;
    module->earned += earns ? weight : 0;
}

static struct module_score *module_of(GPtrArray *modules, GHashTable *found, const struct result *result)
{
    g_autofree char *key = g_strdup_printf("%s/%s", layer_name(result->layer), result->module ? result->module : "");
    struct module_score *module = g_hash_table_lookup(found, key);
    if (module)
        return module;
    module = g_new0(struct module_score, 1);
    module->module = g_strdup(result->module);
    module->title = g_strdup(result->module_title);
    module->layer = result->layer;
    g_ptr_array_add(modules, module);
    g_hash_table_insert(found, g_steal_pointer(&key), module);
    return module;
}

double score_of_modules(const GPtrArray *modules, enum layer layer)
{
    double sum = 0;
    guint64 weight = 0;
    for (guint i = 0; i < modules->len; i++) {
        const struct module_score *module = g_ptr_array_index(modules, i);
        if (!module->counted || (layer != LAYER_COUNT && module->layer != layer))
            continue;
        sum += module->weight * (double)module->earned / (double)module->counted;
        weight += module->weight;
    }
    return weight ? 100 * sum / (double)weight : -1;
}

static char grade_of(double value)
{
    size_t i = 0;
    while (value < grades[i].from)
        i++;
    return grades[i].grade;
}

static enum score_note why_no_grade(const struct score *score)
{
    if (!score_judged(score))
        return SCORE_NOTHING_JUDGED;
    if (!score->known)
        return SCORE_NOTHING_SEEN;
    if (score_judged(score) < SCORE_RULES_MIN)
        return SCORE_FEW_RULES;
    return score->coverage < SCORE_COVERAGE_MIN ? SCORE_LOW_COVERAGE : SCORE_NOTE_NONE;
}

static void hold(struct score *score, char at, enum score_note note)
{
    if (score->grade[0] >= at)
        return;
    score->grade[0] = at;
    score->capped = true;
    score->note = note;
}

static void finish(struct score *score, const struct score_sums *sums, double value)
{
    unsigned judged = score_judged(score);
    unsigned blind = score->counts[VERDICT_ERROR] + score->counts[VERDICT_UNKNOWN];
    score->coverage = judged ? (double)judged / (judged + blind) : 0;
    score->known = judged && value >= 0;
    score->value = score->known ? value : 0;
    score->note = why_no_grade(score);
    if (score->note != SCORE_NOTE_NONE)
        return;
    score->grade[0] = grade_of(score->value);
    if (sums->worst == SEVERITY_CRITICAL)
        hold(score, 'D', SCORE_CRITICAL);
    else if (sums->worst == SEVERITY_HIGH)
        hold(score, 'C', SCORE_HIGH);
}

void score_audit(struct audit *audit)
{
    struct score_sums all = {SEVERITY_INFO}, layers[LAYER_COUNT] = {{SEVERITY_INFO}};
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    audit->score_version = SCORE_VERSION;
    audit->score = (struct score){0};
    g_ptr_array_set_size(audit->modules, 0);
    for (int i = 0; i < LAYER_COUNT; i++)
        audit->layers[i] = (struct score){0};
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        add_result(&audit->score, &all, result);
        add_result(&audit->layers[result->layer], &layers[result->layer], result);
        add_to_module(module_of(audit->modules, found, result), result);
    }
    for (guint i = 0; i < audit->modules->len; i++) {
        struct module_score *module = g_ptr_array_index(audit->modules, i);
        module->weight = (unsigned)MIN(module->weight, module->counted);
    }
    finish(&audit->score, &all, score_of_modules(audit->modules, LAYER_COUNT));
    for (int i = 0; i < LAYER_COUNT; i++)
        finish(&audit->layers[i], &layers[i], score_of_modules(audit->modules, (enum layer)i));
}
