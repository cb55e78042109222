#include "described.h"

#include "model/error.h"

#define MINIMAL                                                                                                        \
    "daemon: d\n"                                                                                                      \
    "title: D\n"                                                                                                       \
    "programs: [{name: d}]\n"

static void assert_refused(const char *text, const char *part)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    assert_false(describe(daemons, "d.yaml", text, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    assert_true(g_str_has_prefix(error->message, "d.yaml:"));
    if (!strstr(error->message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, error->message);
    assert_null(daemons_find(daemons, "d"));
}

static void shipped_descriptions_load(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = shipped_daemons();
    g_autofree const char **names = daemons_names(daemons);
    assert_true(g_strv_length((char **)(uintptr_t)names) >= 12);
    for (size_t i = 0; names[i + 1]; i++)
        assert_true(strcmp(names[i], names[i + 1]) < 0);
    const struct daemon *kubelet = daemons_find(daemons, "kubelet");
    assert_non_null(daemon_key_find(kubelet, "readOnlyPort"));
    assert_null(daemon_key_find(kubelet, "readonlyPort"));
}

static void shipped_formats_exist(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = shipped_daemons();
    g_autofree const char **names = daemons_names(daemons);
    for (const char **name = names; *name; name++) {
        const struct daemon *daemon = daemons_find(daemons, *name);
        if (daemon->config.format && !format_find(daemon->config.format))
            fail_msg("%s: no format %s", *name, daemon->config.format);
    }
}

static void typos_are_refused_with_their_line(void **state)
{
    (void)state;
    assert_refused(MINIMAL "keys: {}\nflag: go\n", "d.yaml:5:");
    assert_refused(MINIMAL "keys: {}\nflags: posix\n", "pflag, go or getopt");
    assert_refused(MINIMAL "keys: {k: {type: boolean}}\n", "\"type\" must be");
    assert_refused(MINIMAL "keys: {k: {type: bool, flagg: k}}\n", "no member \"flagg\"");
    assert_refused(MINIMAL "keys: {k: {}}\n", "needs \"type\"");
    assert_refused(MINIMAL "keys: {k: {type: bool, shorthand: kk}}\n", "one letter");
    assert_refused(MINIMAL "keys: {k: {type: bool, invert: maybe}}\n", "true or false");
    assert_refused(MINIMAL "keys: {k: {type: bool, file: x}}\n", "has no \"config\"");
    assert_refused(MINIMAL "keys: {k: {type: bool, default: [{value: 1, when: {version: new}}]}}\n", ">=1.27");
    assert_refused(MINIMAL "keys: {k: {type: bool, default: [{value: 1, when: {config: 3}}]}}\n", "\"config\"");
    assert_refused(MINIMAL "keys: {k: {type: bool, default: [{value: 1, when: {cgroup: 3}}]}}\n", "1 or 2");
    assert_refused(MINIMAL "config: {path: /x}\nkeys: {}\n", "config needs \"format\"");
    assert_refused("daemon: D\ntitle: D\nprograms: [{name: d}]\nkeys: {}\n", "lower case");
    assert_refused("daemon: d\ntitle: D\nprograms: []\nkeys: {}\n", "\"programs\" must be a list");
    assert_refused("daemon: d\ntitle: D\nprograms: [{argument: x}]\nkeys: {}\n", "\"comm\" or \"name\"");
    assert_refused(MINIMAL "tools: [/usr/bin/d]\nkeys: {}\n", "not both");
    assert_refused(MINIMAL "keys: {k: {type: list, by: [name]}}\n", "type map");
    assert_refused(MINIMAL "keys: {k: {type: map, appends: true}}\n", "lists and sets");
    assert_refused("[1]\n", "must be a mapping");
}

static void a_second_of_the_same_name_replaces_the_first(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    assert_true(describe(daemons, "a", MINIMAL "keys: {old: {type: bool}}\n", &error));
    assert_true(describe(daemons, "b", MINIMAL "keys: {new: {type: bool}}\n", &error));
    assert_null(daemon_key_find(daemons_find(daemons, "d"), "old"));
    assert_non_null(daemon_key_find(daemons_find(daemons, "d"), "new"));
}

static void unknown_names_are_told(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = shipped_daemons();
    g_autoptr(GError) error = NULL;
    assert_false(daemon_check_name(daemons, "docker", &error));
    assert_non_null(strstr(error->message, "dockerd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_descriptions_load),
        cmocka_unit_test(shipped_formats_exist),
        cmocka_unit_test(typos_are_refused_with_their_line),
        cmocka_unit_test(a_second_of_the_same_name_replaces_the_first),
        cmocka_unit_test(unknown_names_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
