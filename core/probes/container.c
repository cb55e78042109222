/* Containers as items: what the kernel lets their processes do, judged over all of them, because a process that was
 * started inside later may have more rights than the first. */
#include "probes/probe.h"

#include "model/error.h"
#include "model/tree.h"
#include "probes/cgroup.h"
#include "probes/container_differences.h"
#include "probes/container_find.h"
#include "probes/container_leaks.h"
#include "probes/container_mounts.h"
#include "probes/container_process.h"
#include "probes/container_reach.h"
#include "probes/container_record.h"
#include "probes/container_rights.h"
#include "probes/namespaces.h"
#include "probes/sockets.h"

#include <fnmatch.h>
#include <string.h>

/* Threads that look at containers, each at no fewer than so many. */
#define OBSERVERS_MAX   8U
#define CONTAINERS_EACH 4U

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on the container's name or id"},
    {.name = "runtime", .type = VALUE_STRING, .text = "only containers of this runtime"},
    {.name = "record",
     .type = VALUE_SET,
     .text =
         "only containers whose record was found there (api, files, storage, bundle), and those whose record is there "
         "and could not be read"},
    {.name = "processes",
     .type = VALUE_BOOL,
     .text = "false (default): one item a container; true: one item a process inside a container"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"id", VALUE_STRING, "container id as its runtime chose it, or the first process's \"pid:N\""},
    {"name", VALUE_STRING, "best known name: id cut to 12 when no engine record is readable"},
    {"runtime", VALUE_STRING, "docker, containerd, cri-o, podman, runc, lxc, nspawn, kubernetes or unknown"},
    {"pid", VALUE_NUMBER, "first process"},
    {"comm", VALUE_STRING, "command name of the process"},
    {"argv", VALUE_LIST, "command line of the process"},
    {"root_user", VALUE_BOOL, "an inside or outside uid 0 process runs without a user namespace that maps it away"},
    {"uid", VALUE_NUMBER, "effective uid as the host sees it"},
    {"uid_inside", VALUE_NUMBER, "effective uid as the container sees it; null when unmapped"},
    {"user_namespace", VALUE_BOOL, "has a user namespace other than the host's"},
    {"caps_effective", VALUE_SET, "effective capabilities of any of its processes"},
    {"caps_bounding", VALUE_SET, "bounding set of any of its processes"},
    {"caps_permitted", VALUE_SET, "permitted set of any of its processes"},
    {"caps_inheritable", VALUE_SET, "inheritable set of any of its processes"},
    {"caps_ambient", VALUE_SET, "ambient set of any of its processes"},
    {"host_caps", VALUE_SET,
     "capabilities that count against the host: effective, permitted and, for root without no_new_privs, bounding; "
     "none in a user namespace of its own"},
    {"host_user", VALUE_STRING, "account of the host with the uid of the first process; null when there is none"},
    {"host_groups", VALUE_SET, "groups of the host with the gids of its processes"},
    {"seccomp", VALUE_STRING, "off, strict or filter: the weakest of its processes"},
    {"seccomp_fallback", VALUE_STRING,
     "what the seccomp profile of its bundle does with calls that it does not name: SCMP_ACT_ERRNO; null without one"},
    {"no_new_privs", VALUE_BOOL, "every process has no_new_privs"},
    {"label", VALUE_STRING, "LSM label of the first process; unconfined or empty mean none"},
    {"confined", VALUE_BOOL, "an AppArmor profile in enforce mode or an SELinux container domain is on it"},
    {"host_namespaces", VALUE_SET, "kinds of namespace shared with the host: cgroup ipc mnt net pid user uts"},
    {"rootfs_readonly", VALUE_BOOL, "its root file system is mounted read-only"},
    {"mounts", VALUE_LIST,
     "every mount that shows a host path: {target, host, fstype, readonly, propagation, options}"},
    {"host_paths", VALUE_SET, "host paths that it sees"},
    {"writable_host_paths", VALUE_SET, "host paths that it can write"},
    {"user_writable_host_paths", VALUE_SET, "writable host paths whose mode lets its users write"},
    {"user_readable_host_paths", VALUE_SET, "host paths whose mode lets its users read, or pass through"},
    {"engine_directories", VALUE_SET,
     "those of the host paths that hold the data directory of a running Docker Engine, or lie in it; not its volumes"},
    {"readonly_leaks", VALUE_SET, "mounts that are writable below a read-only bind mount of a host path"},
    {"namespace_files", VALUE_SET, "mounts that pin another namespace (nsfs)"},
    {"kernel_filesystems", VALUE_SET,
     "\"debugfs on /sys/kernel/debug\": debugging and control file systems of the kernel, whole cgroup trees that are "
     "writable"},
    {"cgroup_writable", VALUE_BOOL, "a cgroup file system is mounted writable inside"},
    {"cgroup_v1", VALUE_BOOL, "its processes are in a version 1 hierarchy, where release_agent exists"},
    {"core_pattern_writable", VALUE_BOOL, "a mount of /proc leaves /proc/sys/kernel writable"},
    {"sysrq_writable", VALUE_BOOL, "a mount of /proc leaves /proc/sysrq-trigger writable, and the kernel has one"},
    {"loose_binds", VALUE_SET, "writable mounts of host paths without nosuid or nodev"},
    {"loose_tmpfs", VALUE_SET, "writable tmpfs mounts without nosuid, nodev or noexec"},
    {"writable_disks", VALUE_SET,
     "writable mounts on a disk of the host that it could fill; not a layer that the engine gave a size"},
    {"service_account_mounted", VALUE_BOOL, "a Kubernetes service account's token is mounted"},
    {"leaked_directories", VALUE_SET, "directories held open or worked in that are outside of its root"},
    {"shared_host_paths", VALUE_SET, "host paths where mounts made inside appear on the host, and the other way round"},
    {"sockets", VALUE_SET, "control sockets of engines, kubelet, systemd, reachable below its mounts"},
    {"devices", VALUE_SET,
     "device nodes of the host beyond the standard ones, by their numbers: in its /dev, and elsewhere where they were "
     "asked for"},
    {"user_sockets", VALUE_SET, "those of the sockets that its users may connect to"},
    {"user_devices", VALUE_SET, "those of the devices that its users, and on version 1 its device rules, let open"},
    {"user_disks", VALUE_SET, "those of them that are block devices, whatever they are called"},
    {"device_rules", VALUE_SET,
     "device rules that let it open more than the standard ones (\"b 8:0 rwm\"), with CAP_MKNOD or a node; unread on "
     "version 2 without a bundle"},
    {"block_devices", VALUE_BOOL,
     "its device rules let it open block devices, for which CAP_MKNOD makes the node; unread on version 2 without a "
     "record"},
    {"masked_proc", VALUE_BOOL, "/proc/kcore, /proc/keys, /proc/sysrq-trigger and their like are masked or read-only"},
    {"writable_proc_sys", VALUE_BOOL, "/proc/sys or /sys is mounted writable inside"},
    {"memory_limit", VALUE_NUMBER, "bytes, the lowest limit along the cgroup ancestors; null when unlimited"},
    {"pids_limit", VALUE_NUMBER, "the lowest limit along the ancestors; null when unlimited"},
    {"cpu_limit", VALUE_NUMBER,
     "processors: quota/period, or those of its cpuset where they are fewer than the machine's; null when unlimited"},
    {"cpu_weight", VALUE_NUMBER, "cpu.shares or cpu.weight as set; null when unread"},
    {"swap_limit", VALUE_NUMBER, "bytes of swap; null when unlimited or not accounted"},
    {"oom_kill_disabled", VALUE_BOOL, "out of memory, its processes wait instead of being killed"},
    {"open_files_limit", VALUE_NUMBER, "hard limit of the first process; null when unlimited"},
    {"cgroup", VALUE_STRING, "path of its control group"},
    {"oom_score_adj", VALUE_NUMBER, "of the first process"},
    {"listening", VALUE_SET,
     "\"tcp:0.0.0.0:80\" of its network namespace, or of its own processes when that is the host's"},
    {"on_network", VALUE_BOOL, "a route of its network namespace goes through another interface than lo"},
    {"metadata_route", VALUE_BOOL,
     "a route leads to 169.254.169.254 or fd00:ec2::254, where clouds give out credentials"},
    {"shares_with", VALUE_SET, "\"db: net ipc\": containers of no pod of its own in the same namespaces"},
    {"uid_range_shared_with", VALUE_SET, "containers with another user namespace over the same ids"},
    {"secret_variables", VALUE_SET, "names of environment variables that hold secrets"},
    {"secret_options", VALUE_SET, "options of command lines that hold secrets"},
    {"deleted_programs", VALUE_SET, "processes whose program was deleted or never was a file"},
    {"changed_programs", VALUE_SET,
     "processes whose program is not the image's but in the writable layer; unread without an overlay"},
    {"weaker_processes", VALUE_SET, "processes with more rights than the first one, and which"},
    {"exec_root", VALUE_SET, "root processes that entered from outside while the first one is not root"},
    {"processes", VALUE_NUMBER, "number of its processes"},
    {"privileged", VALUE_BOOL, "all capabilities of the kernel, and host devices or no seccomp filter"},
    {"record", VALUE_STRING,
     "where an engine's record of it was found: api, files, storage, bundle; null when nothing knows it"},
    {"differences", VALUE_LIST, "where the record or the bundle and the kernel disagree"},
    {"image", VALUE_STRING, "image as it was asked for"},
    {"image_id", VALUE_STRING, "id of the image that runs"},
    {"image_pinned", VALUE_BOOL, "the image was asked for by its digest"},
    {"image_current", VALUE_BOOL, "the name it was started by still leads to the image that runs"},
    {"image_tag", VALUE_STRING, "tag asked for, latest without one; null when pinned"},
    {"labels", VALUE_MAP, "its labels"},
    {"restart_policy", VALUE_STRING, "no, always, unless-stopped, on-failure; empty means no"},
    {"restart_max", VALUE_NUMBER, "most restarts of on-failure; 0: no bound"},
    {"restarts", VALUE_NUMBER, "restarts by the engine so far"},
    {"health", VALUE_STRING, "healthy, unhealthy, starting; none without a health check"},
    {"published", VALUE_SET, "\"tcp:0.0.0.0:8080->80\": ports published on the host"},
    {"published_everywhere", VALUE_BOOL, "a port is published on every address of the host"},
    {"published_lowest", VALUE_NUMBER, "lowest published port of the host; null without any"},
    {"exposed", VALUE_SET, "ports that image or command line name: 80/tcp"},
    {"ports_wanted_only", VALUE_BOOL, "ports were asked for that are not published now"},
    {"log_driver", VALUE_STRING, "log driver"},
    {"auto_remove", VALUE_BOOL, "it is removed when it ends"},
    {"publish_all", VALUE_BOOL, "every exposed port is published on a random one"},
    {"volumes_from", VALUE_SET, "containers whose volumes it mounts"},
    {"links", VALUE_SET, "legacy links"},
    {"sysctls", VALUE_SET, "names of the kernel settings it was started with"},
    {"oci_runtime", VALUE_STRING, "OCI runtime asked for"},
    {"tty", VALUE_BOOL, "it has a terminal"},
    {"oom_killed", VALUE_BOOL, "it was killed out of memory"},
    {"up_days", VALUE_NUMBER, "days since it was started; null when not recorded"},
    {"cgroup_parent", VALUE_STRING, "parent control group asked for"},
    {"userns_mode", VALUE_STRING, "user namespace asked for"},
    {"network_mode", VALUE_STRING, "network asked for"},
    {"networks", VALUE_SET, "networks of the engine that it is in"},
    {"ulimits", VALUE_SET, "names of its own limits"},
    {"disk_limited", VALUE_BOOL, "its writable layer has a size limit"},
    {"session_users", VALUE_SET, "users of running exec sessions as the engine opened them"},
    {"session_privileged", VALUE_BOOL, "a running exec session was opened with --privileged"},
    {"exec_sessions", VALUE_NUMBER, "processes that entered it from outside beside its first process's children"},
    {.name = NULL},
};

