#include "looking.h"

static const char host[] =
    "files:\n"
    "  /etc/passwd: |\n"
    "    root:x:0:0:root:/root:/bin/bash\n"
    "    # comment\n"
    "    daemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
    "    alice:x:1000:1000:A,,:/home/alice:/bin/bash\n"
    "    bob::1001:1000::/home/none:\n"
    "    toor:$6$rounds=9000$salt$hash:0:0::/:/tmp/nologin\n"
    "    nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"
    "    +nis::::::\n"
    "    broken line\n"
    "    alice:x:1002:7::relative:/bin/sh\n"
    "  /etc/group: \"root:x:0:\\nusers:x:1000:\\nsudo:x:27:alice,bob\\nadm:x:4:alice,alice\\n\"\n"
    "  /etc/shadow: |\n"
    "    root:!:19000:0:99999:7:::\n"
    "    daemon:*:19000:0:99999:7:::\n"
    "    alice:$y$j9T$salt$hash:0:1:-1:7:30:20000:\n"
    "  /etc/login.defs: \"UID_MIN 500 # why\\n\"\n"
    "  /root: {type: dir, mode: \"0700\"}\n"
    "  /home/alice: {type: dir, mode: \"0750\", uid: 1000, gid: 1000}\n";

static const struct item *named(const struct items *items, const char *name)
{
    for (guint i = 0; i < items->list->len; i++)
        if (g_str_equal(item_at(items, i)->subject, name))
            return item_at(items, i);
    fail_msg("no account %s", name);
    return NULL;
}

static void fields(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "account", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 7);
    const struct item *alice = named(items, "alice");
    assert_declared(alice, "account");
    assert_source(alice, "/etc/passwd", 4);
    assert_field(alice, "uid", "1000");
    assert_field(alice, "gid", "1000");
    assert_field(alice, "group", "\"users\"");
    assert_field(alice, "groups", "[\"sudo\",\"adm\"]");
    assert_field(alice, "gecos", "\"A,,\"");
    assert_field(alice, "system", "false");
    assert_field(alice, "login", "true");
    assert_field(alice, "home_exists", "true");
    assert_field(alice, "home_mode", "\"0750\"");
    assert_field(alice, "home_group", "\"users\"");
    assert_field(alice, "duplicate_name", "true");
    assert_field(alice, "duplicate_uid", "false");
    const struct item *nobody = named(items, "nobody");
    assert_field(nobody, "system", "true");
    assert_field(nobody, "login", "false");
    assert_field(nobody, "home_exists", "false");
    assert_field(nobody, "home_mode", "null");
    assert_field(nobody, "group", "null");
    assert_field(named(items, "root"), "duplicate_uid", "true");
    assert_field(named(items, "toor"), "login", "true");
    assert_field(named(items, "bob"), "login", "true");
    assert_field(named(items, "daemon"), "system", "true");
}

static void passwords(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "account", "{}");
    const struct item *alice = named(items, "alice"), *toor = named(items, "toor");
    assert_field(alice, "password", "\"set\"");
    assert_field(alice, "hash", "\"yescrypt\"");
    assert_field(alice, "rounds", "null");
    assert_field(alice, "last_change_days", "null");
    assert_field(alice, "min_days", "1");
    assert_field(alice, "max_days", "-1");
    assert_field(alice, "inactive_days", "30");
    assert_field(toor, "password", "\"set\"");
    assert_field(toor, "hash", "\"sha512\"");
    assert_field(toor, "rounds", "9000");
    assert_field(toor, "max_days", "null");
    assert_field(named(items, "root"), "password", "\"none\"");
    assert_field(named(items, "root"), "inactive_days", "-1");
    assert_field(named(items, "root"), "expires_days", "null");
    assert_field(named(items, "bob"), "password", "\"empty\"");
    assert_field(named(items, "nobody"), "password", "\"shadowed elsewhere\"");
    gint64 today = g_get_real_time() / G_USEC_PER_SEC / 86400;
    assert_int_equal(json_object_get_int64(tree_member(named(items, "root")->fields, "last_change_days")),
                     today - 19000);
    assert_int_equal(json_object_get_int64(tree_member(alice->fields, "expires_days")), 20000 - today);
}

