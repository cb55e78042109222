/* JUnit XML, one flavour that is valid by Jenkins' xUnit schema and by Ant's (tests/reports/schemas): one flat suite a
 * module, one case a rule. Its readers differ: some show the message, some the text, so both tell the whole story. */
#include "reports/escape.h"
#include "reports/formats.h"
#include "reports/junit_text.h"
#include "reports/view.h"

#include "model/error.h"

#include <libxml/xmlwriter.h>
#include <string.h>

enum { SIZE_MAX_BYTES = 28 << 20 }; /* GitLab refuses 30 MB */

struct junit {
    xmlTextWriterPtr xml;
    const struct audit *audit;
    bool passes; /* the evidence of passes is written too */
    gsize text_max;
};

static const xmlChar *X(const char *text)
{
    return (const xmlChar *)text;
}

static void put_attribute(const struct junit *junit, const char *name, const char *value)
{
    g_autofree char *legal = escape_xml(value, false);
    xmlTextWriterWriteAttribute(junit->xml, X(name), X(legal));
}

/* xs:token: no line ends, no spaces around or doubled. */
static void put_token(const struct junit *junit, const char *name, const char *value)
{
    g_auto(GStrv) words = g_strsplit_set(value ? value : "", " \t\r\n", -1);
    g_autoptr(GString) token = g_string_new(NULL);
    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(token, "%s%s", token->len ? " " : "", *word);
    put_attribute(junit, name, token->len ? token->str : "-");
}

static void put_line(const struct junit *junit, const char *name, const char *value)
{
    g_autofree char *one = g_strchomp(g_strdup(value));
    g_autofree char *bounded = escape_bounded(one, VIEW_OBSERVED_MAX);
    put_attribute(junit, name, bounded);
}

static void put_count(const struct junit *junit, const char *name, guint value)
{
    g_autofree char *text = g_strdup_printf("%u", value);
    put_attribute(junit, name, text);
}

static void put_property(const struct junit *junit, const char *name, const char *value)
{
    xmlTextWriterStartElement(junit->xml, X("property"));
    put_attribute(junit, "name", name);
    put_attribute(junit, "value", value ? value : "");
    xmlTextWriterEndElement(junit->xml);
}

static void put_properties(const struct junit *junit)
{
    const struct audit *audit = junit->audit;
    g_autofree char *score = view_score(&audit->score, 1);
    g_autofree char *waived = g_strdup_printf("%u", audit->score.waived);
    g_autofree char *sandbox = view_sandbox(&audit->sandbox);
    g_autoptr(GString) profiles = g_string_new(NULL);
    for (guint i = 0; i < audit->profiles->len; i++)
        g_string_append_printf(profiles, "%s%s", i ? " " : "", (const char *)audit->profiles->pdata[i]);
    xmlTextWriterStartElement(junit->xml, X("properties"));
    put_property(junit, "plumbline.version", audit->version);
    put_property(junit, "plumbline.profile", profiles->str);
    put_property(junit, "plumbline.score", score);
    put_property(junit, "plumbline.grade", audit->score.grade);
    put_property(junit, "plumbline.waived", waived);
    put_property(junit, "plumbline.root", audit->host.root);
    put_property(junit, "plumbline.os", audit->host.os);
    put_property(junit, "plumbline.kernel", audit->host.kernel);
    put_property(junit, "plumbline.sandbox", sandbox);
    put_property(junit, "plumbline.privileged", audit->host.privileged ? "true" : "false");
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
    put_attribute(junit, "type", type);
    put_line(junit, "message", message);
    put_text(junit, result);
    xmlTextWriterEndElement(junit->xml);
}

static void put_skipped(const struct junit *junit, const struct result *result)
{
    g_autofree char *message = NULL;
    if (result_is_waived(result)) {
        const struct waiver_note *note = result->waived;
        message = g_strdup_printf("waived: by %s until %s, %s (verdict without the waiver: fail)",
                                  note->owner ? note->owner : "?", note->until ? note->until : "?",
                                  note->reason ? note->reason : "");
    } else if (view_state_of(result) == VIEW_FOLDED) {
        message =
            g_strdup_printf("folded: a consequence of %s, which fails (verdict without it: fail)", result->because);
    } else {
        const char *why = result->reason ? result->reason : (result->question ? result->question : result->title);
        message = g_strdup_printf("%s: %s", verdict_name(result->verdict), why);
    }
    xmlTextWriterStartElement(junit->xml, X("skipped"));
    put_line(junit, "message", message);
    xmlTextWriterEndElement(junit->xml);
}

static void put_outcome(const struct junit *junit, const struct result *result)
{
    switch (view_state_of(result)) {
    case VIEW_FAIL:
        put_problem(junit, result, "failure", severity_name(result->severity));
        break;
    case VIEW_ERROR:
    case VIEW_UNKNOWN:
        put_problem(junit, result, "error", verdict_name(result->verdict));
        break;
    case VIEW_WAIVED:
    case VIEW_FOLDED:
    case VIEW_NOTAPPLICABLE:
    case VIEW_NOTCHECKED:
    case VIEW_INFORMATIONAL:
        put_skipped(junit, result);
        break;
    case VIEW_PASS:
    case VIEW_NOTSELECTED:
    case VIEW_COUNT:
        break;
    }
}

