/* The terminal report: head, failures worst first, what could not be assessed and its remediation, waivers, layers, and
 * last the line that says what the exit code means: what one sees of a long one are its last lines. */
#include "reports/text.h"

#include "reports/escape.h"
#include "reports/formats.h"

static enum text_style style_of_score(const struct score *score)
{
    if (!score->grade[0])
        return TEXT_DIM;
    if (score->grade[0] <= 'B')
        return TEXT_GOOD;
    return score->grade[0] <= 'D' ? TEXT_WARN : TEXT_BAD;
}

static const char *dot(const struct text *text)
{
    return text->options->utf8 ? " \u00b7 " : ", ";
}

/* Between two words of a line that is broken at words. */
static void put_dot(struct text *text)
{
    text_put(text, TEXT_PLAIN, text->options->utf8 ? " \u00b7" : ",");
}

static void put_profiles(struct text *text, const struct audit *audit)
{
    text_put(text, TEXT_PLAIN, audit->profiles->len == 1 ? "profile " : "profiles ");
    for (guint i = 0; i < audit->profiles->len; i++)
        text_printf(text, TEXT_PLAIN, "%s%s", i ? "+" : "", (const char *)audit->profiles->pdata[i]);
    if (!audit->profiles->len)
        text_put(text, TEXT_PLAIN, "of the command line");
}

static void put_head(struct text *text, const struct audit *audit)
{
    g_autofree char *sandbox = view_sandbox(&audit->sandbox);
    unsigned judged = 0;
    unsigned applicable = 0;
    view_coverage(&audit->score, &judged, &applicable);
    text_put(text, TEXT_BOLD, text_non_empty(audit->host.name, "localhost"));
    g_autofree char *rest =
        g_strdup_printf("%s%sLinux %s%s%s", text_non_empty(audit->host.os, "Linux"), dot(text),
                        text_non_empty(audit->host.kernel, "unknown"), dot(text), text_non_empty(audit->started, ""));
    put_dot(text);
    text_put_wrapped(text, TEXT_PLAIN, rest, 0);
    text_newline(text);
    put_profiles(text, audit);
    bool whole = g_strcmp0(audit->host.root, "/") == 0;
    g_autofree char *run = g_strdup_printf(
        "%u of %u rules judged%s%s%s%s%s%s%ssandbox: %s", judged, applicable, dot(text),
        audit->host.privileged ? "as root" : "not as root", whole ? "" : dot(text), whole ? "" : "root ",
        whole ? "" : text_non_empty(audit->host.root, "?"), audit->host.live ? "" : " (offline)", dot(text), sandbox);
    put_dot(text);
    text_put_wrapped(text, TEXT_PLAIN, run, 2);
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
    } columns[] = {{VIEW_PASS, "pass"},          {VIEW_FAIL, "fail"},
                   {VIEW_DIFFERS, "differ"},     {VIEW_WAIVED, "waived"},
                   {VIEW_FOLDED, "folded"},      {VIEW_ERROR, "error"},
                   {VIEW_UNKNOWN, "unknown"},    {VIEW_NOTCHECKED, "to answer"},
                   {VIEW_INFORMATIONAL, "info"}, {VIEW_NOTAPPLICABLE, "n/a"}};
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
        bool ring = view_has_ring(score);
        g_autofree char *value = ring ? view_score(score, 0) : g_strdup("-");
        text_printf(text, TEXT_BOLD, "%-10s", layer_name((enum layer)layer));
        text_bar(text, ring ? score->value / 100 : 0, columns, style_of_score(score));
        text_printf(text, style_of_score(score), " %3s %1s ", value, score->grade);
        put_counts(text, counts);
        text_newline(text);
    }
}

/* What fails as a consequence of a rule; NULL for nothing. Caller unrefs. */
static GPtrArray *consequences(const struct audit *audit, const struct result *cause)
{
    GPtrArray *list = NULL;
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        if (view_state_of(result) != VIEW_FOLDED || g_strcmp0(result->because, cause->rule) != 0)
            continue;
        list = list ? list : g_ptr_array_new();
        g_ptr_array_add(list, result);
    }
    return list;
}

