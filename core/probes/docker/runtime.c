/* Where an OCI runtime's program is, as dockerd and containerd look it up in PATH, and who could replace it. */
#include "probes/docker/runtime.h"

#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* What containerd's shims are looked up in; systemd gives services the same. */
#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* "io.containerd.kata.v2" is containerd-shim-kata-v2. */
static char *shim_name(const char *type)
{
    g_auto(GStrv) parts = g_strsplit(type, ".", -1);
    guint n = g_strv_length(parts);
    return n < 2 ? NULL : g_strdup_printf("containerd-shim-%s-%s", parts[n - 2], parts[n - 1]);
}

/* The program's name or path; NULL when the record does not say. */
static char *program_of(const json_object *runtime, const char *name)
{
    const char *path = tree_string(runtime, "path");
    const char *type = tree_string(runtime, "runtimeType");
    if (path && *path)
        return g_strdup(path);
    if (!type || !*type)
        type = name;
    return *type == '/' ? g_strdup(type) : shim_name(type);
}

static char *find_in_path(struct host *host, const struct docker_engine *engine, const char *program)
{
    /* Unheard: then it is looked for where the usual PATH leads, and what is not found there is unread. */
    g_autofree char *given = host_process_env(host, engine->process, "PATH", host_unheard());
    g_auto(GStrv) folders = g_strsplit(given ? given : USUAL_PATH, ":", 64);
    for (char **folder = folders; *folder; folder++) {
        g_autofree char *inside = **folder == '/' ? g_build_filename(*folder, program, NULL) : NULL;
        g_autofree char *path = inside ? host_process_path(host, engine->process, inside) : NULL;
        if (path && host_exists(host, path))
            return g_steal_pointer(&path);
    }
    return NULL;
}

static bool is_root_only(const struct host_stat *found)
{
    return found->uid == 0 && !(found->mode & 022);
}

/* The file and every folder above it; links are not followed. */
static bool chain_is_root_only(struct host *host, const char *path, bool *root_only, GError **error)
{
    g_autofree char *part = g_strdup(path);
    for (;;) {
        struct host_stat found;
        if (!host_lstat(host, part, &found, error))
            return false;
        bool link = (found.mode & 0170000) == 0120000;
        if (link ? found.uid != 0 : !is_root_only(&found))
            *root_only = false;
        char *slash = strrchr(part, '/');
        if (!slash || g_str_equal(part, "/"))
            return true;
        slash[slash == part ? 1 : 0] = '\0';
    }
}

bool docker_root_only(struct host *host, const char *path, bool *root_only, GError **error)
{
    g_autofree char *target = host_resolve(host, path, error);
    *root_only = true;
    return target && chain_is_root_only(host, path, root_only, error) &&
           chain_is_root_only(host, target, root_only, error);
}

void docker_set_runtime(struct host *host, const struct docker_engine *engine, const json_object *runtime,
                        const char *name, struct item *item)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = program_of(runtime, name);
    g_autofree char *path = !program          ? NULL
                            : *program == '/' ? host_process_path(host, engine->process, program)
                                              : find_in_path(host, engine, program);
    item_set_string(item, "path", path);
    if (!path) {
        item_unread(item, "root_only", "the program of runtime %s was not found", name);
        return;
    }
    bool root_only = false;
    if (docker_root_only(host, path, &root_only, &error))
        item_set_bool(item, "root_only", root_only);
    else
        item_unread_error(item, "root_only", error);
}
