#include "described.h"

#define DOCKERD "processes: [{pid: 9, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd], start: 500}]\n"

/* The inline machine booted at 1700000000; 500 ticks are 5 seconds. */
static void the_files_and_the_start_of_a_daemon(void **state)
{
    (void)state;
    static const char host[] =
        DOCKERD "files:\n"
                "  /etc/docker/daemon.json: {content: '{}', mtime: 1700000006}\n"
                "  /usr/lib/systemd/system/dockerd.service: \"[Service]\\nEnvironmentFile=-/etc/default/docker\\n\"\n"
                "  /etc/systemd/system/dockerd.service.d/a.conf: {content: '[Service]', mtime: 1700000007}\n"
                "  /etc/default/docker: ''\n";
    pl_auto(items) items = look_shipped(host, "daemon", "{name: dockerd}");
    const struct item *item = only_item(items);
    assert_field(item, "started", "1700000005");
    assert_field(item, "config_files",
                 "[\"/etc/docker/daemon.json\",\"/usr/lib/systemd/system/dockerd.service\","
                 "\"/etc/systemd/system/dockerd.service.d/a.conf\",\"/etc/default/docker\"]");
    assert_field(item, "config_newer", "true");
    assert_field(item, "newer_files", "[\"/etc/systemd/system/dockerd.service.d/a.conf\"]");
    assert_declared(item, "daemon");
}

static void older_files_are_in_force(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped(DOCKERD "files: {/etc/docker/daemon.json: '{}'}", "daemon", "{name: dockerd}");
    assert_field(only_item(items), "config_newer", "false");
    assert_field(only_item(items), "newer_files", "[]");
}

static void what_cannot_be_read_may_be_newer(void **state)
{
    (void)state;
    pl_auto(items) file =
        look_shipped(DOCKERD "files: {/etc/docker/daemon.json: {content: '{', mtime: 1}}", "daemon", "{name: dockerd}");
    assert_field(only_item(file), "config_newer", "(unread)");
    pl_auto(items) clock =
        look_shipped(DOCKERD "files: {/proc/stat: \"cpu 1\\nbtime x\\n\"}", "daemon", "{name: dockerd}");
    assert_field(only_item(clock), "started", "(unread)");
    assert_field(only_item(clock), "config_newer", "(unread)");
}

static void a_stopped_daemon_never_started(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("files: {/etc/docker/daemon.json: '{}'}", "daemon", "{name: dockerd}");
    assert_field(only_item(items), "started", "null");
    assert_field(only_item(items), "config_newer", "null");
    assert_field(only_item(items), "config_files", "[\"/etc/docker/daemon.json\"]");
}

static void units_of_a_generator_get_new_times_by_themselves(void **state)
{
    (void)state;
    static const char host[] =
        DOCKERD "files:\n"
                "  /run/systemd/generator/dockerd.service: {content: '[Service]', mtime: 1900000000}\n";
    pl_auto(items) items = look_shipped(host, "daemon", "{name: dockerd}");
    assert_field(only_item(items), "config_newer", "false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_and_the_start_of_a_daemon),
        cmocka_unit_test(older_files_are_in_force),
        cmocka_unit_test(what_cannot_be_read_may_be_newer),
        cmocka_unit_test(a_stopped_daemon_never_started),
        cmocka_unit_test(units_of_a_generator_get_new_times_by_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
