/* Inline hosts: the order in which the parts of a test's `host:` mapping are laid over each other. */
#include "host/inline.h"
#include "host/inline_container.h"
#include "host/private.h"

#include "model/tree.h"

#include <math.h>

/* Later ones lie over earlier ones; files are last, so that a test can replace anything. */
static const struct section {
    const char *key;
    bool (*load)(struct inline_build *build, const json_object *value, GError **error);
} sections[] = {
    {"tree", inline_load_tree},           {"mounts", inline_load_mounts},   {"kernel", inline_load_kernel},
    {"sysctls", inline_load_sysctls},     {"modules", inline_load_modules}, {"packages", inline_load_packages},
    {"processes", inline_load_processes}, {"files", inline_load_files},
};

static bool check_http(const json_object *http, GError **error)
{
    if (!http)
        return true;
    if (!json_object_is_type(http, json_type_object))
        return inline_error(error, http, "http: a mapping is needed");
    json_object_object_foreach (http, url, answer) {
        gint64 status = 200;
        if (!inline_keys(answer, url, inline_answer_members, error) ||
            !inline_int(answer, "status", 100, 599, &status, error))
            return false;
    }
    return true;
}

static bool check_audit(const json_object *audit, GError **error)
{
    gint64 enabled = 1;
    if (!audit)
        return true;
    if (!inline_keys(audit, "audit", inline_audit_members, error) ||
        !inline_int(audit, "enabled", 0, 2, &enabled, error))
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
    if (spec && !inline_keys(spec, "host", inline_host_members, error))
        return false;
    if (!inline_bool(spec, "live", &build->live, error) ||
        !inline_bool(spec, "privileged", &build->privileged, error) || !check_http(tree_member(spec, "http"), error) ||
        !check_audit(tree_member(spec, "audit"), error))
        return false;
    fs_inline_set_privileged(build->fs, build->privileged);
    fs_inline_directory(build->fs, "/proc");
    fs_inline_directory(build->fs, "/sys");
    fs_inline_directory(build->fs, "/etc");
    inline_default_files(build, spec);
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

struct host *host_new_inline(const json_object *stated, const char *trees, GError **error)
{
    pl_autojson json_object *spread = NULL;
    if (!inline_containers(stated, &spread, error))
        return NULL;
    const json_object *spec = spread ? spread : stated;
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
    host->device_programs = tree_copy(tree_member(spec, "device_programs"));
    if (!host->device_programs)
        host->device_programs = json_object_new_object();
    add_images(host, tree_member(spec, "images"));
    return host;
}
