#include "looking.h"

#define WANTS(name)                                                                                                    \
    "  /etc/systemd/system/multi-user.target.wants/" name ": {type: symlink, target: /usr/lib/systemd/system/" name    \
    "}\n"

static void enabled_and_active(void **state)
{
    (void)state;
    pl_auto(items) items = look("processes: [{pid: 50, comm: crond, cgroup: \"0::/system.slice/cron.service\\n\"}]\n"
                                "files:\n"
                                "  /usr/lib/systemd/system/cron.service: |\n"
                                "    [Unit]\n"
                                "    Description=x\n"
                                "    After=a.target b.target\n"
                                "    [Service]\n"
                                "    ExecStart=/usr/sbin/cron -f \\\n"
                                "      -P\n"
                                "    User=root\n"
                                "    [Install]\n"
                                "    WantedBy=multi-user.target\n" WANTS("cron.service"),
                                "unit", "{name: cron}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "cron.service");
    assert_field(item, "path", "\"/usr/lib/systemd/system/cron.service\"");
    assert_field(item, "enabled", "\"enabled\"");
    assert_field(item, "masked", "false");
    assert_field(item, "active", "true");
    assert_field(item, "starts", "true");
    assert_field(item, "properties.Service.User", "\"root\"");
    assert_field(item, "properties.Unit.After", "[\"a.target\",\"b.target\"]");
    assert_field(item, "dropins", "[]");
    assert_field(item, "triggers", "[]");
    assert_declared(item, "unit");
}

static void absent_units_are_no_items(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        "files:\n" WANTS("gone.service") "  /etc/systemd/system/other.service.d/a.conf: \"[Service]\\nUser=x\\n\"\n",
        "unit", "{name: [gone.service, other.service, none.service]}");
    assert_nothing(items);
}

static void disabled_and_idle(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files:\n"
             "  /usr/lib/systemd/system/a.service: \"[Service]\\nExecStart=/a\\n[Install]\\nWantedBy=x.target\\n\"\n"
             "  /usr/lib/systemd/system/b.service: \"[Service]\\nExecStart=/b\\n\"\n"
             "  /usr/lib/systemd/system/c.service: \"[Install]\\nAlso=a.service\\n\"\n",
             "unit", "{name: [a.service, b.service, c.service]}");
    assert_field(item_at(items, 0), "enabled", "\"disabled\"");
    assert_field(item_at(items, 0), "starts", "false");
    assert_field(item_at(items, 0), "active", "false");
    assert_field(item_at(items, 1), "enabled", "\"static\"");
    assert_field(item_at(items, 2), "enabled", "\"indirect\"");
}

static void masks(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /usr/lib/systemd/system/a.service: \"[Service]\\nExecStart=/a\\n\"\n" WANTS(
                                    "a.service") "  /etc/systemd/system/a.service: {type: symlink, target: /dev/null}\n"
                                                 "  /etc/systemd/system/b.service: \"\"\n",
                                "unit", "{name: [a.service, b.service]}");
    assert_int_equal(items->list->len, 2);
    for (guint i = 0; i < 2; i++) {
        assert_field(item_at(items, i), "masked", "true");
        assert_field(item_at(items, i), "enabled", "\"masked\"");
        assert_field(item_at(items, i), "starts", "false");
    }
    assert_field(item_at(items, 0), "properties", "{}");
}

static void an_alias_is_its_unit(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("processes: [{pid: 50, comm: sshd, cgroup: \"1:name=systemd:/system.slice/ssh.service\\n\"}]\n"
             "files:\n"
             "  /usr/lib/systemd/system/ssh.service: \"[Service]\\nUser=a\\n[Install]\\nAlias=sshd.service\\n\"\n"
             "  /etc/systemd/system/sshd.service: {type: symlink, target: /usr/lib/systemd/system/ssh.service}\n"
             "  /etc/systemd/system/sshd.service.d/o.conf: \"[Service]\\nUser=b\\n\"\n",
             "unit", "{name: [sshd.service, ssh.service]}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "enabled", "\"alias\"");
    assert_field(item_at(items, 1), "enabled", "\"enabled\"");
    for (guint i = 0; i < 2; i++) {
        assert_field(item_at(items, i), "active", "true");
        assert_field(item_at(items, i), "starts", "true");
        assert_field(item_at(items, i), "properties.Service.User", "\"b\"");
        assert_field(item_at(items, i), "path", "\"/usr/lib/systemd/system/ssh.service\"");
    }
}

