#include "described.h"

static void a_running_daemon(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, -D]}]\n"
                       "files: {/etc/docker/daemon.json: '{}'}\n"
                       "packages: [{name: docker.io, version: 20.10.24+dfsg1-1}]\n";
    pl_auto(items) items = look_shipped(host, "daemon", "{name: dockerd}");
    const struct item *item = only_item(items);
    assert_field(item, "running", "true");
    assert_field(item, "pid", "9");
    assert_field(item, "exe", "\"/usr/bin/dockerd\"");
    assert_field(item, "argv", "[\"dockerd\",\"-D\"]");
    assert_field(item, "config", "\"/etc/docker/daemon.json\"");
    assert_field(item, "version", "\"20.10.24+dfsg1-1\"");
    assert_field(item, "user", "\"root\"");
    assert_declared(item, "daemon");
}

static void a_program_that_no_package_carries_has_no_version(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, comm: dockerd, exe: /opt/dockerd, argv: [dockerd]}]\n"
                       "packages: [{name: docker.io, version: 20.10.24}]\n";
    pl_auto(items) items = look_shipped(host, "daemon", "{name: dockerd}");
    assert_field(only_item(items), "version", "null");
    const char *listed = "processes: [{pid: 9, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd]}]\n"
                         "files: {/var/lib/dpkg/info/docker.io.list: \"/usr/sbin/dockerd\\n\"}\n"
                         "packages: [{name: docker.io, version: 20.10.24}]\n";
    pl_auto(items) other = look_shipped(listed, "daemon", "{name: dockerd}");
    assert_field(only_item(other), "version", "null");
}

static void a_configured_daemon_that_does_not_run(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("files: {/var/lib/kubelet/config.yaml: 'a: b'}", "daemon", "{name: kubelet}");
    const struct item *item = only_item(items);
    assert_field(item, "running", "false");
    assert_field(item, "pid", "null");
    assert_field(item, "config", "\"/var/lib/kubelet/config.yaml\"");
}

static void another_program_of_that_name_does_not_count(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("processes: [{pid: 9, comm: sh, exe: /bin/sh, argv: [sh, -c, dockerd]}]",
                                        "daemon", "{name: dockerd}");
    assert_nothing(items);
}

static void an_offline_root_has_configured_daemons(void **state)
{
    (void)state;
    pl_auto(items) items =
        look_shipped("live: false\nfiles: {/etc/docker/daemon.json: '{}'}", "daemon", "{name: dockerd}");
    assert_field(only_item(items), "running", "false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_daemon),
        cmocka_unit_test(a_program_that_no_package_carries_has_no_version),
        cmocka_unit_test(a_configured_daemon_that_does_not_run),
        cmocka_unit_test(another_program_of_that_name_does_not_count),
        cmocka_unit_test(an_offline_root_has_configured_daemons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
