/* Finds a daemon's processes and the files that each of them reads.
 *
 * A path on a command line is the process's own: it is looked up below /proc/PID/root when the process lives in
 * another root or mount namespace (static pods). What cannot be read is kept as an error, never as "not there". */
#include "probes/daemon_instance.h"

#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/cgroup.h"
#include "probes/container_find.h"

#include <string.h>

#define DOCUMENTS_MAX 256

static void document_free(gpointer data)
{
    struct daemon_document *document = data;
    g_free(document->path);
    g_free(document);
}

static void instance_free(gpointer data)
{
    struct daemon_instance *instance = data;
    g_free(instance->subject);
    flag_values_free(instance->flags);
    g_free(instance->blind);
    g_free(instance->config);
    g_ptr_array_unref(instance->documents);
    g_clear_error(&instance->error);
    g_free(instance->version);
    g_free(instance);
}

static void instances_free(gpointer data)
{
    struct daemon_instances *instances = data;
    g_ptr_array_unref(instances->list);
    g_clear_error(&instances->error);
    g_free(instances);
}

static char *program_name(const char *path)
{
    g_autofree char *clean = g_str_has_suffix(path, " (deleted)") ? g_strndup(path, strlen(path) - 10) : g_strdup(path);
    return g_path_get_basename(clean);
}

static bool in_list(char **list, const char *word)
{
    return g_strv_contains((const char *const *)list, word);
}

/* Without argv and exe only the name is left, which the kernel cuts at 15 bytes. */
static bool name_cut_matches(char **names, const char *comm)
{
    for (; *names; names++)
        if (strncmp(*names, comm, 15) == 0 && (strlen(*names) >= 15 || g_str_equal(*names, comm)))
            return true;
    return false;
}

static bool name_matches(const struct daemon_program *program, const struct process *process)
{
    if (!program->name)
        return true;
    bool has_argv = process->argv && process->argv[0];
    g_autofree char *argv_name = has_argv ? program_name(process->argv[0]) : NULL;
    g_autofree char *exe_name = process->exe ? program_name(process->exe) : NULL;
    if (argv_name && in_list(program->name, argv_name))
        return true;
    if (exe_name && in_list(program->name, exe_name))
        return true;
    return !argv_name && !exe_name && name_cut_matches(program->name, process->comm);
}

static bool program_matches(const struct daemon_program *program, const struct process *process)
{
    if (program->comm && !in_list(program->comm, process->comm))
        return false;
    if (!name_matches(program, process))
        return false;
    if (!program->argument || !process->argv)
        return true;
    return process->argv[0] && process->argv[1] && in_list(program->argument, process->argv[1]);
}

static const struct daemon_program *find_program(const struct daemon *daemon, const struct process *process)
{
    if (process->kernel || process->state == 'Z')
        return NULL;
    for (guint i = 0; i < daemon->programs->len; i++) {
        const struct daemon_program *program = g_ptr_array_index(daemon->programs, i);
        if (program_matches(program, process))
            return program;
    }
    return NULL;
}

/* A daemon's helper children run the same program under another name. */
static bool is_helper(struct host *host, const struct daemon *daemon, const struct process *process)
{
    const struct process *parent = process->ppid > 0 ? host_process(host, process->ppid) : NULL;
    return parent && parent != process && find_program(daemon, parent) && g_strcmp0(parent->exe, process->exe) == 0;
}

/* Where a path that the process names is on the host. */
static char *instance_path(struct host *host, const struct process *process, const char *path, GError **error)
{
    if (!process)
        return g_strdup(path);
    if (path[0] == '/')
        return host_process_path(host, process, path);
    g_autofree char *link = g_strdup_printf("/proc/%d/cwd", process->pid);
    g_autofree char *cwd = host_readlink(host, link, error);
    if (!cwd) {
        g_prefix_error(error, "%s is relative to an unknown directory: ", path);
        return NULL;
    }
    g_autofree char *whole = g_build_filename(cwd, path, NULL);
    return host_process_path(host, process, whole);
}

/* Reads one file into the instance's documents. A missing one is an error only when it was `named`. */
static bool add_document(struct host *host, struct daemon_instance *instance, const char *format, const char *path,
                         bool named, bool dropin)
{
    g_autoptr(GError) error = NULL;
    const json_object *tree = format_read(host, path, format_find(format), &error);
    if (error && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        if (named && !instance->error)
            g_set_error(&instance->error, PL_ERROR, PL_ERROR_READ, "%s: the file that %s names is not there", path,
                        instance->subject);
        return false;
    }
    if (error) {
        if (!instance->error)
            instance->error = g_steal_pointer(&error);
        return false;
    }
    struct daemon_document *document = g_new0(struct daemon_document, 1);
    document->path = g_strdup(path);
    document->tree = tree;
    document->dropin = dropin;
    g_ptr_array_add(instance->documents, document);
    return true;
}

