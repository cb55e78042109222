/* The daemons of checks/daemons, or one from YAML, and a lookup with them. */
#pragma once

#include "looking.h"

#include "facts/daemon/daemon.h"
#include "model/error.h"

/* What every description has; keys are left. */
#define MINIMAL_DAEMON                                                                                                 \
    "daemon: d\n"                                                                                                      \
    "title: D\n"                                                                                                       \
    "programs: [{name: d}]\n"

static inline bool describe(struct daemons *daemons, const char *file, const char *text, GError **error)
{
    pl_autojson json_object *tree = yaml(text);
    return daemons_add(daemons, file, tree, error);
}

static inline struct daemons *shipped_daemons(void)
{
    const char *folder = TEST_SOURCE_DIR "/checks/daemons";
    struct daemons *daemons = daemons_new();
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    assert_non_null(directory);
    for (const char *name = g_dir_read_name(directory); name; name = g_dir_read_name(directory)) {
        g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
        g_autoptr(GError) error = NULL;
        if (!g_file_get_contents(path, &text, NULL, &error) || !describe(daemons, path, text, &error))
            fail_msg("%s", error->message);
    }
    return daemons;
}

static inline struct items *look_at_described(const struct daemons *daemons, struct host *host, const char *probe,
                                              const char *object_text)
{
    pl_autojson json_object *object = yaml(object_text);
    struct items *items = items_new();
    const struct fact_context context = {.host = host, .daemons = daemons};
    g_autoptr(GError) error = NULL;
    if (probe_find(probe)->check && !probe_find(probe)->check(object, daemons, &error))
        fail_msg("%s", error->message);
    probe_find(probe)->collect(&context, object, items);
    return items;
}

static inline struct items *look_described(const struct daemons *daemons, const char *host_text, const char *probe,
                                           const char *object_text)
{
    pl_auto(host) host = inline_host(host_text);
    return look_at_described(daemons, host, probe, object_text);
}

/* With the shipped descriptions. */
static inline struct items *look_shipped(const char *host_text, const char *probe, const char *object_text)
{
    pl_auto(daemons) daemons = shipped_daemons();
    return look_described(daemons, host_text, probe, object_text);
}

static inline void assert_refused(const char *text, const char *part)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    assert_false(describe(daemons, "d.yaml", text, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    assert_true(g_str_has_prefix(error->message, "d.yaml:"));
    if (!strstr(error->message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, error->message);
    assert_null(daemons_find(daemons, "d"));
}
