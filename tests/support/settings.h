/* Settings of daemons, and of a tool that is not among the shipped descriptions. */
#pragma once

#include "described.h"

#define KUBELET(arguments)                                                                                             \
    "processes: [{pid: 9, ppid: 1, comm: kubelet, exe: /usr/bin/kubelet, argv: [/usr/bin/kubelet" arguments "]}]\n"
#define CONFIG(text) "files: {/k.yaml: '" text "'}\n"

#define JOURNALD                                                                                                       \
    "processes: [{pid: 9, comm: systemd-journal, exe: /lib/systemd/systemd-journald,"                                  \
    " argv: [/lib/systemd/systemd-journald]}]\n"

/* What the shipped description makes of one key; the whole item is looked at. */
static inline void assert_value(const char *host, const char *daemon, const char *key, const char *value,
                                const char *origin)
{
    g_autofree char *object = g_strdup_printf("{daemon: %s, key: %s}", daemon, key);
    g_autofree char *quoted = g_strdup_printf("\"%s\"", origin);
    pl_auto(items) items = look_shipped(host, "setting", object);
    const struct item *item = only_item(items);
    assert_field(item, "value", value);
    assert_field(item, "origin", quoted);
    assert_field(item, "set", g_str_equal(origin, "default") ? "false" : "true");
    assert_declared(item, "setting");
}

#define TOOL                                                                                                           \
    "daemon: tool\ntitle: Tool\ntools: [/usr/bin/tool]\nconfig:\n  path: /usr/share/tool.conf\n  format: toml\n"       \
    "  dropins: [/etc/tool.conf]\n  user_dropins: [tool/tool.conf, tool/tool.conf.d/*.conf]\n"                         \
    "keys:\n  n: {type: number, default: 1}\n  list: {type: list, appends: true, default: [x]}\n"                      \
    "  other: {type: list, appends: true}\n  registry: {type: map, by: [prefix, location], default: {}}\n"             \
    "  paths: {type: map, default: {d: [/d]}}\n"

static inline struct items *look_tool(const char *description, const char *host, const char *object)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    if (!describe(daemons, "tool.yaml", description, &error))
        fail_msg("%s", error->message);
    return look_described(daemons, host, "setting", object);
}