static const struct process *nth(const struct view *view, guint i)
{
    return g_ptr_array_index(view->processes, i);
}

/* ---- who ---- */

static bool map_uid(const char *map, uid_t outside, gint64 *inside)
{
    g_auto(GStrv) lines = g_strsplit(map, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(*line), " \t", -1);
        uint64_t numbers[3];
        unsigned n = 0;
        for (char **word = words; *word && n < 3; word++)
            if (**word && value_parse_u64(*word, UINT32_MAX, &numbers[n]))
                n++;
        if (n == 3 && outside >= numbers[1] && outside - numbers[1] < numbers[2]) {
            *inside = (gint64)(numbers[0] + (outside - numbers[1]));
            return true;
        }
    }
    return false;
}

static void set_users(const struct view *view, struct item *item)
{
    bool root = false, known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = nth(view, i);
        known &= process->ids_known;
        root |= process->ids_known && (!process->uid[0] || !process->uid[1] || !process->uid[2]);
    }
    if (root || known)
        item_set_bool(item, "root_user", root);
    else
        item_unread(item, "root_user", "the owner of some of its processes could not be read");
    if (view->first->ids_known)
        item_set_int(item, "uid", view->first->uid[1]);
    else
        item_unread(item, "uid", "/proc/%d/status could not be read", view->first->pid);
    gint64 inside = 0;
    if (!view->first->uid_map || !view->first->ids_known)
        item_unread(item, "uid_inside", "/proc/%d/uid_map could not be read", view->first->pid);
    else if (map_uid(view->first->uid_map, view->first->uid[1], &inside))
        item_set_int(item, "uid_inside", inside);
    else
        item_set(item, "uid_inside", NULL);
}

