#include "looking.h"

#define ROOT "26 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro\n"

static void live_and_fstab(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("mounts: |\n"
             "  " ROOT "  30 26 0:30 / /tmp rw,nosuid,nodev,relatime shared:2 master:1 - tmpfs tmpfs rw,size=1024k\n"
             "files:\n"
             "  /etc/fstab: |\n"
             "    # text\n"
             "    tmpfs /tmp tmpfs defaults,nosuid,nodev,noexec 0 0\n",
             "mount", "{path: /tmp}");
    const struct item *item = only_item(items);
    assert_field(item, "mounted", "true");
    assert_field(item, "fstype", "\"tmpfs\"");
    assert_field(item, "source", "\"tmpfs\"");
    assert_field(item, "options", "[\"rw\",\"nosuid\",\"nodev\",\"relatime\",\"size=1024k\"]");
    assert_field(item, "persistent", "true");
    assert_field(item, "persistent_options", "[\"defaults\",\"nosuid\",\"nodev\",\"noexec\"]");
    assert_field(item, "persistent_source", "\"/etc/fstab:2\"");
    assert_field(item, "separate", "true");
    assert_source(item, "/proc/self/mountinfo", 2);
    assert_declared(item, "mount");
}

static void a_directory_is_no_mount(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/tmp: {type: dir}}", "mount", "{path: /tmp}");
    assert_nothing(items);
}

static void the_last_mount_is_on_top(void **state)
{
    (void)state;
    pl_auto(items) items = look("mounts: |\n"
                                "  " ROOT "  30 26 0:30 / /tmp rw,nosuid - tmpfs a rw\n"
                                "  31 30 0:31 / /tmp rw - tmpfs b rw\n",
                                "mount", "{path: /tmp}");
    assert_field(only_item(items), "source", "\"b\"");
    assert_field(only_item(items), "options", "[\"rw\"]");
    assert_field(only_item(items), "persistent", "false");
    assert_field(only_item(items), "persistent_options", "null");
}

static void super_block_texts_are_no_mount_flags(void **state)
{
    (void)state;
    pl_auto(items) items = look("mounts: |\n"
                                "  " ROOT "  30 26 0:30 / /var rw,relatime - fuse x rw,nosuid,nodev,noexec\n"
                                "  31 26 0:31 / /ro rw - ext4 x ro\n",
                                "mount", "{path: [/var, /ro]}");
    assert_field(item_at(items, 0), "options", "[\"rw\",\"relatime\"]");
    assert_field(item_at(items, 1), "options", "[\"ro\"]");
}

static void escaped_paths(void **state)
{
    (void)state;
    pl_auto(items) items = look("mounts: |\n"
                                "  " ROOT "  30 26 8:1 / /mnt/a\\040b rw - ext4 /dev/sda1 rw\n"
                                "files: {/etc/fstab: \"/dev/sda1 /mnt/a\\\\040b ext4 nodev 0 2\\n\"}\n",
                                "mount", "{path: /mnt/a b}");
    assert_field(only_item(items), "mounted", "true");
    assert_field(only_item(items), "persistent_options", "[\"nodev\"]");
}

static void bind_mounts_are_not_separate(void **state)
{
    (void)state;
    pl_auto(items) items = look("mounts: |\n"
                                "  " ROOT "  30 26 254:1 /srv/tmp /var/tmp rw,nosuid - ext4 /dev/vda1 rw\n"
                                "  31 26 254:2 / /home rw - ext4 /dev/vda2 rw\n"
                                "  32 26 0:40 /@log /var/log rw - btrfs /dev/vdb rw,subvolid=5,subvol=/@log\n"
                                "  33 26 0:40 /@log/x /var/spool rw - btrfs /dev/vdb rw,subvolid=5,subvol=/@log\n",
                                "mount", "{path: [/var/tmp, /home, /var/log, /var/spool, /]}");
    assert_int_equal(items->list->len, 5);
    assert_field(item_at(items, 0), "separate", "false");
    assert_field(item_at(items, 1), "separate", "true");
    assert_field(item_at(items, 2), "separate", "true");
    assert_field(item_at(items, 3), "separate", "false");
    assert_field(item_at(items, 4), "separate", "true");
}

