#include "settings.h"

#include "host/notes.h"

#define PEOPLE                                                                                                         \
    "  /etc/passwd: 'root:x:0:0::/root:/bin/sh\n\n  a:x:7:7::/srv/a:/bin/sh\n\n  b:x:8:8::/srv/b/:/bin/sh\n\n'\n"      \
    "  /root: {type: dir}\n  /srv/a: {type: dir}\n  /srv/b: {type: dir}\n"
#define OWN_FILE                                                                                                       \
    "daemon: tool\ntitle: Tool\ntools: [/usr/bin/tool]\nconfig:\n  path: /etc/tool.conf\n  format: toml\n"             \
    "  dropins: [/etc/tool.conf.d/*]\n  user_path: tool.conf\n  user_dropins: tool.conf.d/*\n"                         \
    "keys:\n  n: {type: number, default: 1}\n"

static void an_embedded_kubelet_is_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("processes: [{pid: 9, comm: k3s-server, argv: ['k3s server']}]", "setting",
                                        "{daemon: kubelet, key: readOnlyPort}");
    assert_problem(items, PROBLEM_UNKNOWN, "inside k3s-server");
    const char *kubelite = "processes: [{pid: 9, comm: kubelite, argv: [/snap/kubelite]}]\n"
                           "files: {/var/snap/microk8s/current/args/kubelet: "
                           "\"# c\\n--read-only-port=3\\n--client-ca-file=${SNAP_DATA}/certs/ca.crt\\n\"}\n";
    assert_value(kubelite, "kubelet", "readOnlyPort", "3", "flag");
    assert_value(kubelite, "kubelet", "authentication.x509.clientCAFile", "\"/var/snap/microk8s/current/certs/ca.crt\"",
                 "flag");
}

static void rootless_reads_the_users_file(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, uid: 1000, comm: dockerd, argv: [dockerd], environ: {HOME: /home/u}}]\n"
                       "files: {/home/u/.config/docker/daemon.json: '{\"icc\": false}',"
                       " /etc/docker/daemon.json: '{\"icc\": true}'}\n";
    assert_value(host, "dockerd", "icc", "false", "file");
}

static void helpers_are_not_instances(void **state)
{
    (void)state;
    const char *host = "processes:\n"
                       "- {pid: 9, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd]}\n"
                       "- {pid: 10, ppid: 9, comm: exe, exe: /usr/bin/dockerd, argv: [docker-untar, /]}\n"
                       "- {pid: 11, ppid: 1, comm: dockerd, exe: /opt/dockerd, argv: [dockerd, --icc=false]}\n";
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
    assert_int_equal(items->list->len, 2);
    assert_string_equal(item_at(items, 0)->subject, "dockerd (pid 9)");
    assert_field(item_at(items, 1), "value", "false");
}

static void a_tool_needs_no_process(void **state)
{
    (void)state;
    pl_auto(items) gone = look_tool(TOOL, "{}", "{daemon: tool, key: n}");
    assert_nothing(gone);
    pl_auto(items) installed = look_tool(TOOL, "files: {/usr/bin/tool: ''}", "{daemon: tool, key: n}");
    assert_field(only_item(installed), "value", "1");
    assert_field(only_item(installed), "origin", "\"default\"");
    assert_field(only_item(installed), "user", "null");
    assert_declared(only_item(installed), "setting");
}

static void each_account_with_a_file_is_an_instance(void **state)
{
    (void)state;
    const char *host =
        "files:\n" PEOPLE "  /etc/tool.conf: 'n = 2'\n  /srv/b/.config/tool/tool.conf.d/x.conf: 'n = 3'\n";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: n}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "value", "2");
    assert_string_equal(item_at(items, 1)->subject, "tool of b");
    assert_field(item_at(items, 1), "value", "3");
    assert_field(item_at(items, 1), "user", "\"b\"");
    assert_field(item_at(items, 1), "losing", "[\"drop-in /etc/tool.conf:1 2\"]");
    assert_source(item_at(items, 1), "/srv/b/.config/tool/tool.conf.d/x.conf", 1);
}

