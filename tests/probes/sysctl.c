#include "looking.h"

static void running_and_persistent_agree(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.kptr_restrict: 1}\n"
                                "files:\n"
                                "  /etc/sysctl.d/50-a.conf: \"# text\\nkernel.kptr_restrict = 1\\n\"\n",
                                "sysctl", "{name: kernel.kptr_restrict}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "kernel.kptr_restrict");
    assert_field(item, "value", "1");
    assert_field(item, "persistent", "1");
    assert_field(item, "persistent_source", "\"/etc/sysctl.d/50-a.conf:2\"");
    assert_field(item, "persists", "true");
    assert_field(item, "overridden", "[]");
    assert_declared(item, "sysctl");
    assert_source(item, "/proc/sys/kernel/kptr_restrict", 0);
}

static void without_assignment_nothing_persists(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.kptr_restrict: 1}", "sysctl", "{name: kernel/kptr_restrict}");
    const struct item *item = only_item(items);
    assert_field(item, "persistent", "null");
    assert_field(item, "persists", "false");
}

static void unknown_key_is_no_item(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files: {/etc/sysctl.d/a.conf: \"kernel.none = 1\\n\"}", "sysctl", "{name: kernel.none}");
    assert_nothing(items);
}

static void last_base_name_wins_and_same_name_hides(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.sysrq: 0}\n"
                                "files:\n"
                                "  /usr/lib/sysctl.d/99-z.conf: \"kernel.sysrq = 1\\n\"\n"
                                "  /usr/lib/sysctl.d/10-a.conf: \"kernel.sysrq = 438\\n\"\n"
                                "  /etc/sysctl.d/99-z.conf: \"kernel.sysrq = 0\\n\"\n"
                                "  /etc/sysctl.d/50-b.conf: \"kernel/sysrq=16\\n\"\n"
                                "  /etc/sysctl.d/99-z.conf.bak: \"kernel.sysrq = 7\\n\"\n",
                                "sysctl", "{name: kernel.sysrq}");
    const struct item *item = only_item(items);
    assert_field(item, "persistent", "0");
    assert_field(item, "persistent_source", "\"/etc/sysctl.d/99-z.conf:1\"");
    assert_field(item, "overridden", "[\"/usr/lib/sysctl.d/10-a.conf:1 438\",\"/etc/sysctl.d/50-b.conf:1 16\"]");
}

static void null_link_hides_without_saying_anything(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.sysrq: 0}\n"
                                "files:\n"
                                "  /usr/lib/sysctl.d/99-z.conf: \"kernel.sysrq = 0\\n\"\n"
                                "  /etc/sysctl.d/99-z.conf: {type: symlink, target: /dev/null}\n",
                                "sysctl", "{name: kernel.sysrq}");
    assert_field(only_item(items), "persistent", "null");
}

static void globs_never_override_explicit_keys(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {net.ipv4.conf.eth0.rp_filter: 1, net.ipv4.conf.lo.rp_filter: 0,\n"
                                "  net.ipv4.conf.all.rp_filter: 2}\n"
                                "files:\n"
                                "  /etc/sysctl.d/10-a.conf: \"net.ipv4.conf.eth0.rp_filter = 1\\n\"\n"
                                "  /etc/sysctl.d/20-b.conf: |\n"
                                "    net.ipv4.conf.*.rp_filter = 2\n"
                                "    -net.ipv4.conf.lo.rp_filter\n",
                                "sysctl", "{name: 'net.ipv4.conf.*.rp_filter'}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 0), "name", "\"net.ipv4.conf.all.rp_filter\"");
    assert_field(item_at(items, 0), "persistent", "2");
    assert_field(item_at(items, 1), "persistent", "1");
    assert_field(item_at(items, 1), "overridden", "[\"/etc/sysctl.d/20-b.conf:1 2\"]");
    assert_field(item_at(items, 2), "name", "\"net.ipv4.conf.lo.rp_filter\"");
    assert_field(item_at(items, 2), "persistent", "null");
}

static void interface_names_hold_dots(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {net.ipv4.conf.eth0/100.rp_filter: 1}\n"
                                "files: {/etc/sysctl.d/a.conf: \"-net/ipv4/conf/eth0.100/rp_filter=1\\n\"}\n",
                                "sysctl", "{name: net.ipv4.conf.eth0/100.rp_filter}");
    const struct item *item = only_item(items);
    assert_field(item, "name", "\"net.ipv4.conf.eth0/100.rp_filter\"");
    assert_field(item, "persists", "true");
    assert_source(item, "/proc/sys/net/ipv4/conf/eth0.100/rp_filter", 0);
}