/* ---- namespaces ---- */

static void set_namespaces(const struct view *view, struct item *item)
{
    const char *unread = NULL;
    g_autofree const char **shared = namespaces_shared(view->host, view->first, &unread);
    if (unread)
        item_unread(item, "host_namespaces", "/proc/%d/ns/%s could not be compared", view->first->pid, unread);
    else
        item_set_strv(item, "host_namespaces", shared);
    enum ns_relation user = namespace_relation(view->host, view->first, NS_USER);
    if (user == NS_UNREAD)
        item_unread(item, "user_namespace", "/proc/%d/ns/user could not be compared", view->first->pid);
    else
        item_set_bool(item, "user_namespace", user == NS_OWN);
}

/* ---- limits ---- */

static void set_limit(struct item *item, const char *field, struct cgroup_limit limit, bool whole)
{
    if (!limit.read)
        item_unread(item, field, "its control group could not be read");
    else if (!limit.limited)
        item_set(item, field, NULL);
    else if (whole)
        item_set_int(item, field, (gint64)limit.value);
    else
        item_set_double(item, field, limit.value);
}

static void set_limits(const struct view *view, struct item *item)
{
    const char *cgroup = view->first->cgroup;
    struct cgroup_limit memory = cgroup_memory_limit(view->host, cgroup);
    set_limit(item, "memory_limit", memory, true);
    set_limit(item, "pids_limit", cgroup_pids_limit(view->host, cgroup), true);
    set_limit(item, "cpu_limit", cgroup_cpu_limit(view->host, cgroup), false);
    bool swap_v2 = false, known = false;
    struct cgroup_limit swap = cgroup_swap_limit(view->host, cgroup, &swap_v2);
    /* Version 1 counts memory and swap as one. */
    if (swap.limited && !swap_v2)
        swap.value = memory.limited ? MAX(swap.value - memory.value, 0) : swap.value;
    set_limit(item, "swap_limit", swap, true);
    bool disabled = cgroup_oom_kill_disabled(view->host, cgroup, &known);
    if (known)
        item_set_bool(item, "oom_kill_disabled", disabled);
    else
        item_unread(item, "oom_kill_disabled", "its control group could not be read");
    g_autofree char *path = cgroup ? cgroup_path(cgroup) : NULL;
    if (path)
        item_set_string(item, "cgroup", path);
    else
        item_unread(item, "cgroup", "/proc/%d/cgroup could not be read", view->first->pid);
    if (cgroup)
        item_set_bool(item, "cgroup_v1", cgroup_has_v1(cgroup));
    else
        item_unread(item, "cgroup_v1", "/proc/%d/cgroup could not be read", view->first->pid);
    struct cgroup_limit weight = cgroup_cpu_weight(view->host, cgroup);
    item_set(item, "cpu_weight", weight.read && weight.limited ? json_object_new_int64((gint64)weight.value) : NULL);
    if (view->first->oom_score_adj == G_MININT)
        item_unread(item, "oom_score_adj", "/proc/%d/oom_score_adj could not be read", view->first->pid);
    else
        item_set_int(item, "oom_score_adj", view->first->oom_score_adj);
}

