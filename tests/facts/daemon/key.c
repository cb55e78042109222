#include "described.h"

static void defaults_are_of_the_type(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "bool, default: 1",     "bool, default: 'true'", "number, default: '5'", "list, default: a",
        "set, default: {a: 1}", "map, default: [a]",     "string, default: [a]", "size, default: {}",
        "bool, default: []",    "map, default: text",
    };
    static const char *const right[] = {
        "bool, default: null",   "bool, default: false",  "number, default: 5", "list, default: []",
        "set, default: [a]",     "map, default: {a: {}}", "string, default: 5", "size, default: 64M",
        "mode, default: '0600'", "duration, default: 5",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = g_strdup_printf(MINIMAL_DAEMON "keys: {k: {type: %s}}\n", wrong[i]);
        assert_refused(text, "a default of k must be of its type");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
        g_autofree char *text = g_strdup_printf(MINIMAL_DAEMON "keys: {k: {type: %s}}\n", right[i]);
        pl_auto(daemons) daemons = daemons_new();
        g_autoptr(GError) error = NULL;
        if (!describe(daemons, "d.yaml", text, &error))
            fail_msg("%s", error->message);
    }
    /* One choice that is written wrongly leaves no list of mappings as the default. */
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: list, default: [{vlaue: [a]}]}}\n", "(did you mean value?)");
}

static void typos_are_refused_with_their_line(void **state)
{
    (void)state;
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: boolean}}\n", "\"type\" must be");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, flagg: k}}\n", "no member \"flagg\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {}}\n", "needs \"type\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, shorthand: kk}}\n", "one letter");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, invert: maybe}}\n", "true or false");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, file: x}}\n", "has no \"config\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, default: [{value: true, when: {version: new}}]}}\n",
                   ">=1.27");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, default: [{value: true, when: {config: 3}}]}}\n",
                   "\"config\"");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: bool, default: [{value: true, when: {cgroup: 3}}]}}\n", "1 or 2");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: list, by: [name]}}\n", "type map");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: map, appends: true}}\n", "lists and sets");
    assert_refused(MINIMAL_DAEMON "keys: {k: {type: string, sockets: 'fd://'}}\n", "lists and sets");
}

/* What could only ever leave a key at its default is no description. */
static void formats_that_hold_no_such_key(void **state)
{
    (void)state;
    static const char *const lists[] = {"lines", "colon", "sshd", "sysctl", "yaml-stream", "xml"};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *text =
            g_strdup_printf(MINIMAL_DAEMON "config: {format: %s, path: /etc/d}\nkeys: {k: {type: bool}}\n", lists[i]);
        assert_refused(text, "no settings by name");
    }
    static const char *const sections[] = {"ini", "systemd"};
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        g_autofree char *text = g_strdup_printf(
            MINIMAL_DAEMON "config: {format: %s, path: /etc/d}\nkeys: {k: {type: bool}}\n", sections[i]);
        assert_refused(text, "is a section");
    }
}

static void set_by(const char *argv, const char *expected)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    if (!describe(daemons, "d.yaml",
                  MINIMAL_DAEMON
                  "config: {format: keyvalue, path: /etc/d.conf, flag: [config, c]}\n"
                  "keys: {mode: {type: string, default: safe, flag: [m]}, quiet: {type: bool, flag: q}}\n",
                  &error))
        fail_msg("%s", error->message);
    g_autofree char *host = g_strdup_printf("{files: {/etc/d.conf: 'mode=safe', /srv/d.conf: 'mode=open'}, "
                                            "processes: [{pid: 9, comm: d, exe: /usr/bin/d, argv: [d, %s]}]}",
                                            argv);
    pl_auto(items) items = look_described(daemons, host, "setting", "{daemon: d, key: mode}");
    assert_int_equal(items->list->len, 1);
    assert_string_equal(tree_string(((struct item *)items->list->pdata[0])->fields, "value"), expected);
}

/* A flag of one letter is written with one dash, whether it sets a key or names the file. */
static void flags_of_one_letter(void **state)
{
    (void)state;
    set_by("--config=/etc/d.conf", "safe");
    set_by("-c, /srv/d.conf", "open");
    set_by("-c/srv/d.conf", "open");
    set_by("-qc, /srv/d.conf", "open");
    set_by("-q, -m, loud", "loud");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typos_are_refused_with_their_line),
        cmocka_unit_test(formats_that_hold_no_such_key),
        cmocka_unit_test(defaults_are_of_the_type),
        cmocka_unit_test(flags_of_one_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