static void a_statically_started_unit_is_persistent(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("mounts: |\n"
             "  " ROOT "  30 26 0:30 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw\n"
             "files:\n"
             "  /usr/lib/systemd/system/tmp.mount: |\n"
             "    [Mount]\n"
             "    What=tmpfs\n"
             "    Where=/tmp\n"
             "    Type=tmpfs\n"
             "    Options=mode=1777,strictatime,nosuid,nodev,size=50%%\n"
             "  /usr/lib/systemd/system/local-fs.target.wants/tmp.mount: {type: symlink, target: ../tmp.mount}\n"
             "  /etc/systemd/system/tmp.mount.d/10-more.conf: \"[Mount]\\nOptions=mode=1777,nosuid,nodev,noexec\\n\"\n",
             "mount", "{path: /tmp}");
    const struct item *item = only_item(items);
    assert_field(item, "persistent", "true");
    assert_field(item, "persistent_options", "[\"mode=1777\",\"nosuid\",\"nodev\",\"noexec\"]");
    assert_field(item, "persistent_source", "\"/etc/systemd/system/tmp.mount.d/10-more.conf:2\"");
}

static void a_unit_that_nothing_starts_is_not_persistent(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /usr/lib/systemd/system/tmp.mount: \"[Mount]\\nWhat=tmpfs\\nWhere=/tmp\\n\"\n",
                                "mount", "{path: /tmp}");
    const struct item *item = only_item(items);
    assert_field(item, "mounted", "false");
    assert_field(item, "persistent", "false");
    assert_field(item, "separate", "false");
}

static void a_masked_unit_hides_fstab(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/systemd/system/tmp.mount: {type: symlink, target: /dev/null}\n"
                                "  /etc/fstab: \"tmpfs /tmp tmpfs nodev 0 0\\n\"\n",
                                "mount", "{path: /tmp}");
    assert_nothing(items);
}

static void fstab_beats_the_vendors_unit(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /usr/lib/systemd/system/tmp.mount: \"[Mount]\\nWhat=tmpfs\\nOptions=noexec\\n\"\n"
                                "  /etc/fstab: \"tmpfs /tmp tmpfs nodev 0 0\\ntmpfs /tmp tmpfs nosuid 0 0\\n\"\n",
                                "mount", "{path: /tmp}");
    assert_field(only_item(items), "persistent_options", "[\"nodev\"]");
    assert_field(only_item(items), "persistent", "true");
}

static void noauto_is_not_at_boot(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/fstab: |\n"
                                "    /dev/sda1 /a ext4 noauto 0 0\n"
                                "    /dev/sda2 /b ext4 noauto,x-systemd.automount 0 0\n"
                                "    /dev/sda3 none swap sw 0 0\n",
                                "mount", "{path: [/a, /b]}");
    assert_field(item_at(items, 0), "persistent", "false");
    assert_field(item_at(items, 1), "persistent", "true");
}

static void escaped_unit_names(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  \"/etc/systemd/system/var-lib-a\\\\x2db.mount\": \"[Mount]\\nOptions=nodev\\n\"\n"
                                "  \"/etc/systemd/system/multi-user.target.wants/var-lib-a\\\\x2db.mount\":\n"
                                "    {type: symlink, target: \"../var-lib-a\\\\x2db.mount\"}\n",
                                "mount", "{path: /var/lib/a-b}");
    assert_field(only_item(items), "persistent", "true");
    assert_field(only_item(items), "persistent_options", "[\"nodev\"]");
}

static void offline_reads_fstab_alone(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("live: false\n"
             "files: {/etc/fstab: \"UUID=a /home ext4 nodev 0 2\\n/srv/t /var/tmp none bind 0 0\\n\"}\n",
             "mount", "{path: [/home, /var/tmp, /var]}");
    assert_int_equal(items->list->len, 2);
    assert_int_equal(items->problems->len, 0);
    assert_field(item_at(items, 0), "mounted", "(unread)");
    assert_field(item_at(items, 0), "options", "[\"nodev\"]");
    assert_field(item_at(items, 0), "separate", "true");
    assert_field(item_at(items, 1), "separate", "false");
    assert_source(item_at(items, 0), "/etc/fstab", 1);
}

