#include "reports/report.h"

#include "cmocka_all.h"

#include <string.h>

static void sorted_unique_and_complete(void **state)
{
    (void)state;
    size_t count = 0;
    const struct report *const *reports = report_all(&count);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++) {
        assert_true(*reports[i]->name && *reports[i]->media_type && *reports[i]->extension && *reports[i]->summary);
        assert_non_null(reports[i]->render);
        assert_ptr_equal(report_find(reports[i]->name), reports[i]);
        if (i)
            assert_true(strcmp(reports[i - 1]->name, reports[i]->name) < 0);
    }
}

static void unknown_name(void **state)
{
    (void)state;
    assert_null(report_find("pdf"));
    assert_null(report_find(""));
    assert_null(report_find("JSON"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sorted_unique_and_complete), cmocka_unit_test(unknown_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
