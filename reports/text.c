/* The terminal report: head, layers, failures worst first, what could not be judged and its remediation, waivers, and
 * last the line that says what the exit code means. A newcomer reads it in one screen or two. */
#include "reports/text.h"

#include "reports/escape.h"
#include "reports/formats.h"

enum {
    FULL_MAX = 15,  /* failures told in three lines each */
    LINES_MAX = 40, /* the next in one; the rest is counted */
};

static enum text_style style_of_score(const struct score *score)
{
    if (!score->known)
        return TEXT_DIM;
    if (score->grade[0] <= 'B')
        return TEXT_GOOD;
    return score->grade[0] <= 'D' ? TEXT_WARN : TEXT_BAD;
}

static const char *dot(const struct text *text)
{
    return text->options->utf8 ? " \u00b7 " : ", ";
}

static void put_profiles(struct text *text, const struct audit *audit)
{
    text_put(text, TEXT_PLAIN, audit->profiles->len == 1 ? "profile " : "profiles ");
    for (guint i = 0; i < audit->profiles->len; i++)
        text_printf(text, TEXT_PLAIN, "%s%s", i ? "+" : "", (const char *)audit->profiles->pdata[i]);
    if (!audit->profiles->len)
        text_put(text, TEXT_PLAIN, "of the command line");
}

static int percent(double share)
{
    int value = (int)(share * 100 + 0.5);
    return value == 100 && share < 1 ? 99 : value;
}

static void put_head(struct text *text, const struct audit *audit)
{
    g_autofree char *sandbox = view_sandbox(&audit->sandbox);
    unsigned judged = 0;
    unsigned applicable = 0;
    view_coverage(&audit->score, &judged, &applicable);
    text_put(text, TEXT_BOLD, text_non_empty(audit->host.name, "localhost"));
    g_autofree char *rest =
        g_strdup_printf("%s%s%sLinux %s%s%s", dot(text), text_non_empty(audit->host.os, "unknown system"), dot(text),
                        text_non_empty(audit->host.kernel, "unknown"), dot(text), text_non_empty(audit->started, ""));
    text_put_cut(text, TEXT_PLAIN, rest, 0);
    text_newline(text);
    put_profiles(text, audit);
    g_autofree char *run = g_strdup_printf(
        "%s%u of %u rules judged%s%s%s%s%s%s%ssandbox: %s", dot(text), judged, applicable, dot(text),
        audit->host.privileged ? "as root" : "not as root", g_strcmp0(audit->host.root, "/") == 0 ? "" : dot(text),
        g_strcmp0(audit->host.root, "/") == 0 ? "" : "root ",
        g_strcmp0(audit->host.root, "/") == 0 ? "" : text_non_empty(audit->host.root, "?"),
        audit->host.live ? "" : " (offline)", dot(text), sandbox);
    text_put_cut(text, TEXT_PLAIN, run, 0);
    text_newline(text);
    if (audit->sandbox.note) {
        text_put_wrapped(text, TEXT_WARN, audit->sandbox.note, 2);
        text_newline(text);
    }
}

static void put_counts(struct text *text, const unsigned *counts)
{
    static const struct {
        enum view_state state;
        const char *word;
    } columns[] = {{VIEW_PASS, "pass"},
                   {VIEW_FAIL, "fail"},
                   {VIEW_WAIVED, "waived"},
                   {VIEW_FOLDED, "folded"},
                   {VIEW_ERROR, "error"},
                   {VIEW_UNKNOWN, "unknown"},
                   {VIEW_NOTCHECKED, "to answer"},
                   {VIEW_INFORMATIONAL, "info"},
                   {VIEW_NOTAPPLICABLE, "n/a"}};
    bool first = true;
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (!counts[columns[i].state] && columns[i].state != VIEW_PASS && columns[i].state != VIEW_FAIL)
            continue;
        g_autofree char *cell =
            g_strdup_printf("%s%*u %s", first ? "" : "  ", i < 2 ? 3 : 0, counts[columns[i].state], columns[i].word);
        if (text->column + escape_columns(cell) <= text->width)
            text_put(text, columns[i].state == VIEW_FAIL && counts[VIEW_FAIL] ? TEXT_BAD : TEXT_PLAIN, cell);
        first = false;
    }
}