/* ---- network ---- */

static bool holds(const struct view *view, const struct process *holder)
{
    for (guint i = 0; holder && i < view->container->processes->len; i++)
        if (g_ptr_array_index(view->container->processes, i) == (gconstpointer)holder)
            return true;
    return false;
}

/* In the host's network namespace a socket is the container's only when one of its processes holds it. */
static bool is_theirs(const struct view *view, const struct listener *listener, bool own)
{
    if (g_str_equal(listener->family, "unix"))
        return false;
    if (!own)
        return !listener->of && holds(view, listener->holder);
    return listener->of && listener->of->ns[NS_NET] == view->first->ns[NS_NET];
}

static bool descriptors_unread(const struct view *view, const struct listeners *listeners)
{
    for (guint i = 0; i < view->container->processes->len; i++) {
        const struct process *process = g_ptr_array_index(view->container->processes, i);
        if (g_hash_table_contains(listeners->unread_pids, GINT_TO_POINTER(process->pid)))
            return true;
    }
    return false;
}

static void set_listening(const struct view *view, struct item *item)
{
    const struct listeners *listeners = listeners_find(view->host);
    enum ns_relation net = namespace_relation(view->host, view->first, NS_NET);
    bool own = net == NS_OWN;
    if (net == NS_UNREAD || listeners->error || (own && listeners->unread) ||
        (!own && descriptors_unread(view, listeners))) {
        item_unread(item, "listening", "the sockets of its network namespace could not be read");
        return;
    }
    json_object *list = json_object_new_array();
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (!is_theirs(view, listener, own))
            continue;
        bool v6 = g_str_equal(listener->family, "ipv6");
        g_autofree char *text = g_strdup_printf("%s:%s%s%s:%u", listener->protocol, v6 ? "[" : "", listener->address,
                                                v6 ? "]" : "", listener->port);
        json_object_array_add(list, json_object_new_string(text));
    }
    item_set(item, "listening", list);
}

