#include "looking.h"

static const struct item *facts(struct items **items, const char *host)
{
    *items = look(host, "host", "{}");
    const struct item *item = only_item(*items);
    assert_declared(item, "host");
    return item;
}

static void an_ordinary_server(void **state)
{
    (void)state;
    pl_auto(items) items = NULL;
    const struct item *item = facts(&items, "kernel: {release: 6.1.0-18-amd64}\n"
                                            "sysctls: {net.ipv6.conf.all.disable_ipv6: 0}\n"
                                            "packages: [openssh-server]\n"
                                            "files:\n"
                                            "  /etc/os-release: |\n"
                                            "    ID=ubuntu\n"
                                            "    ID_LIKE='debian x'\n"
                                            "    VERSION_ID=\"24.04\"\n"
                                            "  /sys/kernel/security/lsm: \"lockdown,yama,apparmor\"\n"
                                            "  /sys/class/dmi/id/sys_vendor: \"Dell Inc.\\n\"\n"
                                            "  /proc/cpuinfo: \"processor : 0\\nflags\\t\\t: fpu vme\\n\"\n");
    assert_field(item, "os", "\"ubuntu\"");
    assert_field(item, "os_like", "[\"ubuntu\",\"debian\",\"x\"]");
    assert_field(item, "os_version", "\"24.04\"");
    assert_field(item, "kernel", "\"6.1.0-18-amd64\"");
    assert_field(item, "arch", "\"x86_64\"");
    assert_field(item, "init", "\"systemd\"");
    assert_field(item, "container", "false");
    assert_field(item, "virtual", "\"none\"");
    assert_field(item, "uefi", "false");
    assert_field(item, "secure_boot", "false");
    assert_field(item, "lsm", "[\"lockdown\",\"yama\",\"apparmor\"]");
    assert_field(item, "ipv6", "true");
    assert_field(item, "graphical", "false");
    assert_field(item, "live", "true");
}

static void what_nothing_tells_is_unread(void **state)
{
    (void)state;
    pl_auto(items) items = NULL;
    const struct item *item = facts(&items, "files: {/sys/firmware/efi: {type: dir}}");
    assert_field(item, "os", "(unread)");
    assert_field(item, "virtual", "(unread)");
    assert_field(item, "lsm", "(unread)");
    assert_field(item, "uefi", "true");
    assert_field(item, "secure_boot", "(unread)");
    assert_field(item, "ipv6", "false");
}

static void secure_boot_is_the_fifth_byte(void **state)
{
    (void)state;
    pl_auto(items) items = NULL;
    const struct item *item =
        facts(&items,
              "files: {/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c: {base64: BgAAAAE=}}");
    assert_field(item, "secure_boot", "true");
}