static void instances_of_templates(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /usr/lib/systemd/system/getty@.service: \"[Service]\\nExecStart=/getty "
                                "%I\\n[Install]\\nWantedBy=getty.target\\n\"\n"
                                "  /etc/systemd/system/getty.target.wants/getty@tty1.service: {type: symlink, target: "
                                "/usr/lib/systemd/system/getty@.service}\n"
                                "  /etc/systemd/system/getty@.service.d/a.conf: \"[Service]\\nUser=t\\n\"\n"
                                "  /etc/systemd/system/getty@tty1.service.d/b.conf: \"[Service]\\nGroup=i\\n\"\n",
                                "unit", "{name: ['getty@*.service', getty@tty2.service]}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 0), "name", "\"getty@.service\"");
    assert_field(item_at(items, 0), "enabled", "\"enabled\"");
    assert_field(item_at(items, 1), "name", "\"getty@tty1.service\"");
    assert_field(item_at(items, 1), "enabled", "\"enabled\"");
    assert_field(item_at(items, 1), "starts", "true");
    assert_field(item_at(items, 1), "properties.Service",
                 "{\"ExecStart\":[\"/getty %I\"],\"Group\":\"i\",\"User\":\"t\"}");
    assert_field(item_at(items, 2), "enabled", "\"disabled\"");
    assert_field(item_at(items, 2), "starts", "false");
}

static void dropins_merge_in_order_of_names(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files:\n"
             "  /usr/lib/systemd/system/foo-bar.service: \"[Service]\\nExecStart=/v\\nUser=v\\nEnvironment=A=1\\n\"\n"
             "  /etc/systemd/system/foo-bar.service.d/50-a.conf: "
             "\"[Service]\\nExecStart=\\nExecStart=/e\\nEnvironment=B=2\\n\"\n"
             "  /usr/lib/systemd/system/foo-.service.d/90-z.conf: \"[Service]\\nGroup=z\\nUser=z\\n\"\n"
             "  /run/systemd/system/foo-bar.service.d/10-r.conf: \"[Service]\\nUser=r\\n\"\n"
             "  /usr/lib/systemd/system/foo-bar.service.d/50-a.conf: \"[Service]\\nUser=hidden\\n\"\n"
             "  /etc/systemd/system/service.d/50-a.conf: \"[Service]\\nUser=hidden2\\n\"\n"
             "  /etc/systemd/system/service.d/60-t.conf: \"[Service]\\nUser=t\\nUMask=77\\n\"\n"
             "  /etc/systemd/system/foo-bar.service.d/70.txt: \"[Service]\\nUser=no\\n\"\n"
             "  /etc/systemd/system/foo-bar.service.d/95-n.conf: {type: symlink, target: /dev/null}\n",
             "unit", "{name: foo-bar.service}");
    const struct item *item = only_item(items);
    assert_field(item, "dropins",
                 "[\"/run/systemd/system/foo-bar.service.d/10-r.conf\","
                 "\"/etc/systemd/system/foo-bar.service.d/50-a.conf\",\"/etc/systemd/system/service.d/60-t.conf\","
                 "\"/usr/lib/systemd/system/foo-.service.d/90-z.conf\"]");
    assert_field(item, "properties.Service.ExecStart", "[\"/e\"]");
    assert_field(item, "properties.Service.Environment", "[\"A=1\",\"B=2\"]");
    assert_field(item, "properties.Service.User", "\"z\"");
    assert_field(item, "properties.Service.UMask", "\"77\"");
}

static void an_empty_scalar_takes_the_value_back(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /usr/lib/systemd/system/a.service: \"[Service]\\nUser=v\\n\"\n"
                                "  /etc/systemd/system/a.service.d/a.conf: \"[Service]\\nUser=\\n\"\n",
                                "unit", "{name: a}");
    assert_field(only_item(items), "properties.Service.User", "(none)");
}

static void a_stronger_directory_replaces_the_file(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files:\n"
             "  /usr/lib/systemd/system/a.service: \"[Service]\\nUser=v\\n[Install]\\nWantedBy=x.target\\n\"\n"
             "  /etc/systemd/system/a.service: \"[Service]\\nGroup=e\\n\"\n",
             "unit", "{name: a}");
    assert_field(only_item(items), "properties", "{\"Service\":{\"Group\":\"e\"}}");
    assert_field(only_item(items), "enabled", "\"static\"");
}