static void put_layers(struct text *text, const struct audit *audit)
{
    int columns = text->width >= 90 ? 24 : 10;
    text_newline(text);
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        const struct score *score = &audit->layers[layer];
        unsigned counts[VIEW_COUNT];
        view_count(audit, (enum layer)layer, counts);
        g_autofree char *value = view_score(score, 0);
        text_printf(text, TEXT_BOLD, "%-10s", layer_name((enum layer)layer));
        text_bar(text, score->known ? score->value / 100 : 0, columns, style_of_score(score));
        text_printf(text, style_of_score(score), " %3s %1s ", value, score->grade);
        put_counts(text, counts);
        text_newline(text);
    }
}

/* "and 12 low, 89 info; --verbose lists them" */
static void put_left_out(struct text *text, const unsigned left[SEVERITY_COUNT])
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (int severity = SEVERITY_COUNT; severity-- > 0;)
        if (left[severity])
            g_string_append_printf(line, "%s%u %s", line->len ? ", " : "and ", left[severity],
                                   severity_name((enum severity)severity));
    if (!line->len)
        return;
    g_string_append(line, "; --verbose lists them");
    text_put(text, TEXT_DIM, line->str);
    text_newline(text);
}

/* The worst in full, the next in a line each, the rest counted: a screen or two, not a book. */
static void put_failures(struct text *text, const struct audit *audit)
{
    g_autoptr(GPtrArray) failures = view_failures(audit);
    if (!failures->len)
        return;
    g_autofree char *title = g_strdup_printf("Failures (%u)", failures->len);
    text_heading(text, title, ", worst first");
    unsigned left[SEVERITY_COUNT] = {0};
    guint full = 0, lines = 0;
    for (guint i = 0; i < failures->len; i++) {
        const struct result *result = failures->pdata[i];
        bool worth = result->severity >= SEVERITY_MEDIUM && full < FULL_MAX;
        bool listed = result->severity > SEVERITY_INFO && lines < LINES_MAX;
        full += worth;
        lines += !worth && listed;
        if (worth || text->options->verbose)
            text_rule(text, audit, result);
        else if (listed)
            text_rule_line(text, result);
        else
            left[result->severity]++;
    }
    put_left_out(text, left);
}

/* Where plumbline knows no remediation, the first rule's own reason says more than the group's common one. */
static void put_example(struct text *text, const struct view_cause *group)
{
    const struct result *first = group->results->pdata[0];
    const char *reason = text_non_empty(first->reason, "");
    if (group->remediation || !*reason || g_str_equal(reason, group->cause))
        return;
    g_autofree char *line =
        g_strdup_printf("%s%s: %s", group->results->len > 1 ? "as " : "", text_non_empty(first->rule, "?"), reason);
    text_tab(text, TEXT_INDENT);
    text_put_cut(text, TEXT_PLAIN, line, 0);
    text_newline(text);
}

static void put_cause(struct text *text, const struct view_cause *group)
{
    text_state(text, group->errors == group->results->len ? VIEW_ERROR : VIEW_UNKNOWN);
    text_tab(text, TEXT_INDENT - 1);
    g_autofree char *line =
        g_strdup_printf("%u rule%s: %s", group->results->len, group->results->len == 1 ? "" : "s", group->cause);
    g_autofree char *remediation =
        group->remediation ? g_strdup_printf("; remediation: %s", group->remediation) : g_strdup("");
    text_put_cut(text, TEXT_PLAIN, line, escape_columns(remediation));
    text_put_cut(text, TEXT_NOTE, remediation, 0);
    text_newline(text);
    g_autoptr(GString) names = g_string_new(NULL);
    guint shown = text->options->verbose ? VIEW_ITEMS_MAX : TEXT_ITEMS;
    for (guint i = 0; i < MIN(group->results->len, shown); i++) {
        const struct result *result = group->results->pdata[i];
        g_string_append_printf(names, "%s%s", i ? ", " : "", text_non_empty(result->rule, "?"));
    }
    if (group->results->len > shown)
        g_string_append_printf(names, " and %u more", group->results->len - shown);
    text_tab(text, TEXT_INDENT);
    text_put_wrapped(text, TEXT_DIM, names->str, TEXT_INDENT);
    text_newline(text);
    put_example(text, group);
}

