/* Inline hosts: the order in which the parts of a test's `host:` mapping are laid over each other. */
#include "host/inline.h"
#include "host/private.h"

#include "model/tree.h"

#include <math.h>

bool inline_error(GError **error, const json_object *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    struct tree_mark mark = tree_mark(at);
    if (mark.line)
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%u:%u: host: %s", mark.line, mark.column, message);
    else
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "host: %s", message);
    return false;
}

char *inline_scalar(const json_object *value, const char *what, GError **error)
{
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        return g_strdup(json_object_get_boolean(value) ? "1" : "0");
    case json_type_string:
    case json_type_int:
    case json_type_double:
        return tree_text(value);
    case json_type_null:
    case json_type_object:
    case json_type_array:
        break;
    }
    inline_error(error, value, "%s: a text or number is needed", what);
    return NULL;
}

static bool is_known(const char *key, const char *const *known)
{
    for (; *known; known++) {
        if (g_str_equal(key, *known))
            return true;
    }
    return false;
}

/* The place of a key: that of its value, with the key's own line where it is known. */
static bool unknown_key(GError **error, const json_object *object, const json_object *value, const char *what,
                        const char *key)
{
    struct tree_mark mark = tree_mark(value);
    if (!mark.key_line)
        return inline_error(error, value ? value : object, "%s: unknown key \"%s\"", what, key);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%u:%u: host: %s: unknown key \"%s\"", mark.key_line,
                mark.key_column, what, key);
    return false;
}

bool inline_keys(const json_object *object, const char *what, const char *const *known, GError **error)
{
    if (!json_object_is_type(object, json_type_object))
        return inline_error(error, object, "%s: a mapping is needed", what);
    json_object_object_foreach (object, key, value) {
        if (!is_known(key, known))
            return unknown_key(error, object, value, what, key);
    }
    return true;
}

bool inline_int(const json_object *object, const char *key, gint64 low, gint64 high, gint64 *out, GError **error)
{
    const json_object *value = tree_member(object, key);
    if (!value)
        return true;
    gint64 number = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : low - 1;
    if (number < low || number > high)
        return inline_error(error, value, "%s: a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is needed",
                            key, low, high);
    *out = number;
    return true;
}

bool inline_bool(const json_object *object, const char *key, bool *out, GError **error)
{
    const json_object *value = tree_member(object, key);
    if (!value)
        return true;
    if (!json_object_is_type(value, json_type_boolean))
        return inline_error(error, value, "%s: true or false is needed", key);
    *out = json_object_get_boolean(value);
    return true;
}

/* Later ones lie over earlier ones; files are last, so that a test can replace anything. */
static const struct section {
    const char *key;
    bool (*load)(struct inline_build *build, const json_object *value, GError **error);
} sections[] = {
    {"tree", inline_load_tree},           {"mounts", inline_load_mounts},   {"kernel", inline_load_kernel},
    {"sysctls", inline_load_sysctls},     {"modules", inline_load_modules}, {"packages", inline_load_packages},
    {"processes", inline_load_processes}, {"files", inline_load_files},
};

static const char *const host_keys[] = {"files", "sysctls",    "processes", "modules", "packages", "kernel", "mounts",
                                        "http",  "privileged", "live",      "tree",    "audit",    "images", NULL};

static bool check_http(const json_object *http, GError **error)
{
    static const char *const known[] = {"status", "json", "body", "error", "content_type", "server_version", NULL};
    if (!http)
        return true;
    if (!json_object_is_type(http, json_type_object))
        return inline_error(error, http, "http: a mapping is needed");
    json_object_object_foreach (http, url, answer) {
        gint64 status = 200;
        if (!inline_keys(answer, url, known, error) || !inline_int(answer, "status", 100, 599, &status, error))
            return false;
    }
    return true;
}

static bool check_audit(const json_object *audit, GError **error)
{
    static const char *const known[] = {"enabled", "rules", "error", NULL};
    gint64 enabled = 1;
    if (!audit)
        return true;
    if (!inline_keys(audit, "audit", known, error) || !inline_int(audit, "enabled", 0, 2, &enabled, error))
        return false;
    const json_object *rules = tree_member(audit, "rules");
    if (rules && !json_object_is_type(rules, json_type_array))
        return inline_error(error, rules, "audit: rules: a list is needed");
    return true;
}

static bool load_sections(struct inline_build *build, const json_object *spec, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        const json_object *value = tree_member(spec, sections[i].key);
        if (value && !sections[i].load(build, value, error))
            return false;
    }
    return true;
}

static bool build_host(struct inline_build *build, const json_object *spec, GError **error)
{
    if (spec && !inline_keys(spec, "host", host_keys, error))
        return false;
    if (!inline_bool(spec, "live", &build->live, error) ||
        !inline_bool(spec, "privileged", &build->privileged, error) || !check_http(tree_member(spec, "http"), error) ||
        !check_audit(tree_member(spec, "audit"), error))
        return false;
    fs_inline_set_privileged(build->fs, build->privileged);
    fs_inline_directory(build->fs, "/proc");
    fs_inline_directory(build->fs, "/sys");
    fs_inline_directory(build->fs, "/etc");
    if (!load_sections(build, spec, error))
        return false;
    inline_default_system(build);
    if (build->live && !inline_default_processes(build, error))
        return false;
    return inline_finish_owners(build, error);
}

static void owner_free(gpointer data)
{
    struct inline_owner *owner = data;
    node_unref(owner->node);
    g_free(owner);
}

static void put_json(gpointer object)
{
    json_object_put(object);
}

static void add_images(struct host *host, const json_object *paths)
{
    size_t n = json_object_is_type(paths, json_type_array) ? json_object_array_length(paths) : 0;
    for (size_t i = 0; i < n; i++) {
        g_autofree char *path = tree_text(json_object_array_get_idx(paths, i));
        host_add_image(host, path);
    }
}

struct host *host_new_inline(const json_object *spec, const char *trees, GError **error)
{
    g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(owner_free);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(put_json);
    struct inline_build build = {
        .fs = fs_inline_new(true),
        .trees = trees,
        .live = true,
        .privileged = true,
        .owners = owners,
        .kept = kept,
    };
    bool ok = build_host(&build, spec, error);
    g_free(build.mountinfo);
    if (!ok) {
        build.fs->ops->free(build.fs);
        return NULL;
    }
    struct host *host = host_new_with_fs(build.fs, "/");
    host->live = build.live;
    host->privileged = build.privileged;
    host->http = tree_copy(tree_member(spec, "http"));
    if (!host->http)
        host->http = json_object_new_object();
    host->audit = tree_copy(tree_member(spec, "audit"));
    add_images(host, tree_member(spec, "images"));
    return host;
}
