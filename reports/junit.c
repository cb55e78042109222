/* JUnit XML, one flavour that is valid by Jenkins' xUnit schema and by Ant's (tests/reports/schemas): one flat suite a
 * module, one case a rule. Its readers differ: some show the message, some the text, so both tell the whole story. */
#include "reports/escape.h"
#include "reports/formats.h"
#include "reports/junit_put.h"
#include "reports/junit_text.h"
#include "reports/view.h"

#include "model/error.h"

#include <string.h>

enum { SIZE_MAX_BYTES = 28 << 20 }; /* GitLab refuses 30 MB */

struct junit {
    xmlTextWriterPtr xml;
    const struct audit *audit;
    enum severity demanded; /* failures of a milder severity are told, and make nobody's dashboard red */
    bool all;               /* rules that do not apply, and the evidence of passes, are written too */
    gsize text_max;
};

/* Those of the run, in its first suite alone: a file has many. */
static void put_properties(const struct junit *junit, guint suite)
{
    const struct audit *audit = junit->audit;
    if (suite) {
        xmlTextWriterStartElement(junit->xml, X("properties"));
        xmlTextWriterEndElement(junit->xml);
        return;
    }
    g_autofree char *score = view_score(&audit->score, 1);
    g_autofree char *coverage = view_coverage_percent(&audit->score);
    g_autofree char *waived = g_strdup_printf("%u", audit->score.waived);
    g_autofree char *sandbox = view_sandbox(&audit->sandbox);
    g_autoptr(GString) profiles = g_string_new(NULL);
    for (guint i = 0; i < audit->profiles->len; i++)
        g_string_append_printf(profiles, "%s%s", i ? " " : "", (const char *)audit->profiles->pdata[i]);
    xmlTextWriterStartElement(junit->xml, X("properties"));
    junit_put_property(junit->xml, "plumbline.version", audit->version);
    junit_put_property(junit->xml, "plumbline.profile", profiles->str);
    junit_put_property(junit->xml, "plumbline.score", score);
    junit_put_property(junit->xml, "plumbline.grade", audit->score.grade);
    junit_put_property(junit->xml, "plumbline.coverage", coverage);
    junit_put_property(junit->xml, "plumbline.waived", waived);
    junit_put_property(junit->xml, "plumbline.root", audit->host.root);
    junit_put_property(junit->xml, "plumbline.os", audit->host.os);
    junit_put_property(junit->xml, "plumbline.kernel", audit->host.kernel);
    junit_put_property(junit->xml, "plumbline.sandbox", sandbox);
    junit_put_property(junit->xml, "plumbline.privileged", audit->host.privileged ? "true" : "false");
    xmlTextWriterEndElement(junit->xml);
}

static void put_text(const struct junit *junit, const struct result *result)
{
    g_autofree char *story = junit_story(result);
    g_autofree char *bounded = escape_bounded(story, junit->text_max);
    g_autofree char *legal = escape_xml(bounded, true);
    xmlTextWriterWriteString(junit->xml, X(legal));
}

static void put_problem(const struct junit *junit, const struct result *result, const char *element, const char *type)
{
    g_autofree char *message = junit_message(result);
    xmlTextWriterStartElement(junit->xml, X(element));
    junit_put_attribute(junit->xml, "type", type);
    junit_put_line(junit->xml, "message", message);
    put_text(junit, result);
    xmlTextWriterEndElement(junit->xml);
}

/* It was so before, and only what is new is demanded. */
static bool is_known(const struct junit *junit, const struct result *result)
{
    const struct difference *difference = junit->audit->difference;
    return junit->audit->gate.new_only && difference && !difference_names(difference, result->rule);
}

/* Failed or could not be judged, and nobody's run fails by it: milder than what the gate asks for, or known. */
static bool is_calm(const struct junit *junit, const struct result *result)
{
    enum view_state state = view_state_of(result);
    bool red = state == VIEW_FAIL || state == VIEW_ERROR || state == VIEW_UNKNOWN;
    return red && (result->severity < junit->demanded || is_known(junit, result));
}

/* Why it is told, and not as a failure. Caller frees. */
static char *calm_message(const struct junit *junit, const struct result *result)
{
    g_autofree char *story = junit_message(result);
    const char *verdict = verdict_name(result->verdict);
    if (result->severity < junit->demanded)
        return g_strdup_printf("%s, %s is below %s: %s", verdict, severity_name(result->severity),
                               severity_name(junit->demanded), story);
    return g_strdup_printf("%s, as in the audit of %s: %s", verdict, junit->audit->difference->since, story);
}

