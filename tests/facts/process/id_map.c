#include "facts/process/id_map.h"

#include "cmocka_all.h"

static void ids_of_a_map(void **state)
{
    (void)state;
    static const char map[] = "         0       1000          1\n         1     100000      65536\n";
    static const struct {
        uint32_t outside;
        gint64 inside; /* -1: not in the map */
    } cases[] = {{1000, 0}, {100000, 1}, {165535, 65536}, {0, -1}, {1001, -1}, {99999, -1}, {165536, -1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 inside = -1;
        assert_int_equal(id_map_inside(map, cases[i].outside, &inside), cases[i].inside >= 0);
        assert_int_equal(inside, cases[i].inside);
    }
    gint64 inside = -1;
    assert_true(id_map_inside("0 0 4294967295\n", 4294967294U, &inside));
    assert_int_equal(inside, 4294967294);
}

static void what_is_no_range_says_nothing(void **state)
{
    (void)state;
    static const char *const maps[] = {"", "\n", "0 0\n", "0 0 0\n", "a b c\n", "0 -1 5\n", "0 4294967296 1\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(maps); i++) {
        gint64 inside = -1;
        assert_false(id_map_inside(maps[i], 0, &inside));
        assert_false(id_maps_overlap(maps[i], "0 0 4294967295\n"));
        assert_false(id_maps_overlap("0 0 4294967295\n", maps[i]));
    }
}

static void maps_that_share_an_id(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool overlap;
    } cases[] = {
        {"0 100000 65536\n", "0 100000 65536\n", true},
        {"0 100000 65536\n", "0 165535 65536\n", true}, /* one id */
        {"0 100000 65536\n", "0 165536 65536\n", false},
        {"0 1000 1\n1 100000 10\n", "0 2000 1\n1 100009 10\n", true}, /* the second lines */
        {"0 1000 1\n", "1000 0 1\n", false},                          /* the same numbers inside are not the same ids */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(id_maps_overlap(cases[i].a, cases[i].b), cases[i].overlap);
        assert_int_equal(id_maps_overlap(cases[i].b, cases[i].a), cases[i].overlap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_a_map),
        cmocka_unit_test(what_is_no_range_says_nothing),
        cmocka_unit_test(maps_that_share_an_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
