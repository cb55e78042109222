#include "looking.h"

#include "facts/container/device_rules.h"

static bool is_standard(const char *text)
{
    struct device_rule rule;
    assert_true(device_rule_parse(text, &rule));
    return device_rule_is_standard(&rule);
}

static void rules_are_parsed(void **state)
{
    (void)state;
    struct device_rule rule;
    assert_true(device_rule_parse("b 8:* rw", &rule));
    assert_int_equal(rule.type, 'b');
    assert_int_equal(rule.major, 8);
    assert_int_equal(rule.minor, -1);
    assert_true(rule.opens);
    assert_true(device_rule_parse("c *:* m", &rule));
    assert_false(rule.opens);
    assert_false(device_rule_parse("", &rule));
    assert_false(device_rule_parse("x 1:2 r", &rule));
    assert_false(device_rule_parse("c 1 r", &rule));
    assert_false(device_rule_parse("c 1:y r", &rule));
}

static void rules_that_every_runtime_grants(void **state)
{
    (void)state;
    assert_true(is_standard("c 1:3 rwm"));
    assert_true(is_standard("c 136:* rwm"));
    assert_true(is_standard("b *:* m"));
    assert_false(is_standard("c 1:1 r"));
    assert_false(is_standard("c 1:* rwm"));
    assert_false(is_standard("c 135:* rwm"));
    assert_false(is_standard("b 1:3 r"));
    assert_false(is_standard("a *:* rwm"));
    assert_false(is_standard("c *:3 w"));
}

static void rules_let_devices_be_opened(void **state)
{
    (void)state;
    char *rules[] = {(char[]){"c *:* m"}, (char[]){"b 8:* r"}, (char[]){"c 10:229 w"}, (char[]){""}, NULL};
    assert_true(device_rules_open(rules, 0060660, 8, 1));
    assert_false(device_rules_open(rules, 0020660, 8, 1));
    assert_true(device_rules_open(rules, 0020660, 10, 229));
    assert_false(device_rules_open(rules, 0020660, 10, 230));
    char *all[] = {(char[]){"a *:* rwm"}, NULL};
    assert_true(device_rules_open(all, 0020660, 10, 230));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_parsed),
        cmocka_unit_test(rules_that_every_runtime_grants),
        cmocka_unit_test(rules_let_devices_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
