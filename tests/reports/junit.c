#include "cmocka_all.h"
#include "sample.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <string.h>

static double number(xmlDocPtr document, const char *expression)
{
    xmlXPathContextPtr context = xmlXPathNewContext(document);
    xmlXPathObjectPtr object = xmlXPathEvalExpression((const xmlChar *)expression, context);
    assert_non_null(object);
    double value = xmlXPathCastToNumber(object);
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    return value;
}

static bool holds(xmlDocPtr document, const char *expression)
{
    g_autofree char *wrapped = g_strdup_printf("number(boolean(%s))", expression);
    return number(document, wrapped) > 0.5;
}

static xmlDocPtr parsed(const GString *bytes)
{
    xmlDocPtr document =
        xmlReadMemory(bytes->str, (int)bytes->len, "junit.xml", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    assert_non_null(document);
    return document;
}

static void golden(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    assert_true(sample_golden("sample.xml", bytes));
}

static void counters_agree(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    xmlDocPtr document = parsed(bytes);
    assert_true(holds(document, "/testsuites[@name = 'plumbline' and @tests = count(//testcase)]"));
    assert_true(holds(document, "/testsuites[@failures = count(//failure) and @errors = count(//error)]"));
    assert_true(holds(document, "sum(//testsuite/@tests) = count(//testcase) and count(//testcase) = 23"));
    assert_false(holds(document, "//testsuite[@failures != count(testcase/failure)]"));
    assert_false(holds(document, "//testsuite[@errors != count(testcase/error)]"));
    assert_false(holds(document, "//testsuite[@skipped != count(testcase/skipped)]"));
    assert_false(holds(document, "//testsuite[not(testcase)]"));
    assert_false(holds(document, "//testsuite/@timestamp[contains(., 'Z')]"));
    assert_false(holds(document, "//testcase[@name = preceding-sibling::testcase/@name]"));
    xmlFreeDoc(document);
}

static void verdicts(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    xmlDocPtr document = parsed(bytes);
    assert_true(holds(document, "//testcase[@name = 'docker-icc-off']/failure[@type = 'medium' and "
                                "contains(@message, 'value=true') and contains(., 'fix: Set')]"));
    assert_true(
        holds(document,
              "//testcase[@name = 'docker-userns']/skipped[@message = 'waived: by platform-team "
              "until 2027-01-31, volumes of the old shop belong to host users (verdict without the waiver: fail)']"));
    assert_true(holds(document, "//testcase[@name = 'docker-socket-mode']/error[@type = 'unknown' and "
                                "contains(@message, 'run as root')]"));
    assert_true(holds(document, "//testcase[@name = 'fs-world-writable']/error[@type = 'error']"));
    assert_true(holds(document, "//testcase[@name = 'account-review']/skipped[starts-with(@message, 'notchecked: ')]"));
    assert_false(holds(document, "//testcase[@name = 'kubelet-anonymous-auth']"));
    assert_true(
        holds(document, "//testcase[@name = 'kernel-inventory']/skipped[starts-with(@message, 'informational: ')]"));
    assert_true(holds(document, "//testcase[@name = 'elf-pie'][not(*)]"));
    assert_false(holds(document, "//testcase[starts-with(@name, 'legacy-telnet')]"));
    xmlFreeDoc(document);
}

/* What the run does not fail by makes no dashboard red, and is told all the same. */
static void milder_than_demanded(void **state)
{
    (void)state;
    static const struct {
        const char *fail_on;
        enum severity severity;
        bool red;
    } rows[] = {
        {"medium", SEVERITY_LOW, false},    {"medium", SEVERITY_MEDIUM, true},     {"high", SEVERITY_MEDIUM, false},
        {"info", SEVERITY_INFO, true},      {"none", SEVERITY_LOW, false},         {"none", SEVERITY_MEDIUM, true},
        {"critical", SEVERITY_HIGH, false}, {"critical", SEVERITY_CRITICAL, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) audit = sample_audit();
        g_free(audit->gate.fail_on);
        audit->gate.fail_on = g_strdup(rows[i].fail_on);
        for (guint k = 0; k < audit->results->len; k++)
            ((struct result *)audit->results->pdata[k])->severity = rows[i].severity;
        g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
        xmlDocPtr document = parsed(bytes);
        assert_int_equal(holds(document, "//testcase[@name = 'docker-icc-off']/failure"), rows[i].red);
        assert_int_equal(holds(document, "//testcase[@name = 'docker-socket-mode']/error"), rows[i].red);
        assert_int_equal(holds(document,
                               "//testcase[@name = 'docker-icc-off']/skipped[starts-with(@message, 'fail, ') and "
                               "contains(@message, ' is below ') and contains(@message, 'value=true')]"),
                         !rows[i].red);
        xmlFreeDoc(document);
    }
}

static void rules_that_do_not_apply(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){.verbose = true});
    xmlDocPtr document = parsed(bytes);
    assert_true(holds(document, "//testcase[@name = 'kubelet-anonymous-auth']/skipped[starts-with(@message, "
                                "'notapplicable: no kubelet')]"));
    assert_true(holds(document, "contains(//testsuite[@name = 'application-binaries']/system-out, 'elf-pie pass: ')"));
    xmlFreeDoc(document);
}

