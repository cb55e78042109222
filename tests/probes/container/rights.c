#include "container_hosts.h"

static void labels(void **state)
{
    (void)state;
    static const struct {
        const char *label, *confined;
    } cases[] = {
        {"docker-default (enforce)", "true"},
        {"docker-default (complain)", "false"},
        {"unconfined", "false"},
        {"system_u:system_r:container_t:s0:c1,c2", "true"},
        {"system_u:system_r:spc_t:s0", "false"},
        {"system_u:system_r:container_runtime_t:s0", "false"},
        {"", "false"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host = g_strdup_printf(MOUNTS "processes:\n"
                                                       "- {pid: 100, ppid: 1, comm: x, argv: [x], label: '%s', " OWN
                                                       ", " CGROUP ", mountinfo: \"" ROOT "\"}\n",
                                                cases[i].label);
        pl_auto(items) items = look(host, "container", "{}");
        assert_field(only_item(items), "confined", cases[i].confined);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