static void put_causes(struct text *text, const struct audit *audit)
{
    g_autoptr(GPtrArray) causes = view_causes(audit);
    if (!causes->len)
        return;
    guint rules = 0;
    for (guint i = 0; i < causes->len; i++)
        rules += ((struct view_cause *)causes->pdata[i])->results->len;
    g_autofree char *title = g_strdup_printf("Not judged (%u)", rules);
    text_heading(text, title, ", by cause");
    guint shown = text->options->verbose ? causes->len : MIN(causes->len, 8);
    for (guint i = 0; i < shown; i++)
        put_cause(text, causes->pdata[i]);
    if (shown < causes->len) {
        text_tab(text, TEXT_INDENT);
        text_printf(text, TEXT_DIM, "and %u more causes", causes->len - shown);
        text_newline(text);
    }
}

static void put_errors(struct text *text, const struct audit *audit)
{
    if (audit->errors->len)
        text_heading(text, "This run is not complete", NULL);
    guint shown = MIN(audit->errors->len, VIEW_ITEMS_MAX);
    for (guint i = 0; i < shown; i++) {
        const struct run_error *error = audit->errors->pdata[i];
        text_state(text, VIEW_ERROR);
        text_tab(text, TEXT_INDENT - 1);
        text_put(text, TEXT_PLAIN, text_non_empty(error->where, "?"));
        text_put(text, TEXT_PLAIN, ":");
        text_put_wrapped(text, TEXT_PLAIN, text_non_empty(error->message, ""), TEXT_INDENT);
        text_newline(text);
    }
    if (shown < audit->errors->len) {
        text_tab(text, TEXT_INDENT);
        text_printf(text, TEXT_DIM, "and %u more", audit->errors->len - shown);
        text_newline(text);
    }
}

static void put_waiver(struct text *text, const struct waiver_use *use, const char *state)
{
    text_state(text, g_str_equal(state, "expired") ? VIEW_FAIL : VIEW_WAIVED);
    text_tab(text, TEXT_INDENT - 1);
    text_put(text, TEXT_BOLD, text_non_empty(use->rule, "?"));
    if (use->item)
        text_printf(text, TEXT_PLAIN, " [%s]", use->item);
    g_autofree char *days = NULL;
    if (g_str_equal(state, "used"))
        days = g_strdup_printf(use->days_left <= 30 ? "ends in %d days" : "%d days left", use->days_left);
    g_autofree char *line =
        g_strdup_printf("  %s, until %s by %s: %s", days ? days : state, text_non_empty(use->note.until, "?"),
                        text_non_empty(use->note.owner, "?"), text_non_empty(use->note.reason, ""));
    bool soon = days && use->days_left <= 30;
    text_put_cut(text, days && !soon ? TEXT_PLAIN : TEXT_WARN, line, 0);
    text_newline(text);
}

static void put_waivers(struct text *text, const struct audit *audit)
{
    const GPtrArray *lists[] = {audit->waivers_expired, audit->waivers, audit->waivers_unused};
    static const char *const states[] = {"expired", "used", "unused"};
    guint total = lists[0]->len + lists[1]->len + lists[2]->len;
    if (!total)
        return;
    g_autofree char *more =
        g_strdup_printf(": %u in force, %u unused, %u expired", lists[1]->len, lists[2]->len, lists[0]->len);
    text_heading(text, "Waivers", more);
    guint shown = 0;
    for (int list = 0; list < 3; list++)
        for (guint i = 0; i < lists[list]->len && (shown < 10 || text->options->verbose); i++, shown++)
            put_waiver(text, lists[list]->pdata[i], states[list]);
    if (shown < total) {
        text_tab(text, TEXT_INDENT);
        text_printf(text, TEXT_DIM, "and %u more", total - shown);
        text_newline(text);
    }
}