static void hashes(void **state)
{
    (void)state;
    static const char locked[] =
        "files:\n"
        "  /etc/passwd: \"a:x:1:1:::\\nb:x:2:2:::\\nc:x:3:3:::\\nd:x:4:4:::\\n\"\n"
        "  /etc/shadow: \"a:!$2b$12$abc:x:::::\\nb:abcdefghijklm:::::::\\nc:$1$a$b:::::::\\nd:!!:::::::\\n\"\n";
    pl_auto(items) items = look(locked, "account", "{}");
    assert_field(item_at(items, 0), "password", "\"locked\"");
    assert_field(item_at(items, 0), "hash", "\"bcrypt\"");
    assert_field(item_at(items, 0), "rounds", "12");
    assert_field(item_at(items, 0), "last_change_days", "(unread)");
    assert_field(item_at(items, 1), "hash", "\"des\"");
    assert_field(item_at(items, 2), "hash", "\"md5\"");
    assert_field(item_at(items, 3), "password", "\"none\"");
}

static void filters(void **state)
{
    (void)state;
    pl_auto(items) people = look(host, "account", "{system: false}");
    assert_int_equal(people->list->len, 3);
    pl_auto(items) system = look(host, "account", "{system: true}");
    assert_int_equal(system->list->len, 3);
    pl_auto(items) zero = look(host, "account", "{uid: 0}");
    assert_int_equal(zero->list->len, 2);
    pl_auto(items) glob = look(host, "account", "{name: 'a*'}");
    assert_int_equal(glob->list->len, 2);
}

static void unreadable(void **state)
{
    (void)state;
    static const char user[] = "files:\n"
                               "  /etc/passwd: \"a:x:1:1::/secret/a:/bin/sh\\nb::2:2:::\\n\"\n"
                               "  /etc/shadow: {content: '', denied: true}\n"
                               "  /etc/group: {content: '', denied: true}\n"
                               "  /secret: {type: dir, denied: true}\n";
    pl_auto(items) items = look(user, "account", "{}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "password", "(unread)");
    assert_field(item_at(items, 0), "max_days", "(unread)");
    assert_field(item_at(items, 0), "groups", "(unread)");
    assert_field(item_at(items, 0), "home_exists", "(unread)");
    assert_field(item_at(items, 1), "password", "\"empty\"");
    assert_field(item_at(items, 1), "max_days", "(unread)");
    pl_auto(items) odd = look("files: {/etc/passwd: \"evil:x:-0:0::/:/bin/sh\\n\"}", "account", "{}");
    assert_problem(odd, PROBLEM_ERROR, "/etc/passwd:1: the id \"-0\"");
    pl_auto(items) denied = look("files: {/etc/passwd: {content: '', denied: true}}", "account", "{}");
    assert_problem(denied, PROBLEM_UNKNOWN, "/etc/passwd");
}

/* A file as large as one with 150,000 accounts is no reason to know nothing. */
static void many_accounts(void **state)
{
    (void)state;
    g_autoptr(GString) passwd = g_string_new("root:x:0:0:root:/root:/bin/bash\n");
    for (unsigned i = 1000; i < 151000; i++)
        g_string_append_printf(passwd, "user%u:x:%u:%u:A user with a name,,,:/home/user%u:/bin/bash\n", i, i, i, i);
    g_string_append(passwd, "last:x:200000:0::/:/bin/sh\n");
    assert_true(passwd->len > HOST_FILE_MAX);
    pl_autojson json_object *spec = json_object_new_object();
    json_object *files = json_object_new_object();
    json_object_object_add(spec, "files", files);
    json_object_object_add(files, "/etc/passwd", json_object_new_string(passwd->str));
    json_object_object_add(files, "/etc/group", json_object_new_string("root:x:0:last\nusers:x:5:user1000,last\n"));
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    assert_non_null(host);
    pl_auto(items) items = look_at(host, "account", "{name: last}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "groups", "[\"root\",\"users\"]");
    assert_field(only_item(items), "duplicate_uid", "false");
    pl_auto(items) groups = look_at(host, "group", "{name: users}");
    assert_int_equal(groups->problems->len, 0);
    assert_field(only_item(groups), "gid", "5");
    pl_auto(items) all = look_at(host, "account", "{}");
    assert_problem(all, PROBLEM_ERROR, "more than 20000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),  cmocka_unit_test(passwords),  cmocka_unit_test(hashes),
        cmocka_unit_test(filters), cmocka_unit_test(unreadable), cmocka_unit_test(many_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