static void sysctl_conf_is_last_without_systemd(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.sysrq: 0}\n"
                                "files:\n"
                                "  /usr/lib/systemd/systemd-sysctl: null\n"
                                "  /etc/sysctl.d/zz.conf: \"kernel.sysrq = 1\\n\"\n"
                                "  /etc/sysctl.conf: \"kernel.sysrq = 0\\n\"\n",
                                "sysctl", "{name: kernel.sysrq}");
    const struct item *item = only_item(items);
    assert_field(item, "persistent_source", "\"/etc/sysctl.conf:1\"");
    assert_field(item, "overridden", "[\"/etc/sysctl.d/zz.conf:1 1\"]");
}

static void systemd_does_not_read_sysctl_conf(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.sysrq: 0}\n"
                                "files:\n"
                                "  /usr/lib/systemd/systemd-sysctl: \"\"\n"
                                "  /etc/sysctl.conf: \"kernel.sysrq = 0\\n\"\n",
                                "sysctl", "{name: kernel.sysrq}");
    const struct item *item = only_item(items);
    assert_field(item, "persistent", "null");
    assert_field(item, "persists", "false");
    assert_field(item, "overridden", "[\"/etc/sysctl.conf:1 0 (not read at boot by systemd)\"]");
}

static void systemd_reads_a_linked_sysctl_conf_in_its_place(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.sysrq: 0}\n"
                                "files:\n"
                                "  /usr/lib/systemd/systemd-sysctl: \"\"\n"
                                "  /etc/sysctl.d/99-sysctl.conf: {type: symlink, target: ../sysctl.conf}\n"
                                "  /etc/sysctl.d/zz.conf: \"kernel.sysrq = 1\\n\"\n"
                                "  /etc/sysctl.conf: \"kernel.sysrq = 0\\n\"\n",
                                "sysctl", "{name: kernel.sysrq}");
    const struct item *item = only_item(items);
    assert_field(item, "persistent", "1");
    assert_field(item, "overridden", "[\"/etc/sysctl.d/99-sysctl.conf:1 0\"]");
}

/* What the next boot gives net.ipv4.conf.lo.rp_filter, by one file of sysctl.d. */
static void assert_next(const char *systemd, const char *text, const char *value)
{
    g_autofree char *host = g_strdup_printf("sysctls: {net.ipv4.conf.lo.rp_filter: 0}\n"
                                            "files:\n  /etc/sysctl.d/a.conf: \"%s\"\n  %s\n",
                                            text, systemd);
    pl_auto(items) items = look(host, "sysctl", "{name: net.ipv4.conf.lo.rp_filter}");
    assert_field(only_item(items), "persistent", value);
}

/* As systemd-sysctl 252 and procps 4.0.2 do it. */
static void exclusions_and_repeated_globs(void **state)
{
    (void)state;
#define KEY(name) "net.ipv4.conf." name ".rp_filter"
    static const struct {
        const char *text, *systemd, *procps;
    } files[] = {
        {KEY("*") "=1\\n-" KEY("lo"), "null", "null"},
        {KEY("*") "=1\\n-" KEY("l*"), "1", "1"},   /* a glob excludes nothing */
        {KEY("*") "=1\\n-" KEY("*"), "null", "1"}, /* but takes the same glob's place */
        {KEY("lo") "=1\\n-" KEY("lo"), "null", "1"},
        {"-" KEY("lo") "\\n" KEY("lo") "=1", "1", "1"},
        {KEY("lo") "=1\\n" KEY("*") "=2", "1", "1"},
        {KEY("*") "=1\\n" KEY("l*") "=2\\n" KEY("*") "=1", "2", "1"}, /* what says the same moves nothing */
        {KEY("*") "=1\\n" KEY("l*") "=2\\n" KEY("*") "=0", "0", "0"},
        {KEY("*") "=1\\nnet//ipv4/conf/*/rp_filter=2", "2", "2"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        assert_next("/usr/lib/systemd/systemd-sysctl: ''", files[i].text, files[i].systemd);
        assert_next("/usr/lib/systemd/systemd-sysctl: null", files[i].text, files[i].procps);
    }
}

static void names_that_systemd_passes_over(void **state)
{
    (void)state;
    static const char systemd[] = "/usr/lib/systemd/systemd-sysctl: ''\n"
                                  "  /etc/sysctl.d/.z.conf: \"net.ipv4.conf.lo.rp_filter=1\\n\"";
    assert_next(systemd, KEY("lo") "=0", "0");
    assert_next("/usr/lib/systemd/systemd-sysctl: null\n  /etc/sysctl.d/.z.conf: 'net.ipv4.conf.lo.rp_filter=1'", "",
                "1");
    assert_next("/usr/lib/systemd/systemd-sysctl: ''\n"
                "  /usr/lib/sysctl.d/b.conf: 'net.ipv4.conf.lo.rp_filter=1'\n"
                "  /etc/sysctl.d/b.conf: {target: ../c}\n  /etc/c: {target: ../dev/null}",
                "", "null");
    static const char *const masks[] = {"''", "{target: /dev/null}", "{target: ../../../dev/null}"};
    for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
        g_autofree char *masked = g_strdup_printf("/usr/lib/systemd/systemd-sysctl: ''\n"
                                                  "  /etc/systemd/system/systemd-sysctl.service: %s",
                                                  masks[i]);
        assert_next(masked, KEY("lo") "=1", "null");
    }
}

