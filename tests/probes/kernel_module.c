#include "looking.h"

/* A kernel with usb-storage and cramfs as files, and squashfs built in. */
#define KERNEL                                                                                                         \
    "kernel: {release: 6.1.0, cmdline: quiet}\n"                                                                       \
    "files:\n"                                                                                                         \
    "  /usr/lib/modules/6.1.0/modules.dep: |\n"                                                                        \
    "    kernel/drivers/usb/storage/usb-storage.ko.xz: kernel/a.ko.xz\n"                                               \
    "    kernel/fs/cramfs/cramfs.ko:\n"                                                                                \
    "  /usr/lib/modules/6.1.0/modules.builtin: \"kernel/fs/squashfs/squashfs.ko\\n\"\n"                                \
    "  /lib: {type: symlink, target: usr/lib}\n"

static void loadable_and_unbarred(void **state)
{
    (void)state;
    pl_auto(items) items = look(KERNEL "modules: [usb_storage]\n", "kernel-module", "{name: usb-storage}");
    const struct item *item = only_item(items);
    assert_field(item, "loaded", "true");
    assert_field(item, "builtin", "false");
    assert_field(item, "available", "true");
    assert_field(item, "blacklisted", "false");
    assert_field(item, "install_disabled", "false");
    assert_field(item, "install", "null");
    assert_field(item, "cmdline_blocked", "false");
    assert_field(item, "barred", "false");
    assert_declared(item, "kernel-module");
}

static void blacklist_and_install_bar(void **state)
{
    (void)state;
    pl_auto(items) items = look(KERNEL "  /etc/modprobe.d/a.conf: |\n"
                                       "    # text\n"
                                       "    install usb_storage \\\n"
                                       "      /usr/bin/false\n"
                                       "    blacklist usb-storage\n",
                                "kernel-module", "{name: usb-storage}");
    const struct item *item = only_item(items);
    assert_field(item, "blacklisted", "true");
    assert_field(item, "install_disabled", "true");
    assert_field(item, "install", "\"/usr/bin/false\"");
    assert_field(item, "barred", "true");
    assert_source(item, "/etc/modprobe.d/a.conf", 2);
}

static void blacklist_alone_does_not_bar(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(KERNEL "  /etc/modprobe.d/a.conf: \"blacklist cramfs\\n\"\n", "kernel-module", "{name: cramfs}");
    assert_field(only_item(items), "blacklisted", "true");
    assert_field(only_item(items), "barred", "false");
}

static void an_install_that_loads_is_not_disabled(void **state)
{
    (void)state;
    static const char *const commands[] = {"/bin/true; modprobe --ignore-install cramfs", "/sbin/modprobe -i cramfs",
                                           "/bin/true && insmod x", "/bin/falsely", "\\\"/bin/false\\\""};
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *text = g_strdup_printf(
            KERNEL "  /etc/modprobe.d/a.conf: \"install cramfs %s\\nblacklist cramfs\\n\"\n", commands[i]);
        pl_auto(items) items = look(text, "kernel-module", "{name: cramfs}");
        assert_field(only_item(items), "install_disabled", "false");
        assert_field(only_item(items), "barred", "false");
    }
}

static void an_install_with_a_comment_is_disabled(void **state)
{
    (void)state;
    pl_auto(items) items = look(KERNEL "  /etc/modprobe.d/a.conf: \"install cramfs /bin/false # why; not\\n\"\n",
                                "kernel-module", "{name: cramfs}");
    assert_field(only_item(items), "install_disabled", "true");
}

static void a_stronger_directory_hides_the_same_name(void **state)
{
    (void)state;
    pl_auto(items) items = look(KERNEL "  /usr/lib/modprobe.d/a.conf: \"install cramfs /bin/false\\n\"\n"
                                       "  /etc/modprobe.d/a.conf: \"# nothing\\n\"\n"
                                       "  /etc/modprobe.d/b.txt: \"install cramfs /bin/false\\n\"\n",
                                "kernel-module", "{name: cramfs}");
    assert_field(only_item(items), "install", "null");
}

static void the_first_install_counts(void **state)
{
    (void)state;
    pl_auto(items) items = look(KERNEL "  /etc/modprobe.d/a.conf: \"install cram* /sbin/modprobe -i cramfs\\n\"\n"
                                       "  /etc/modprobe.d/b.conf: \"install cramfs /bin/false\\n\"\n",
                                "kernel-module", "{name: cramfs}");
    assert_field(only_item(items), "install_disabled", "false");
}

