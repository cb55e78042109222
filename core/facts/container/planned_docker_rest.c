/* Devices, limits, ports and the program of Docker's record. */
#include "facts/container/planned_docker.h"

#include "facts/container/record_docker.h"
#include "host/host.h"
#include "host/notes.h"
#include "host/totals.h"
#include "model/secret.h"
#include "model/value.h"

#include <string.h>
#include <sys/stat.h>

/* ---- devices ---- */

static void add_device(const struct docker_plan *plan, const json_object *one, json_object *rules)
{
    struct host_stat file;
    const char *path = tree_string(one, "PathOnHost"), *inside = tree_string(one, "PathInContainer");
    const char *access = tree_string(one, "CgroupPermissions");
    if (!path || *path != '/')
        return;
    struct planned_device *device = g_new0(struct planned_device, 1);
    device->host = g_strdup(path);
    device->inside = g_strdup(inside && *inside ? inside : path);
    g_ptr_array_add(plan->plan.planned->devices, device);
    if (!host_stat(plan->plan.context->host, path, &file, NULL))
        return;
    g_autofree char *rule = g_strdup_printf("%c %u:%u %s", S_ISBLK(file.mode) ? 'b' : 'c', file.dev_major,
                                            file.dev_minor, access && *access ? access : "rwm");
    tree_add_text(rules, rule);
}

void docker_plan_devices(const struct docker_plan *plan)
{
    const json_object *list = tree_at(plan->tree, "HostConfig.Devices");
    const json_object *asked = tree_at(plan->tree, "HostConfig.DeviceCgroupRules");
    json_object *rules = json_object_new_array();
    for (size_t i = 0; i < docker_plan_length(list); i++)
        add_device(plan, json_object_array_get_idx(list, i), rules);
    for (size_t i = 0; i < docker_plan_length(asked); i++) {
        const char *rule = tree_string_of(json_object_array_get_idx(asked, i));
        if (rule)
            tree_add_text(rules, rule);
    }
    plan->plan.planned->all_devices = plan->privileged;
    if (plan->privileged)
        tree_add_text(rules, "a *:* rwm");
    plan_set(&plan->plan, "device_rules", rules);
    if (docker_plan_length(tree_at(plan->tree, "HostConfig.DeviceRequests"))) {
        static const char *const fields[] = {"devices",           "disks",       "user_devices", "user_disks",
                                             "user_device_names", "device_rules"};
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
            plan_doubt(&plan->plan, fields[i], "it asks a driver for devices");
    }
}

/* ---- limits ---- */

/* One that is no less than what the machine has binds nothing; 0: it is not known what that has. */
static json_object *limit(double value, double all)
{
    return value > 0 && (all <= 0 || value < all) ? json_object_new_int64((int64_t)value) : NULL;
}

static double kernel_number(const struct docker_plan *plan, const char *path)
{
    /* Unheard: then the limit is taken for one. */
    g_autofree char *text = host_read_text(plan->plan.context->host, path, host_unheard());
    uint64_t number = 0;
    return text && value_parse_u64(g_strchomp(text), UINT64_MAX, &number) ? (double)number : 0;
}

static void plan_memory(const struct docker_plan *plan)
{
    const struct host_totals *totals = host_totals(plan->plan.context->host);
    double memory = docker_plan_number(plan, "HostConfig.Memory");
    double both = docker_plan_number(plan, "HostConfig.MemorySwap");
    double all = totals->memory_error ? 0 : (double)totals->memory * 1024;
    plan_set(&plan->plan, "memory_limit", limit(memory, all));
    /* With 0 the engine decides, which writes down what it decided when it made the container. */
    if (memory <= 0 || both > 0 || both < 0)
        plan_set(&plan->plan, "swap_limit",
                 both >= memory && memory > 0 ? json_object_new_int64((int64_t)(both - memory)) : NULL);
}