static void virtual_machines(void **state)
{
    (void)state;
    static const struct {
        const char *files, *name;
    } cases[] = {
        {"/sys/class/dmi/id/sys_vendor: QEMU", "\"kvm\""},
        {"/sys/class/dmi/id/sys_vendor: Amazon EC2, /sys/class/dmi/id/product_name: m5.large", "\"amazon\""},
        {"/sys/class/dmi/id/sys_vendor: Amazon EC2, /sys/class/dmi/id/product_name: m5.metal", "\"none\""},
        {"/proc/cpuinfo: \"flags : fpu hypervisor\\n\"", "\"other\""},
        {"/sys/class/dmi/id/sys_vendor: VMware, /proc/cpuinfo: \"flags : fpu\\n\"", "\"none\""},
        {"/sys/hypervisor/type: xen", "\"xen\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("files: {%s}", cases[i].files);
        pl_auto(items) items = NULL;
        assert_field(facts(&items, text), "virtual", cases[i].name);
    }
}

/* plumbline itself, in a process namespace of its own. */
#define INSIDE "{pid: 999, comm: plumbline, ns: {pid: 4026532200}}"

static void containers(void **state)
{
    (void)state;
    pl_auto(items) by_file = NULL;
    const struct item *item =
        facts(&by_file, "processes: [{pid: 1, comm: sleep}, " INSIDE "]\nfiles: {/.dockerenv: ''}");
    assert_field(item, "container", "true");
    assert_field(item, "init", "\"none\"");
    pl_auto(items) by_cgroup = NULL;
    item =
        facts(&by_cgroup, "processes: [{pid: 1, comm: sh, cgroup: \"0::/kubepods/besteffort/pod1/a\\n\"}, " INSIDE "]");
    assert_field(item, "container", "true");
    pl_auto(items) by_env = NULL;
    item = facts(&by_env, "processes: [{pid: 1, comm: systemd, environ: {container: lxc}}, " INSIDE "]");
    assert_field(item, "container", "true");
    assert_field(item, "init", "\"systemd\"");
}

static void a_marker_alone_is_no_container(void **state)
{
    (void)state;
    pl_auto(items) items = NULL;
    const struct item *item = facts(&items, "processes: [{pid: 1, comm: sleep}]\nfiles: {/.dockerenv: ''}");
    assert_field(item, "container", "false");
    assert_field(item, "init", "\"other\"");
}

/* What is told of a mounted root. */
static void assert_ipv6_at_boot(const char *files, const char *expected)
{
    pl_auto(items) items = NULL;
    g_autofree char *text = g_strdup_printf("live: false\nfiles: %s", files);
    assert_field(facts(&items, text), "ipv6", expected);
}

static void ipv6_of_a_mounted_root_is_that_of_its_next_boot(void **state)
{
    (void)state;
    assert_ipv6_at_boot("{/etc/hostname: x}", "true");
    assert_ipv6_at_boot("{/etc/sysctl.d/x.conf: \"net.ipv6.conf.all.disable_ipv6 = 1\\n\"}", "false");
    assert_ipv6_at_boot("{/etc/sysctl.d/x.conf: \"net.ipv6.conf.default.disable_ipv6 = 1\\n\"}", "true");
    assert_ipv6_at_boot("{/etc/sysctl.d/x.conf: \"net.ipv6.conf.all.disable_ipv6 = 1\\n"
                        "net.ipv6.conf.eth0.disable_ipv6 = 0\\n\"}",
                        "true");
    assert_ipv6_at_boot("{/boot/grub/grub.cfg: \"linux /vmlinuz root=/dev/sda1 ipv6.disable=1\\n\"}", "(unread)");
    assert_ipv6_at_boot("{/boot/loader/entries/a.conf: \"options root=/dev/sda1 ipv6.disable=1\\n\"}", "(unread)");
    assert_ipv6_at_boot("{/etc/default/grub: {content: x, denied: true}}", "(unread)");
}

static void ipv6_switched_off(void **state)
{
    (void)state;
    pl_auto(items) off = NULL;
    assert_field(facts(&off, "sysctls: {net.ipv6.conf.all.disable_ipv6: 1, net.ipv6.conf.eth0.disable_ipv6: 1}"),
                 "ipv6", "false");
    pl_auto(items) again = NULL;
    assert_field(facts(&again, "sysctls: {net.ipv6.conf.all.disable_ipv6: 1, net.ipv6.conf.eth0.disable_ipv6: 0}"),
                 "ipv6", "true");
}

static void desktops(void **state)
{
    (void)state;
    pl_auto(items) items = NULL;
    assert_field(facts(&items, "packages: [gdm3]"), "graphical", "true");
    pl_auto(items) removed = NULL;
    assert_field(facts(&removed, "packages: [{name: gdm3, status: config-files}]"), "graphical", "false");
}

static void offline_roots(void **state)
{
    (void)state;
    pl_auto(items) items = NULL;
    const struct item *item = facts(&items, "live: false\n"
                                            "files:\n"
                                            "  /usr/lib/os-release: \"ID=fedora\\n\"\n"
                                            "  /sbin/init: {type: symlink, target: /usr/lib/systemd/systemd}\n"
                                            "  /usr/lib/systemd/systemd: x\n");
    assert_field(item, "os", "\"fedora\"");
    assert_field(item, "os_version", "null");
    assert_field(item, "init", "\"systemd\"");
    assert_field(item, "kernel", "(unread)");
    assert_field(item, "uefi", "(unread)");
    assert_field(item, "ipv6", "true");
    assert_field(item, "live", "false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_server),
        cmocka_unit_test(what_nothing_tells_is_unread),
        cmocka_unit_test(secure_boot_is_the_fifth_byte),
        cmocka_unit_test(virtual_machines),
        cmocka_unit_test(containers),
        cmocka_unit_test(a_marker_alone_is_no_container),
        cmocka_unit_test(ipv6_switched_off),
        cmocka_unit_test(ipv6_of_a_mounted_root_is_that_of_its_next_boot),
        cmocka_unit_test(desktops),
        cmocka_unit_test(offline_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