static void an_enabled_socket_starts_a_disabled_service(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        "files:\n"
        "  /usr/lib/systemd/system/a.service: \"[Install]\\nWantedBy=x.target\\n\"\n"
        "  /usr/lib/systemd/system/a.socket: "
        "\"[Socket]\\nListenStream=/run/a\\n[Install]\\nWantedBy=sockets.target\\n\"\n"
        "  /etc/systemd/system/sockets.target.wants/a.socket: {type: symlink, target: "
        "/usr/lib/systemd/system/a.socket}\n"
        "  /usr/lib/systemd/system/b.service: \"[Install]\\nWantedBy=x.target\\n\"\n"
        "  /usr/lib/systemd/system/other.timer: \"[Timer]\\nUnit=b.service\\n[Install]\\nWantedBy=timers.target\\n\"\n",
        "unit", "{name: [a.service, b.service]}");
    assert_field(item_at(items, 0), "enabled", "\"disabled\"");
    assert_field(item_at(items, 0), "starts", "true");
    assert_field(item_at(items, 0), "triggers", "[\"a.socket\"]");
    assert_field(item_at(items, 1), "starts", "false");
    assert_field(item_at(items, 1), "triggers", "[]");
}

static void what_an_enabled_unit_wants_starts(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        "files:\n"
        "  /usr/lib/systemd/system/a.service: \"[Unit]\\nWants=b.service\\nRequires=%p-x.service\\n\"\n" WANTS(
            "a.service") "  /usr/lib/systemd/system/b.service: \"[Unit]\\nBindsTo=c.service\\n\"\n"
                         "  /usr/lib/systemd/system/c.service: \"[Service]\\nExecStart=/c\\n\"\n"
                         "  /usr/lib/systemd/system/multi-user.target.wants/d.service: {type: symlink, target: "
                         "../d.service}\n"
                         "  /usr/lib/systemd/system/d.service: \"[Service]\\nExecStart=/d\\n\"\n"
                         "  /usr/lib/systemd/system/rescue.target.wants/e.service: {type: symlink, target: "
                         "../e.service}\n"
                         "  /usr/lib/systemd/system/e.service: \"[Service]\\nExecStart=/e\\n\"\n"
                         "  /etc/systemd/system/multi-user.target.wants/f.service: {type: symlink, target: /dev/null}\n"
                         "  /etc/systemd/system/multi-user.target.wants/README: {type: symlink, target: ../f.service}\n"
                         "  /usr/lib/systemd/system/multi-user.target.wants/f.service: {type: symlink, target: "
                         "../f.service}\n"
                         "  /usr/lib/systemd/system/f.service: \"[Service]\\nExecStart=/f\\n\"\n",
        "unit", "{name: [c.service, d.service, e.service, f.service]}");
    assert_field(item_at(items, 0), "starts", "true");
    assert_field(item_at(items, 1), "starts", "true");
    assert_field(item_at(items, 1), "enabled", "\"static\"");
    assert_field(item_at(items, 2), "starts", "false");
    assert_field(item_at(items, 3), "starts", "false");
}

static void run_and_generators(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files:\n"
             "  /usr/lib/systemd/system/a.service: \"[Install]\\nWantedBy=x.target\\n\"\n"
             "  /run/systemd/system/multi-user.target.wants/a.service: {type: symlink, target: "
             "/usr/lib/systemd/system/a.service}\n"
             "  /run/systemd/generator/g.service: \"[Service]\\nExecStart=/g\\n\"\n"
             "  /run/systemd/generator/multi-user.target.wants/g.service: {type: symlink, target: ../g.service}\n",
             "unit", "{name: [a.service, g.service]}");
    assert_field(item_at(items, 0), "enabled", "\"enabled-runtime\"");
    assert_field(item_at(items, 1), "enabled", "\"generated\"");
    assert_field(item_at(items, 1), "starts", "true");
}

