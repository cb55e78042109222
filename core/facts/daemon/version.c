/* The version of a running daemon, from the package that carries its program or the image of its container. */
#include "facts/daemon/instance.h"

#include "facts/package/packages.h"
#include "facts/process/cgroup.h"
#include "facts/process/container_cgroup.h"
#include "formats/format.h"
#include "host/notes.h"
#include "host/path.h"
#include "model/tree.h"

#include <string.h>

static bool in_list(char **list, const char *word)
{
    return g_strv_contains((const char *const *)list, word);
}

/* The version of an installed Debian package; a database of rpm that cannot be read has none to hide. */
static char *dpkg_version(struct host *host, const char *package)
{
    const struct packages *packages = packages_get(host);
    for (guint i = 0; i < packages->of_dpkg; i++)
        host_note(g_error_copy(packages->errors->pdata[i]));
    for (guint i = 0; i < packages->list->len; i++) {
        const struct package *one = packages->list->pdata[i];
        if (g_str_equal(one->manager, "dpkg") && g_str_equal(one->name, package))
            return g_strdup(one->version);
    }
    return NULL;
}

/* The package lists the program among its files; without a list, the program is where packages put theirs. */
static bool package_carries(struct host *host, const char *package, const char *exe)
{
    g_autofree char *path = g_strdup_printf("/var/lib/dpkg/info/%s.list", package);
    g_autofree char *list = host_read_text(host, path, NULL);
    if (!list) {
        g_autofree char *directory = g_path_get_dirname(exe);
        static const char *const usual[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin", NULL};
        return g_strv_contains(usual, directory);
    }
    g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
    const char *merged = g_str_has_prefix(exe, "/usr/") ? exe + 4 : exe; /* /usr-merged hosts list either form */
    return in_list(lines, exe) || in_list(lines, merged);
}

/* The version in the tag of an image, when the image is one of the daemon's. */
static char *image_version(const struct daemon *daemon, const char *image)
{
    const char *last = host_base_name(image);
    const char *tag = strchr(last, ':');
    g_autofree char *name = tag ? g_strndup(last, (gsize)(tag - last)) : NULL;
    if (!name || !daemon->images || !in_list(daemon->images, name))
        return NULL;
    tag += tag[1] == 'v' ? 2 : 1;
    return g_ascii_isdigit(*tag) ? g_strndup(tag, strcspn(tag, "@")) : NULL;
}

/* The image that the runtime noted in the bundle of the process's container. */
static char *container_version(struct host *host, const struct daemon *daemon, const struct process *process)
{
    static const struct {
        const char *before, *after, *note;
    } bundles[] = {
        {"/run/containerd/io.containerd.runtime.v2.task/k8s.io/", "/config.json", "io.kubernetes.cri.image-name"},
        {"/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/", "/config.json", "io.kubernetes.cri.image-name"},
        {"/run/containers/storage/overlay-containers/", "/userdata/config.json", "io.kubernetes.cri-o.ImageName"},
    };
    g_autofree char *cgroup = process->cgroup ? cgroup_path(process->cgroup) : NULL;
    const char *runtime = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime, NULL) : NULL;
    for (size_t i = 0; id && i < G_N_ELEMENTS(bundles); i++) {
        g_autofree char *path = g_strconcat(bundles[i].before, id, bundles[i].after, NULL);
        const json_object *bundle = format_read(host, path, format_find("json"), NULL);
        const char *image = tree_string(tree_member(bundle, "annotations"), bundles[i].note);
        if (image)
            return image_version(daemon, image);
    }
    return NULL;
}

/* The version of the first package that is installed and, of a process, carries its program. */
static char *package_version(struct host *host, const struct daemon *daemon, const struct process *process)
{
    for (char **package = daemon->packages; package && *package; package++) {
        g_autofree char *version = dpkg_version(host, *package);
        if (version && (!process || package_carries(host, *package, process->exe)))
            return g_steal_pointer(&version);
    }
    return NULL;
}

/* Another root has other packages; a replaced program is not the one that runs. */
static bool is_of_packages(struct host *host, const struct process *process)
{
    if (!process->exe || !process->root || !g_str_equal(process->root, "/") || host_link_is_deleted(process->exe))
        return false;
    g_autofree char *path = host_process_path(host, process, process->exe);
    return g_str_equal(path, process->exe);
}

char *daemon_version(struct host *host, const struct daemon *daemon, const struct process *process)
{
    if (!process || is_of_packages(host, process))
        return package_version(host, daemon, process);
    return daemon->images ? container_version(host, daemon, process) : NULL;
}