static void keep_error(struct daemon_instance *instance, GError *error)
{
    if (error && !instance->error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        instance->error = error;
    else
        g_clear_error(&error);
}

/* The paths of a glob that the process would expand. */
static char **expand(struct host *host, struct daemon_instance *instance, const char *pattern)
{
    GError *error = NULL;
    g_autofree char *path = instance_path(host, instance->process, pattern, &error);
    char **paths = path ? host_glob(host, path, &error) : NULL;
    keep_error(instance, error);
    return paths ? paths : g_new0(char *, 1);
}

static bool is_masked(struct host *host, const char *path)
{
    g_autofree char *target = host_readlink(host, path, NULL);
    return g_strcmp0(target, "/dev/null") == 0;
}

static int compare_base_names(const void *a, const void *b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    return strcmp(strrchr(left, '/') ? strrchr(left, '/') : left, strrchr(right, '/') ? strrchr(right, '/') : right);
}

static bool has_base_name(const GPtrArray *paths, const char *path)
{
    for (guint i = 0; i < paths->len; i++) {
        const char *other = g_ptr_array_index(paths, i);
        if (compare_base_names(&other, &path) == 0)
            return true;
    }
    return false;
}

/* systemd: the first directory that holds a name wins; all are read in the order of their names. */
static void add_masked_dropins(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (char **pattern = config->dropins; pattern && *pattern; pattern++) {
        g_auto(GStrv) found = expand(host, instance, *pattern);
        for (char **path = found; *path; path++)
            if (!has_base_name(paths, *path))
                g_ptr_array_add(paths, g_strdup(*path));
    }
    if (paths->len)
        qsort(paths->pdata, paths->len, sizeof *paths->pdata, compare_base_names);
    for (guint i = 0; i < paths->len && i < DOCUMENTS_MAX; i++)
        if (!is_masked(host, g_ptr_array_index(paths, i)))
            add_document(host, instance, config->format, g_ptr_array_index(paths, i), false, true);
}

static void add_glob(struct host *host, struct daemon_instance *instance, const char *format, const char *pattern)
{
    g_auto(GStrv) found = expand(host, instance, pattern);
    for (char **path = found; *path && instance->documents->len < DOCUMENTS_MAX; path++)
        add_document(host, instance, format, *path, false, true);
}

static void add_dropins(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    const char *directory = instance->flags && config->dropin_flags
                                ? flag_values_last(instance->flags, (const char *const *)config->dropin_flags)
                                : NULL;
    if (directory && *directory) {
        g_autofree char *pattern =
            g_build_filename(directory, config->dropin_pattern ? config->dropin_pattern : "*.conf", NULL);
        add_glob(host, instance, config->format, pattern);
        return;
    }
    if (config->dropins_mask) {
        add_masked_dropins(host, instance, config);
        return;
    }
    for (char **pattern = config->dropins; pattern && *pattern; pattern++)
        add_glob(host, instance, config->format, *pattern);
}

/* Files that the main file lists (containerd's imports), relative to its directory. */
static void add_imports(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                        const char *main_path)
{
    if (!config->imports || instance->documents->len != 1)
        return;
    const struct daemon_document *document = g_ptr_array_index(instance->documents, 0);
    const json_object *imports = tree_member(document->tree, config->imports);
    if (!json_object_is_type(imports, json_type_array))
        return;
    g_autofree char *directory = g_path_get_dirname(main_path);
    for (size_t i = 0; i < json_object_array_length(imports); i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(imports, i));
        g_autofree char *pattern = text[0] == '/' ? g_strdup(text) : g_build_filename(directory, text, NULL);
        add_glob(host, instance, config->format, pattern);
    }
}

/* The file that a flag or the environment names; NULL when neither does. */
static char *named_config(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    const char *named =
        instance->flags && config->flags ? flag_values_last(instance->flags, (const char *const *)config->flags) : NULL;
    if (named)
        return *named ? g_strdup(named) : NULL;
    if (!config->environment || !instance->process)
        return NULL;
    bool readable = true;
    char *value = host_process_env(host, instance->process->pid, config->environment, &readable);
    if (!readable && !instance->blind)
        instance->blind =
            g_strdup_printf("the environment of %s could not be read, and it may name another file", instance->subject);
    return value && *value ? value : (g_free(value), NULL);
}

