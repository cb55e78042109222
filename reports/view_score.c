/* Scores as the readable formats say them. */
#include "reports/view.h"

#include <math.h>

char *view_score(const struct score *score, int decimals)
{
    if (!score->known)
        return g_strdup("-");
    double unit = decimals ? 10 : 1;
    double value = floor(score->value * unit + 0.5) / unit;
    if (value >= 100 && score->value < 100)
        value = 100 - 1 / unit;
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(buffer, sizeof buffer, decimals ? "%.1f" : "%.0f", value));
}

void view_coverage(const struct score *score, unsigned *judged, unsigned *applicable)
{
    *judged = score_judged(score);
    *applicable = *judged + score->counts[VERDICT_ERROR] + score->counts[VERDICT_UNKNOWN];
}

char *view_coverage_percent(const struct score *score)
{
    if (!score_judged(score))
        return g_strdup("-");
    int percent = (int)(score->coverage * 100 + 0.5);
    return g_strdup_printf("%d %%", percent == 100 && score->coverage < 1 ? 99 : percent);
}

bool view_has_ring(const struct score *score)
{
    return score->known && score->note != SCORE_FEW_RULES;
}

const char *view_score_note(const struct score *score)
{
    static const char *const notes[SCORE_NOTE_COUNT] = {
        [SCORE_NOTHING_JUDGED] = "Nothing judged: no score.",
        [SCORE_NOTHING_SEEN] = "No score: every rule that passed found nothing to look at.",
        [SCORE_FEW_RULES] = "Not graded: fewer than five rules were judged.",
        [SCORE_LOW_COVERAGE] = "Not graded: coverage is below 90 %.",
        [SCORE_CRITICAL] = "Grade held at D: a rule of critical severity failed or could not be judged.",
        [SCORE_HIGH] = "Grade held at C: a rule of high severity failed or could not be judged.",
    };
    /* Formula 1 had no note. */
    if (score->capped && score->note == SCORE_NOTE_NONE)
        return "Grade held at B: a rule of high severity or above could not be judged.";
    return notes[score->note];
}

const char *view_score_formula(void)
{
    return "The score is the mean of the modules, each worth the share of its rules' weight that passes and weighing "
           "as "
           "these rules, at most as its most severe one; what could not be judged counts as failed, a pass that found "
           "nothing to look at is not counted, a critical failure holds the grade at D and a high one at C, and below "
           "90 % "
           "coverage there is no grade.";
}
