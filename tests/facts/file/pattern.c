/* Searches in short and in long subjects find the same, and none runs for ever. */
#include "facts/file/pattern.h"

#include "cmocka_all.h"

#include <string.h>

/* A subject of so many bytes of `filler` with `needle` at its end. */
static GString *subject_of(gsize n, const char *filler, const char *needle)
{
    GString *subject = g_string_sized_new(n + strlen(needle) + 16);
    while (subject->len < n)
        g_string_append(subject, filler);
    return g_string_append(subject, needle);
}

static void long_subjects_are_searched_alike(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *filler, *needle, *found; /* found: NULL for nothing */
        bool lines;
    } rows[] = {
        {"needle", "hay ", "needle", "needle", false},
        {"(?<=k )need", "hay ", "k needle", "need", false},
        {"^need.*$", "hay\n", "\nneedle\nx", "needle", true},
        {"^need", "hay ", "needle", NULL, true},
        {"^hay", "hay ", "", "hay", false},
        {"needle$", "hay ", "needle", "needle", false},
        {"\303\244+", "\303\266\342\202\254x", "\303\244\303\244", "\303\244\303\244", false},
        {"nothing", "\303\266\342\202\254x", "", NULL, false},
        {"(?s)x.y$", "\342\202\254", "x\ny", "x\ny", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (gsize n = 1000; n <= 1000000; n *= 1000) {
            g_autoptr(GString) subject = subject_of(n, rows[i].filler, rows[i].needle);
            pl_auto(pattern) pattern = pattern_new(rows[i].pattern, rows[i].lines, NULL);
            assert_non_null(pattern);
            enum pattern_result result = pattern_search(pattern, subject->str, subject->len, 0, true);
            if (result != (rows[i].found ? PATTERN_YES : PATTERN_NO))
                fail_msg("%s in %zu bytes: %d", rows[i].pattern, n, (int)result);
            gsize start = 0, end = 0;
            if (!rows[i].found)
                continue;
            pattern_span(pattern, &start, &end);
            assert_int_equal(end - start, strlen(rows[i].found));
            assert_memory_equal(subject->str + start, rows[i].found, end - start);
        }
    }
}

/* Bytes that are no UTF-8. */
static void bytes_are_searched_too(void **state)
{
    (void)state;
    g_autoptr(GString) subject = subject_of(1000000, "\200\277", "needle\377");
    pl_auto(pattern) pattern = pattern_new("needle", false, NULL);
    assert_int_equal(pattern_search(pattern, subject->str, subject->len, 0, false), PATTERN_YES);
}

/* One line of megabytes, at which a pattern looks again for each of its own words: minutes of machine code. */
static void a_quadratic_pattern_ends(void **state)
{
    (void)state;
    g_autoptr(GString) subject = subject_of(2 << 20, "passw", "");
    pl_auto(pattern) pattern = pattern_new("(?i)^[^=]*(passw|secret|token)[^=]*=.", true, NULL);
    assert_int_not_equal(pattern_search(pattern, subject->str, subject->len, 0, true), PATTERN_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_subjects_are_searched_alike),
        cmocka_unit_test(bytes_are_searched_too),
        cmocka_unit_test(a_quadratic_pattern_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