/* As mount(8) reads them: three words are enough, numbers are numbers, blanks are escaped. */
static void lines_of_fstab(void **state)
{
    (void)state;
    static const struct {
        const char *line, *path, *options;
    } cases[] = {
        {"/dev/a /x ext4", "/x", "[]"},
        {"/dev/a /x ext4 nodev,nosuid", "/x", "[\"nodev\",\"nosuid\"]"},
        {"/dev/a\t/x/\text4\tnodev\t1", "/x", "[\"nodev\"]"},
        {"/dev/a /x ext4 nodev -1 +2 # words", "/x", "[\"nodev\"]"},
        {"/dev/a /x\\040y ext4 a\\054b 0 99999999999", "/x y", "[\"a\",\"b\"]"},
        {"/dev/a /x", NULL, NULL},
        {"/dev/a /x ext4 nodev 0x1", NULL, NULL},
        {"/dev/a /x ext4 nodev 0 -", NULL, NULL},
        {"/dev/a /x ext4 # a comment", NULL, NULL},
        {"/dev/a x ext4 nodev", NULL, NULL},
        {"# /dev/a /x ext4 nodev", NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *escaped = g_strescape(cases[i].line, NULL);
        g_autofree char *host = g_strdup_printf("live: false\nfiles: {/etc/fstab: \"%s\\n\"}\n", escaped);
        g_autofree char *object = g_strdup_printf("{path: [x, %s]}", cases[i].path ? cases[i].path : "/x");
        pl_auto(items) items = look(host, "mount", object);
        if (!cases[i].path) {
            assert_nothing(items);
            continue;
        }
        assert_string_equal(only_item(items)->subject, cases[i].path);
        assert_field(only_item(items), "persistent_options", cases[i].options);
    }
}

static void denied_fstab_is_unread(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/etc/fstab: {content: x, denied: true}}", "mount", "{path: [/, /tmp]}");
    assert_int_equal(items->list->len, 1);
    assert_field(item_at(items, 0), "persistent", "(unread)");
    assert_problem(items, PROBLEM_UNKNOWN, "/etc/fstab");
}

/* A table that is not whole answers nothing: what is missing may be what was asked for. */
static void a_broken_table_is_a_problem(void **state)
{
    (void)state;
    pl_auto(items) items = look("mounts: \"1 0 8:1 / / rw - ext4 d rw\\nbroken\\n\"", "mount", "{path: [/, /tmp]}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_ERROR, "line 2");
}

static void only_absolute_paths(void **state)
{
    (void)state;
    pl_autojson json_object *good = yaml("{path: [/, /tmp]}");
    pl_autojson json_object *slash = yaml("{path: /tmp/}");
    pl_autojson json_object *relative = yaml("{path: tmp}");
    assert_true(probe_find("mount")->check(good, NULL, NULL));
    assert_false(probe_find("mount")->check(slash, NULL, NULL));
    assert_false(probe_find("mount")->check(relative, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_and_fstab),
        cmocka_unit_test(a_directory_is_no_mount),
        cmocka_unit_test(the_last_mount_is_on_top),
        cmocka_unit_test(super_block_texts_are_no_mount_flags),
        cmocka_unit_test(escaped_paths),
        cmocka_unit_test(bind_mounts_are_not_separate),
        cmocka_unit_test(a_statically_started_unit_is_persistent),
        cmocka_unit_test(a_unit_that_nothing_starts_is_not_persistent),
        cmocka_unit_test(a_masked_unit_hides_fstab),
        cmocka_unit_test(fstab_beats_the_vendors_unit),
        cmocka_unit_test(noauto_is_not_at_boot),
        cmocka_unit_test(escaped_unit_names),
        cmocka_unit_test(offline_reads_fstab_alone),
        cmocka_unit_test(lines_of_fstab),
        cmocka_unit_test(denied_fstab_is_unread),
        cmocka_unit_test(a_broken_table_is_a_problem),
        cmocka_unit_test(only_absolute_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
