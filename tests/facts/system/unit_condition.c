#include "looking.h"

#define WANTED                                                                                                         \
    "  /etc/systemd/system/multi-user.target.wants/a.service: {type: symlink, target: "                                \
    "/usr/lib/systemd/system/a.service}\n"

/* What the field `starts` says of an enabled unit with these lines, on a host with some files. */
static void assert_starts(const char *machine, const char *lines, const char *starts, const char *why)
{
    g_autofree char *text = g_strdup_printf("[Unit]\n%s\n[Service]\nExecStart=/usr/bin/a\n", lines);
    g_autofree char *escaped = g_strescape(text, NULL);
    g_autofree char *host = g_strdup_printf("%sfiles:\n" WANTED "  /usr/lib/systemd/system/a.service: \"%s\"\n"
                                            "  /etc/there: x\n  /etc/empty: ''\n  /etc/d/x: ''\n"
                                            "  /etc/link: {type: symlink, target: /nowhere}\n"
                                            "  /etc/shut: {type: dir, denied: true}\n"
                                            "  /sys/kernel/security/lsm: 'capability,apparmor'\n",
                                            machine, escaped);
    pl_auto(items) items = look(host, "unit", "{name: a}");
    g_autofree char *found = field_text(only_item(items), "starts");
    if (!g_str_equal(found, starts))
        fail_msg("%s: %s, not %s", lines, found, starts);
    const char *said = g_str_equal(starts, "(unread)") ? unread_why(only_item(items), "starts") : "";
    if (!strstr(said, why))
        fail_msg("%s: %s", lines, said);
}

static void conditions_that_hold(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "ConditionPathExists=/etc/there",
        "ConditionPathExists=!/etc/absent",
        "ConditionPathExists= ! /etc/absent",
        "ConditionFileNotEmpty=/etc/there\nAssertPathExists=/etc/there",
        "ConditionPathIsSymbolicLink=/etc/link",
        "ConditionPathIsDirectory=/etc/d\nConditionDirectoryNotEmpty=/etc/d",
        "ConditionPathExistsGlob=/etc/th*",
        "ConditionCapability=CAP_SYS_TIME\nConditionVirtualization=!container",
        "ConditionKernelCommandLine=!audit=0",
        "ConditionSecurity=apparmor",
        "ConditionPathExists=|/etc/absent\nConditionPathExists=|/etc/there",
        "ConditionPathExists=|!/etc/absent\nConditionMemory=|>1G",
        /* an empty one takes back all of any kind */
        "ConditionPathExists=/etc/absent\nConditionMemory=>1G\nConditionFileNotEmpty=",
        "AssertPathExists=/etc/absent\nAssertPathExists=",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_starts("", lines[i], "true", "");
}

static void conditions_that_do_not_hold_are_told(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "ConditionPathExists=/etc/absent",
        "ConditionPathExists=!/etc/there",
        "ConditionFileNotEmpty=/etc/empty",
        "ConditionFileIsExecutable=/etc/there",
        "ConditionPathExists=/etc/link",
        "ConditionPathIsDirectory=/etc/there",
        "ConditionDirectoryNotEmpty=/etc/absent",
        "ConditionPathExistsGlob=/etc/q*",
        "ConditionVirtualization=container",
        "ConditionSecurity=selinux",
        "ConditionKernelCommandLine=nosuchword",
        "ConditionPathExists=|/etc/absent\nConditionPathExists=|/etc/link",
        "ConditionMemory=>1G\nConditionPathExists=/etc/absent",
        "ConditionPathExists=/etc/there\nAssertPathExists=/etc/absent",
        /* an empty condition takes back no assertion */
        "AssertPathExists=/etc/absent\nConditionPathExists=",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_starts("", lines[i], "(unread)", "does not hold now");
    assert_starts("", "ConditionPathExists=/etc/absent", "(unread)",
                  "ConditionPathExists=/etc/absent (/usr/lib/systemd/system/a.service:2)");
    /* Whether the unit runs does not matter: it would not be started again. */
    assert_starts("processes: [{pid: 50, comm: a, cgroup: \"0::/system.slice/a.service\\n\"}]\n",
                  "ConditionPathExists=/etc/absent", "(unread)", "does not hold now");
}

static void conditions_that_cannot_be_judged(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "ConditionPathExists=/etc/shut/x",
        "ConditionMemory=>1G",
        "ConditionVirtualization=vmware",
        "ConditionPathExists=%h/x",
        "ConditionPathExists=|/etc/absent\nConditionMemory=|>1G",
        "ConditionDirectoryNotEmpty=/etc/shut",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        assert_starts("", lines[i], "(unread)", "cannot be judged");
        /* It was started under them. */
        assert_starts("processes: [{pid: 50, comm: a, cgroup: \"0::/system.slice/a.service\\n\"}]\n", lines[i], "true",
                      "");
    }
    assert_starts("", "ConditionPathExists=/etc/shut/x", "(unread)", "/etc/shut");
}

static void an_offline_root_is_one_of_a_machine(void **state)
{
    (void)state;
    assert_starts("live: false\n", "ConditionCapability=CAP_SYS_TIME\nConditionVirtualization=!container", "true", "");
    assert_starts("live: false\n", "ConditionPathExists=/etc/absent", "(unread)", "does not hold now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_that_hold),
        cmocka_unit_test(conditions_that_do_not_hold_are_told),
        cmocka_unit_test(conditions_that_cannot_be_judged),
        cmocka_unit_test(an_offline_root_is_one_of_a_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
