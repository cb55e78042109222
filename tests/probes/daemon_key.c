#include "described.h"

static void typos_are_refused_with_their_line(void **state)
{
    (void)state;
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: boolean}}\n", "\"type\" must be");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, flagg: k}}\n", "no member \"flagg\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {}}\n", "needs \"type\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, shorthand: kk}}\n", "one letter");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, invert: maybe}}\n", "true or false");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, file: x}}\n", "has no \"config\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, default: [{value: 1, when: {version: new}}]}}\n", ">=1.27");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, default: [{value: 1, when: {config: 3}}]}}\n", "\"config\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, default: [{value: 1, when: {cgroup: 3}}]}}\n", "1 or 2");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: list, by: [name]}}\n", "type map");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: map, appends: true}}\n", "lists and sets");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typos_are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
