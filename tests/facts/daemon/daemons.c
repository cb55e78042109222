#include "described.h"

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

static void a_second_of_the_same_name_replaces_the_first(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    assert_true(describe(daemons, "a", MINIMAL_DAEMON "keys: {old: {type: bool}}\n", &error));
    assert_true(describe(daemons, "b", MINIMAL_DAEMON "keys: {new: {type: bool}}\n", &error));
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
        cmocka_unit_test(a_second_of_the_same_name_replaces_the_first),
        cmocka_unit_test(unknown_names_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
