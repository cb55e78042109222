/* The mounts that Docker's record asks for, volumes by where they lead. */
#include "facts/container/planned_docker.h"

#include "facts/container/record_parts.h"
#include "model/error.h"

#include <string.h>

/* Where a volume of the local driver that is no folder leads to: opts.json of it (moby, volume/local). False: it is not
 * known. *device NULL: nowhere. */
static bool read_volume(const struct docker_plan *plan, const char *folder, char **device)
{
    g_autofree char *above = g_path_get_dirname(folder), *path = g_build_filename(above, "opts.json", NULL);
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = container_read_kind(plan->plan.context->host, path, json_type_object, &error);
    const char *options = tree_string(tree, "MountOpts"), *from = tree_string(tree, "MountDevice");
    bool bind = options && (mount_has_option(options, "bind") || mount_has_option(options, "rbind"));
    *device = NULL;
    if (!tree)
        return g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    if (from && *from && !(bind && *from == '/') && g_strcmp0(tree_string(tree, "MountType"), "tmpfs") != 0)
        return false;
    *device = bind ? g_strdup(from) : NULL;
    return true;
}

static void plan_volume(const struct docker_plan *plan, const json_object *mount, struct plan_bind *bind)
{
    const char *driver = tree_string(mount, "Driver"), *name = tree_string(mount, "Name");
    g_autofree char *folder = bind->source && *bind->source == '/'
                                  ? g_strdup(bind->source)
                                  : g_build_filename(plan->root, "volumes", name ? name : "", "_data", NULL);
    g_autofree char *device = NULL;
    if (g_strcmp0(driver, "local") != 0 || !read_volume(plan, folder, &device)) {
        g_autofree char *why = g_strdup_printf("what its volume %.64s leads to is not known", name ? name : folder);
        plan_doubt_mounts(&plan->plan, why);
        return;
    }
    bind->source = device ? device : folder;
    plan_bind(&plan->plan, bind);
}

/* Engines from version 25 (API 1.44) on make what lies below read-only as well, where the kernel can. */
static bool reads_only_below(const struct docker_plan *plan)
{
    const char *version = plan->engine ? plan->engine->api_version : NULL;
    const char *dot = version ? strchr(version, '.') : NULL;
    return dot && g_str_has_prefix(version, "1.") && g_ascii_strtoull(dot + 1, NULL, 10) >= 44;
}

/* A member of Mounts (API), or of MountPoints (files). */
static void plan_one(const struct docker_plan *plan, const json_object *mount, const char *target)
{
    const char *type = tree_string(mount, "Type"), *propagation = tree_string(mount, "Propagation");
    struct plan_bind bind = {.source = tree_string(mount, "Source"),
                             .target = target,
                             .writable = tree_true(mount, "RW"),
                             .shared = propagation && g_str_has_suffix(propagation, "shared"),
                             .alone = propagation && *propagation && *propagation != 'r',
                             .all_readonly = reads_only_below(plan)};
    if (!target || *target != '/')
        return;
    if (g_strcmp0(type, "volume") == 0)
        plan_volume(plan, mount, &bind);
    else if (g_strcmp0(type, "tmpfs") == 0)
        plan_mount(&plan->plan, "tmpfs", target, "rw,nosuid,nodev,noexec");
    else if (bind.source && *bind.source == '/')
        plan_bind(&plan->plan, &bind);
    else
        plan_doubt_mounts(&plan->plan, "one of its mounts is of a kind that is not known");
}

/* "exec,size=1m" of --tmpfs; without a word the engine's own are nosuid, nodev and noexec. */
static void plan_memory(const struct docker_plan *plan)
{
    const json_object *map = tree_at(plan->tree, "HostConfig.Tmpfs");
    if (!json_object_is_type(map, json_type_object))
        return;
    json_object_object_foreach (map, target, value) {
        const char *given = tree_string_of(value);
        static const char *const tight[] = {"suid", "dev", "exec"};
        g_autoptr(GString) options = g_string_new("rw");
        for (size_t i = 0; i < G_N_ELEMENTS(tight); i++)
            if (!given || !mount_has_option(given, tight[i]))
                g_string_append_printf(options, ",no%s", tight[i]);
        plan_mount(&plan->plan, "tmpfs", target, options->str);
    }
}

static void plan_parts(const struct docker_plan *plan)
{
    static const char masked[] = "[\"/proc/asound\", \"/proc/acpi\", \"/proc/kcore\", \"/proc/keys\", "
                                 "\"/proc/latency_stats\", \"/proc/timer_list\", \"/proc/timer_stats\", "
                                 "\"/proc/sched_debug\", \"/proc/scsi\", \"/sys/firmware\"]";
    static const char readonly[] = "[\"/proc/bus\", \"/proc/fs\", \"/proc/irq\", \"/proc/sys\", "
                                   "\"/proc/sysrq-trigger\"]";
    const json_object *hidden = tree_at(plan->tree, "HostConfig.MaskedPaths");
    const json_object *fixed = tree_at(plan->tree, "HostConfig.ReadonlyPaths");
    /* Null stands for the engine's own lists, which are these (moby, oci/defaults.go). */
    pl_autojson json_object *usual_hidden = json_tokener_parse(masked), *usual_fixed = json_tokener_parse(readonly);
    bool privileged = plan->privileged;
    plan_kernel(&plan->plan,
                privileged ? NULL
                : hidden   ? hidden
                           : usual_hidden,
                privileged ? NULL
                : fixed    ? fixed
                           : usual_fixed,
                privileged);
}

void docker_plan_mounts(const struct docker_plan *plan)
{
    const json_object *list = tree_member(plan->tree, "Mounts"), *map = tree_member(plan->tree, "MountPoints");
    bool readonly = tree_true(plan->tree, "HostConfig.ReadonlyRootfs");
    plan_mount(&plan->plan, "overlay", "/", readonly ? "ro" : "rw");
    plan_parts(plan);
    if (g_str_equal(docker_plan_text(plan, "HostConfig.IpcMode"), "host")) {
        const struct plan_bind shm = {.source = "/dev/shm", .target = "/dev/shm", .writable = true};
        plan_bind(&plan->plan, &shm);
    } else {
        plan_mount(&plan->plan, "tmpfs", "/dev/shm", "rw,nosuid,nodev,noexec");
    }
    plan_memory(plan);
    for (size_t i = 0; i < docker_plan_length(list); i++) {
        const json_object *mount = json_object_array_get_idx(list, i);
        plan_one(plan, mount, tree_string(mount, "Destination"));
    }
    if (json_object_is_type(map, json_type_object)) {
        json_object_object_foreach (map, target, mount)
            plan_one(plan, mount, target);
    }
    if (docker_plan_length(tree_at(plan->tree, "HostConfig.VolumesFrom")))
        plan_doubt_mounts(&plan->plan, "it takes the volumes of another container");
}