/* ---- items ---- */

static struct item *new_item(const struct view *view, struct items *items, const char *subject)
{
    struct item *item = items_add(items, subject);
    item_source_process(item, view->first->comm, view->first->pid);
    item_set_string(item, "id", view->container->id);
    item_set_string(item, "name", view->container->name);
    item_set_string(item, "runtime", view->container->runtime);
    item_set_int(item, "pid", view->first->pid);
    item_set_string(item, "comm", view->first->comm);
    if (view->first->argv)
        item_set_strv(item, "argv", (const char *const *)view->first->argv);
    else
        item_unread(item, "argv", "/proc/%d/cmdline could not be read", view->first->pid);
    set_users(view, item);
    container_set_rights(view, item);
    set_namespaces(view, item);
    return item;
}

static void add_container(const struct view *view, struct items *items)
{
    struct item *item = new_item(view, items, view->container->name);
    item_expect_fields(item, G_N_ELEMENTS(fields) - 1);
    container_set_devices(view, item);
    container_set_mounts(view->host, view->containers, view->container, item);
    container_set_reach(view, item);
    container_set_mount_leaks(view, item);
    container_set_directory_leaks(view, item);
    set_limits(view, item);
    set_listening(view, item);
    container_set_routes(view, item);
    container_set_neighbours(view, item);
    container_set_processes(view, item);
    container_set_record(view, item);
    item_set_int(item, "processes", view->container->processes->len);
    item_set_int(item, "exec_sessions", view->container->exec_sessions);
}

