#include "model/name_glob.h"

#include "cmocka_all.h"

#include <stddef.h>

static void names_and_patterns(void **state)
{
    (void)state;
    assert_true(name_matches("docker-*", "docker-icc-off"));
    assert_false(name_matches("docker-*", "podman"));
    assert_true(name_matches("r?ot", "root"));
    assert_true(name_matches("[ab]x", "bx"));
    /* A name may hold what means something in a pattern: it matches itself. */
    assert_true(name_matches("a[b]", "a[b]"));
    assert_true(name_matches("a[b]", "ab"));
    assert_true(name_matches("what?", "what?"));
    assert_false(name_matches("a\\b", "ab"));
    assert_false(name_is_pattern("a{b}"));
}

static void lists(void **state)
{
    (void)state;
    const char *const patterns[] = {"x", "y*", NULL};
    assert_true(name_matches_any(patterns, "yes"));
    assert_false(name_matches_any(patterns, "no"));
    assert_false(name_matches_any(NULL, "no"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_and_patterns), cmocka_unit_test(lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