static void load_named(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                       const char *named)
{
    GError *error = NULL;
    g_autofree char *path = instance_path(host, instance->process, named, &error);
    keep_error(instance, error);
    instance->config_named = true;
    if (!path)
        return;
    instance->config = g_strdup(path);
    if (add_document(host, instance, config->format, path, true, false))
        add_imports(host, instance, config, named);
}

static void load_first(struct host *host, struct daemon_instance *instance, const struct daemon_config *config,
                       char **paths)
{
    for (char **path = paths; path && *path && !instance->config; path++) {
        g_autofree char *there = instance_path(host, instance->process, *path, NULL);
        guint before = instance->documents->len;
        add_document(host, instance, config->format, there, false, false);
        if (instance->documents->len > before || instance->error)
            instance->config = g_strdup(there);
        if (instance->documents->len > before)
            add_imports(host, instance, config, *path);
    }
}

/* Rootless daemons: their file is in the configuration directory of their user. */
static void load_user(struct host *host, struct daemon_instance *instance, const struct daemon_config *config)
{
    pid_t pid = instance->process->pid;
    bool readable = true;
    g_autofree char *directory = host_process_env(host, pid, "XDG_CONFIG_HOME", &readable);
    g_autofree char *home = host_process_env(host, pid, "HOME", &readable);
    if ((!directory || !*directory) && (!home || !*home)) {
        instance->blind = g_strdup_printf("%s runs for a user whose home directory is not known", instance->subject);
        return;
    }
    g_autofree char *path = directory && *directory ? g_build_filename(directory, config->user_path, NULL)
                                                    : g_build_filename(home, ".config", config->user_path, NULL);
    char *paths[] = {path, NULL};
    load_first(host, instance, config, paths);
}

static void load_config(struct host *host, struct daemon_instance *instance, const struct daemon *daemon)
{
    const struct daemon_config *config = &daemon->config;
    if (!config->format)
        return;
    g_autofree char *named = named_config(host, instance, config);
    if (named)
        load_named(host, instance, config, named);
    else if (config->user_path && instance->process && !(instance->process->ids_known && !instance->process->uid[1]))
        load_user(host, instance, config);
    else
        load_first(host, instance, config, config->paths);
    if (!instance->process && !instance->config)
        load_first(host, instance, config, config->stopped_paths);
    add_dropins(host, instance, config);
}

static void replace_variables(GString *text, char **variables)
{
    for (char **variable = variables; variable && *variable; variable++) {
        const char *equals = strchr(*variable, '=');
        g_autofree char *name = equals ? g_strndup(*variable, (gsize)(equals - *variable)) : NULL;
        g_autofree char *written = name ? g_strdup_printf("${%s}", name) : NULL;
        if (written)
            g_string_replace(text, written, equals + 1, 0);
    }
}

/* An embedding program's own command line says nothing; some keep the daemon's in a file. */
static void read_embedded(struct host *host, struct daemon_instance *instance, const struct daemon *daemon,
                          const struct daemon_program *program)
{
    if (!program->arguments) {
        instance->blind = g_strdup_printf("%s runs inside %s (pid %d), which does not show its settings", daemon->name,
                                          instance->process->comm, instance->process->pid);
        return;
    }
    g_autofree char *path = host_process_path(host, instance->process, program->arguments);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (!text) {
        instance->blind = g_strdup_printf("%s runs inside %s, and its arguments could not be read: %s", daemon->name,
                                          instance->process->comm, error->message);
        return;
    }
    g_autoptr(GString) replaced = g_string_new(text);
    replace_variables(replaced, program->variables);
    g_auto(GStrv) words = daemon_arguments_split(replaced->str);
    instance->flags = daemon_flags_parse(daemon, (const char *const *)words);
}

static void read_arguments(struct host *host, struct daemon_instance *instance, const struct daemon *daemon,
                           const struct daemon_program *program)
{
    const struct process *process = instance->process;
    if (program->embedded) {
        read_embedded(host, instance, daemon, program);
        return;
    }
    if (process->argv && process->argv[0]) {
        instance->flags = daemon_flags_parse(daemon, (const char *const *)process->argv);
        return;
    }
    instance->blind = g_strdup_printf("the command line of %s (pid %d) could not be read", process->comm, process->pid);
}

static struct daemon_instance *instance_new(const struct process *process, const char *subject)
{
    struct daemon_instance *instance = g_new0(struct daemon_instance, 1);
    instance->process = process;
    instance->subject = g_strdup(subject);
    instance->documents = g_ptr_array_new_with_free_func(document_free);
    return instance;
}

