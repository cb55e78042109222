#include "sample.h"

#include <stdio.h>
#include <string.h>

GString *sample_render(const char *format, const struct audit *audit, struct report_options options)
{
    const struct report *report = report_find(format);
    g_assert_nonnull(report);
    GString *out = g_string_new(NULL);
    g_assert_true(report->render(audit, &options, out, NULL));
    return out;
}

bool sample_golden(const char *name, const GString *bytes)
{
    g_autofree char *golden = g_build_filename(TEST_SOURCE_DIR, "tests/reports/golden", name, NULL);
    if (g_getenv("PLUMBLINE_GOLDEN_UPDATE"))
        return g_file_set_contents(golden, bytes->str, (gssize)bytes->len, NULL);
    g_autofree char *wanted = NULL;
    gsize n = 0;
    if (g_file_get_contents(golden, &wanted, &n, NULL) && n == bytes->len && memcmp(wanted, bytes->str, n) == 0)
        return true;
    g_autofree char *folder = g_build_filename(TEST_BINARY_DIR, "golden", NULL);
    g_autofree char *made = g_build_filename(folder, name, NULL);
    g_mkdir_with_parents(folder, 0755);
    g_file_set_contents(made, bytes->str, (gssize)bytes->len, NULL);
    fprintf(stderr, "differs: diff %s %s\nif it should: PLUMBLINE_GOLDEN_UPDATE=1 ctest -R reports\n", golden, made);
    return false;
}