static void an_own_file_stands_instead_of_the_systems(void **state)
{
    (void)state;
    const char *host = "files:\n" PEOPLE "  /etc/tool.conf: 'n = 2'\n  /etc/tool.conf.d/a: 'n = 4'\n"
                       "  /srv/a/.config/tool.conf: ''\n  /srv/b/.config/tool.conf.d/a: ''\n";
    pl_auto(items) items = look_tool(OWN_FILE, host, "{daemon: tool, key: n}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 0), "value", "4");
    assert_field(item_at(items, 1), "value", "1");
    assert_field(item_at(items, 2), "value", "4");
}

static void homes_that_cannot_be_looked_into(void **state)
{
    (void)state;
    const char *host = "files:\n" PEOPLE "  /srv/a/.config: {type: dir, denied: true}\n  /usr/bin/tool: ''\n";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: n}");
    assert_int_equal(items->list->len, 1);
    assert_problem(items, PROBLEM_UNKNOWN, "/srv/a/.config");
}

/* A process that may be the daemon, of which too little could be read, is noted and neither taken nor left out. */
static void it_may_be_the_daemon(void **state)
{
    (void)state;
    static const struct {
        const char *programs, *process;
        bool perhaps;
    } rows[] = {
        /* only its name is asked for, which counts when root chose it, and whose it is could not be read */
        {"{comm: d}", "comm: d, exe: /usr/bin/x, argv: [x], files: {status: \"Name:\\td\\nState:\\tS\\n\"}", true},
        {"{comm: d}", "comm: e, exe: /usr/bin/x, argv: [x], files: {status: \"Name:\\te\\nState:\\tS\\n\"}", false},
        {"{comm: d}", "comm: d, uid: 1000, exe: /usr/bin/x, argv: [x]", false},
        /* what it is called could not be read either; a name that is asked for besides decides */
        {"{comm: d}", "comm: x, exe: /usr/bin/x, argv: [x], files: {status: {denied: true}}", true},
        {"{name: d}", "comm: x, exe: /usr/bin/x, argv: [x], files: {status: {denied: true}}", false},
        /* another program under the daemon's name */
        {"{name: d}", "comm: x, exe: /usr/bin/x, argv: [d], files: {status: \"Name:\\tx\\nState:\\tS\\n\"}", true},
        {"{name: d}", "comm: x, exe: /usr/bin/x, argv: [d], uid: 1000", false},
        /* one program for several daemons, told by its argument */
        {"{name: x, argument: d}", "comm: x, exe: /usr/bin/x, argv: [x, e]", false},
        {"{name: x, argument: d}", "comm: x, exe: /usr/bin/x, argv: [x]", false},
        {"{name: x, argument: d}", "comm: x, exe: /usr/bin/x, argv: []", true},
        {"{name: x, argument: d}", "comm: x, exe: /usr/bin/x", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "daemon: d\ntitle: D\nprograms: [%s]\nkeys:\n  n: {type: number, flag: n}\n", rows[i].programs);
        g_autofree char *host = g_strdup_printf("processes: [{pid: 9, ppid: 1, %s}]\n", rows[i].process);
        pl_auto(daemons) daemons = daemons_new();
        g_autoptr(GError) error = NULL;
        if (!describe(daemons, "d.yaml", text, &error))
            fail_msg("%s", error->message);
        pl_auto(host_notes) notes = host_notes_new();
        struct host_notes *before = host_notes_swap(notes);
        pl_auto(items) items = look_described(daemons, host, "daemon", "{name: d}");
        host_notes_swap(before);
        if ((host_notes_list(notes)->len + items->problems->len + items->list->len > 0) != rows[i].perhaps)
            fail_msg("row %zu: %u items", i, items->list->len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_embedded_kubelet_is_unknown),
        cmocka_unit_test(rootless_reads_the_users_file),
        cmocka_unit_test(helpers_are_not_instances),
        cmocka_unit_test(a_tool_needs_no_process),
        cmocka_unit_test(each_account_with_a_file_is_an_instance),
        cmocka_unit_test(an_own_file_stands_instead_of_the_systems),
        cmocka_unit_test(homes_that_cannot_be_looked_into),
        cmocka_unit_test(it_may_be_the_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