static void init_scripts(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files:\n"
             "  /etc/init.d/xinetd: {content: x, mode: \"0755\"}\n"
             "  /etc/rc3.d/S20xinetd: {type: symlink, target: ../init.d/xinetd}\n"
             "  /etc/init.d/tftpd: {content: x, mode: \"0755\"}\n"
             "  /etc/rc3.d/K20tftpd: {type: symlink, target: ../init.d/tftpd}\n"
             "  /run/systemd/generator.late/xinetd.service: \"[Service]\\nExecStart=/etc/init.d/xinetd start\\n\"\n"
             "  /etc/init.d/cron: {content: x, mode: \"0755\"}\n"
             "  /etc/rc3.d/S20cron: {type: symlink, target: ../init.d/cron}\n"
             "  /usr/lib/systemd/system/cron.service: \"[Install]\\nWantedBy=x.target\\n\"\n",
             "unit", "{name: [xinetd, tftpd, cron]}");
    assert_field(item_at(items, 0), "enabled", "\"enabled\"");
    assert_field(item_at(items, 0), "path", "\"/etc/init.d/xinetd\"");
    assert_field(item_at(items, 0), "starts", "true");
    assert_field(item_at(items, 1), "enabled", "\"disabled\"");
    assert_field(item_at(items, 2), "enabled", "\"disabled\"");
    assert_field(item_at(items, 2), "starts", "false");
}

static void a_units_namesake_in_a_container_is_another(void **state)
{
    (void)state;
    pl_auto(items) items = look("processes: [{pid: 50, comm: nginx, cgroup: "
                                "\"0::/system.slice/docker-12.scope/system.slice/nginx.service\\n\"}]\n"
                                "files: {/usr/lib/systemd/system/nginx.service: \"[Service]\\nExecStart=/n\\n\"}\n",
                                "unit", "{name: nginx}");
    assert_field(only_item(items), "active", "false");
}

static void oneshot_units(void **state)
{
    (void)state;
    static const char unit[] =
        "  /usr/lib/systemd/system/ufw.service: \"[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/u\\n\"\n";
    g_autofree char *unknown = g_strconcat("files:\n", unit, NULL);
    pl_auto(items) items = look(unknown, "unit", "{name: ufw}");
    assert_field(only_item(items), "active", "(unread)");
    g_autofree char *active = g_strconcat(
        "files:\n", unit, "  /run/systemd/units/invocation:ufw.service: {type: symlink, target: abc}\n", NULL);
    pl_auto(items) yes = look(active, "unit", "{name: ufw}");
    assert_field(only_item(yes), "active", "true");
    g_autofree char *idle = g_strconcat(
        "files:\n", unit, "  /run/systemd/units/invocation:b.service: {type: symlink, target: abc}\n", NULL);
    pl_auto(items) no = look(idle, "unit", "{name: ufw}");
    assert_field(only_item(no), "active", "false");
}

static void hidden_processes_are_not_absent(void **state)
{
    (void)state;
    pl_auto(items) items = look("privileged: false\n"
                                "mounts: \"21 26 0:20 / /proc rw - proc proc rw,hidepid=invisible\\n\"\n"
                                "files: {/usr/lib/systemd/system/a.service: \"[Service]\\nExecStart=/a\\n\"}\n",
                                "unit", "{name: a}");
    assert_field(only_item(items), "active", "(unread)");
}

static void mount_units(void **state)
{
    (void)state;
    pl_auto(items) items = look("mounts: |\n"
                                "  26 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
                                "  30 26 0:30 / /var/a-b rw - tmpfs t rw\n"
                                "files:\n"
                                "  \"/usr/lib/systemd/system/var-a\\\\x2db.mount\": \"[Mount]\\nWhat=t\\n\"\n"
                                "  /usr/lib/systemd/system/tmp.mount: \"[Mount]\\nWhat=t\\n\"\n",
                                "unit", "{name: ['*.mount']}");
    assert_field(item_at(items, 0), "active", "false");
    assert_field(item_at(items, 1), "active", "true");
}

/* A table of one line. */
#define TCP(local, peer, state) "  sl local rem st\\n   0: " local " " peer " " state " 0:0 0:0 0 0 0 77 1\\n"

static void socket_units(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files:\n"
             "  /proc/net/tcp: \"" TCP(
                 "00000000:0016", "00000000:0000",
                 "0A") "   1: 0100007F:0019 0100007F:0A01 01 0:0 0:0 0 0 0 78 1\\n\"\n"
                       "  /proc/net/unix: \"Num\\n0000: 00000002 00000000 00010000 0001 01 22 /run/docker.sock\\n\"\n"
                       "  /usr/lib/systemd/system/ssh.socket: \"[Socket]\\nListenStream=0.0.0.0:22\\n\"\n"
                       "  /usr/lib/systemd/system/smtp.socket: \"[Socket]\\nListenStream=25\\n\"\n"
                       "  /usr/lib/systemd/system/docker.socket: \"[Socket]\\nListenStream=/var/run/docker.sock\\n\"\n"
                       "  /usr/lib/systemd/system/fifo.socket: \"[Socket]\\nListenFIFO=/run/f\\n\"\n",
             "unit", "{name: [ssh.socket, smtp.socket, docker.socket, fifo.socket]}");
    assert_field(item_at(items, 0), "active", "true");
    assert_field(item_at(items, 1), "active", "false");
    assert_field(item_at(items, 2), "active", "true");
    assert_field(item_at(items, 3), "active", "(unread)");
}

