/* What of its parts a text report shows. */
#include "reports/text.h"

#include <string.h>

static const struct {
    enum text_show show;
    const char *words; /* the first one is ours */
} rows[] = {
    {SHOW_FAIL, "fail failed failure failures"},
    {SHOW_LOW, "low"},
    {SHOW_UNKNOWN, "unknown error errors notassessed"},
    {SHOW_WAIVED, "waived waivers"},
    {SHOW_FOLDED, "folded consequences"},
    {SHOW_MANUAL, "manual notchecked questions"},
    {SHOW_INFO, "info informational"},
    {SHOW_PASS, "pass passed passes"},
    {SHOW_NOTAPPLICABLE, "na n/a notapplicable"},
};

enum text_show report_show_find(const char *word)
{
    g_autofree char *lower = g_ascii_strdown(word, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) words = g_strsplit(rows[i].words, " ", -1);
        if (g_strv_contains((const char *const *)words, lower))
            return rows[i].show;
    }
    return SHOW_COUNT;
}

char *report_show_words(void)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_string_append_printf(out, "%s%.*s", i ? ", " : "", (int)strcspn(rows[i].words, " "), rows[i].words);
    return g_string_free(out, FALSE);
}

bool text_shows(const struct text *text, enum text_show part)
{
    static const bool usual[SHOW_COUNT] = {[SHOW_FAIL] = true, [SHOW_UNKNOWN] = true, [SHOW_WAIVED] = true};
    if (text->options->verbose)
        return true;
    return text->options->show ? text->options->show[part] : usual[part];
}
