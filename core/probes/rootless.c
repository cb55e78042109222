/* Accounts other than root that run containers, or keep images and containers in their homes, and what a rootless
 * engine depends on: subordinate ids, a private runtime directory, delegated control groups. */
#include "facts/account/homes.h"
#include "facts/account/subid.h"
#include "host/path.h"
#include "host/process.h"
#include "host/storage_places.h"
#include "model/error.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <sys/stat.h>

static const struct probe_param params[] = {
    {.name = "managed",
     .type = VALUE_BOOL,
     .text = "only accounts whose systemd user manager has a version 2 control group now (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"user", VALUE_STRING, "login name"},
    {"uid", VALUE_NUMBER, "its id"},
    {"home", VALUE_STRING, "its home"},
    {"engines", VALUE_SET, "engines that have storage in the home or run: podman docker containerd"},
    {"running", VALUE_BOOL, "one of their processes runs; unread on an offline root"},
    {"ids", VALUE_NUMBER, "subordinate ids it has, the smaller of users and groups"},
    {"runtime_directory", VALUE_STRING, "/run/user/UID; null when it is not there"},
    {"runtime_private", VALUE_BOOL, "that belongs to the account and has no permission for others; null without"},
    {"linger", VALUE_BOOL, "its services go on when it is not logged in"},
    {"controllers", VALUE_SET, "control group controllers delegated to its user manager; null when it has none now"},
    {"setgroups", VALUE_STRING,
     "allow or deny: of the first of its processes in another user namespace; null without such a process"},
    {.name = NULL},
};

/* One collect(). */
struct rootless_query {
    struct host *host;
    struct items *items;
    const GPtrArray *processes; /* NULL: there are none to look at */
    const GError *unread;       /* why; NULL: the root is an offline one */
    uint64_t user_namespace;    /* of process 1, 0: not known */
    bool managed;
};

struct rootless_storage {
    const char *engine, *path; /* below the home */
};
static const struct rootless_storage storages[] = {
    {"podman", "~/" CONTAINERS_ROOT_OF_USER},
    {"docker", "~/" DOCKER_ROOT_OF_USER},
    {"containerd", "~/" CONTAINERD_ROOT_OF_USER},
};

struct rootless_program {
    const char *engine, *comm;
};
static const struct rootless_program programs[] = {
    {"podman", "conmon"},
    {"podman", "podman"},
    {"docker", "dockerd"},
    {"containerd", "containerd"},
};

/* By the file that runs, wherever it lies; by what it calls itself where that could not be seen. */
static bool is_program(const struct process *process, const char *name)
{
    g_autofree char *exe = process->exe ? host_link_path(process->exe) : NULL;
    return g_str_equal(exe ? host_base_name(exe) : process->comm, name);
}

static bool runs(const struct rootless_query *query, const struct home *home, const char *comm)
{
    for (guint i = 0; query->processes && i < query->processes->len; i++) {
        const struct process *process = g_ptr_array_index(query->processes, i);
        /* Whose it is and what it is are read together. */
        if (!process->ids_known && !process->kernel && process_is_alive(process)) {
            g_autofree char *may = g_strdup_printf("it may be %s of %s", comm, home->user);
            host_process_note(process, "status", may);
        }
        if (process->ids_known && process->uid[1] == home->uid && is_program(process, comm))
            return true;
    }
    return false;
}

/* The engines as a NULL-terminated vector of static texts; *running when a process of one was seen. */
static void find_engines(const struct rootless_query *query, const struct home *home, GPtrArray *engines, bool *running)
{
    for (size_t i = 0; i < G_N_ELEMENTS(storages); i++) {
        g_autofree char *path = homes_path(home, storages[i].path);
        if (host_exists(query->host, path))
            g_ptr_array_add(engines, (gpointer)(uintptr_t)storages[i].engine);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        if (!runs(query, home, programs[i].comm))
            continue;
        *running = true;
        if (!g_ptr_array_find_with_equal_func(engines, programs[i].engine, g_str_equal, NULL))
            g_ptr_array_add(engines, (gpointer)(uintptr_t)programs[i].engine);
    }
}

static void set_runtime(struct rootless_query *query, const struct home *home, struct item *item)
{
    g_autofree char *path = g_strdup_printf("/run/user/%u", (unsigned)home->uid);
    struct host_stat st = {0};
    g_autoptr(GError) error = NULL;
    if (host_stat(query->host, path, &st, &error)) {
        item_set_string(item, "runtime_directory", path);
        item_set_bool(item, "runtime_private",
                      S_ISDIR(st.mode) && st.uid == home->uid && !(st.mode & (S_IRWXG | S_IRWXO)));
        return;
    }
    if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        item_unread_error(item, "runtime_directory", error);
        item_unread_error(item, "runtime_private", error);
        return;
    }
    item_set(item, "runtime_directory", NULL);
    item_set(item, "runtime_private", NULL);
}