static void plan_limits(const struct docker_plan *plan)
{
    double cpus = docker_cpus(plan->tree), shares = docker_plan_number(plan, "HostConfig.CpuShares");
    double pids = kernel_number(plan, "/proc/sys/kernel/pid_max");
    uint64_t all = host_totals(plan->plan.context->host)->cpus;
    bool fewer = cpus > 0 && (!all || cpus < (double)all);
    plan_memory(plan);
    plan_set(&plan->plan, "pids_limit", limit(docker_plan_number(plan, "HostConfig.PidsLimit"), pids));
    plan_set(&plan->plan, "cpu_weight", json_object_new_int64(shares > 0 ? (int64_t)shares : 1024));
    plan_set(&plan->plan, "oom_kill_disabled",
             json_object_new_boolean(tree_true(plan->tree, "HostConfig.OomKillDisable")));
    plan_set(&plan->plan, "oom_score_adj",
             json_object_new_int64((int64_t)docker_plan_number(plan, "HostConfig.OomScoreAdj")));
    /* How many processors a set of them is decides how many the machine has. */
    if (!*docker_plan_text(plan, "HostConfig.CpusetCpus"))
        plan_set(&plan->plan, "cpu_limit", fewer ? json_object_new_double(cpus) : NULL);
    /* What another parent group limits holds for it too. */
    static const char *const fields[] = {"memory_limit", "pids_limit", "cpu_limit", "swap_limit"};
    for (size_t i = 0; *docker_plan_text(plan, "HostConfig.CgroupParent") && i < G_N_ELEMENTS(fields); i++) {
        json_object *value = NULL;
        if (json_object_object_get_ex(plan->plan.planned->fields, fields[i], &value) && !value)
            plan_doubt(&plan->plan, fields[i], "its parent control group may have a limit");
    }
}

static void plan_ulimits(const struct docker_plan *plan)
{
    const json_object *list = tree_at(plan->tree, "HostConfig.Ulimits");
    for (size_t i = 0; i < docker_plan_length(list); i++) {
        const json_object *one = json_object_array_get_idx(list, i), *hard = tree_member(one, "Hard");
        bool files = g_strcmp0(tree_string(one, "Name"), "nofile") == 0 && tree_is_number(hard);
        int64_t value = files ? json_object_get_int64(hard) : 0;
        if (files)
            plan_set(&plan->plan, "open_files_limit", value < 0 ? NULL : json_object_new_int64(value));
    }
}

/* ---- what it runs ---- */

static void plan_program(const struct docker_plan *plan)
{
    const json_object *list = tree_member(plan->tree, "Args");
    struct process *process = plan->plan.planned->process;
    g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
    json_object *options = json_object_new_array();
    g_strv_builder_add(argv, docker_plan_text(plan, "Path"));
    for (size_t i = 0; i < docker_plan_length(list); i++) {
        g_autofree char *word = tree_text(json_object_array_get_idx(list, i)), *option = secret_option(word);
        g_strv_builder_add(argv, word);
        if (option)
            tree_add_text(options, option);
    }
    g_free(process->comm);
    process->comm = g_path_get_basename(docker_plan_text(plan, "Path"));
    process->argv = process->argv_seen = g_strv_builder_end(argv);
    plan_set(&plan->plan, "secret_options", options);
}

static void plan_environment(const struct docker_plan *plan)
{
    const json_object *list = tree_at(plan->tree, "Config.Env");
    json_object *names = json_object_new_array();
    for (size_t i = 0; i < docker_plan_length(list); i++) {
        g_autofree char *entry = tree_text(json_object_array_get_idx(list, i)), *name = plan_secret_of(entry);
        if (name)
            tree_add_text(names, name);
    }
    plan_set(&plan->plan, "secret_variables", names);
}

void docker_plan_rest(const struct docker_plan *plan)
{
    plan_limits(plan);
    plan_ulimits(plan);
    plan_program(plan);
    plan_environment(plan);
    plan_directory(&plan->plan, docker_plan_text(plan, "Config.WorkingDir"));
    docker_planned_ports(plan->tree, plan->plan.planned->fields);
}