static void put_state_section(struct text *text, const struct audit *audit, enum view_state state)
{
    bool first = true;
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = audit->results->pdata[i];
        if (view_state_of(result) != state)
            continue;
        if (first)
            text_heading(text, view_word(state)->label, NULL);
        first = false;
        text_rule(text, audit, result);
        text_labelled(text, "question: ", result->question);
        if (result->waived) {
            g_autofree char *note = view_note(result->waived);
            text_labelled(text, "waived ", note);
        }
    }
}

static void put_verbose(struct text *text, const struct audit *audit)
{
    static const enum view_state states[] = {VIEW_WAIVED,        VIEW_ERROR, VIEW_UNKNOWN,      VIEW_NOTCHECKED,
                                             VIEW_INFORMATIONAL, VIEW_PASS,  VIEW_NOTAPPLICABLE};
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        put_state_section(text, audit, states[i]);
}

static void put_verdict(struct text *text, const struct audit *audit)
{
    unsigned counts[VIEW_COUNT];
    view_count(audit, LAYER_COUNT, counts);
    static const struct {
        const char *word;
        enum text_style style;
    } words[] = {[VIEW_MET] = {"PASS", TEXT_GOOD},
                 [VIEW_NOT_MET] = {"FAIL", TEXT_BAD},
                 [VIEW_INCOMPLETE] = {"ERROR", TEXT_WARN},
                 [VIEW_NOTHING_DEMANDED] = {"DONE", TEXT_BOLD}};
    enum view_demands kind = view_demands(audit);
    g_autofree char *score = view_score(&audit->score, 0);
    text_put(text, words[kind].style, words[kind].word);
    if (audit->score.known)
        text_printf(text, TEXT_BOLD, "  score %s (%s)", score, audit->score.grade);
    else
        text_put(text, TEXT_BOLD, "  no score");
    text_printf(text, TEXT_PLAIN, "  coverage %d %%  %u failed  %u waived  %u unknown", percent(audit->score.coverage),
                counts[VIEW_FAIL], counts[VIEW_WAIVED], counts[VIEW_UNKNOWN] + counts[VIEW_ERROR]);
    g_autofree char *why = g_strdup_printf("exit %d: %s", audit->gate.exit_code, text_non_empty(audit->gate.why, ""));
    text_put(text, TEXT_PLAIN, "  ");
    text_put(text, TEXT_BOLD, why);
    text_newline(text);
}

static void put_capped(struct text *text, const struct audit *audit)
{
    if (!audit->score.capped)
        return;
    text_put_wrapped(text, TEXT_WARN, "The grade is held down: a rule of high severity or above could not be judged.",
                     0);
    text_newline(text);
}

static bool render(const struct audit *audit, const struct report_options *options, GString *out, GError **error)
{
    (void)error;
    struct text text;
    text_init(&text, out, options);
    if (!options->quiet) {
        put_head(&text, audit);
        put_layers(&text, audit);
        text_abilities(&text, audit);
        put_failures(&text, audit);
        put_causes(&text, audit);
        if (options->verbose)
            put_verbose(&text, audit);
        put_waivers(&text, audit);
        put_errors(&text, audit);
        text_newline(&text);
        put_capped(&text, audit);
        text_put_wrapped(&text, TEXT_DIM, "plumbline explain RULE tells what a rule wants, why, and how it is judged.",
                         0);
        text_newline(&text);
    }
    put_verdict(&text, audit);
    if (options->quiet && options->names && audit->gate.exit_code > 0)
        text_short(&text, audit);
    text_files(&text, options->files);
    return true;
}

const struct report report_text = {
    .name = "text",
    .media_type = "text/plain",
    .extension = "txt",
    .summary = "For a terminal: failures worst first, what could not be judged and its remediation, the verdict",
    .render = render,
};
