/* A bundle says what a runtime is to do (OCI runtime specification, config.md, config-linux.md): nothing of it is a
 * default of an engine. */
#include "facts/container/bundle.h"
#include "facts/container/plan.h"

#include "host/host.h"
#include "host/totals.h"
#include "model/secret.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>
#include <sys/stat.h>

struct bundle_plan {
    struct plan plan;
    const json_object *tree;
    const struct planned_extra *extra;
};

static size_t length_of(const json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static double number_at(const struct bundle_plan *plan, const char *path)
{
    const json_object *node = tree_at(plan->tree, path);
    return tree_is_number(node) ? json_object_get_double(node) : 0;
}

static json_object *limit(double value, double all)
{
    return value > 0 && (all <= 0 || value < all) ? json_object_new_int64((int64_t)value) : NULL;
}

/* ---- the process ---- */

static void plan_user_namespaces(const struct bundle_plan *plan)
{
    static const struct {
        const char *type;
        enum ns kind;
    } kinds[] = {{"network", NS_NET}, {"pid", NS_PID},       {"ipc", NS_IPC},
                 {"uts", NS_UTS},     {"cgroup", NS_CGROUP}, {"user", NS_USER}};
    const json_object *list = tree_at(plan->tree, "linux.namespaces");
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        int shared = 1;
        for (size_t i = 0; i < length_of(list); i++) {
            const json_object *one = json_object_array_get_idx(list, i);
            if (g_strcmp0(tree_string(one, "type"), kinds[k].type) == 0)
                shared = tree_string(one, "path") ? -1 : 0;
        }
        plan_namespace(&plan->plan, kinds[k].kind, shared);
    }
}

/* What root is mapped to; false where there is a mapping of another form. */
static bool read_base(const struct bundle_plan *plan, uint32_t *base)
{
    const json_object *list = tree_at(plan->tree, "linux.uidMappings");
    *base = 0;
    if (!length_of(list))
        return true;
    const json_object *first = json_object_array_get_idx(list, 0);
    *base = (uint32_t)json_object_get_int64(tree_member(first, "hostID"));
    return length_of(list) == 1 && json_object_get_int64(tree_member(first, "containerID")) == 0 && *base;
}

/* "1000:1000" of the engine's own record counts before the bundle, which it fills in when it starts the container. */
static bool read_ids(const struct bundle_plan *plan, uint32_t *uid, uint32_t *gid)
{
    uint64_t id = (uint64_t)number_at(plan, "process.user.uid"), group = (uint64_t)number_at(plan, "process.user.gid");
    g_auto(GStrv) words = g_strsplit(plan->extra->user ? plan->extra->user : "", ":", 2);
    bool known = true;
    if (words[0] && *words[0])
        known = g_str_equal(words[0], "root") || value_parse_u64(words[0], UINT32_MAX, &id);
    if (words[0] && words[1])
        known &= value_parse_u64(words[1], UINT32_MAX, &group);
    *uid = (uint32_t)id;
    *gid = (uint32_t)group;
    return known;
}

static void plan_user(const struct bundle_plan *plan)
{
    uint32_t uid = 0, gid = 0, base = 0;
    bool known = read_ids(plan, &uid, &gid), rootless = plan->extra->owner;
    bool mapped = rootless || length_of(tree_at(plan->tree, "linux.uidMappings"));
    if (rootless) { /* root inside is who started the engine; whom others are it maps when it starts */
        plan_namespace(&plan->plan, NS_USER, 0);
        base = plan->extra->owner;
    }
    if (known && (rootless ? !uid && !gid : read_base(plan, &base)))
        plan_ids(&plan->plan, uid, gid, base);
    if (known || mapped)
        plan_set(&plan->plan, "root_user", json_object_new_boolean(known && !uid && !mapped));
    const json_object *more = tree_at(plan->tree, "process.user.additionalGids");
    for (size_t i = 0; i < length_of(more); i++)
        plan_group(&plan->plan, (uint32_t)json_object_get_int64(json_object_array_get_idx(more, i)), base);
}

static void plan_rights(const struct bundle_plan *plan)
{
    static const struct {
        const char *path;
        enum capset set;
    } sets[] = {{"process.capabilities.bounding", CAPSET_BOUNDING},
                {"process.capabilities.effective", CAPSET_EFFECTIVE},
                {"process.capabilities.permitted", CAPSET_PERMITTED},
                {"process.capabilities.inheritable", CAPSET_INHERITABLE},
                {"process.capabilities.ambient", CAPSET_AMBIENT}};
    struct process *process = plan->plan.planned->process;
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++)
        process->caps[sets[i].set] = plan_cap_bits(tree_at(plan->tree, sets[i].path));
    plan->plan.planned->bounding = process->caps[CAPSET_BOUNDING];
    uint32_t uid = 0, gid = 0;
    process->caps_known = tree_at(plan->tree, "process") && read_ids(plan, &uid, &gid);
    /* The engine takes them from whoever is not root when it fills the user in. */
    if (uid && plan->extra->user && *plan->extra->user)
        process->caps[CAPSET_EFFECTIVE] = process->caps[CAPSET_PERMITTED] = 0;
    process->no_new_privs = tree_true(plan->tree, "process.noNewPrivileges");
    const json_object *filter = tree_at(plan->tree, "linux.seccomp");
    process->seccomp = filter ? 2 : 0;
    const char *action = tree_string(filter, "defaultAction");
    if (!filter || action)
        plan_set(&plan->plan, "seccomp_fallback", action ? tree_new_text(action) : NULL);
}