/* "kernel-build 12, mounts 3": how many of a severity fail, by module. */
static void put_by_module(struct text *text, const GPtrArray *failures, enum severity severity, const char *what)
{
    g_autoptr(GString) line = g_string_new(NULL);
    unsigned total = 0;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < failures->len; i++) {
        const struct result *first = failures->pdata[i];
        const char *module = text_non_empty(first->module, "?");
        unsigned count = 0;
        if (first->severity != severity || !g_hash_table_add(seen, (gpointer)(uintptr_t)module))
            continue;
        for (guint k = i; k < failures->len; k++) {
            const struct result *other = failures->pdata[k];
            count += other->severity == severity && g_str_equal(text_non_empty(other->module, "?"), module);
        }
        g_string_append_printf(line, "%s%s %u", line->len ? ", " : "", module, count);
        total += count;
    }
    if (!total)
        return;
    g_autofree char *head = g_strdup_printf("%u %s:", total, what);
    text_put(text, TEXT_BOLD, head);
    text_put_wrapped(text, TEXT_PLAIN, line->str, TEXT_INDENT);
    text_newline(text);
}

/* Options that differ are no failures. */
static void put_differing(struct text *text, const struct audit *audit)
{
    g_autoptr(GPtrArray) differing = g_ptr_array_new();
    for (guint i = 0; i < audit->results->len; i++)
        if (view_state_of(audit->results->pdata[i]) == VIEW_DIFFERS)
            g_ptr_array_add(differing, audit->results->pdata[i]);
    if (!text_shows(text, SHOW_LOW)) {
        put_by_module(text, differing, SEVERITY_INFO, "options that differ (info)");
        return;
    }
    for (guint i = 0; i < differing->len; i++)
        text_rule_line(text, differing->pdata[i]);
}

static void put_low(struct text *text, const GPtrArray *failures)
{
    for (guint i = 0; i < failures->len && text_shows(text, SHOW_LOW); i++) {
        const struct result *result = failures->pdata[i];
        if (result->severity < SEVERITY_MEDIUM)
            text_rule_line(text, result);
    }
    if (text_shows(text, SHOW_LOW))
        return;
    put_by_module(text, failures, SEVERITY_LOW, "of low severity (--show low lists them)");
}

