#include "looking.h"

static void mode_and_owner(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/passwd: \"root:x:0:0::/:/bin/sh\\n\"\n"
                                "  /etc/group: \"root:x:0:\\nshadow:x:42:\\n\"\n"
                                "  /etc/shadow: {content: secret, mode: \"0640\", uid: 0, gid: 42}\n"
                                "  /etc/odd: {content: x, mode: \"4755\", uid: 1234, gid: 1234}\n",
                                "file", "{path: [/etc/shadow, /etc/odd, /etc/none]}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    const struct item *item = item_at(items, 0);
    assert_field(item, "path", "\"/etc/shadow\"");
    assert_field(item, "type", "\"file\"");
    assert_field(item, "mode", "\"0640\"");
    assert_field(item, "owner", "\"root\"");
    assert_field(item, "group", "\"shadow\"");
    assert_field(item, "size", "6");
    assert_field(item, "acl", "false");
    assert_field(item, "parents_safe", "true");
    assert_field(item, "unsafe_parent", "null");
    assert_declared(item, "file");
    assert_source(item, "/etc/shadow", 0);
    assert_field(item_at(items, 1), "mode", "\"4755\"");
    assert_field(item_at(items, 1), "owner", "null");
    assert_field(item_at(items, 1), "group", "null");
}

static void denied_is_a_problem_and_absent_is_not(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files: {/root: {type: dir, mode: \"0700\", denied: true}}", "file", "{path: [/root/x, /none/x]}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "/root");
}

static void links_are_followed_unless_told(void **state)
{
    (void)state;
    static const char host[] = "files:\n"
                               "  /etc/a: {type: symlink, target: /usr/b}\n"
                               "  /usr/b: {content: x, mode: \"0600\"}\n"
                               "  /etc/dangling: {type: symlink, target: /none}\n";
    pl_auto(items) items = look(host, "file", "{path: [/etc/a, /etc/dangling]}");
    assert_field(only_item(items), "mode", "\"0600\"");
    assert_field(only_item(items), "target", "null");
    pl_auto(items) itself = look(host, "file", "{path: [/etc/a, /etc/dangling], follow: false}");
    assert_int_equal(itself->list->len, 2);
    assert_field(item_at(itself, 0), "type", "\"symlink\"");
    assert_field(item_at(itself, 0), "target", "\"/usr/b\"");
    assert_field(item_at(itself, 0), "attributes", "(unread)");
}

static void globs_and_kinds(void **state)
{
    (void)state;
    static const char host[] = "files:\n"
                               "  /etc/cron.d/a: x\n"
                               "  /etc/cron.d/b: {type: dir}\n"
                               "  /etc/cron.d/c: {type: fifo}\n";
    pl_auto(items) all = look(host, "file", "{path: '/etc/cron.d/*'}");
    assert_int_equal(all->list->len, 3);
    pl_auto(items) some = look(host, "file", "{path: '/etc/cron.d/*', type: [fifo, socket]}");
    assert_field(only_item(some), "type", "\"fifo\"");
    pl_auto(items) none = look(host, "file", "{path: '/etc/x*'}");
    assert_nothing(none);
}

static void recursion_stays_inside(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /d/a/b: x\n"
                                "  /d/link: {type: symlink, target: /other}\n"
                                "  /other/c: x\n",
                                "file", "{path: /d, recurse: true}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 4);
    assert_field(item_at(items, 0), "path", "\"/d\"");
    assert_field(item_at(items, 2), "path", "\"/d/a/b\"");
    assert_field(item_at(items, 3), "path", "\"/d/link\"");
    assert_field(item_at(items, 3), "type", "\"directory\"");
}

static void unreadable_directories_are_problems(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /d/a/b: x\n"
                                "  /d/secret: {type: dir, denied: true}\n",
                                "file", "{path: /d, recurse: true}");
    assert_true(items->list->len >= 3);
    assert_int_equal(items->problems->len, 1);
}

static void unsafe_parents(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /srv: {type: dir, mode: \"0775\", gid: 50}\n"
                                "  /srv/x/key: x\n"
                                "  /etc/key: {type: symlink, target: /srv/x/key}\n"
                                "  /opt: {type: dir, mode: \"0775\", gid: 0}\n"
                                "  /opt/key: x\n"
                                "  /home/u: {type: dir, uid: 1000}\n"
                                "  /home/u/key: x\n",
                                "file", "{path: [/srv/x/key, /etc/key, /opt/key, /home/u/key]}");
    assert_int_equal(items->list->len, 4);
    assert_field(item_at(items, 0), "unsafe_parent", "\"/srv\"");
    assert_field(item_at(items, 1), "parents_safe", "false");
    assert_field(item_at(items, 1), "unsafe_parent", "\"/srv\"");
    assert_field(item_at(items, 2), "parents_safe", "true");
    assert_field(item_at(items, 3), "unsafe_parent", "\"/home/u\"");
}

/* user::rw-, user:1000:r--, group::r--, mask::r--, other::--- as the kernel keeps them. */
static const guint8 acl[] = {2, 0,   0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  4,
                             0, 232, 3,   0,   0,   4,   0,  4, 0,   255, 255, 255, 255, 16, 0,
                             4, 0,   255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};

static void access_lists(void **state)
{
    (void)state;
    g_autofree char *base64 = g_base64_encode(acl, sizeof acl);
    g_autofree char *cut = g_base64_encode(acl, 15);
    g_autofree char *text = g_strdup_printf("files:\n"
                                            "  /etc/a: {content: x, xattrs: {system.posix_acl_access: '%s'}}\n"
                                            "  /etc/b: {content: x, xattrs: {system.posix_acl_access: '%s'}}\n"
                                            "  /etc/c: {type: dir, xattrs: {system.posix_acl_default: '%s'}}\n",
                                            base64, cut, base64);
    pl_auto(items) items = look(text, "file", "{path: [/etc/a, /etc/b, /etc/c]}");
    assert_field(item_at(items, 0), "acl", "true");
    assert_field(item_at(items, 0), "acl_entries",
                 "[\"user::rw-\",\"user:1000:r--\",\"group::r--\",\"mask::r--\",\"other::---\"]");
    assert_field(item_at(items, 0), "default_acl", "false");
    assert_field(item_at(items, 1), "acl", "(unread)");
    assert_field(item_at(items, 2), "default_acl", "true");
    assert_field(item_at(items, 2), "acl", "false");
}

static void only_absolute_paths_and_known_kinds(void **state)
{
    (void)state;
    pl_autojson json_object *good = yaml("{path: [/a, '/b/*'], type: file}");
    pl_autojson json_object *relative = yaml("{path: [/a, b]}");
    pl_autojson json_object *kind = yaml("{path: /a, type: [file, dir]}");
    assert_true(probe_find("file")->check(good, NULL, NULL));
    assert_false(probe_find("file")->check(relative, NULL, NULL));
    assert_false(probe_find("file")->check(kind, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mode_and_owner),
        cmocka_unit_test(denied_is_a_problem_and_absent_is_not),
        cmocka_unit_test(links_are_followed_unless_told),
        cmocka_unit_test(globs_and_kinds),
        cmocka_unit_test(recursion_stays_inside),
        cmocka_unit_test(unreadable_directories_are_problems),
        cmocka_unit_test(unsafe_parents),
        cmocka_unit_test(access_lists),
        cmocka_unit_test(only_absolute_paths_and_known_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