static void plan_label(const struct bundle_plan *plan)
{
    const json_object *process = tree_at(plan->tree, "process");
    const char *profile = tree_string(process, "apparmorProfile"), *context = tree_string(process, "selinuxLabel");
    bool confined = profile && *profile && !g_str_equal(profile, "unconfined");
    if (context && *context)
        plan->plan.planned->process->label = g_strdup(context);
    else if (!confined)
        plan->plan.planned->process->label = g_strdup(profile && *profile ? profile : "");
    else /* its mode is the kernel's affair */
        plan_set(&plan->plan, "confined", json_object_new_boolean(true));
}

static void plan_program(const struct bundle_plan *plan)
{
    const json_object *list = tree_at(plan->tree, "process.args"), *env = tree_at(plan->tree, "process.env");
    struct process *process = plan->plan.planned->process;
    g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
    json_object *options = json_object_new_array(), *names = json_object_new_array();
    for (size_t i = 0; i < length_of(list); i++) {
        g_autofree char *word = tree_text(json_object_array_get_idx(list, i)), *option = secret_option(word);
        g_strv_builder_add(argv, word);
        if (option)
            tree_add_text(options, option);
    }
    for (size_t i = 0; i < length_of(env); i++) {
        g_autofree char *entry = tree_text(json_object_array_get_idx(env, i)), *name = plan_secret_of(entry);
        if (name)
            tree_add_text(names, name);
    }
    process->argv = process->argv_seen = g_strv_builder_end(argv);
    g_free(process->comm);
    process->comm = g_path_get_basename(process->argv[0] ? process->argv[0] : "");
    plan_set(&plan->plan, "secret_options", options);
    plan_set(&plan->plan, "secret_variables", names);
    const char *folder = tree_string_of(tree_at(plan->tree, "process.cwd"));
    plan_directory(&plan->plan, folder ? folder : "");
}

/* ---- mounts ---- */

static char *joined_options(const json_object *list)
{
    GString *options = g_string_new(NULL);
    for (size_t i = 0; i < length_of(list); i++) {
        const char *text = tree_string_of(json_object_array_get_idx(list, i));
        g_string_append_printf(options, "%s%s", options->len ? "," : "", text ? text : "");
    }
    return g_string_free(options, FALSE);
}

static bool is_bind(const char *options, const char *type)
{
    return mount_has_option(options, "bind") || mount_has_option(options, "rbind") || g_strcmp0(type, "bind") == 0;
}

/* Planned apart. */
static bool is_kernels(const char *target)
{
    return g_str_equal(target, "/proc") || g_str_equal(target, "/sys") || g_str_equal(target, "/sys/fs/cgroup");
}

static void plan_one(const struct bundle_plan *plan, const json_object *mount)
{
    const char *target = tree_string(mount, "destination"), *type = tree_string(mount, "type");
    g_autofree char *given = joined_options(tree_member(mount, "options"));
    bool bind = is_bind(given, type);
    bool readonly = mount_has_option(given, "ro"), deep = mount_has_option(given, "rro");
    const struct plan_bind how = {.source = tree_string(mount, "source"),
                                  .target = target,
                                  .writable = !readonly && !deep,
                                  .all_readonly = deep,
                                  .shared = mount_has_option(given, "shared") || mount_has_option(given, "rshared"),
                                  .alone = !mount_has_option(given, "rbind")};
    if (!target || *target != '/')
        return;
    if (bind && how.source && *how.source == '/') {
        plan_bind(&plan->plan, &how);
        return;
    }
    if (is_kernels(target))
        return;
    g_autofree char *options = g_strconcat(readonly ? "ro" : "rw", *given ? "," : "", given, NULL);
    plan_mount(&plan->plan, type ? type : "tmpfs", target, options);
}

static bool is_readonly_at(const struct bundle_plan *plan, const char *target)
{
    const json_object *list = tree_member(plan->tree, "mounts");
    bool readonly = false;
    for (size_t i = 0; i < length_of(list); i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        g_autofree char *options = joined_options(tree_member(one, "options"));
        if (g_strcmp0(tree_string(one, "destination"), target) == 0)
            readonly = mount_has_option(options, "ro");
    }
    return readonly;
}

