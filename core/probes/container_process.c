/* Processes one by one: the later ones against the first, their environment, command line and program. */
#include "probes/container_process.h"

#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/namespaces.h"
#include "probes/secret_names.h"

#include <arpa/inet.h>
#include <string.h>

static const struct process *nth(const struct view *view, guint i)
{
    return g_ptr_array_index(view->processes, i);
}

/* ---- against the first process ---- */

/* The rights in which a process goes beyond another; NULL when in none that is known. */
static char *beyond(const struct process *process, const struct process *first)
{
    GString *what = g_string_new(NULL);
    uint64_t bounding = process->caps[CAPSET_BOUNDING] & ~first->caps[CAPSET_BOUNDING];
    uint64_t effective = process->caps[CAPSET_EFFECTIVE] & ~first->caps[CAPSET_EFFECTIVE];
    if (process->caps_known && first->caps_known && (bounding || effective))
        g_string_append(what, ", capabilities");
    if (process->seccomp == 0 && first->seccomp > 0)
        g_string_append(what, ", no seccomp filter");
    if (process->no_new_privs == 0 && first->no_new_privs == 1)
        g_string_append(what, ", no_new_privs off");
    bool freed = process->label && first->label && g_str_has_prefix(process->label, "unconfined") &&
                 !g_str_has_prefix(first->label, "unconfined");
    if (freed && *first->label)
        g_string_append(what, ", unconfined");
    bool any = what->len > 0;
    char *text = any ? g_strdup(what->str + 2) : NULL;
    g_string_free(what, TRUE);
    return text;
}

static bool is_root(const struct process *process)
{
    return process->ids_known && !process->uid[1];
}

/* It entered from outside: its parent is in no relation to the first process. */
static bool entered(const struct view *view, const struct process *process)
{
    if (process == view->container->first)
        return false;
    for (guint i = 0; i < view->container->processes->len; i++) {
        const struct process *other = g_ptr_array_index(view->container->processes, i);
        if (other->pid == process->ppid)
            return false;
    }
    return true;
}

/* Everything that beyond() compares was read. */
static bool is_comparable(const struct process *process)
{
    return process->caps_known && process->ids_known && process->seccomp >= 0 && process->no_new_privs >= 0 &&
           process->label;
}

static void set_list(struct item *item, const char *field, json_object *list, bool known)
{
    if (known || json_object_array_length(list)) {
        item_set(item, field, list);
        return;
    }
    json_object_put(list);
    item_unread(item, field, "the state of some of its processes could not be read");
}

static void set_weaker(const struct view *view, struct item *item)
{
    const struct process *first = view->container->first;
    json_object *weaker = json_object_new_array(), *rooted = json_object_new_array();
    bool known = is_comparable(first);
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = nth(view, i);
        known &= is_comparable(process);
        g_autofree char *what = beyond(process, first);
        g_autofree char *name = g_strdup_printf("%s (pid %d)", process->comm, process->pid);
        bool outside = entered(view, process);
        if (what) {
            g_autofree char *text = g_strconcat(name, ": ", what, NULL);
            tree_add_text(weaker, text);
        }
        if (outside && is_root(process) && first->ids_known && !is_root(first))
            tree_add_text(rooted, name);
    }
    set_list(item, "weaker_processes", weaker, known);
    set_list(item, "exec_root", rooted, known);
}

/* A process that ended since it was listed, as those of health checks do all the time, has nothing left to see. */
static bool has_ended(const struct view *view, const struct process *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", process->pid);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read_uncached(view->host, path, HOST_FILE_MAX, &error);
    if (!bytes)
        return g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    /* "PID (NAME) STATE": the name may hold parentheses too (proc(5)). */
    const char *end = n ? memrchr(text, ')', n) : NULL;
    return end && end + 2 < text + n && end[2] == 'Z';
}

/* ---- secrets ---- */

