#include "cmocka_all.h"
#include "sample.h"

#include <locale.h>
#include <string.h>

static const struct report_options plain = {.utf8 = true};

static void golden(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("json", audit, plain);
    assert_true(sample_golden("sample.json", bytes));
    assert_true(g_str_has_prefix(bytes->str, "{\n \"format\":\"plumbline-audit/1\""));
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

/* The locale is made by the build (reports.cmake) where localedef exists. */
static void decimal_comma_changes_nothing(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    size_t count = 0;
    const struct report *const *reports = report_all(&count);
    g_autoptr(GPtrArray) before = g_ptr_array_new();
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(before, sample_render(reports[i]->name, audit, plain));
    bool comma = setlocale(LC_ALL, "de_DE.UTF-8");
    for (size_t i = 0; i < count; i++) {
        g_autoptr(GString) after = sample_render(reports[i]->name, audit, plain);
        g_autoptr(GString) first = before->pdata[i];
        assert_string_equal(first->str, after->str);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = sample_render("json", audit, plain);
    pl_auto(audit) back = audit_from_json(text->str, text->len, &error);
    assert_non_null(back);
    assert_true(back->score.value > 32.78 && back->score.value < 32.79);
    setlocale(LC_ALL, "C");
    if (!comma)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden), cmocka_unit_test(same_bytes_twice),
                                       cmocka_unit_test(nothing_raw_and_no_secret),
                                       cmocka_unit_test(decimal_comma_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
