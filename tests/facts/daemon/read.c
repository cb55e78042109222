#include "described.h"

static void typos_are_refused_with_their_line(void **state)
{
    (void)state;
    assert_refused(MINIMAL_DAEMON "keys: {}\nflag: go\n", "d.yaml:5:");
    assert_refused(MINIMAL_DAEMON "keys: {}\nflags: posix\n", "pflag, go or getopt");
    assert_refused(MINIMAL_DAEMON "config: {path: /x}\nkeys: {}\n", "config needs \"format\"");
    assert_refused("daemon: D\ntitle: D\nprograms: [{name: d}]\nkeys: {}\n", "lower case");
    assert_refused("daemon: d\ntitle: D\nprograms: []\nkeys: {}\n", "\"programs\" must be a list");
    assert_refused("daemon: d\ntitle: D\nprograms: [{argument: x}]\nkeys: {}\n", "\"comm\" or \"name\"");
    assert_refused(MINIMAL_DAEMON "tools: [/usr/bin/d]\nkeys: {}\n", "not both");
    assert_refused("[1]\n", "must be a mapping");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typos_are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
