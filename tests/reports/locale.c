#include "cmocka_all.h"
#include "sample.h"

#include <locale.h>

static const struct report_options plain = {.utf8 = true};

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
    assert_true(back->score.value > 23.66 && back->score.value < 23.67);
    setlocale(LC_ALL, "C");
    if (!comma)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decimal_comma_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
