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
    assert_true(holds(document, "/testsuites[not(@*)]"));
    assert_true(holds(document, "sum(//testsuite/@tests) = count(//testcase) and count(//testcase) = 25"));
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
    assert_true(holds(document, "//testcase[starts-with(@name, 'docker-icc-off: ')]/failure[@type = 'medium' and "
                                "contains(@message, 'value=true') and contains(., 'fix: Set')]"));
    assert_true(
        holds(document,
              "//testcase[starts-with(@name, 'docker-userns: ')]/skipped[@message = 'waived: by platform-team "
              "until 2027-01-31, volumes of the old shop belong to host users (verdict without the waiver: fail)']"));
    assert_true(holds(document, "//testcase[starts-with(@name, 'docker-socket-mode: ')]/error[@type = 'unknown' and "
                                "contains(@message, 'run as root')]"));
    assert_true(holds(document, "//testcase[starts-with(@name, 'fs-world-writable: ')]/error[@type = 'error']"));
    assert_true(holds(
        document, "//testcase[starts-with(@name, 'account-review: ')]/skipped[starts-with(@message, 'notchecked: ')]"));
    assert_true(holds(document,
                      "//testcase[starts-with(@name, 'kubelet-anonymous-auth: ')]/skipped[starts-with(@message, "
                      "'notapplicable: no kubelet')]"));
    assert_true(holds(
        document,
        "//testcase[starts-with(@name, 'kernel-inventory: ')]/skipped[starts-with(@message, 'informational: ')]"));
    assert_true(holds(document, "//testcase[starts-with(@name, 'elf-pie: ')][not(*)]"));
    assert_false(holds(document, "//testcase[starts-with(@name, 'legacy-telnet')]"));
    assert_true(holds(document, "contains(//testsuite[@name = 'application-binaries']/system-out, 'elf-pie pass: ')"));
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
    assert_non_null(strstr(bytes->str, "and 20 more"));
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
    assert_true(holds(document, "//testcase[@classname = 'plumbline.code.cis-docker-1_6_0']"));
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden),        cmocka_unit_test(counters_agree),
                                       cmocka_unit_test(verdicts),      cmocka_unit_test(hostile_and_bounded),
                                       cmocka_unit_test(awkward_names), cmocka_unit_test(large_files_shrink)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