static bool look_at_environment(const struct view *view, const struct process *process, json_object *names)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/environ", process->pid);
    g_autoptr(GBytes) bytes = host_read_uncached(view->host, path, HOST_FILE_MAX, NULL);
    gsize size = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    for (gsize start = 0; start < size;) {
        g_autofree char *entry = g_strndup(data + start, strnlen(data + start, size - start));
        start += strlen(entry) + 1;
        char *value = strchr(entry, '=');
        if (!value)
            continue;
        *value++ = '\0';
        if ((secret_in_name(entry) && secret_value_possible(value)) || secret_in_value(value))
            tree_add_text(names, entry);
    }
    return bytes != NULL;
}

static void look_at_arguments(const struct process *process, json_object *options)
{
    for (char **argument = process->argv; argument && *argument; argument++) {
        g_autofree char *option = secret_option(*argument);
        if (option)
            tree_add_text(options, option);
    }
}

static void set_secrets(const struct view *view, struct item *item)
{
    json_object *names = json_object_new_array(), *options = json_object_new_array();
    bool environ_known = true, argv_known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        environ_known &= look_at_environment(view, nth(view, i), names) || has_ended(view, nth(view, i));
        argv_known &= nth(view, i)->argv != NULL;
        look_at_arguments(nth(view, i), options);
    }
    set_list(item, "secret_variables", names, environ_known);
    set_list(item, "secret_options", options, argv_known);
}

/* ---- programs and limits ---- */

static void set_programs(const struct view *view, struct item *item)
{
    json_object *deleted = json_object_new_array();
    bool known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = nth(view, i);
        known &= process->exe || has_ended(view, process);
        if (!process->exe ||
            !(g_str_has_suffix(process->exe, " (deleted)") || g_str_has_prefix(process->exe, "/memfd:")))
            continue;
        g_autofree char *text = g_strdup_printf("%s (pid %d): %s", process->comm, process->pid, process->exe);
        tree_add_text(deleted, text);
    }
    set_list(item, "deleted_programs", deleted, known);
}

/* The upper directory of an overlay, as the host sees it; NULL for other file systems. */
static char *upper_directory(const struct mountinfo *mounts)
{
    const struct mount_line *root = mounts ? mountinfo_at(mounts, "/") : NULL;
    g_auto(GStrv) options = root && g_str_equal(root->fstype, "overlay") ? g_strsplit(root->super, ",", -1) : NULL;
    for (char **option = options; option && *option; option++)
        if (g_str_has_prefix(*option, "upperdir=/"))
            return g_strdup(*option + strlen("upperdir="));
    return NULL;
}

/* Programs that run from the writable layer did not come with the image. */
static void set_changed(const struct view *view, struct item *item)
{
    g_autofree char *upper = upper_directory(view->container->mounts);
    if (!upper) {
        item_unread(item, "changed_programs", "its root file system does not tell the image from what came later");
        return;
    }
    json_object *changed = json_object_new_array();
    bool known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = nth(view, i);
        g_autofree char *path = process->exe && *process->exe == '/' ? g_strconcat(upper, process->exe, NULL) : NULL;
        g_autoptr(GError) error = NULL;
        struct host_stat found;
        bool there = path && host_lstat(view->host, path, &found, &error);
        known &= process->exe && (there || !error || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
        if (!there || (found.mode & 0170000) != 0100000)
            continue;
        g_autofree char *text = g_strdup_printf("%s (pid %d): %s", process->comm, process->pid, process->exe);
        tree_add_text(changed, text);
    }
    set_list(item, "changed_programs", changed, known);
}

/* "Max open files            1024                 524288               files" (proc_pid_limits(5)) */
static void set_files_limit(const struct view *view, struct item *item)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/limits", view->first->pid);
    g_autofree char *text = host_read_text(view->host, path, NULL);
    const char *line = text ? strstr(text, "Max open files") : NULL;
    g_autofree char *rest =
        line ? g_strndup(line + strlen("Max open files"), strcspn(line, "\n") - strlen("Max open files")) : NULL;
    g_auto(GStrv) words = rest ? g_strsplit(g_strstrip(rest), " ", -1) : NULL;
    uint64_t hard = 0;
    unsigned seen = 0;
    for (char **word = words; word && *word; word++) {
        if (!**word || ++seen != 2)
            continue;
        if (g_str_equal(*word, "unlimited"))
            item_set(item, "open_files_limit", NULL);
        else if (value_parse_u64(*word, UINT64_MAX, &hard))
            item_set_int(item, "open_files_limit", (gint64)MIN(hard, (uint64_t)INT64_MAX));
        else
            break;
        return;
    }
    item_unread(item, "open_files_limit", "%s could not be read", path);
}

