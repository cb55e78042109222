#include "model/ability.h"

#include "cmocka_all.h"

static void names_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < ABILITY_GRADES; i++) {
        enum ability_grade grade = ABILITY_NO;
        assert_true(ability_grade_parse(ability_grade_name((enum ability_grade)i), &grade));
        assert_int_equal(grade, i);
        assert_int_equal(ability_grade_fails(grade), i >= ABILITY_INFO);
    }
    enum ability_grade grade = ABILITY_HIGH;
    assert_false(ability_grade_parse("worse", &grade));
    assert_int_equal(grade, ABILITY_HIGH);
}

static void cells_of_a_row(void **state)
{
    (void)state;
    struct ability_row *row = ability_row_new("web");
    assert_int_equal(ability_row_worst(row), ABILITY_NO);
    assert_null(ability_row_cell(row, 0));
    g_ptr_array_add(row->cells, NULL);
    g_ptr_array_add(row->cells, ability_cell_new(ABILITY_WAIVED, "r", 3));
    assert_null(ability_row_cell(row, 0));
    assert_string_equal(ability_row_cell(row, 1)->rule, "r");
    assert_int_equal(ability_row_worst(row), ABILITY_WAIVED);
    ability_row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_and_back), cmocka_unit_test(cells_of_a_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