/* Options that differ fail a run that asks for them by name, and no other one. */
static bool differs_counts(const struct junit *junit)
{
    return g_strcmp0(junit->audit->gate.fail_on, severity_name(SEVERITY_INFO)) == 0;
}

/* Why it is neither red nor green. Caller frees. */
static char *skipped_message(const struct junit *junit, const struct result *result)
{
    const struct waiver_note *note = result->waived;
    if (result_is_waived(result))
        return g_strdup_printf("waived: by %s until %s, %s (verdict without the waiver: fail)",
                               note->owner ? note->owner : "?", note->until ? note->until : "?",
                               note->reason ? note->reason : "");
    if (is_calm(junit, result))
        return calm_message(junit, result);
    if (view_state_of(result) == VIEW_DIFFERS) {
        g_autofree char *story = junit_message(result);
        return g_strdup_printf("option differs: %s", story);
    }
    if (view_state_of(result) == VIEW_FOLDED)
        return g_strdup_printf("folded: a consequence of %s, which fails (verdict without it: fail)", result->because);
    const char *why = result->reason ? result->reason : (result->question ? result->question : result->title);
    return g_strdup_printf("%s: %s", verdict_name(result->verdict), why);
}

static void put_skipped(const struct junit *junit, const struct result *result)
{
    g_autofree char *message = skipped_message(junit, result);
    xmlTextWriterStartElement(junit->xml, X("skipped"));
    junit_put_line(junit->xml, "message", message);
    xmlTextWriterEndElement(junit->xml);
}

/* The element of a case; NULL: none, it passes. */
static const char *element_of(const struct junit *junit, const struct result *result)
{
    switch (view_state_of(result)) {
    case VIEW_FAIL:
        return is_calm(junit, result) ? "skipped" : "failure";
    case VIEW_ERROR:
    case VIEW_UNKNOWN:
        return is_calm(junit, result) ? "skipped" : "error";
    case VIEW_DIFFERS:
        return differs_counts(junit) ? "failure" : "skipped";
    case VIEW_WAIVED:
    case VIEW_FOLDED:
    case VIEW_NOTAPPLICABLE:
    case VIEW_NOTCHECKED:
    case VIEW_INFORMATIONAL:
        return "skipped";
    case VIEW_PASS:
    case VIEW_NOTSELECTED:
    case VIEW_COUNT:
        break;
    }
    return NULL;
}

static void put_outcome(const struct junit *junit, const struct result *result)
{
    const char *element = element_of(junit, result);
    if (!element)
        return;
    if (g_str_equal(element, "skipped"))
        put_skipped(junit, result);
    else if (g_str_equal(element, "failure"))
        put_problem(junit, result, element, severity_name(result->severity));
    else
        put_problem(junit, result, element, verdict_name(result->verdict));
}

static bool is_written(const struct junit *junit, const struct result *result)
{
    enum view_state state = view_state_of(result);
    return state != VIEW_NOTSELECTED && (state != VIEW_NOTAPPLICABLE || junit->all);
}

/* How many cases there are, by their element. */
struct junit_totals {
    guint tests, failures, errors, skipped;
    gint64 microseconds;
};

static void add_total(const struct junit *junit, const struct result *result, struct junit_totals *totals)
{
    const char *element = element_of(junit, result);
    if (!is_written(junit, result))
        return;
    totals->tests++;
    totals->failures += g_strcmp0(element, "failure") == 0;
    totals->errors += g_strcmp0(element, "error") == 0;
    totals->skipped += g_strcmp0(element, "skipped") == 0;
    totals->microseconds += result->duration_us;
}

/* Dots would end the package part of a class name in Jenkins. With the host: readers key a case on class and name, and
 * two hosts in one pipeline are two. */
static char *class_name(const struct junit *junit, const char *layer, const char *module)
{
    const char *name = junit->audit->host.name;
    g_autofree char *host = g_strdelimit(g_strdup(name && *name ? name : "localhost"), ". \t\r\n", '_');
    g_autofree char *last = g_strdelimit(g_strdup(module), ".", '_');
    return g_strjoin(".", "plumbline", host, layer, last, NULL);
}