/* The firewall sets its own after all others, whatever globs there are. */
static void each_program_has_its_turn(void **state)
{
    (void)state;
    static const char ufw[] = "/usr/lib/systemd/systemd-sysctl: ''\n"
                              "  /etc/ufw/ufw.conf: 'ENABLED=yes'\n"
                              "  /etc/ufw/sysctl.conf: 'net.ipv4.conf.*.rp_filter=2'";
    assert_next(ufw, KEY("lo") "=1", "2");
    assert_next("/usr/lib/systemd/systemd-sysctl: ''\n  /proc/cmdline: 'sysctl.net.ipv4.conf.lo.rp_filter=2'",
                "-" KEY("lo"), "2");
}

static void ufw_comes_after_all(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {net.ipv4.conf.all.log_martians: 0}\n"
                                "files:\n"
                                "  /etc/sysctl.d/zz.conf: \"net.ipv4.conf.all.log_martians = 1\\n\"\n"
                                "  /etc/ufw/ufw.conf: \"ENABLED=yes\\n\"\n"
                                "  /etc/ufw/sysctl.conf: \"net/ipv4/conf/all/log_martians=0\\n\"\n",
                                "sysctl", "{name: net.ipv4.conf.all.log_martians}");
    assert_field(only_item(items), "persistent_source", "\"/etc/ufw/sysctl.conf:1\"");
}

static void texts_and_numbers_compare_as_the_kernel_reads_them(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("sysctls: {kernel.printk: \"4\\t4\\t1\\t7\", kernel.sysrq: 16}\n"
             "files: {/etc/sysctl.d/a.conf: \"kernel.printk = 4 4 1  7\\nkernel.sysrq = 0x10\\n\"}\n",
             "sysctl", "{name: [kernel.printk, kernel.sysrq]}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "value", "\"4 4 1 7\"");
    assert_field(item_at(items, 0), "persists", "true");
    assert_field(item_at(items, 1), "persists", "true");
}

static void offline_shows_what_is_persistent(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false\n"
                                "files: {/etc/sysctl.d/a.conf: \"kernel.sysrq = 0\\n\"}\n",
                                "sysctl", "{name: kernel.sysrq}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "(unread)");
    assert_field(item, "persistent", "0");
    assert_field(item, "persists", "(unread)");
    assert_source(item, "/etc/sysctl.d/a.conf", 1);
}

static void offline_patterns_are_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false\n"
                                "files: {/etc/sysctl.d/a.conf: \"net.ipv4.conf.eth0.rp_filter = 1\\n\"}\n",
                                "sysctl", "{name: 'net.ipv4.conf.*.x_*'}");
    assert_problem(items, PROBLEM_UNKNOWN, "offline root");
}

/* Every other interface begins as "default" says. */
static void offline_all_interfaces_are_all_default_and_those_that_are_named(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false\n"
                                "files:\n"
                                "  /boot/vmlinuz-6.12.0: x\n"
                                "  /etc/sysctl.d/a.conf: |\n"
                                "    net.ipv4.conf.eth0.rp_filter = 1\n"
                                "    net.ipv4.conf.default.rp_filter = 2\n",
                                "sysctl", "{name: 'net.ipv4.conf.*.rp_filter'}");
    assert_int_equal(items->list->len, 3);
    assert_int_equal(items->problems->len, 0);
    assert_field(item_at(items, 0), "name", "\"net.ipv4.conf.all.rp_filter\"");
    assert_field(item_at(items, 0), "persistent", "null");
    assert_field(item_at(items, 0), "boot", "0");
    assert_field(item_at(items, 1), "name", "\"net.ipv4.conf.default.rp_filter\"");
    assert_field(item_at(items, 1), "boot", "2");
    assert_field(item_at(items, 1), "boot_source", "\"/etc/sysctl.d/a.conf:2\"");
    assert_field(item_at(items, 2), "name", "\"net.ipv4.conf.eth0.rp_filter\"");
}

