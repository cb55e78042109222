/* 100 x weight of what passes / weight of what passes or fails. Waived, not applicable, not checked and informational
 * results are out; errors and unknowns are not in the number, but lower the coverage and cap the grade. */
#include "engine/score.h"

static const struct {
    double from;
    char grade;
} grades[] = {{90, 'A'}, {80, 'B'}, {70, 'C'}, {60, 'D'}, {50, 'E'}, {0, 'F'}};

/* What one set of results adds up to beyond the public counts. */
struct sums {
    bool blind; /* a rule of high or above could not be judged */
};

static void add_result(struct score *score, struct sums *sums, const struct result *result)
{
    if (result_is_waived(result)) {
        score->waived++;
        return;
    }
    if (result->because) {
        score->folded++;
        return;
    }
    unsigned weight = severity_weight(result->severity);
    score->counts[result->verdict]++;
    if (result->verdict == VERDICT_PASS)
        score->weight_pass += weight;
    if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_FAIL)
        score->weight_judged += weight;
    bool hindered = result->verdict == VERDICT_ERROR || result->verdict == VERDICT_UNKNOWN;
    sums->blind = sums->blind || (hindered && result->severity >= SEVERITY_HIGH);
}

static char grade_of(double value)
{
    size_t i = 0;
    while (value < grades[i].from)
        i++;
    return grades[i].grade;
}

static void finish(struct score *score, const struct sums *sums)
{
    unsigned judged = score->counts[VERDICT_PASS] + score->counts[VERDICT_FAIL] + score->waived;
    unsigned applicable = judged + score->counts[VERDICT_ERROR] + score->counts[VERDICT_UNKNOWN];
    score->coverage = applicable ? (double)judged / applicable : 1;
    score->known = score->weight_judged > 0;
    if (!score->known)
        return;
    score->value = 100.0 * (double)score->weight_pass / (double)score->weight_judged;
    score->grade[0] = grade_of(score->value);
    score->capped = sums->blind && score->grade[0] == 'A';
    if (score->capped)
        score->grade[0] = 'B';
}

void score_audit(struct audit *audit)
{
    struct sums all = {false}, layers[LAYER_COUNT] = {{false}};
    audit->score = (struct score){0};
    for (int i = 0; i < LAYER_COUNT; i++)
        audit->layers[i] = (struct score){0};
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        add_result(&audit->score, &all, result);
        add_result(&audit->layers[result->layer], &layers[result->layer], result);
    }
    finish(&audit->score, &all);
    for (int i = 0; i < LAYER_COUNT; i++)
        finish(&audit->layers[i], &layers[i]);
}
