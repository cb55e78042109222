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
    assert_field(item_at(items, 0), "package", "\"sudo\"");
    assert_field(item_at(items, 0), "type", "\"file\"");
    assert_field(item_at(items, 0), "capabilities", "[]");
    const struct item *item = item_at(items, 1); /* root's files come first */
    assert_field(item, "path", "\"/opt/own\"");
    assert_field(item, "owner", "null");
    assert_field(item, "mode", "\"6755\"");
    assert_field(item, "package", "null");
    assert_declared(item, "filesystem-scan");
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

/* Names that could not be read are no absence of names, in every probe that shows them. */
static void unread_names(void **state)
{
    (void)state;
    static const char unread[] = "files:\n  /etc/passwd: {content: '', denied: true}\n"
                                 "  /etc/group: {content: '', denied: true}\n"
                                 "  /x: {content: '', mode: '4755', uid: 7, gid: 7}\n"
                                 "processes: [{pid: 9, comm: a, uid: 7, exe: /x}]\n";
    static const struct {
        const char *probe, *object, *fields;
    } cases[] = {{"filesystem-scan", "{find: setuid}", "owner group"},
                 {"file", "{path: /x}", "owner group"},
                 {"process", "{exe: /x}", "user"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pl_auto(items) items = look(unread, cases[i].probe, cases[i].object);
        g_auto(GStrv) fields = g_strsplit(cases[i].fields, " ", -1);
        for (char **field = fields; *field; field++)
            assert_field(only_item(items), *field, "(unread)");
    }
    static const char *const finds[] = {"unowned", "ungrouped"};
    for (size_t i = 0; i < G_N_ELEMENTS(finds); i++) {
        g_autofree char *object = g_strdup_printf("{find: %s}", finds[i]);
        pl_auto(items) items = look(unread, "filesystem-scan", object);
        assert_problem(items, PROBLEM_UNKNOWN, i ? "/etc/group" : "/etc/passwd");
    }
}

#define MOUNTS(line) "mounts: \"1 0 8:1 / / rw - ext4 /dev/sda1 rw\\n" line "\\n\"\n"

/* A place that is not searched is a problem of the kinds that may be there, and of those who mean the place. */
static void places_that_are_not_searched(void **state)
{
    (void)state;
    static const char nfs[] = MOUNTS("2 1 0:9 / /mnt/data rw,nodev - nfs4 s:/ rw");
    static const struct {
        const char *object;
        bool problem;
    } cases[] = {{"{find: setuid}", true},
                 {"{find: capability}", true},
                 {"{find: device}", false},
                 {"{find: world-writable}", false},
                 {"{find: setuid, below: [/usr, /opt]}", false},
                 {"{find: setuid, below: [/mnt]}", true},
                 {"{find: setuid, below: [/mnt/data/x]}", true},
                 {"{find: setuid, below: [/mnt/dat]}", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pl_auto(items) items = look(nfs, "filesystem-scan", cases[i].object);
        if (cases[i].problem)
            assert_problem(items, PROBLEM_UNKNOWN, "/mnt/data (nfs4, mounted without nosuid)");
        else
            assert_nothing(items);
    }
    pl_auto(items) broken = look(MOUNTS("broken"), "filesystem-scan", "{find: device}");
    assert_problem(broken, PROBLEM_ERROR, "line 2");
}

/* Many that are alike become one, of which is known what they have in common. */
static void a_flood_is_one_item(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new("files:\n  /usr/real: {content: '', mode: \"4755\"}\n");
    for (int i = 0; i < 2003; i++)
        g_string_append_printf(text, "  /home/a/%d: {content: '', mode: \"4751\", uid: 1000}\n", i);
    pl_auto(items) items = look(text->str, "filesystem-scan", "{find: setuid}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2002);
    const struct item *group = item_at(items, 2001);
    assert_string_equal(group->subject, "3 more files below /home/a");
    assert_field(group, "uid", "1000");
    assert_field(group, "mode", "\"4751\"");
    assert_field(group, "type", "\"file\"");
    assert_field(group, "path", "(unread)");
    assert_field(group, "package", "(unread)");
    assert_declared(group, "filesystem-scan");
    pl_auto(items) elsewhere = look(text->str, "filesystem-scan", "{find: setuid, below: [/usr, /opt]}");
    assert_field(only_item(elsewhere), "path", "\"/usr/real\"");
    assert_int_equal(elsewhere->problems->len, 0);
    pl_auto(items) excluded = look(text->str, "filesystem-scan", "{find: setuid, exclude: ['/home/*']}");
    assert_int_equal(excluded->list->len, 1);
    pl_auto(items) inside = look(text->str, "filesystem-scan", "{find: setuid, below: [/home/a/0]}");
    assert_problem(inside, PROBLEM_ERROR, "3 more files");
}

/* What an engine's storage has to be, so that less is looked for in it: root's own, and for closed trees shut to all
 * others. Each row changes one thing; "found" is what is then told of the file. */
static void a_storage_is_one_by_its_owner(void **state)
{
    (void)state;
    static const struct {
        const char *at, *folder, *find, *file;
        bool found;
    } rows[] = {
        {"/var/lib/docker", "mode: '0710'", "setuid", "/overlay2/a/diff/su: {content: x, mode: '4755'}", false},
        {"/var/lib/docker", "mode: '0711'", "setuid", "/overlay2/a/diff/su: {content: x, mode: '4755'}", true},
        {"/var/lib/docker", "mode: '0710', gid: 7", "setuid", "/overlay2/a/diff/su: {content: x, mode: '4755'}", true},
        {"/var/lib/docker", "mode: '0700', uid: 1000", "setuid", "/overlay2/a/diff/su: {content: x, mode: '4755'}",
         true},
        {"/var/lib/docker", "mode: '0710', xattrs: {system.posix_acl_access: AgAAAA==}", "setuid",
         "/overlay2/a/diff/su: {content: x, mode: '4755'}", true},
        {"/var/lib/docker", "mode: '0711'", "world-writable", "/x: {content: x, mode: '0666'}", false},
        {"/var/lib/docker", "mode: '0711', uid: 1000", "world-writable", "/x: {content: x, mode: '0666'}", true},
        {"/var/lib/docker", "mode: '1777'", "world-writable", "/x: {content: x, mode: '0666'}", true},
        /* of a user: below the home that passwd states, and his own */
        {"/home/u/.local/share/docker", "mode: '0711', uid: 1000", "world-writable", "/x: {content: x, mode: '0666'}",
         false},
        {"/home/v/.local/share/docker", "mode: '0711', uid: 1000", "world-writable", "/x: {content: x, mode: '0666'}",
         true},
        {"/home/u/.local/share/docker", "mode: '0711', uid: 1001", "world-writable", "/x: {content: x, mode: '0666'}",
         true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *at = rows[i].at;
        g_autofree char *text = g_strdup_printf(
            "files:\n  /etc/passwd: \"u:x:1000:1000::/home/u:\\n\"\n  %s: {type: dir, %s}\n  %s/image: {type: dir}\n"
            "  %s/containers: {type: dir}\n  %s/volumes: {type: dir}\n  %s%s\n",
            at, rows[i].folder, at, at, at, at, rows[i].file);
        g_autofree char *object = g_strdup_printf("{find: %s, below: %s}", rows[i].find, at);
        pl_auto(items) items = look(text, "filesystem-scan", object);
        if ((items->list->len > 0) != rows[i].found)
            fail_msg("row %zu: %u found", i, items->list->len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setuid_files_with_their_packages),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(a_storage_is_one_by_its_owner),
        cmocka_unit_test(exclusions_take_in_what_lies_below),
        cmocka_unit_test(nothing_found),
        cmocka_unit_test(unreadable_directories_are_unknown),
        cmocka_unit_test(an_unreadable_database_leaves_the_package_unread),
        cmocka_unit_test(unread_names),
        cmocka_unit_test(places_that_are_not_searched),
        cmocka_unit_test(a_flood_is_one_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
