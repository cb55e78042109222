/* By kind: what no probe may be silent about. Processes that are hidden, a /proc that is not there, more than is kept.
 */
#include "described.h"

#include "fault_fs.h"
#include "host/private.h"
#include "model/tree.h"

static const char description[] = "daemon: d\n"
                                  "title: d\n"
                                  "programs: [{name: d}]\n"
                                  "config: {flag: config, path: /etc/d.json, format: json}\n"
                                  "keys:\n"
                                  "  one: {type: string, flag: one, default: null}\n"
                                  "  runtimes: {type: map, default: {}}\n";

static struct items *look_with_d(const char *host, const char *probe, const char *object)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    if (!describe(daemons, "d.yaml", description, &error))
        fail_msg("%s", error->message);
    return look_described(daemons, host, probe, object);
}

/* `base` is borrowed and lives longer. */
static struct host *failing_host(const struct host *base, const struct fault *fault)
{
    struct host *host = host_new_with_fs(fault_fs_new(base->fs, fault, NULL), "/");
    host->live = true;
    host->privileged = base->privileged;
    host->http = base->http ? tree_copy(base->http) : json_object_new_object();
    return host;
}

static struct items *look_failing(const char *text, enum fault_kind kind, const char *place, const char *probe,
                                  const char *object)
{
    pl_auto(host) base = inline_host(text);
    pl_auto(daemons) daemons = daemons_new();
    const struct fault fault = {.kind = kind, .path = place};
    pl_auto(host) host = failing_host(base, &fault);
    assert_true(describe(daemons, "d.yaml", description, NULL));
    return look_at_described(daemons, host, probe, object);
}

/* With a place of it that is not there, which every stated host has. */
static struct items *look_without(const char *text, const char *place, const char *probe, const char *object)
{
    return look_failing(text, FAULT_REMOVED, place, probe, object);
}

static bool tells(const struct items *items, const char *part)
{
    for (guint i = 0; i < items->problems->len; i++) {
        const struct problem *problem = g_ptr_array_index(items->problems, i);
        if (strstr(problem->reason, part) && problem->kind != PROBLEM_NOTAPPLICABLE)
            return true;
    }
    return false;
}

/* An ordinary user where /proc is mounted with hidepid sees his own processes alone. */
static void hidden_processes(void **state)
{
    (void)state;
    static const char host[] = "privileged: false\nprocesses: [{pid: 90, comm: x, exe: /usr/bin/x, argv: [x]}]\n";
    static const char *const looks[][2] = {
        {"process", "{name: d}"},
        {"daemon", "{name: d}"},
        {"setting", "{daemon: d, key: one}"},
        {"file", "{path-from: {daemon: d, files: true}}"},
        {"file", "{path-from: {daemon: d, key: one}}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        pl_auto(items) items = look_without(host, "/proc/1", looks[i][0], looks[i][1]);
        if (!tells(items, "hidden"))
            fail_msg("%s %s is silent", looks[i][0], looks[i][1]);
        pl_auto(items) all = look_with_d(host, looks[i][0], looks[i][1]);
        assert_false(tells(all, "hidden"));
    }
}

/* `line` is written `n` times, with its number. Caller frees. */
static char *many(const char *before, const char *line, unsigned n, const char *after)
{
    g_autoptr(GString) text = g_string_new(before);
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("%u", 10 + i);
        g_autoptr(GString) one = g_string_new(line);
        g_string_replace(one, "#", number, 0);
        g_string_append(text, one->str);
    }
    g_string_append(text, after);
    return g_strdup(text->str);
}

static void more_than_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *probe, *object, *before, *line, *after;
    } rows[] = {
        {"file", "{path: [/d], recurse: true}", "files:\n", "  /d/#: ''\n", ""},
        {"file", "{path: [/d/*]}", "files:\n", "  /d/#: ''\n", ""},
        {"process", "{}", "processes:\n", "- {pid: #, comm: x, argv: [x]}\n", ""},
        {"group", "{}", "files:\n  /etc/passwd: ''\n  /etc/group: |\n", "    g#:x:#:\n", ""},
        {"setting", "{daemon: d, key: runtimes, member: '*'}", "files:\n  /etc/d.json: '{\"runtimes\": {",
         "\"r#\": 1, ", "\"last\": 1}}'\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = many(rows[i].before, rows[i].line, ITEMS_MAX + 1, rows[i].after);
        pl_auto(items) items = look_with_d(text, rows[i].probe, rows[i].object);
        assert_int_equal(items->list->len, ITEMS_MAX);
        if (!tells(items, "more than 20000"))
            fail_msg("%s %s is silent", rows[i].probe, rows[i].object);
    }
}

/* A running machine has these; where they are not, /proc is. */
static void no_proc(void **state)
{
    (void)state;
    static const char *const looks[][3] = {
        {"kernel-cmdline", "{name: quiet}", "/proc/cmdline"},
        {"mount", "{path: /}", "/proc/self/mountinfo"},
        {"process", "{}", "/proc"},
        {"daemon", "{name: d}", "/proc"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        pl_auto(items) items = look_without("{}", looks[i][2], looks[i][0], looks[i][1]);
        assert_int_equal(items->list->len, 0);
        if (!tells(items, "/proc"))
            fail_msg("%s is silent", looks[i][0]);
    }
}

#define WANTED(unit) "  /etc/systemd/system/multi-user.target.wants/" unit ": {type: symlink, target: ../" unit "}\n"

/* Whether systemd starts the machine, and whether the daemon is installed at all, cannot be seen: it may start. */
static void a_start_that_may_be(void **state)
{
    (void)state;
    static const char not_systemds[] =
        "processes: [{pid: 1, comm: init, argv: [init]}]\nfiles:\n  /usr/bin/d: {content: x, mode: '0755'}\n"
        "  /etc/systemd/system/d.service: \"[Service]\\nExecStart=/usr/bin/d\\n\"\n" WANTED("d.service");
    pl_auto(items) none = look_with_d(not_systemds, "daemon", "{name: d}");
    assert_int_equal(none->list->len, 0);
    pl_auto(items) may = look_failing(not_systemds, FAULT_EIO, "/run/systemd/system", "daemon", "{name: d}");
    assert_int_equal(may->list->len, 1);
    static const char unreadable[] =
        "files:\n  /etc/systemd/system/x.service: {content: x, denied: true}\n" WANTED("x.service");
    pl_auto(items) absent = look_with_d(unreadable, "daemon", "{name: d}");
    assert_nothing(absent);
    pl_auto(items) hindered = look_failing(unreadable, FAULT_EIO, "/usr/bin/d", "daemon", "{name: d}");
    assert_true(tells(hindered, "x.service"));
}

/* What only stands configured is judged where nothing runs, not where that cannot be seen. */
static void processes_that_cannot_be_listed(void **state)
{
    (void)state;
    static const char host[] = "files:\n  /etc/d.json: '{\"one\": \"x\"}'\n";
    static const char object[] = "{daemon: d, key: one}";
    pl_auto(items) configured = look_with_d(host, "setting", object);
    assert_int_equal(configured->list->len, 1);
    pl_auto(items) hindered = look_failing(host, FAULT_EIO, "/proc", "setting", object);
    assert_int_equal(hindered->list->len, 0);
    assert_true(tells(hindered, "/proc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_processes),
        cmocka_unit_test(more_than_is_kept),
        cmocka_unit_test(no_proc),
        cmocka_unit_test(a_start_that_may_be),
        cmocka_unit_test(processes_that_cannot_be_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
