#include "described.h"

/* A daemon whose settings name files, and a place for the arguments of its only process. */
static const char description[] = "daemon: d\n"
                                  "title: d\n"
                                  "programs: [{name: d}]\n"
                                  "config: {flag: config, path: /etc/d.json, format: json}\n"
                                  "keys:\n"
                                  "  one: {type: string, flag: one, default: null}\n"
                                  "  open: {type: string, flag: open}\n"
                                  "  hosts: {type: list, flag: host, default: ['unix:///run/d.sock']}\n"
                                  "  runtimes: {type: map, default: {}}\n";

static struct items *look_from(const char *host, const char *object)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    if (!describe(daemons, "d.yaml", description, &error))
        fail_msg("%s", error->message);
    return look_described(daemons, host, "file", object);
}

#define PROCESS(args) "processes: [{pid: 9, comm: d, exe: /usr/bin/d, argv: [d" args "], cwd: /srv}]\n"

static void unset_without_default_is_absent(void **state)
{
    (void)state;
    pl_auto(items) items = look_from(PROCESS(""), "{path-from: {daemon: d, key: one}}");
    assert_nothing(items);
}

static void unset_with_an_unknown_default_is_a_problem(void **state)
{
    (void)state;
    pl_auto(items) items = look_from(PROCESS(""), "{path-from: {daemon: d, key: open}}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "open is not set");
}

static void a_file_that_cannot_be_read_is_a_problem(void **state)
{
    (void)state;
    pl_auto(items) items = look_from(PROCESS("") "files: {/etc/d.json: {content: '{}', denied: true}, /a: x}",
                                     "{path-from: {daemon: d, key: one}}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "/etc/d.json");
}

static void fixed_paths_come_first_and_each_once(void **state)
{
    (void)state;
    pl_auto(items) items =
        look_from(PROCESS(", --one=/b") "files: {/a: x, /b: x}", "{path: [/b, /a], path-from: {daemon: d, key: one}}");
    assert_int_equal(items->list->len, 2);
    assert_string_equal(item_at(items, 0)->subject, "/b");
    assert_string_equal(item_at(items, 1)->subject, "/a");
}

static void only_unix_hosts_are_paths(void **state)
{
    (void)state;
    pl_auto(items) items = look_from(PROCESS(", --host, 'tcp://0.0.0.0:1', --host, 'fd://', --host, 'unix:///b', "
                                             "--host, 'unix://'") "files: {/b: {type: socket}}",
                                     "{path-from: {daemon: d, key: hosts}}");
    assert_string_equal(only_item(items)->subject, "/b");
}

static void relative_to_the_directory_of_the_process(void **state)
{
    (void)state;
    pl_auto(items) items =
        look_from(PROCESS(", --one=x/y") "files: {/srv/x/y: z}", "{path-from: {daemon: d, key: one}}");
    assert_string_equal(only_item(items)->subject, "/srv/x/y");
    pl_auto(items) stopped =
        look_from("files: {/etc/d.json: '{\"one\": \"x\"}'}", "{path-from: {daemon: d, key: one}}");
    assert_problem(stopped, PROBLEM_UNKNOWN, "relative");
}

static void members_and_programs(void **state)
{
    (void)state;
    static const char host[] =
        PROCESS("") "files:\n"
                    "  /etc/d.json: '{\"runtimes\": {\"a\": {\"path\": \"/opt/a\"}, \"b\": {\"path\": \"bb\"}, "
                    "\"c\": {}}}'\n"
                    "  /opt/a: x\n"
                    "  /usr/bin/bb: x\n";
    pl_auto(items) items = look_from(host, "{path-from: {daemon: d, key: runtimes, member: '*.path', program: true}}");
    assert_int_equal(items->list->len, 2);
    assert_string_equal(item_at(items, 1)->subject, "/usr/bin/bb");
}

static void globs_are_ours_alone(void **state)
{
    (void)state;
    pl_auto(items) items = look_from(PROCESS(", '--one=/d[1]'") "files: {'/d[1]/x.conf': x, /d1/y.conf: x}",
                                     "{path-from: {daemon: d, key: one, below: '*.conf'}}");
    assert_string_equal(only_item(items)->subject, "/d[1]/x.conf");
}

static void defaults_of_the_user(void **state)
{
    (void)state;
    static const char object[] = "{path-from: {daemon: d, key: one, default: [$D_PATH/k, ~/.d/k]}}";
    pl_auto(items) home = look_from(PROCESS("") "files: {/root/.d/k: x}", object);
    assert_string_equal(only_item(home)->subject, "/root/.d/k");
    pl_auto(items) variable = look_from(
        "processes: [{pid: 9, comm: d, argv: [d], environ: {D_PATH: /v, HOME: /h}}]\nfiles: {/v/k: x, /h/.d/k: x}",
        object);
    assert_string_equal(only_item(variable)->subject, "/v/k");
    pl_auto(items) set = look_from(PROCESS(", --one=/z") "files: {/root/.d/k: x}", object);
    assert_nothing(set);
}

static void the_files_of_a_daemon(void **state)
{
    (void)state;
    pl_auto(items) items =
        look_from(PROCESS(", --config=/c.json") "files: {/c.json: '{}'}", "{path-from: {daemon: d, files: true}}");
    assert_string_equal(only_item(items)->subject, "/c.json");
}

static void objects_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *object, *message;
    } rows[] = {
        {"{}", "path-from"},
        {"{path-from: 1}", "mapping"},
        {"{path-from: {daemon: x, key: one}}", "\"x\""},
        {"{path-from: {daemon: d, key: nothing}}", "nothing"},
        {"{path-from: {daemon: d}}", "key"},
        {"{path-from: {daemon: d, key: one, files: true}}", "one of"},
        {"{path-from: {daemon: d, key: one, nothing: 1}}", "nothing"},
        {"{path-from: {daemon: d, key: one, member: 1}}", "member"},
        {"{path-from: [{daemon: d, key: one}, {daemon: d, key: one, default: x}]}", "default"},
    };
    pl_auto(daemons) daemons = daemons_new();
    assert_true(describe(daemons, "d.yaml", description, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        pl_autojson json_object *object = yaml(rows[i].object);
        assert_false(probe_find("file")->check(object, daemons, &error));
        if (!strstr(error->message, rows[i].message))
            fail_msg("%s: %s", rows[i].object, error->message);
    }
}

static void users_of_a_socket(void **state)
{
    (void)state;
    static const char host[] =
        "files:\n"
        "  /etc/passwd: \"root:x:0:0::/:/bin/sh\\nada:x:1:5::/:/bin/sh\\nbob:x:2:2::/:/bin/sh\\n\"\n"
        "  /etc/group: \"root:x:0:\\ng:x:5:bob,ada\\n\"\n"
        "  /s: {type: socket, mode: \"0660\", uid: 0, gid: 5}\n"
        "  /t: {type: socket, mode: \"0640\", uid: 0, gid: 5}\n"
        "  /u: {content: x, mode: \"0660\", uid: 0, gid: 5}\n";
    pl_auto(items) items = look(host, "file", "{path: [/s, /t, /u]}");
    assert_field(item_at(items, 0), "group_users", "[\"bob\",\"ada\"]");
    assert_field(item_at(items, 1), "group_users", "[]");
    assert_field(item_at(items, 2), "group_users", "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unset_without_default_is_absent),
        cmocka_unit_test(unset_with_an_unknown_default_is_a_problem),
        cmocka_unit_test(a_file_that_cannot_be_read_is_a_problem),
        cmocka_unit_test(fixed_paths_come_first_and_each_once),
        cmocka_unit_test(only_unix_hosts_are_paths),
        cmocka_unit_test(relative_to_the_directory_of_the_process),
        cmocka_unit_test(members_and_programs),
        cmocka_unit_test(globs_are_ours_alone),
        cmocka_unit_test(defaults_of_the_user),
        cmocka_unit_test(the_files_of_a_daemon),
        cmocka_unit_test(objects_are_checked),
        cmocka_unit_test(users_of_a_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