void container_set_processes(const struct view *view, struct item *item)
{
    set_weaker(view, item);
    set_secrets(view, item);
    set_programs(view, item);
    set_changed(view, item);
    set_files_limit(view, item);
}

/* ---- neighbours ---- */

/* Containers of one pod share namespaces on purpose: their control groups have one parent. */
static bool same_pod(const struct container *a, const struct container *b)
{
    if (!a->first->cgroup || !b->first->cgroup || !strstr(a->first->cgroup, "kubepods"))
        return false;
    g_autofree char *left = g_path_get_dirname(a->first->cgroup), *right = g_path_get_dirname(b->first->cgroup);
    return g_str_equal(left, right);
}

static void add_shared(const struct view *view, const struct container *other, json_object *list)
{
    static const enum ns kinds[] = {NS_IPC, NS_MNT, NS_NET, NS_PID, NS_UTS};
    const struct process *mine = view->container->first, *theirs = other->first;
    GString *shared = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool equal = mine->ns[kinds[i]] && mine->ns[kinds[i]] == theirs->ns[kinds[i]];
        if (equal && namespace_relation(view->host, mine, kinds[i]) == NS_OWN)
            g_string_append_printf(shared, " %s", ns_names[kinds[i]]);
    }
    if (shared->len) {
        g_autofree char *text = g_strdup_printf("%s:%s", other->name, shared->str);
        tree_add_text(list, text);
    }
    g_string_free(shared, TRUE);
}

/* A line of uid_map: inside, outside, how many (user_namespaces(7)). */
static bool parse_range(const char *line, uint64_t *start, uint64_t *count)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    uint64_t numbers[3];
    unsigned n = 0;
    for (char **word = words; *word && n < 3; word++)
        if (**word && value_parse_u64(*word, UINT32_MAX, &numbers[n]))
            n++;
    *start = n == 3 ? numbers[1] : 0;
    *count = n == 3 ? numbers[2] : 0;
    return n == 3 && *count;
}

static bool maps_overlap(const char *a, const char *b)
{
    g_auto(GStrv) mine = g_strsplit(a, "\n", -1), theirs = g_strsplit(b, "\n", -1);
    uint64_t start = 0, count = 0, other_start = 0, other_count = 0;
    for (char **m = mine; *m; m++)
        for (char **t = theirs; parse_range(*m, &start, &count) && *t; t++)
            if (parse_range(*t, &other_start, &other_count) && start < other_start + other_count &&
                other_start < start + count)
                return true;
    return false;
}

/* -1: it cannot be told. */
static int same_range(const struct view *view, const struct container *other)
{
    const struct process *mine = view->container->first, *theirs = other->first;
    enum ns_relation a = namespace_relation(view->host, mine, NS_USER);
    enum ns_relation b = namespace_relation(view->host, theirs, NS_USER);
    if (a == NS_SHARED || b == NS_SHARED || (a == NS_OWN && mine->ns[NS_USER] == theirs->ns[NS_USER]))
        return 0;
    if (a == NS_UNREAD || b == NS_UNREAD || !mine->uid_map || !theirs->uid_map)
        return -1;
    return g_str_equal(mine->uid_map, theirs->uid_map) || maps_overlap(mine->uid_map, theirs->uid_map);
}

/* Most containers have nothing in common: told without any text being made. */
static bool is_near(const struct process *mine, const struct process *theirs)
{
    for (int kind = 0; kind < NS_COUNT; kind++)
        if (kind != NS_USER && mine->ns[kind] && mine->ns[kind] == theirs->ns[kind])
            return true;
    return !mine->ns[NS_USER] || mine->ns[NS_USER] != theirs->ns[NS_USER];
}