static void the_next_boot_changes_what_a_file_sets(void **state)
{
    (void)state;
    static const char files[] = "sysctls: {kernel.sysrq: 0, kernel.kptr_restrict: 1}\n"
                                "files: {/etc/sysctl.d/a.conf: \"kernel.sysrq = 1\\n\"}\n";
    pl_auto(items) items = look(files, "sysctl", "{name: [kernel.sysrq, kernel.kptr_restrict]}");
    assert_field(item_at(items, 0), "boot", "1");
    assert_field(item_at(items, 1), "boot", "null");
    assert_field(item_at(items, 1), "boot_source", "null");
}

static void assert_begins(const char *config, const char *name, const char *expected)
{
    g_autofree char *host = g_strdup_printf("live: false\nfiles: {/boot/config-6.12.0: \"%s\\n\"}\n", config);
    g_autofree char *object = g_strdup_printf("{name: %s}", name);
    pl_auto(items) items = look(host, "sysctl", object);
    assert_field(only_item(items), "boot", expected);
}

static void without_a_file_a_mounted_root_begins_as_its_kernel_was_built(void **state)
{
    (void)state;
    assert_begins("CONFIG_LDISC_AUTOLOAD=y", "dev.tty.ldisc_autoload", "1");
    assert_begins("# CONFIG_LDISC_AUTOLOAD is not set", "dev.tty.ldisc_autoload", "0");
    assert_begins("CONFIG_X=y", "dev.tty.ldisc_autoload", "(unread)");
    assert_begins("CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x01b6", "kernel.sysrq", "438");
    assert_begins("# CONFIG_KEXEC_CORE is not set", "kernel.kexec_load_disabled", "(unread)");
    assert_begins("CONFIG_X=y", "kernel.oops_limit", "10000");
    assert_begins("CONFIG_X=y", "kernel.yama.ptrace_scope", "(unread)");
    assert_begins("CONFIG_X=y", "net.ipv4.ip_forward", "0");
}

static void denied_files_leave_the_rest_known(void **state)
{
    (void)state;
    pl_auto(items) items = look("sysctls: {kernel.sysrq: 0}\n"
                                "files: {/etc/sysctl.d/a.conf: {content: x, denied: true}}\n",
                                "sysctl", "{name: kernel.sysrq}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "0");
    assert_field(item, "persistent", "(unread)");
    assert_field(item, "persists", "(unread)");
}

static void denied_parameter_is_unread(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/proc/sys/net/core/bpf_jit_harden: {content: '2', denied: true}}\n", "sysctl",
                                "{name: net.core.bpf_jit_harden}");
    if (items->list->len)
        assert_field(item_at(items, 0), "value", "(unread)");
    else
        assert_problem(items, PROBLEM_UNKNOWN, "bpf_jit_harden");
}

static void only_dotted_names(void **state)
{
    (void)state;
    pl_autojson json_object *good = yaml("{name: [kernel.sysrq, net/ipv4/ip_forward, 'net.ipv4.conf.*.rp_filter']}");
    pl_autojson json_object *plain = yaml("{name: sysrq}");
    pl_autojson json_object *assignment = yaml("{name: kernel.sysrq=1}");
    assert_true(probe_find("sysctl")->check(good, NULL, NULL));
    assert_false(probe_find("sysctl")->check(plain, NULL, NULL));
    assert_false(probe_find("sysctl")->check(assignment, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_and_persistent_agree),
        cmocka_unit_test(without_assignment_nothing_persists),
        cmocka_unit_test(unknown_key_is_no_item),
        cmocka_unit_test(last_base_name_wins_and_same_name_hides),
        cmocka_unit_test(null_link_hides_without_saying_anything),
        cmocka_unit_test(globs_never_override_explicit_keys),
        cmocka_unit_test(interface_names_hold_dots),
        cmocka_unit_test(sysctl_conf_is_last_without_systemd),
        cmocka_unit_test(systemd_does_not_read_sysctl_conf),
        cmocka_unit_test(systemd_reads_a_linked_sysctl_conf_in_its_place),
        cmocka_unit_test(exclusions_and_repeated_globs),
        cmocka_unit_test(names_that_systemd_passes_over),
        cmocka_unit_test(each_program_has_its_turn),
        cmocka_unit_test(ufw_comes_after_all),
        cmocka_unit_test(texts_and_numbers_compare_as_the_kernel_reads_them),
        cmocka_unit_test(offline_shows_what_is_persistent),
        cmocka_unit_test(offline_patterns_are_unknown),
        cmocka_unit_test(offline_all_interfaces_are_all_default_and_those_that_are_named),
        cmocka_unit_test(the_next_boot_changes_what_a_file_sets),
        cmocka_unit_test(without_a_file_a_mounted_root_begins_as_its_kernel_was_built),
        cmocka_unit_test(denied_files_leave_the_rest_known),
        cmocka_unit_test(denied_parameter_is_unread),
        cmocka_unit_test(only_dotted_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
