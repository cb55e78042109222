#include "looking.h"

static const char host[] = "packages: [sudo]\n"
                           "files:\n"
                           "  /etc/passwd: \"root:x:0:0::/:/bin/sh\\n\"\n"
                           "  /etc/group: \"root:x:0:\\n\"\n"
                           "  /usr/bin/sudo: {content: x, mode: \"4755\"}\n"
                           "  /opt/own: {content: x, mode: \"6755\", uid: 7}\n"
                           "  /srv/open: {content: x, mode: \"0666\"}\n"
                           "  /srv/drop: {type: dir, mode: \"0777\"}\n"
                           "  /var/lib/dpkg/info/sudo.list: \"/usr/bin/sudo\\n\"\n";

static void setuid_files_with_their_packages(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "filesystem-scan", "{find: setuid}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    const struct item *item = item_at(items, 0);
    assert_field(item, "path", "\"/opt/own\"");
    assert_field(item, "owner", "null");
    assert_field(item, "mode", "\"6755\"");
    assert_field(item, "package", "null");
    assert_declared(item, "filesystem-scan");
    assert_field(item_at(items, 1), "package", "\"sudo\"");
    assert_field(item_at(items, 1), "type", "\"file\"");
    assert_field(item_at(items, 1), "capabilities", "[]");
}

static void every_kind(void **state)
{
    (void)state;
    static const struct {
        const char *find, *path;
    } kinds[] = {{"setgid", "\"/opt/own\""},
                 {"world-writable", "\"/srv/open\""},
                 {"sticky-missing", "\"/srv/drop\""},
                 {"unowned", "\"/opt/own\""}};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *object = g_strdup_printf("{find: %s}", kinds[i].find);
        pl_auto(items) items = look(host, "filesystem-scan", object);
        assert_field(only_item(items), "path", kinds[i].path);
    }
}

static void exclusions_take_in_what_lies_below(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "filesystem-scan", "{find: setuid, exclude: ['/usr/*', /opt/other]}");
    assert_field(only_item(items), "path", "\"/opt/own\"");
}

static void nothing_found(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/usr/bin/a: x}", "filesystem-scan", "{find: setuid}");
    assert_nothing(items);
}

static void unreadable_directories_are_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/srv/x: {type: dir, denied: true}}", "filesystem-scan", "{find: setuid}");
    assert_problem(items, PROBLEM_UNKNOWN, "/srv/x");
}

static void an_unreadable_database_leaves_the_package_unread(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /usr/bin/sudo: {content: x, mode: \"4755\"}\n"
                                "  /var/lib/rpm/Packages: x\n",
                                "filesystem-scan", "{find: setuid}");
    assert_field(only_item(items), "package", "(unread)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setuid_files_with_their_packages),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(exclusions_take_in_what_lies_below),
        cmocka_unit_test(nothing_found),
        cmocka_unit_test(unreadable_directories_are_unknown),
        cmocka_unit_test(an_unreadable_database_leaves_the_package_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