static void the_kernels_own_list_bars(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("kernel: {release: 6.1.0, cmdline: 'module_blacklist=a,usb-storage modprobe.blacklist=cramfs'}\n"
             "files:\n"
             "  /lib/modules/6.1.0/modules.dep: \"k/usb-storage.ko:\\nk/cramfs.ko.zst:\\n\"\n",
             "kernel-module", "{name: usb_storage}");
    assert_field(only_item(items), "cmdline_blocked", "true");
    assert_field(only_item(items), "barred", "true");
    pl_auto(items) other =
        look("kernel: {release: 6.1.0, cmdline: 'module_blacklist=a,usb-storage modprobe.blacklist=cramfs'}\n"
             "files:\n"
             "  /lib/modules/6.1.0/modules.dep: \"k/usb-storage.ko:\\nk/cramfs.ko.zst:\\n\"\n",
             "kernel-module", "{name: cramfs}");
    assert_field(only_item(other), "blacklisted", "true");
    assert_field(only_item(other), "cmdline_blocked", "false");
    assert_field(only_item(other), "barred", "false");
}

static void built_in_cannot_be_barred(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(KERNEL "  /etc/modprobe.d/a.conf: \"install squashfs /bin/false\\nblacklist squashfs\\n\"\n",
             "kernel-module", "{name: squashfs}");
    assert_field(only_item(items), "builtin", "true");
    assert_field(only_item(items), "available", "false");
    assert_field(only_item(items), "barred", "false");
}

static void unknown_to_the_kernel_is_barred(void **state)
{
    (void)state;
    pl_auto(items) items = look(KERNEL, "kernel-module", "{name: dccp}");
    assert_field(only_item(items), "available", "false");
    assert_field(only_item(items), "barred", "true");
}

static void other_installed_kernels_count(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(KERNEL "  /usr/lib/modules/6.9/modules.dep: \"k/dccp.ko:\\n\"\n", "kernel-module", "{name: dccp}");
    assert_field(only_item(items), "available", "true");
    assert_field(only_item(items), "barred", "false");
}

static void a_container_cannot_know_what_is_available(void **state)
{
    (void)state;
    pl_auto(items) items = look("modules: [ext4]", "kernel-module", "{name: dccp}");
    assert_field(only_item(items), "loaded", "false");
    assert_field(only_item(items), "available", "(unread)");
    assert_field(only_item(items), "builtin", "(unread)");
    assert_field(only_item(items), "barred", "(unread)");
}

static void offline_looks_at_the_installed_kernels(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false\n"
                                "files:\n"
                                "  /usr/lib/modules/6.9/modules.dep: \"k/dccp.ko:\\n\"\n"
                                "  /usr/lib/modules/6.9/modules.builtin: \"\"\n",
                                "kernel-module", "{name: dccp}");
    assert_field(only_item(items), "loaded", "(unread)");
    assert_field(only_item(items), "available", "true");
    assert_field(only_item(items), "barred", "false");
    pl_auto(items) none = look("live: false", "kernel-module", "{name: dccp}");
    assert_problem(none, PROBLEM_NOTAPPLICABLE, "no kernel");
}

static void denied_configuration_leaves_barred_open(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(KERNEL "  /etc/modprobe.d/a.conf: {content: x, denied: true}\n", "kernel-module", "{name: cramfs}");
    assert_field(only_item(items), "blacklisted", "(unread)");
    assert_field(only_item(items), "barred", "(unread)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loadable_and_unbarred),
        cmocka_unit_test(blacklist_and_install_bar),
        cmocka_unit_test(blacklist_alone_does_not_bar),
        cmocka_unit_test(an_install_that_loads_is_not_disabled),
        cmocka_unit_test(an_install_with_a_comment_is_disabled),
        cmocka_unit_test(a_stronger_directory_hides_the_same_name),
        cmocka_unit_test(the_first_install_counts),
        cmocka_unit_test(the_kernels_own_list_bars),
        cmocka_unit_test(built_in_cannot_be_barred),
        cmocka_unit_test(unknown_to_the_kernel_is_barred),
        cmocka_unit_test(other_installed_kernels_count),
        cmocka_unit_test(a_container_cannot_know_what_is_available),
        cmocka_unit_test(offline_looks_at_the_installed_kernels),
        cmocka_unit_test(denied_configuration_leaves_barred_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