/* The text of the first place that has one; NULL without. *error when one is there and cannot be read. */
static char *controllers_text(struct rootless_query *query, const struct home *home, GError **error)
{
    static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        g_autofree char *path = g_strdup_printf("%s/user.slice/user-%u.slice/user@%u.service/cgroup.controllers",
                                                roots[i], (unsigned)home->uid, (unsigned)home->uid);
        g_autoptr(GError) failure = NULL;
        char *text = host_read_text(query->host, path, &failure);
        if (text)
            return text;
        if (g_error_matches(failure, PL_ERROR, PL_ERROR_ABSENT))
            continue;
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    return NULL;
}

static void set_controllers(const char *text, const GError *error, struct item *item)
{
    if (error) {
        item_unread_error(item, "controllers", error);
        return;
    }
    if (!text) {
        item_set(item, "controllers", NULL);
        return;
    }
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (char **word = words; *word; word++)
        if (**word)
            g_ptr_array_add(names, *word);
    g_ptr_array_add(names, NULL);
    item_set_strv(item, "controllers", (const char *const *)names->pdata);
}

static void set_setgroups(struct rootless_query *query, const struct home *home, struct item *item)
{
    for (guint i = 0; query->processes && query->user_namespace && i < query->processes->len; i++) {
        const struct process *process = g_ptr_array_index(query->processes, i);
        uint64_t user = process->ns[NS_USER];
        if (!process->ids_known || process->uid[1] != home->uid || !user || user == query->user_namespace)
            continue;
        g_autofree char *path = host_process_file(process, "setgroups");
        g_autoptr(GError) error = NULL;
        g_autofree char *text = host_read_text(query->host, path, &error);
        if (!text && !host_process_ended(query->host, process)) {
            item_unread_error(item, "setgroups", error);
            return;
        }
        if (!text)
            continue;
        item_set_string(item, "setgroups", g_strstrip(text));
        return;
    }
    item_set(item, "setgroups", NULL);
}

static void set_ids(struct rootless_query *query, const struct home *home, struct item *item)
{
    const struct subid_ranges *ranges = subid_ranges_get(query->host);
    problems_copy(query->items->problems, ranges->problems);
    if (ranges->foreign)
        item_unread_problem(item, "ids", ranges->foreign);
    else
        item_set_int(item, "ids", (gint64)subid_count(ranges, home));
}

static void set_linger(struct rootless_query *query, const struct home *home, struct item *item)
{
    g_autofree char *path = g_build_filename("/var/lib/systemd/linger", home->user, NULL);
    struct host_stat st = {0};
    g_autoptr(GError) error = NULL;
    bool there = host_stat(query->host, path, &st, &error);
    if (there || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        item_set_bool(item, "linger", there);
    else
        item_unread_error(item, "linger", error);
}

static void add_account(struct rootless_query *query, const struct home *home)
{
    g_autoptr(GPtrArray) engines = g_ptr_array_new();
    bool running = false;
    find_engines(query, home, engines, &running);
    if (!engines->len)
        return;
    g_autoptr(GError) error = NULL;
    g_autofree char *controllers = controllers_text(query, home, &error);
    if (query->managed && !controllers && !error)
        return;
    g_ptr_array_add(engines, NULL);
    struct item *item = items_add(query->items, home->user);
    item_source_path(item, home->path, 0);
    item_set_string(item, "user", home->user);
    item_set_int(item, "uid", home->uid);
    item_set_string(item, "home", home->path);
    item_set_strv(item, "engines", (const char *const *)engines->pdata);
    if (query->processes)
        item_set_bool(item, "running", running);
    else if (query->unread)
        item_unread_error(item, "running", query->unread);
    else
        item_unread(item, "running", "nothing runs from an offline root");
    set_ids(query, home, item);
    set_runtime(query, home, item);
    set_linger(query, home, item);
    set_controllers(controllers, error, item);
    set_setgroups(query, home, item);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct rootless_query query = {
        .host = context->host, .items = items, .managed = object_bool(object, "managed", false)};
    const struct process *init = NULL;
    g_autoptr(GError) unread = NULL;
    query.processes = host_is_live(context->host) ? host_processes(context->host, &unread) : NULL;
    query.unread = unread;
    init = query.processes ? host_process(context->host, 1) : NULL;
    query.user_namespace = init ? init->ns[NS_USER] : 0;
    const struct homes *homes = homes_find(context->host);
    items_problem_from_error(items, homes->error);
    for (guint i = 0; i < homes->list->len && items_room(items, 1, "accounts"); i++) {
        const struct home *home = g_ptr_array_index(homes->list, i);
        if (home->uid != 0)
            add_account(&query, home);
    }
}

const struct probe probe_rootless = {
    .name = "rootless",
    .summary = "Accounts other than root that run container engines of their own",
    .object = {"account", "accounts"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