static void put_case(const struct junit *junit, const struct result *result)
{
    g_autofree char *class = class_name(junit, layer_name(result->layer), result->module);
    xmlTextWriterStartElement(junit->xml, X("testcase"));
    junit_put_token(junit->xml, "classname", class);
    junit_put_token(junit->xml, "name", result->rule);
    junit_put_time(junit->xml, result->duration_us);
    put_outcome(junit, result);
    xmlTextWriterEndElement(junit->xml);
}

static bool same_suite(const struct result *a, const struct result *b)
{
    return a->layer == b->layer && g_strcmp0(a->module, b->module) == 0;
}

/* "2026-11-24T06:00:00": both schemas want it, and without a zone. */
static char *timestamp(const char *started)
{
    bool usable = started && strlen(started) >= 19 && started[4] == '-' && started[10] == 'T';
    return usable ? g_strndup(started, 19) : g_strdup("1970-01-01T00:00:00");
}

static void put_totals(const struct junit *junit, const struct junit_totals *totals)
{
    junit_put_count(junit->xml, "tests", totals->tests);
    junit_put_count(junit->xml, "failures", totals->failures);
    junit_put_count(junit->xml, "errors", totals->errors);
}

/* `first` NULL: of the run itself. */
static void put_suite_attributes(const struct junit *junit, const struct result *first, guint id,
                                 const struct junit_totals *totals)
{
    g_autofree char *package =
        first ? g_strdup_printf("plumbline.%s", layer_name(first->layer)) : g_strdup("plumbline");
    g_autofree char *stamp = timestamp(junit->audit->started);
    const char *host = junit->audit->host.name;
    junit_put_count(junit->xml, "id", id);
    junit_put_token(junit->xml, "package", package);
    junit_put_token(junit->xml, "name", first ? first->module : "run");
    junit_put_token(junit->xml, "hostname", host && *host ? host : "localhost");
    junit_put_attribute(junit->xml, "timestamp", stamp);
    put_totals(junit, totals);
    junit_put_count(junit->xml, "skipped", totals->skipped);
    junit_put_time(junit->xml, totals->microseconds);
}

static void put_outputs(const struct junit *junit, guint from, guint to)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = from; i < to && junit->all; i++)
        if (((struct result *)junit->audit->results->pdata[i])->verdict == VERDICT_PASS)
            junit_append_pass(text, junit->audit->results->pdata[i]);
    g_autofree char *legal = escape_xml(text->str, true);
    xmlTextWriterStartElement(junit->xml, X("system-out"));
    xmlTextWriterWriteString(junit->xml, X(legal));
    xmlTextWriterEndElement(junit->xml);
    xmlTextWriterStartElement(junit->xml, X("system-err"));
    xmlTextWriterEndElement(junit->xml);
}

/* Results are sorted by layer and module, so that a suite is a run of them. A suite without a case is not written. */
static void put_suite(const struct junit *junit, guint from, guint to, guint *id)
{
    struct junit_totals totals = {0};
    for (guint i = from; i < to; i++)
        add_total(junit, junit->audit->results->pdata[i], &totals);
    if (!totals.tests)
        return;
    xmlTextWriterStartElement(junit->xml, X("testsuite"));
    put_suite_attributes(junit, junit->audit->results->pdata[from], *id, &totals);
    put_properties(junit, (*id)++);
    for (guint i = from; i < to; i++)
        if (is_written(junit, junit->audit->results->pdata[i]))
            put_case(junit, junit->audit->results->pdata[i]);
    put_outputs(junit, from, to);
    xmlTextWriterEndElement(junit->xml);
}

static void put_run_error(const struct junit *junit, const struct run_error *error)
{
    g_autofree char *class = class_name(junit, "run", "errors");
    xmlTextWriterStartElement(junit->xml, X("testcase"));
    junit_put_token(junit->xml, "classname", class);
    junit_put_token(junit->xml, "name", error->where);
    junit_put_time(junit->xml, 0);
    xmlTextWriterStartElement(junit->xml, X("error"));
    junit_put_line(junit->xml, "message", error->message ? error->message : "");
    junit_put_attribute(junit->xml, "type", "error");
    xmlTextWriterEndElement(junit->xml);
    xmlTextWriterEndElement(junit->xml);
}