/* What is a matter of the whole container is not said of its processes one by one. */
static void leave_out_one_by_one(struct item *item)
{
    for (const struct probe_field *field = fields; field->name; field++)
        if (!json_object_object_get_ex(item->fields, field->name, NULL) &&
            !(item->unread && g_hash_table_contains(item->unread, field->name)))
            item_unread(item, field->name, "this is known of containers, not of single processes");
}

static bool is_left_out(const struct item *item, GHashTable *left_out)
{
    for (const struct probe_field *field = fields; field->name; field++)
        if (json_object_object_get_ex(item->fields, field->name, NULL) == g_hash_table_contains(left_out, field->name))
            return false;
    return true;
}

/* Processes of which all else could be read share one table; nothing is said of their items any more. */
static void leave_out(struct item *item, GHashTable **usual)
{
    bool plain = !item->unread;
    if (plain && *usual && is_left_out(item, *usual)) {
        item->unread = g_hash_table_ref(*usual);
        return;
    }
    leave_out_one_by_one(item);
    if (plain && !*usual && item->unread)
        *usual = g_hash_table_ref(item->unread);
}

static void add_processes(struct host *host, const struct containers *containers, const struct container *container,
                          struct items *items, GHashTable **usual)
{
    for (guint i = 0; i < container->processes->len && items->list->len < ITEMS_MAX; i++) {
        const struct process *process = g_ptr_array_index(container->processes, i);
        g_autoptr(GPtrArray) alone = g_ptr_array_new();
        g_ptr_array_add(alone, (gpointer)(uintptr_t)process);
        struct view view = {host, containers, container, process, alone};
        g_autofree char *subject = g_strdup_printf("%s: %s (pid %d)", container->name, process->comm, process->pid);
        leave_out(new_item(&view, items, subject), usual);
    }
}

/* ---- all containers, observed once however many objects ask for them ---- */

struct observed {
    struct items *items;
    GPtrArray *of; /* struct container of each item, borrowed */
};

static void observed_free(gpointer data)
{
    struct observed *observed = data;
    items_free(observed->items);
    g_ptr_array_unref(observed->of);
    g_free(observed);
}

/* One container of all, looked at by one of several threads. */
struct sight {
    struct container *container;
    struct items *items; /* the one of it */
    bool ended;
};

struct watch {
    struct host *host;
    const struct containers *containers;
    struct sight *sights;
    guint n;
};

static void observe_one(gpointer data, gpointer user)
{
    struct sight *sight = data;
    const struct watch *watch = user;
    const struct container *container = sight->container;
    struct view view = {watch->host, watch->containers, container, container->first, container->processes};
    sight->items = items_new();
    add_container(&view, sight->items);
}

static void observe_all(struct watch *watch)
{
    guint threads = MIN(MIN(g_get_num_processors(), OBSERVERS_MAX), watch->n / CONTAINERS_EACH);
    GThreadPool *pool = threads > 1 ? g_thread_pool_new(observe_one, watch, (gint)threads, FALSE, NULL) : NULL;
    for (guint i = 0; i < watch->n; i++) {
        if (pool)
            g_thread_pool_push(pool, &watch->sights[i], NULL);
        else
            observe_one(&watch->sights[i], watch);
    }
    if (pool)
        g_thread_pool_free(pool, FALSE, TRUE);
}

