#include "cmocka_all.h"
#include "sample.h"

#include <string.h>

static const struct report_options plain = {.utf8 = true};

static void golden(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("json", audit, plain);
    assert_true(sample_golden("sample.json", bytes));
    assert_true(g_str_has_prefix(bytes->str, "{\n \"format\":\"plumbline-audit/2\""));
}

static void same_bytes_twice(void **state)
{
    (void)state;
    pl_auto(audit) one = sample_large(300);
    pl_auto(audit) two = sample_large(300);
    g_autoptr(GString) a = sample_render("json", one, plain);
    g_autoptr(GString) b = sample_render("json", two, plain);
    g_autoptr(GString) c = sample_render("json", one, plain);
    assert_string_equal(a->str, b->str);
    assert_string_equal(a->str, c->str);
}

static void nothing_raw_and_no_secret(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("json", audit, plain);
    for (const char *p = bytes->str; *p; p++)
        assert_true((unsigned char)*p >= 0x20 || *p == '\n');
    assert_true(g_utf8_validate(bytes->str, (gssize)bytes->len, NULL));
    assert_null(strstr(bytes->str, "\xe2\x80\xae"));
    assert_null(strstr(bytes->str, "</"));
    assert_null(strstr(bytes->str, "hunter2"));
    assert_null(strstr(bytes->str, "s3cr3t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden), cmocka_unit_test(same_bytes_twice),
                                       cmocka_unit_test(nothing_raw_and_no_secret)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