/* What hindered the run is a suite of its own: a run that judged nothing must not look like one without failures. */
static void put_run_errors(const struct junit *junit, guint id)
{
    const GPtrArray *errors = junit->audit->errors;
    const struct junit_totals totals = {.tests = errors->len, .errors = errors->len};
    if (!errors->len)
        return;
    xmlTextWriterStartElement(junit->xml, X("testsuite"));
    put_suite_attributes(junit, NULL, id, &totals);
    put_properties(junit, id);
    for (guint i = 0; i < errors->len; i++)
        put_run_error(junit, errors->pdata[i]);
    put_outputs(junit, 0, 0);
    xmlTextWriterEndElement(junit->xml);
}

static int append_bytes(void *out, const char *bytes, int n)
{
    g_string_append_len(out, bytes, n);
    return n;
}

/* What several readers show of the whole: its name, totals and the time that it took. */
static void put_run(const struct junit *junit)
{
    const struct audit *audit = junit->audit;
    struct junit_totals totals = {.tests = audit->errors->len, .errors = audit->errors->len};
    for (guint i = 0; i < audit->results->len; i++)
        add_total(junit, audit->results->pdata[i], &totals);
    junit_put_attribute(junit->xml, "name", "plumbline");
    put_totals(junit, &totals);
    junit_put_time(junit->xml, audit->duration_ms * 1000);
}

/* The writer sends its bytes on in small pieces: libxml2's own buffer in memory is copied whole for each of them. */
static void put_document(struct junit *junit, GString *out)
{
    const GPtrArray *results = junit->audit->results;
    guint id = 0;
    junit->xml = xmlNewTextWriter(xmlOutputBufferCreateIO(append_bytes, NULL, out, NULL));
    xmlTextWriterSetIndent(junit->xml, 1);
    xmlTextWriterSetIndentString(junit->xml, X("  "));
    xmlTextWriterStartDocument(junit->xml, "1.0", "UTF-8", NULL);
    xmlTextWriterStartElement(junit->xml, X("testsuites"));
    put_run(junit);
    for (guint from = 0, to; from < results->len; from = to) {
        for (to = from + 1; to < results->len && same_suite(results->pdata[from], results->pdata[to]);)
            to++;
        put_suite(junit, from, to, &id);
    }
    put_run_errors(junit, id);
    xmlTextWriterEndDocument(junit->xml);
    xmlFreeTextWriter(junit->xml);
}

/* Where nothing is demanded a dashboard still has to be told what is bad: what is demanded by default. */
static enum severity demanded(const struct audit *audit)
{
    enum severity severity = SEVERITY_MEDIUM;
    if (audit->gate.fail_on && !severity_parse(audit->gate.fail_on, &severity))
        return SEVERITY_MEDIUM;
    return severity;
}

/* Some readers guess at the encoding: what is ASCII they cannot guess wrong. Beyond ASCII there is text alone. */
static void write_ascii(GString *out, const GString *xml)
{
    for (const char *p = xml->str; *p; p += g_utf8_skip[(unsigned char)*p]) {
        if ((unsigned char)*p < 0x80)
            g_string_append_c(out, *p);
        else
            g_string_append_printf(out, "&#x%X;", (unsigned)g_utf8_get_char(p));
    }
}

/* Readers refuse a large file whole: what matters least goes first. */
static bool render(const struct audit *audit, const struct report_options *options, GString *out, GError **error)
{
    static const gsize text_max[] = {2 * VIEW_EVIDENCE_MAX, VIEW_OBSERVED_MAX, 128};
    gsize start = out->len;
    for (size_t i = 0; i < G_N_ELEMENTS(text_max); i++) {
        struct junit junit = {
            .audit = audit, .demanded = demanded(audit), .all = options->verbose && !i, .text_max = text_max[i]};
        g_autoptr(GString) xml = g_string_new(NULL);
        g_string_truncate(out, start);
        put_document(&junit, xml);
        write_ascii(out, xml);
        if (out->len - start <= SIZE_MAX_BYTES)
            return true;
    }
    g_string_truncate(out, start);
    g_set_error_literal(error, PL_ERROR, PL_ERROR_LIMIT, "junit: too many rules for a file that its readers accept");
    return false;
}

const struct report report_junit = {
    .name = "junit",
    .media_type = "application/xml",
    .extension = "xml",
    .summary = "JUnit XML for Jenkins, GitLab, Azure DevOps and others: a case a rule",
    .render = render,
};