/* What looking took, of rules, suites and the run. */
static void times(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_clean();
    struct result *first = audit->results->pdata[0];
    first->duration_us = 1204000;
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    xmlDocPtr document = parsed(bytes);
    assert_true(holds(document, "//testsuite[1][@time = '1.204']/testcase[1][@time = '1.204']"));
    assert_true(holds(document, "/testsuites[@time = '0.412']"));
    xmlFreeDoc(document);
}

/* Bytes that a reader takes for one encoding or another. */
static void ascii_alone(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_containers(20);
    struct result *first = audit->results->pdata[0];
    ((struct item_result *)first->items->pdata[0])->finding = g_strdup("caf\xc3\xa9 \x1b[31m\x01 a\nfix: b");
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    for (const char *p = bytes->str; *p; p++)
        assert_true((unsigned char)*p < 0x7f && (*p >= ' ' || *p == '\n'));
    xmlDocPtr document = parsed(bytes);
    assert_true(holds(document, "//*[contains(@message, 'caf\xc3\xa9 \\x1b[31m\\x01 a\\x0afix: b')]"));
    xmlFreeDoc(document);
}

static void hostile_and_bounded(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    assert_null(strstr(bytes->str, "<script"));
    assert_null(strstr(bytes->str, "]]>"));
    assert_null(strstr(bytes->str, "<![CDATA["));
    assert_null(strstr(bytes->str, "hunter2"));
    assert_non_null(strstr(bytes->str, "and 13 more"));
    assert_non_null(strstr(bytes->str, "bytes more)"));
}

/* Dots in a module's name would become packages in Jenkins; a host without a name is localhost; no time, no crash. */
static void awkward_names(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_clean();
    struct result *first = audit->results->pdata[0];
    g_free(first->module);
    first->module = g_strdup("cis-docker-1.6.0");
    g_clear_pointer(&audit->host.name, g_free);
    g_clear_pointer(&audit->started, g_free);
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    xmlDocPtr document = parsed(bytes);
    assert_true(holds(document, "//testcase[@classname = 'plumbline.localhost.code.cis-docker-1_6_0']"));
    assert_true(holds(document, "//testsuite[@hostname = 'localhost' and @timestamp = '1970-01-01T00:00:00']"));
    xmlFreeDoc(document);
}

/* 30 MB is where GitLab gives up: first the evidence of passes goes, then texts become shorter. */
static void large_files_shrink(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_large(5000);
    g_autofree char *long_text = g_strnfill(12000, 'r');
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        result->verdict = i % 2 ? VERDICT_FAIL : VERDICT_PASS;
        g_free(result->rationale);
        result->rationale = g_strdup(long_text);
    }
    g_autoptr(GString) bytes = sample_render("junit", audit, (struct report_options){0});
    assert_true(bytes->len < 30 << 20);
    assert_non_null(strstr(bytes->str, "rule-04999"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden),
                                       cmocka_unit_test(counters_agree),
                                       cmocka_unit_test(verdicts),
                                       cmocka_unit_test(hostile_and_bounded),
                                       cmocka_unit_test(milder_than_demanded),
                                       cmocka_unit_test(times),
                                       cmocka_unit_test(rules_that_do_not_apply),
                                       cmocka_unit_test(ascii_alone),
                                       cmocka_unit_test(awkward_names),
                                       cmocka_unit_test(large_files_shrink)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