/* Those that ended while they were looked at: what could not be read of them is no lack of knowledge. */
static void look_for_ended(gpointer data)
{
    const struct watch *watch = data;
    for (guint i = 0; i < watch->n; i++) {
        struct sight *sight = &watch->sights[i];
        const struct item *item = g_ptr_array_index(sight->items->list, 0);
        const struct container_record *record = sight->container->record;
        if (!item->unread && (record->from || record->problem))
            continue;
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", sight->container->first->pid);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = host_read_uncached(watch->host, path, HOST_FILE_MAX, &error);
        sight->ended = !bytes && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    }
}

static gpointer observe(struct host *host, gpointer data)
{
    const struct containers *containers = data;
    struct observed *observed = g_new0(struct observed, 1);
    observed->items = items_new();
    observed->of = g_ptr_array_new();
    guint n = MIN(containers->list->len, ITEMS_MAX);
    g_autofree struct sight *sights = g_new0(struct sight, n);
    struct watch watch = {host, containers, sights, n};
    for (guint i = 0; i < n; i++)
        sights[i].container = g_ptr_array_index(containers->list, i);
    observe_all(&watch);
    host_look(host, look_for_ended, &watch);
    for (guint i = 0; i < n; i++) {
        if (!sights[i].ended) {
            g_ptr_array_add(observed->items->list, g_ptr_array_steal_index(sights[i].items->list, 0));
            g_ptr_array_add(observed->of, sights[i].container);
        }
        items_free(sights[i].items);
    }
    return observed;
}

static bool selects_record(const json_object *sources, const struct container_record *record)
{
    if (!sources || record->problem)
        return true;
    size_t n = json_object_is_type(sources, json_type_array) ? json_object_array_length(sources) : 0;
    for (size_t i = 0; i < n; i++) {
        g_autofree char *source = tree_text(json_object_array_get_idx(sources, i));
        if (g_strcmp0(source, record->from) == 0)
            return true;
    }
    return false;
}

static bool selects(const json_object *object, const struct container *container)
{
    const char *name = object_string(object, "name", NULL), *runtime = object_string(object, "runtime", NULL);
    if (runtime && !g_str_equal(runtime, container->runtime))
        return false;
    if (!selects_record(tree_member(object, "record"), container->record))
        return false;
    return !name || fnmatch(name, container->name, 0) == 0 || fnmatch(name, container->id, 0) == 0;
}

static void collect_processes(struct host *host, const struct containers *containers, const json_object *object,
                              struct items *items)
{
    GHashTable *usual = NULL;
    for (guint i = 0; i < containers->list->len; i++) {
        const struct container *container = g_ptr_array_index(containers->list, i);
        if (selects(object, container))
            add_processes(host, containers, container, items, &usual);
    }
    g_clear_pointer(&usual, g_hash_table_unref);
}

static void collect_containers(struct host *host, const struct containers *containers, const json_object *object,
                               struct items *items)
{
    const struct observed *observed =
        host_memo(host, "probes:container-items", observe, (gpointer)(uintptr_t)containers, observed_free);
    for (guint i = 0; i < observed->of->len; i++)
        if (selects(object, g_ptr_array_index(observed->of, i)))
            items_add_shared(items, g_ptr_array_index(observed->items->list, i));
}

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    struct host *host = context->host;
    const struct containers *containers = containers_find(host);
    if (containers->error) {
        items_problem(items, PROBLEM_UNKNOWN, NULL, "the process table could not be read: %s",
                      containers->error->message);
        return;
    }
    if (containers->unread)
        items_problem(items, PROBLEM_UNKNOWN, host_is_privileged(host) ? NULL : "run as root",
                      "%u processes could not be told from processes of the host", containers->unread);
    if (object_bool(object, "processes", false))
        collect_processes(host, containers, object, items);
    else
        collect_containers(host, containers, object, items);
    if (items->list->len >= ITEMS_MAX)
        items_problem(items, PROBLEM_ERROR, NULL, "more than %d processes in containers", ITEMS_MAX);
}

const struct probe probe_container = {
    .name = "container",
    .summary = "Running containers, whatever started them, as the kernel shows them",
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