static void add_process(struct host *host, const struct daemon *daemon, const struct process *process,
                        struct daemon_instances *instances)
{
    const struct daemon_program *program = find_program(daemon, process);
    if (!program || is_helper(host, daemon, process))
        return;
    g_autofree char *subject = g_strdup_printf("%s (pid %d)", daemon->name, process->pid);
    struct daemon_instance *instance = instance_new(process, subject);
    read_arguments(host, instance, daemon, program);
    if (!instance->blind)
        load_config(host, instance, daemon);
    instance->version = daemon_version(host, daemon, process);
    g_ptr_array_add(instances->list, instance);
}

static void add_configured(struct host *host, const struct daemon *daemon, struct daemon_instances *instances)
{
    struct daemon_instance *instance = instance_new(NULL, daemon->name);
    load_config(host, instance, daemon);
    if (!instance->documents->len && !instance->error) {
        instance_free(instance);
        return;
    }
    instance->version = daemon_version(host, daemon, NULL);
    g_ptr_array_add(instances->list, instance);
}

struct finding {
    const struct daemon *daemon;
};

static gpointer make_instances(struct host *host, gpointer data)
{
    const struct daemon *daemon = ((struct finding *)data)->daemon;
    struct daemon_instances *instances = g_new0(struct daemon_instances, 1);
    instances->list = g_ptr_array_new_with_free_func(instance_free);
    g_autoptr(GError) error = NULL;
    const GPtrArray *processes = host_processes(host, &error);
    for (guint i = 0; processes && i < processes->len; i++)
        add_process(host, daemon, g_ptr_array_index(processes, i), instances);
    if (!processes && error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        instances->error = g_steal_pointer(&error);
    instances->hidden =
        !instances->list->len && processes && !host_is_privileged(host) && host_is_live(host) && !host_process(host, 1);
    if (instances->list->len == 0)
        add_configured(host, daemon, instances);
    else if (instances->list->len == 1) {
        struct daemon_instance *only = g_ptr_array_index(instances->list, 0);
        g_free(only->subject);
        only->subject = g_strdup(daemon->name);
    }
    return instances;
}

const struct daemon_instances *daemon_instances_find(struct host *host, const struct daemon *daemon)
{
    /* Two registries may hold different descriptions of one name (tests): the description is part of the key. */
    g_autofree char *key = g_strdup_printf("daemon:%s:%p", daemon->name, (const void *)daemon);
    struct finding finding = {daemon};
    return host_memo(host, key, make_instances, &finding, instances_free);
}

/* ---- version ---- */

static char *stanza_field(const char *stanza, const char *field)
{
    const char *at = strstr(stanza, field);
    if (!at)
        return NULL;
    at += strlen(field);
    return g_strndup(at, strcspn(at, "\n"));
}

/* The version of an installed Debian package. */
static char *dpkg_version(struct host *host, const char *package)
{
    g_autofree char *status = host_read_text(host, "/var/lib/dpkg/status", NULL);
    g_autofree char *head = g_strdup_printf("\nPackage: %s\n", package);
    if (!status)
        return NULL;
    const char *at = g_str_has_prefix(status, head + 1) ? status : strstr(status, head);
    if (!at)
        return NULL;
    at += *at == '\n' ? 1 : 0;
    const char *end = strstr(at, "\n\n");
    g_autofree char *stanza = end ? g_strndup(at, (gsize)(end - at)) : g_strdup(at);
    g_autofree char *state = stanza_field(stanza, "\nStatus: ");
    return state && g_str_has_suffix(state, " installed") ? stanza_field(stanza, "\nVersion: ") : NULL;
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
    const char *last = strrchr(image, '/') ? strrchr(image, '/') + 1 : image;
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
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime) : NULL;
    for (size_t i = 0; id && i < G_N_ELEMENTS(bundles); i++) {
        g_autofree char *path = g_strconcat(bundles[i].before, id, bundles[i].after, NULL);
        const json_object *bundle = format_read(host, path, format_find("json"), NULL);
        const char *image = tree_string(tree_member(bundle, "annotations"), bundles[i].note);
        if (image)
            return image_version(daemon, image);
    }
    return NULL;
}

char *daemon_version(struct host *host, const struct daemon *daemon, const struct process *process)
{
    /* Another root has other packages; a replaced program is not the one that runs. */
    bool foreign = process && (!process->exe || !process->root || !g_str_equal(process->root, "/") ||
                               g_str_has_suffix(process->exe, " (deleted)"));
    g_autofree char *path = process && !foreign ? host_process_path(host, process, process->exe) : NULL;
    if (foreign || (process && g_strcmp0(path, process->exe) != 0))
        return daemon->images ? container_version(host, daemon, process) : NULL;
    for (char **package = daemon->packages; package && *package; package++) {
        g_autofree char *version = dpkg_version(host, *package);
        if (version && (!process || package_carries(host, *package, process->exe)))
            return g_steal_pointer(&version);
    }
    return NULL;
}
