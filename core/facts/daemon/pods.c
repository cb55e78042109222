#include "facts/daemon/pods.h"

#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* kubeadm's, which is also what the kubelet's own example has, and RKE2's. */
static const char *const folders[] = {"/etc/kubernetes/manifests", "/var/lib/rancher/rke2/agent/pod-manifests"};
#define KUBELET_CONFIG "/var/lib/kubelet/config.yaml"

static bool is_absent(const GError *error)
{
    return g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
}

/* "registry.example/kube-apiserver:v1.30.0@sha256:..." is kube-apiserver. Caller frees. */
static char *name_of_image(const char *image)
{
    const char *slash = strrchr(image, '/');
    const char *last = slash ? slash + 1 : image;
    return g_strndup(last, strcspn(last, ":@"));
}

static bool has_name(char **names, const char *name)
{
    return names && name && g_strv_contains((const char *const *)names, name);
}

static bool is_program(const struct daemon *daemon, const char *path, const char *argument)
{
    g_autofree char *name = g_path_get_basename(path);
    for (guint i = 0; i < daemon->programs->len; i++) {
        const struct daemon_program *program = g_ptr_array_index(daemon->programs, i);
        if (has_name(program->name, name) && (!program->argument || has_name(program->argument, argument)))
            return true;
    }
    return false;
}

/* An image that carries several programs says nothing beside a command. */
static bool runs_daemon(const struct daemon *daemon, const json_object *container)
{
    const char *image = tree_string(container, "image");
    g_autofree char *name = name_of_image(image ? image : "");
    const json_object *command = tree_member(container, "command");
    size_t n = json_object_is_type(command, json_type_array) ? json_object_array_length(command) : 0;
    g_autofree char *program = tree_text(n ? json_object_array_get_idx(command, 0) : NULL);
    g_autofree char *argument = tree_text(n > 1 ? json_object_array_get_idx(command, 1) : NULL);
    if (g_str_equal(name, daemon->name) || (n == 0 && has_name(daemon->images, name)))
        return true;
    return n && is_program(daemon, program, argument);
}

static bool starts_daemon(const struct daemon *daemon, const json_object *pod)
{
    const json_object *containers = tree_member(tree_member(pod, "spec"), "containers");
    size_t n = json_object_is_type(containers, json_type_array) ? json_object_array_length(containers) : 0;
    for (size_t i = 0; i < n; i++)
        if (runs_daemon(daemon, json_object_array_get_idx(containers, i)))
            return true;
    return false;
}

/* The kubelet reads every file of the folder but hidden ones. */
static char *find_in(struct host *host, const struct daemon *daemon, const char *folder, GError **error)
{
    g_autoptr(GError) failed = NULL;
    g_auto(GStrv) names = host_list(host, folder, &failed);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename(folder, *name, NULL);
        g_autoptr(GError) unread = NULL;
        const json_object *pod = **name == '.' ? NULL : format_read(host, path, format_find("yaml-go"), &unread);
        if (pod && starts_daemon(daemon, pod))
            return g_steal_pointer(&path);
        if (unread && !failed && !is_absent(unread))
            failed = g_steal_pointer(&unread);
    }
    if (failed && !is_absent(failed) && !*error)
        *error = g_steal_pointer(&failed);
    return NULL;
}

char *daemon_static_pod(struct host *host, const struct daemon *daemon, GError **error)
{
    g_autoptr(GError) failed = NULL;
    char *found = NULL;
    if (!daemon->images)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(folders) && !found; i++)
        found = find_in(host, daemon, folders[i], &failed);
    g_autoptr(GError) unread = NULL;
    const json_object *kubelet = found ? NULL : format_read(host, KUBELET_CONFIG, format_find("yaml-go"), &unread);
    const char *told = tree_string(kubelet, "staticPodPath");
    if (told && *told == '/')
        found = find_in(host, daemon, told, &failed);
    if (!found && (failed || (unread && !is_absent(unread))))
        g_propagate_error(error, failed ? g_steal_pointer(&failed) : g_steal_pointer(&unread));
    return found;
}
