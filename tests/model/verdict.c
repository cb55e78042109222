#include "model/verdict.h"

#include "cmocka_all.h"

static void names_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < VERDICT_COUNT; i++) {
        enum verdict back = VERDICT_COUNT;
        assert_true(verdict_parse(verdict_name((enum verdict)i), &back));
        assert_int_equal(back, i);
    }
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        enum severity back = SEVERITY_COUNT;
        assert_true(severity_parse(severity_name((enum severity)i), &back));
        assert_int_equal(back, i);
    }
    for (int i = 0; i < LAYER_COUNT; i++) {
        enum layer back = LAYER_COUNT;
        assert_true(layer_parse(layer_name((enum layer)i), &back));
        assert_int_equal(back, i);
    }
}

static void strangers_are_refused(void **state)
{
    (void)state;
    enum verdict verdict = VERDICT_PASS;
    enum severity severity = SEVERITY_LOW;
    enum layer layer = LAYER_CODE;
    assert_false(verdict_parse("Pass", &verdict));
    assert_false(severity_parse("", &severity));
    assert_false(layer_parse(NULL, &layer));
    assert_int_equal(verdict, VERDICT_PASS);
}

static void weights_are_those_of_the_score(void **state)
{
    (void)state;
    static const unsigned weights[] = {0, 1, 3, 6, 10};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        assert_int_equal(severity_weight((enum severity)i), weights[i]);
}

static void only_pass_and_fail_are_inverted(void **state)
{
    (void)state;
    for (int i = 0; i < VERDICT_COUNT; i++) {
        int wanted = i == VERDICT_PASS ? VERDICT_FAIL : i == VERDICT_FAIL ? VERDICT_PASS : i;
        assert_int_equal(verdict_invert((enum verdict)i), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(weights_are_those_of_the_score),
        cmocka_unit_test(only_pass_and_fail_are_inverted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
