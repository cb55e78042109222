#include "model/value.h"

#include "cmocka_all.h"

static void durations(void **state)
{
    (void)state;
    double s = 0;
    assert_true(value_parse_duration("1h30m", &s) && s == 5400);
    assert_true(value_parse_duration("5 min", &s) && s == 300);
    assert_true(value_parse_duration("4h0m0s", &s) && s == 14400);
    assert_true(value_parse_duration("300ms", &s) && s > 0.29 && s < 0.31);
    assert_true(value_parse_duration("90", &s) && s == 90);
    assert_false(value_parse_duration("", &s));
    assert_false(value_parse_duration("-1s", &s));
    assert_false(value_parse_duration("5 parsecs", &s));
}

static void sizes(void **state)
{
    (void)state;
    uint64_t n = 0;
    assert_true(value_parse_size("64M", &n) && n == 64 << 20);
    assert_true(value_parse_size("1.5GiB", &n) && n == 1610612736);
    assert_true(value_parse_size("10MB", &n) && n == 10000000);
    assert_true(value_parse_size("4096", &n) && n == 4096);
    assert_false(value_parse_size("M", &n));
    assert_false(value_parse_size("1e99", &n));
}

static void numbers(void **state)
{
    (void)state;
    uint64_t u = 0;
    int64_t i = 0;
    assert_true(value_parse_u64("65535", 65535, &u) && u == 65535);
    assert_false(value_parse_u64("65536", 65535, &u));
    assert_false(value_parse_u64("+1", 10, &u));
    assert_false(value_parse_u64(" 1", 10, &u));
    assert_false(value_parse_u64("", 10, &u));
    assert_true(value_parse_i64("-1", &i) && i == -1);
    assert_false(value_parse_i64("1x", &i));
}

static void modes(void **state)
{
    (void)state;
    unsigned m = 0;
    assert_true(value_parse_mode("0644", &m) && m == 0644);
    assert_false(value_parse_mode("0888", &m));
    assert_false(value_parse_mode("17777", &m));
}

static void versions(void **state)
{
    (void)state;
    assert_true(value_compare_versions("1.1.5+ds1-1+deb12u1", "1.1.5+ds1-1") > 0);
    assert_true(value_compare_versions("1.10", "1.9") > 0);
    assert_true(value_compare_versions("1.0~rc1", "1.0") < 0);
    assert_true(value_compare_versions("1:1.0", "2.0") > 0);
    assert_int_equal(value_compare_versions("1.01", "1.1"), 0);
    assert_true(value_compare_versions("1.28", "1.28.0") < 0);
}

static void texts_are_ordered_by_bytes(void **state)
{
    (void)state;
    const char *texts[] = {"b", "a", "B", "ab"};
    qsort(texts, 4, sizeof *texts, value_order_texts);
    assert_string_equal(texts[0], "B");
    assert_string_equal(texts[1], "a");
    assert_string_equal(texts[2], "ab");
    assert_string_equal(texts[3], "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations), cmocka_unit_test(sizes),    cmocka_unit_test(numbers),
        cmocka_unit_test(modes),     cmocka_unit_test(versions), cmocka_unit_test(texts_are_ordered_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