static void plan_mounts(const struct bundle_plan *plan)
{
    const json_object *list = tree_member(plan->tree, "mounts");
    plan_mount(&plan->plan, "overlay", "/", tree_true(plan->tree, "root.readonly") ? "ro" : "rw");
    plan_kernel(&plan->plan, tree_at(plan->tree, "linux.maskedPaths"), tree_at(plan->tree, "linux.readonlyPaths"),
                !is_readonly_at(plan, "/sys"));
    for (size_t i = 0; i < length_of(list); i++)
        plan_one(plan, json_object_array_get_idx(list, i));
    for (size_t i = 0; i < length_of(plan->extra->mounts); i++)
        plan_one(plan, json_object_array_get_idx(plan->extra->mounts, i));
}

/* ---- devices, limits ---- */

static uint32_t number_of(const json_object *node, const char *member)
{
    return (uint32_t)json_object_get_int64(tree_member(node, member));
}

static void plan_devices(const struct bundle_plan *plan)
{
    const json_object *list = tree_at(plan->tree, "linux.devices");
    for (size_t i = 0; i < length_of(list); i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *path = tree_string(one, "path"), *type = tree_string(one, "type");
        if (!path || *path != '/')
            continue;
        struct planned_device *device = g_new0(struct planned_device, 1);
        device->inside = g_strdup(path);
        device->node.mode = (type && *type == 'b' ? S_IFBLK : S_IFCHR) | (mode_t)number_of(one, "fileMode");
        device->node.uid = number_of(one, "uid");
        device->node.gid = number_of(one, "gid");
        device->node.dev_major = number_of(one, "major");
        device->node.dev_minor = number_of(one, "minor");
        g_ptr_array_add(plan->plan.planned->devices, device);
    }
    json_object *rules = bundle_device_rules(plan->tree);
    if (rules)
        plan_set(&plan->plan, "device_rules", rules);
}

static void plan_open_files(const struct bundle_plan *plan)
{
    const json_object *list = tree_at(plan->tree, "process.rlimits");
    for (size_t i = 0; i < length_of(list); i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        if (g_strcmp0(tree_string(one, "type"), "RLIMIT_NOFILE") == 0)
            plan_set(&plan->plan, "open_files_limit",
                     json_object_new_int64(json_object_get_int64(tree_member(one, "hard"))));
    }
}

static void plan_processors(const struct bundle_plan *plan, const struct host_totals *totals)
{
    double quota = number_at(plan, "linux.resources.cpu.quota"), period = number_at(plan, "linux.resources.cpu.period");
    double cpus = quota / (period > 0 ? period : 100000);
    bool limits = quota > 0 && (!totals->cpus || cpus < (double)totals->cpus);
    plan_set(&plan->plan, "cpu_limit", limits ? json_object_new_double(cpus) : NULL);
}

static void plan_limits(const struct bundle_plan *plan)
{
    const struct host_totals *totals = host_totals(plan->plan.context->host);
    double memory = number_at(plan, "linux.resources.memory.limit");
    double both = number_at(plan, "linux.resources.memory.swap");
    double weight = number_at(plan, "linux.resources.cpu.shares");
    plan_set(&plan->plan, "memory_limit", limit(memory, totals->memory_error ? 0 : (double)totals->memory * 1024));
    plan_set(&plan->plan, "pids_limit", limit(number_at(plan, "linux.resources.pids.limit"), 0));
    if (memory <= 0 || both > 0 || both < 0)
        plan_set(&plan->plan, "swap_limit",
                 both >= memory && memory > 0 ? json_object_new_int64((int64_t)(both - memory)) : NULL);
    if (!tree_at(plan->tree, "linux.resources.cpu.cpus"))
        plan_processors(plan, totals);
    plan_set(&plan->plan, "cpu_weight", json_object_new_int64(weight > 0 ? (int64_t)weight : 1024));
    plan_set(&plan->plan, "oom_kill_disabled",
             json_object_new_boolean(tree_true(plan->tree, "linux.resources.memory.disableOOMKiller")));
    if (tree_at(plan->tree, "process.oomScoreAdj"))
        plan_set(&plan->plan, "oom_score_adj", json_object_new_int64((int64_t)number_at(plan, "process.oomScoreAdj")));
    plan_open_files(plan);
}

struct container_planned *container_planned_bundle(const struct fact_context *context, const char *where,
                                                   const json_object *tree, const struct planned_extra *extra)
{
    struct bundle_plan plan = {.tree = tree, .extra = extra};
    plan_begin(&plan.plan, context, where);
    plan_user_namespaces(&plan);
    plan_user(&plan);
    plan_rights(&plan);
    plan_label(&plan);
    plan_program(&plan);
    plan_mounts(&plan);
    if (extra->unknown_mounts)
        plan_doubt_mounts(&plan.plan, "what one of its volumes leads to is the affair of a driver");
    plan_devices(&plan);
    plan_limits(&plan);
    plan.plan.planned->privileged = extra->privileged ? 1 : -1;
    plan.plan.planned->all_devices = extra->privileged;
    return plan_end(&plan.plan);
}
