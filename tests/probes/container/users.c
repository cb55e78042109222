#include "container_hosts.h"

static void a_user_namespace_maps_root_away(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(MOUNTS "processes:\n"
                    "- {pid: 100, ppid: 1, comm: x, argv: [x], uid: 100000, uid_map: \"0 100000 65536\\n\","
                    " ns: {mnt: 500, user: 501}, " CGROUP ", mountinfo: \"" ROOT "\"}\n",
             "container", "{}");
    const struct item *item = only_item(items);
    assert_field(item, "root_user", "false");
    assert_field(item, "uid", "100000");
    assert_field(item, "uid_inside", "0");
    assert_field(item, "user_namespace", "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_namespace_maps_root_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