/* What could not be read may hold the address. */
static void an_unread_table_leaves_it_open(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "/proc/net/tcp: {content: '', denied: true}",
        "/proc/net/tcp6: \"head\\nnot of the kernel\\n\"",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *host = g_strdup_printf(
            "files:\n  %s\n  /usr/lib/systemd/system/cups.socket: \"[Socket]\\nListenStream=631\\n\"\n", tables[i]);
        pl_auto(items) items = look(host, "unit", "{name: cups.socket}");
        assert_field(only_item(items), "active", "(unread)");
    }
    pl_auto(items) items = look("files:\n  /proc/net/unix: {content: '', denied: true}\n"
                                "  /usr/lib/systemd/system/cups.socket: \"[Socket]\\nListenStream=631\\n\"\n",
                                "unit", "{name: cups.socket}");
    assert_field(only_item(items), "active", "false");
}

static void a_bound_address_may_be_the_services_own(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        "processes: [{pid: 50, comm: sshd, cgroup: \"0::/system.slice/ssh.service\\n\"}]\n"
        "files:\n"
        "  /proc/net/tcp: \"" TCP("00000000:0016", "00000000:0000",
                                  "0A") "\"\n"
                                        "  /usr/lib/systemd/system/ssh.socket: \"[Socket]\\nListenStream=22\\n\"\n",
        "unit", "{name: ssh.socket}");
    assert_field(only_item(items), "active", "(unread)");
}

static void offline_knows_all_but_what_runs(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        "live: false\n"
        "files:\n"
        "  /usr/lib/systemd/system/cron.service: \"[Install]\\nWantedBy=multi-user.target\\n\"\n" WANTS("cron.service"),
        "unit", "{name: cron}");
    assert_field(only_item(items), "enabled", "\"enabled\"");
    assert_field(only_item(items), "active", "(unread)");
}

static void denied_files_are_unread(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files: {/usr/lib/systemd/system/a.service: {content: x, denied: true}}", "unit", "{name: a}");
    assert_field(only_item(items), "enabled", "(unread)");
    assert_field(only_item(items), "properties", "(unread)");
}

static void circles_end(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/systemd/system/a.service: {type: symlink, target: b.service}\n"
                                "  /etc/systemd/system/b.service: {type: symlink, target: a.service}\n"
                                "  /etc/systemd/system/c.service: \"[Unit]\\nWants=c.service d.service\\n\"\n"
                                "  /etc/systemd/system/d.service: \"[Unit]\\nWants=c.service\\n\"\n" WANTS("c.service"),
                                "unit", "{name: ['*.service']}");
    assert_field(item_at(items, 0), "name", "\"c.service\"");
    assert_field(item_at(items, 1), "starts", "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enabled_and_active),
        cmocka_unit_test(absent_units_are_no_items),
        cmocka_unit_test(disabled_and_idle),
        cmocka_unit_test(masks),
        cmocka_unit_test(an_alias_is_its_unit),
        cmocka_unit_test(instances_of_templates),
        cmocka_unit_test(dropins_merge_in_order_of_names),
        cmocka_unit_test(an_empty_scalar_takes_the_value_back),
        cmocka_unit_test(a_stronger_directory_replaces_the_file),
        cmocka_unit_test(an_enabled_socket_starts_a_disabled_service),
        cmocka_unit_test(what_an_enabled_unit_wants_starts),
        cmocka_unit_test(run_and_generators),
        cmocka_unit_test(init_scripts),
        cmocka_unit_test(a_units_namesake_in_a_container_is_another),
        cmocka_unit_test(oneshot_units),
        cmocka_unit_test(hidden_processes_are_not_absent),
        cmocka_unit_test(mount_units),
        cmocka_unit_test(socket_units),
        cmocka_unit_test(an_unread_table_leaves_it_open),
        cmocka_unit_test(a_bound_address_may_be_the_services_own),
        cmocka_unit_test(offline_knows_all_but_what_runs),
        cmocka_unit_test(denied_files_are_unread),
        cmocka_unit_test(circles_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
