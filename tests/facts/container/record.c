/* What could not be read of a record or a bundle is told with its path, and compares equal to nothing. */
#include "container_hosts.h"

#include "host/fs_inline.h"
#include "host/private.h"

#define CONFIG     "/var/lib/docker/containers/" ID "/config.v2.json"
#define HOSTCONFIG "/var/lib/docker/containers/" ID "/hostconfig.json"
#define BUNDLE     "/run/bundle/config.json"
#define STATE      "/run/runc/" ID "/state.json"
/* The shim works in the bundle; another monitor does not tell where it is. */
#define HOST      WATCHED("/usr/bin/containerd-shim-runc-v2")
#define ELSEWHERE WATCHED("/usr/bin/monitor")
#define WATCHED(monitor)                                                                                               \
    MOUNTS "processes:\n"                                                                                              \
           "- {pid: 90, ppid: 1, comm: containerd-shim, argv: [" monitor "], cwd: /run/bundle}\n"                      \
           "- {pid: 100, ppid: 90, comm: web, argv: [web], start: 5, " OWN ", " CGROUP ", " DEFAULT                    \
           ", no_new_privs: 1, mountinfo: \"" ROOT "\"}\n"
#define RECORD                                                                                                         \
    "files:\n"                                                                                                         \
    "  " CONFIG ": '{\"Name\": \"/web\", \"Config\": {\"Image\": \"web:1\"}}'\n"                                       \
    "  " HOSTCONFIG ": '{\"SecurityOpt\": [\"no-new-privileges\"]}'\n"
#define ASKED "  " BUNDLE ": '{\"process\": {\"noNewPrivileges\": true}}'\n"

static void deny(struct host *host, const char *path)
{
    struct node *node = fs_inline_find(host->fs, path);
    assert_non_null(node);
    node->denied = true;
}

static const char *unread(const struct items *items, const char *field)
{
    const struct item *item = only_item(items);
    return unread_why(item, field);
}

static void assert_unread(struct host *host, const char *field, const char *part)
{
    pl_auto(items) items = look_at(host, "container", "{}");
    const char *reason = unread(items, field);
    if (!reason || !strstr(reason, part))
        fail_msg("%s: %s", field, reason ? reason : "was read");
}

static void half_a_record_is_none(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host(HOST RECORD);
    deny(host, HOSTCONFIG);
    assert_unread(host, "record", HOSTCONFIG ": Permission denied");
    pl_auto(host) again = inline_host(HOST RECORD);
    deny(again, HOSTCONFIG);
    assert_unread(again, "differences", HOSTCONFIG ": Permission denied");
}

/* What only the bundle asks for may differ. */
static void a_bundle_that_is_hidden_may_differ(void **state)
{
    (void)state;
    pl_auto(host) seen = inline_host(HOST RECORD ASKED);
    pl_auto(items) items = look_at(seen, "container", "{}");
    assert_null(unread(items, "differences"));
    pl_auto(host) host = inline_host(HOST RECORD ASKED);
    deny(host, BUNDLE);
    assert_unread(host, "differences", BUNDLE ": Permission denied");
    pl_auto(host) other = inline_host(HOST RECORD "  " BUNDLE ": '[]'\n");
    assert_unread(other, "differences", BUNDLE ": not an object");
}

/* Two ways to the bundle fail: the first failure is told, and the second one overwrites nothing. */
static void both_ways_to_the_bundle(void **state)
{
    (void)state;
    GLogLevelFlags before = g_log_set_always_fatal(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);
    pl_auto(host) host = inline_host(HOST RECORD "  " STATE ": 'no json'\n");
    deny(host, "/proc/90/cwd");
    assert_unread(host, "differences", "/proc/90/cwd: Permission denied");
    pl_auto(host) broken = inline_host(ELSEWHERE RECORD "  " STATE ": '{\"config\": '\n");
    assert_unread(broken, "differences", STATE);
    g_log_set_always_fatal(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_record_is_none),
        cmocka_unit_test(a_bundle_that_is_hidden_may_differ),
        cmocka_unit_test(both_ways_to_the_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