/* Whatever may decide over the exit code by default is told: what is wrong, where, what to do. */
static void put_failures(struct text *text, const struct audit *audit)
{
    g_autoptr(GPtrArray) failures = view_failures(audit);
    bool told = text_shows(text, SHOW_FAIL);
    if (!failures->len || (!told && !text_shows(text, SHOW_LOW)))
        return;
    g_autofree char *title = g_strdup_printf("Failures (%u)", failures->len);
    text_heading(text, title, ", worst first");
    for (guint i = 0; i < failures->len && told; i++) {
        const struct result *result = failures->pdata[i];
        g_autoptr(GPtrArray) follow = consequences(audit, result);
        if (text->options->verbose)
            text_rule(text, audit, result);
        else if (result->severity >= SEVERITY_MEDIUM)
            text_failure(text, audit, result, follow);
    }
    if (!text->options->verbose)
        put_low(text, failures);
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
    text_put_wrapped(text, days && !soon ? TEXT_PLAIN : TEXT_WARN, line, TEXT_INDENT);
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

static void put_states(struct text *text, const struct audit *audit)
{
    static const struct {
        enum text_show show;
        enum view_state state;
    } rows[] = {{SHOW_WAIVED, VIEW_WAIVED},     {SHOW_FOLDED, VIEW_FOLDED},
                {SHOW_UNKNOWN, VIEW_ERROR},     {SHOW_UNKNOWN, VIEW_UNKNOWN},
                {SHOW_MANUAL, VIEW_NOTCHECKED}, {SHOW_INFO, VIEW_INFORMATIONAL},
                {SHOW_PASS, VIEW_PASS},         {SHOW_NOTAPPLICABLE, VIEW_NOTAPPLICABLE}};
    bool asked = text->options->verbose || text->options->show;
    for (size_t i = 0; i < G_N_ELEMENTS(rows) && asked; i++)
        if (text_shows(text, rows[i].show))
            put_state_section(text, audit, rows[i].state);
}

/* "3 critical, 20 high, 66 medium" of what fails; NULL for nothing. Caller frees. */
static char *severities(const struct audit *audit)
{
    unsigned counts[SEVERITY_COUNT] = {0};
    g_autoptr(GPtrArray) failures = view_failures(audit);
    for (guint i = 0; i < failures->len; i++)
        counts[((struct result *)failures->pdata[i])->severity]++;
    g_autoptr(GString) line = g_string_new(NULL);
    for (int severity = SEVERITY_COUNT; severity-- > 0;)
        if (counts[severity])
            g_string_append_printf(line, "%s%u %s", line->len ? ", " : "", counts[severity],
                                   severity_name((enum severity)severity));
    return line->len ? g_strdup(line->str) : NULL;
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
    g_autofree char *coverage = view_coverage_percent(&audit->score);
    bool nothing = !score_judged(&audit->score);
    text_put(text, nothing ? TEXT_WARN : words[kind].style, nothing ? "NOTHING JUDGED" : words[kind].word);
    if (audit->score.known)
        text_printf(text, TEXT_BOLD, "  score %s (%s)", score,
                    audit->score.grade[0] ? audit->score.grade : "not graded");
    else
        text_put(text, TEXT_BOLD, "  no score");
    g_autofree char *by = severities(audit);
    g_autofree char *counted = g_strdup_printf("coverage %s  %u failed%s%s%s  %u waived  %u unknown", coverage,
                                               counts[VIEW_FAIL], by ? " (" : "", by ? by : "", by ? ")" : "",
                                               counts[VIEW_WAIVED], counts[VIEW_UNKNOWN] + counts[VIEW_ERROR]);
    g_autofree char *why = g_strdup_printf("exit %d: %s", audit->gate.exit_code, text_non_empty(audit->gate.why, ""));
    if (text->options->width > 0) {
        text_put_wrapped(text, TEXT_PLAIN, counted, 2);
        text_put_wrapped(text, TEXT_BOLD, why, 2);
    } else { /* one line, for programs */
        text_put(text, TEXT_PLAIN, "  ");
        text_put(text, TEXT_PLAIN, counted);
        text_put(text, TEXT_PLAIN, "  ");
        text_put(text, TEXT_BOLD, why);
    }
    text_newline(text);
}

static void put_note(struct text *text, const struct audit *audit)
{
    const char *note = view_score_note(&audit->score);
    if (!note)
        return;
    text_put_wrapped(text, TEXT_WARN, note, 0);
    text_newline(text);
}

/* All but the line of the verdict. */
static void put_whole(struct text *text, const struct audit *audit)
{
    put_head(text, audit);
    put_failures(text, audit);
    if (!text->options->verbose && (text_shows(text, SHOW_FAIL) || text_shows(text, SHOW_LOW)))
        put_differing(text, audit);
    if (text_shows(text, SHOW_UNKNOWN))
        text_causes(text, audit);
    put_states(text, audit);
    if (text_shows(text, SHOW_WAIVED))
        put_waivers(text, audit);
    text_abilities(text, audit);
    put_errors(text, audit);
    put_layers(text, audit); /* last, where a terminal shows it */
    put_note(text, audit);
    text_put_wrapped(text, TEXT_DIM, "Details and fix: plumbline explain RULE", 0);
    text_newline(text);
}

static bool render(const struct audit *audit, const struct report_options *options, GString *out, GError **error)
{
    (void)error;
    struct text text;
    text_init(&text, out, options);
    text_difference(&text, audit);
    if (options->difference) {
        if (audit->gate.new_only)
            put_verdict(&text, audit);
        return true;
    }
    if (!options->quiet)
        put_whole(&text, audit);
    put_verdict(&text, audit);
    /* What is new was told above. */
    if (options->quiet && options->names && audit->gate.exit_code > 0 && !audit->gate.new_only)
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
