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

static void fault_free(gpointer data)
{
    g_error_free(data);
}

static void every_fault_is_told_once(void **state)
{
    (void)state;
    static const char text[] = "daemon: d\n"
                               "title: [D]\n"
                               "programs: [{name: d, com: d}, {argument: x}]\n"
                               "flags: posix\n"
                               "config: {path: /x, formt: json, sections: {s: [{path: a, file: two}]}}\n"
                               "keys:\n"
                               "  a: {type: strin, shorthand: aa}\n"
                               "  b: {flag: b, invert: 1}\n"
                               "  c: {type: bool, file: '@t.c', default: [{value: 1, when: {cgroup: 3, config: 2}}]}\n";
    static const char *const wanted[] = {
        "d.yaml:2:1: \"title\" must be a text",
        "d.yaml:5:1: config needs \"format\"",
        "d.yaml:5:20: config has no member \"formt\" (did you mean format?)",
        "\"two\" is no version condition",
        "d.yaml:3:22: program has no member \"com\" (did you mean comm?)",
        "d.yaml:3:31: a program needs",
        "d.yaml:4:1: \"flags\" must be",
        "d.yaml:7:7: \"type\" must be",
        "d.yaml:7:20: \"shorthand\" must be one letter",
        "d.yaml:8:3: b needs \"type\"",
        "d.yaml:8:16: \"invert\" must be true or false",
        "\"@t.c\": there is no such section",
        "a default of c must be of its type, bool",
        "\"cgroup\" must be 1 or 2",
        "\"config\" must be true or false",
    };
    pl_auto(daemons) daemons = daemons_new();
    pl_autojson json_object *tree = yaml(text);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(fault_free);
    assert_false(daemons_add_telling(daemons, "d.yaml", tree, faults));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        unsigned found = 0;
        for (guint j = 0; j < faults->len; j++)
            found += strstr(((GError *)g_ptr_array_index(faults, j))->message, wanted[i]) != NULL;
        if (found != 1)
            fail_msg("%s: told %u times", wanted[i], found);
    }
    for (guint j = G_N_ELEMENTS(wanted); j < faults->len; j++)
        print_error("%s\n", ((GError *)g_ptr_array_index(faults, j))->message);
    assert_int_equal(faults->len, G_N_ELEMENTS(wanted));
}

/* What is filled by a table's offset is a text, texts or a truth; everything else has its own reader. */
static void tables_say_what_they_fill(void **state)
{
    (void)state;
    size_t n = 0;
    const struct vocabulary *all = daemon_vocabularies(&n);
    for (size_t i = 0; i < n; i++)
        for (const struct member *member = all[i].members; member->name; member++) {
            bool filled = g_str_equal(member->type, "text") || g_str_equal(member->type, "texts") ||
                          g_str_equal(member->type, "bool");
            if (member->offset != MEMBER_APART && !filled)
                fail_msg("%s.%s is filled, and of type %s", all[i].name, member->name, member->type);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typos_are_refused_with_their_line),
        cmocka_unit_test(every_fault_is_told_once),
        cmocka_unit_test(tables_say_what_they_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