/* Dots would end the package part of a class name in Jenkins. */
static char *class_name(const struct result *result)
{
    g_autofree char *module = g_strdelimit(g_strdup(result->module), ".", '_');
    return g_strdup_printf("plumbline.%s.%s", layer_name(result->layer), module);
}

static void put_case(const struct junit *junit, const struct result *result)
{
    g_autofree char *class = class_name(result);
    g_autofree char *name = g_strdup_printf("%s: %s", result->rule, result->title);
    xmlTextWriterStartElement(junit->xml, X("testcase"));
    put_token(junit, "classname", class);
    put_token(junit, "name", name);
    put_attribute(junit, "time", "0.000");
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

/* `first` NULL: of the run itself. */
static void put_suite_attributes(const struct junit *junit, const struct result *first, guint id,
                                 const guint counts[VIEW_COUNT])
{
    g_autofree char *package =
        first ? g_strdup_printf("plumbline.%s", layer_name(first->layer)) : g_strdup("plumbline");
    g_autofree char *stamp = timestamp(junit->audit->started);
    const char *host = junit->audit->host.name;
    guint failures = counts[VIEW_FAIL];
    guint errors = counts[VIEW_ERROR] + counts[VIEW_UNKNOWN];
    guint skipped = counts[VIEW_WAIVED] + counts[VIEW_FOLDED] + counts[VIEW_NOTAPPLICABLE] + counts[VIEW_NOTCHECKED] +
                    counts[VIEW_INFORMATIONAL];
    put_count(junit, "id", id);
    put_token(junit, "package", package);
    put_token(junit, "name", first ? first->module : "run");
    put_token(junit, "hostname", host && *host ? host : "localhost");
    put_attribute(junit, "timestamp", stamp);
    put_count(junit, "tests", counts[VIEW_PASS] + failures + errors + skipped);
    put_count(junit, "failures", failures);
    put_count(junit, "errors", errors);
    put_count(junit, "skipped", skipped);
    put_attribute(junit, "time", "0.000");
}

static void put_outputs(const struct junit *junit, guint from, guint to)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = from; i < to && junit->passes; i++)
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
    guint counts[VIEW_COUNT] = {0};
    for (guint i = from; i < to; i++)
        counts[view_state_of(junit->audit->results->pdata[i])]++;
    if (counts[VIEW_NOTSELECTED] == to - from)
        return;
    xmlTextWriterStartElement(junit->xml, X("testsuite"));
    put_suite_attributes(junit, junit->audit->results->pdata[from], (*id)++, counts);
    put_properties(junit);
    for (guint i = from; i < to; i++)
        if (view_state_of(junit->audit->results->pdata[i]) != VIEW_NOTSELECTED)
            put_case(junit, junit->audit->results->pdata[i]);
    put_outputs(junit, from, to);
    xmlTextWriterEndElement(junit->xml);
}

static void put_run_error(const struct junit *junit, const struct run_error *error)
{
    xmlTextWriterStartElement(junit->xml, X("testcase"));
    put_token(junit, "classname", "plumbline.run");
    put_token(junit, "name", error->where);
    put_attribute(junit, "time", "0.000");
    xmlTextWriterStartElement(junit->xml, X("error"));
    put_line(junit, "message", error->message ? error->message : "");
    put_attribute(junit, "type", "error");
    xmlTextWriterEndElement(junit->xml);
    xmlTextWriterEndElement(junit->xml);
}

/* What hindered the run is a suite of its own: a run that judged nothing must not look like one without failures. */
static void put_run_errors(const struct junit *junit, guint id)
{
    const GPtrArray *errors = junit->audit->errors;
    const guint counts[VIEW_COUNT] = {[VIEW_ERROR] = errors->len};
    if (!errors->len)
        return;
    xmlTextWriterStartElement(junit->xml, X("testsuite"));
    put_suite_attributes(junit, NULL, id, counts);
    put_properties(junit);
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
    for (guint from = 0, to; from < results->len; from = to) {
        for (to = from + 1; to < results->len && same_suite(results->pdata[from], results->pdata[to]);)
            to++;
        put_suite(junit, from, to, &id);
    }
    put_run_errors(junit, id);
    xmlTextWriterEndDocument(junit->xml);
    xmlFreeTextWriter(junit->xml);
}

/* Readers refuse a large file whole: what matters least goes first. */
static bool render(const struct audit *audit, const struct report_options *options, GString *out, GError **error)
{
    (void)options;
    static const struct {
        bool passes;
        gsize text_max;
    } tries[] = {
        {true, 2 * VIEW_EVIDENCE_MAX}, {false, 2 * VIEW_EVIDENCE_MAX}, {false, VIEW_OBSERVED_MAX}, {false, 128}};
    gsize start = out->len;
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        struct junit junit = {.audit = audit, .passes = tries[i].passes, .text_max = tries[i].text_max};
        g_string_truncate(out, start);
        put_document(&junit, out);
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