void container_set_neighbours(const struct view *view, struct item *item)
{
    json_object *shares = json_object_new_array(), *ranges = json_object_new_array();
    bool known = true;
    for (guint i = 0; i < view->containers->list->len; i++) {
        const struct container *other = g_ptr_array_index(view->containers->list, i);
        if (other == view->container || !is_near(view->container->first, other->first) ||
            same_pod(view->container, other))
            continue;
        add_shared(view, other, shares);
        int same = same_range(view, other);
        known &= same >= 0;
        if (same > 0)
            tree_add_text(ranges, other->name);
    }
    item_set(item, "shares_with", shares);
    set_list(item, "uid_range_shared_with", ranges, known);
}

/* ---- routes ---- */

#define METADATA_ADDRESS htonl(0xA9FEA9FEU) /* 169.254.169.254 */

struct routes {
    bool read, any, metadata;
};

/* Destination and mask are in network order, printed as if they were numbers of the machine. */
static void look_at_route(const char *line, struct routes *routes)
{
    g_auto(GStrv) words = g_strsplit(line, "\t", -1);
    guint64 destination = 0, mask = 0, flags = 0;
    if (g_strv_length(words) < 8 || !g_ascii_string_to_unsigned(words[1], 16, 0, UINT32_MAX, &destination, NULL) ||
        !g_ascii_string_to_unsigned(words[3], 16, 0, 0xFFFF, &flags, NULL) ||
        !g_ascii_string_to_unsigned(words[7], 16, 0, UINT32_MAX, &mask, NULL))
        return;
    bool usable = (flags & 1) && !(flags & 0x200); /* RTF_UP, not RTF_REJECT (linux/route.h) */
    routes->any |= usable && !g_str_equal(words[0], "lo");
    routes->metadata |= usable && (METADATA_ADDRESS & mask) == destination;
}

/* "destination length source length next-hop metric references use flags device": every interface that is up has a
 * route for its link. The metadata service of some clouds is fd00:ec2::254, below a default or unique local route. */
static void look_at_route6(const char *line, struct routes *routes)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    g_autoptr(GPtrArray) fields = g_ptr_array_new();
    for (char **word = words; *word; word++)
        if (**word)
            g_ptr_array_add(fields, *word);
    guint64 length = 0, flags = 0;
    if (fields->len < 10 || !g_ascii_string_to_unsigned(fields->pdata[1], 16, 0, 128, &length, NULL) ||
        !g_ascii_string_to_unsigned(fields->pdata[8], 16, 0, UINT32_MAX, &flags, NULL))
        return;
    bool usable = (flags & 1) && !(flags & 0x200) && !g_str_equal(fields->pdata[9], "lo");
    routes->any |= usable;
    routes->metadata |= usable && (!length || g_str_has_prefix(fields->pdata[0], "fd00"));
}

/* False when the table is there and could not be read. */
static bool read_table(struct host *host, pid_t pid, const char *name, void (*look)(const char *, struct routes *),
                       struct routes *routes)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/net/%s", pid, name);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    routes->read |= text != NULL;
    for (char **line = lines; line && *line; line++)
        look(*line, routes);
    return text || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
}

void container_set_routes(const struct view *view, struct item *item)
{
    struct routes routes = {.read = false};
    bool both = read_table(view->host, view->first->pid, "route", look_at_route, &routes) &&
                read_table(view->host, view->first->pid, "ipv6_route", look_at_route6, &routes);
    bool known = both && routes.read;
    if (routes.any || known)
        item_set_bool(item, "on_network", routes.any);
    else
        item_unread(item, "on_network", "/proc/%d/net/route could not be read", view->first->pid);
    if (routes.metadata || known)
        item_set_bool(item, "metadata_route", routes.metadata);
    else
        item_unread(item, "metadata_route", "/proc/%d/net/route could not be read", view->first->pid);
}
