/* Only what the record and the engine's own settings decide is said; a default that cannot be seen is left out. */
#include "facts/container/planned_docker.h"

#include "facts/container/record_docker.h"
#include "facts/docker/place.h"
#include "host/notes.h"
#include "host/path.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>
#include <sys/capability.h>

#define CAPS_KNOWN ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)

/* ---- the engine ---- */

/* Whether /info lists a security option ("name=apparmor", "name=seccomp,profile=builtin"); -1: not known. */
static int engine_has(const struct docker_plan *plan, const char *name)
{
    const json_object *options = plan->engine ? tree_member(plan->engine->info, "SecurityOptions") : NULL;
    if (!json_object_is_type(options, json_type_array))
        return -1;
    for (size_t i = 0; i < json_object_array_length(options); i++) {
        const char *option = tree_string_of(json_object_array_get_idx(options, i));
        g_auto(GStrv) parts = g_strsplit(option ? option : "", ",", -1);
        bool weak = g_strv_contains((const char *const *)parts, "profile=unconfined");
        if (g_strv_contains((const char *const *)parts, name))
            return !weak;
    }
    return 0;
}

/* Whether that is so without an option; -1: not known. */
static int engine_denies_new_privileges(const struct docker_plan *plan)
{
    /* What it was when the container was created stays with it, and is written into its file alone. */
    const char *id = tree_string(plan->tree, "Id");
    g_autofree char *path = id ? g_build_filename(plan->root, "containers", id, "config.v2.json", NULL) : NULL;
    /* Unheard: then the engine's own setting is asked for. */
    pl_autojson json_object *file =
        path ? container_read_kind(plan->plan.context->host, path, json_type_object, host_unheard()) : NULL;
    const json_object *kept = tree_member(file ? file : plan->tree, "NoNewPrivileges");
    if (json_object_is_type(kept, json_type_boolean))
        return json_object_get_boolean(kept);
    const struct docker_engine *engine = plan->engine;
    g_auto(GStrv) values =
        engine && engine->unchanged ? docker_values_of(plan->plan.context, engine->process, "no-new-privileges") : NULL;
    guint n = values ? g_strv_length(values) : 0;
    return !values ? -1 : n && !g_str_equal(values[n - 1], "false");
}

/* ---- confinement ---- */

/* "off", "filter"; NULL: not known. */
static const char *plan_seccomp(const struct docker_plan *plan)
{
    const char *value = NULL;
    if (plan->privileged)
        return "off";
    if (docker_security_option(plan->tree, "seccomp", &value))
        return g_str_equal(value, "unconfined") ? "off" : "filter";
    int usual = engine_has(plan, "name=seccomp");
    return usual < 0 ? NULL : usual ? "filter" : "off";
}

/* What the filter does with calls that its profile does not name. A client hands a profile over as it stands; the
 * engine's own one denies them. */
static void plan_profile(const struct docker_plan *plan)
{
    const char *value = NULL;
    bool given = !plan->privileged && docker_security_option(plan->tree, "seccomp", &value);
    pl_autojson json_object *profile = given ? json_tokener_parse(value) : NULL;
    const char *action = tree_string(profile, "defaultAction");
    bool own = !given && (engine_has(plan, "profile=builtin") == 1 || engine_has(plan, "profile=default") == 1);
    if (plan->privileged || (given && g_str_equal(value, "unconfined")))
        plan_set(&plan->plan, "seccomp_fallback", NULL);
    else if (own || action)
        plan_set(&plan->plan, "seccomp_fallback", tree_new_text(own ? "SCMP_ACT_ERRNO" : action));
}

/* An LSM that the engine puts on what does not refuse it; -1: not known. */
static int plan_lsm(const struct docker_plan *plan)
{
    const char *value = NULL;
    int apparmor = engine_has(plan, "name=apparmor"), selinux = engine_has(plan, "name=selinux");
    bool refused = docker_security_option(plan->tree, "apparmor", &value) && g_str_equal(value, "unconfined");
    bool unlabelled = docker_security_option(plan->tree, "label", &value) && g_str_equal(value, "disable");
    if (apparmor < 0)
        return refused && unlabelled ? 0 : -1;
    if (plan->privileged)
        return 0;
    return (apparmor == 1 && !refused) || (selinux == 1 && !unlabelled);
}

/* Docker's own profile; its name stands in the record once it was in force. */
static bool is_own_profile(const struct docker_plan *plan, int lsm)
{
    const char *value = NULL;
    int apparmor = engine_has(plan, "name=apparmor");
    bool kept = g_str_equal(docker_plan_text(plan, "AppArmorProfile"), "docker-default");
    bool named = docker_security_option(plan->tree, "apparmor", &value);
    return (kept && apparmor != 0) || (lsm == 1 && apparmor == 1 && engine_has(plan, "name=selinux") != 1 && !named);
}

/* What the engine gave when it last started the container it gives again; of one that it never started its settings
 * tell. Caller frees. */
static char *label_of(const struct docker_plan *plan, int lsm)
{
    const char *profile = docker_plan_text(plan, "AppArmorProfile"), *context = docker_plan_text(plan, "ProcessLabel");
    if (*context && engine_has(plan, "name=selinux") != 0)
        return g_strdup(context);
    if (lsm == 0 || g_str_equal(profile, "unconfined"))
        return g_strdup(engine_has(plan, "name=apparmor") == 1 || *profile ? "unconfined" : "");
    return is_own_profile(plan, lsm) ? g_strdup("docker-default (enforce)") : NULL;
}

static void plan_label(const struct docker_plan *plan, int lsm)
{
    struct process *process = plan->plan.planned->process;
    process->label = label_of(plan, lsm);
    if (lsm == 1 && !process->label) /* the mode of another profile is the kernel's affair */
        plan_set(&plan->plan, "confined", json_object_new_boolean(true));
}

static void plan_confinement(const struct docker_plan *plan)
{
    struct process *process = plan->plan.planned->process;
    const char *value = NULL, *seccomp = plan_seccomp(plan);
    bool stated = docker_security_option(plan->tree, "no-new-privileges", &value);
    process->no_new_privs = stated ? g_str_equal(value, "true") : engine_denies_new_privileges(plan);
    process->seccomp = !seccomp ? -1 : g_str_equal(seccomp, "filter") ? 2 : 0;
    plan_label(plan, plan_lsm(plan));
    plan_profile(plan);
    plan->plan.planned->privileged = plan->privileged;
}

static void plan_namespaces(const struct docker_plan *plan)
{
    static const struct {
        enum ns kind;
        const char *path;
    } kinds[] = {{NS_CGROUP, "HostConfig.CgroupnsMode"},
                 {NS_IPC, "HostConfig.IpcMode"},
                 {NS_NET, "HostConfig.NetworkMode"},
                 {NS_PID, "HostConfig.PidMode"},
                 {NS_UTS, "HostConfig.UTSMode"}};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *mode = docker_plan_text(plan, kinds[i].path), *of = mode + strlen("container:");
        bool decides = *mode || kinds[i].kind != NS_CGROUP;
        if (g_str_has_prefix(mode, "container:"))
            plan_namespace_of(&plan->plan, kinds[i].kind, of);
        else
            plan_namespace(&plan->plan, kinds[i].kind, decides ? g_str_equal(mode, "host") : -1);
    }
    plan_namespace(&plan->plan, NS_USER, plan->maps_users < 0 ? -1 : !plan->maps_users);
}

static void plan_network(const struct docker_plan *plan)
{
    const char *mode = docker_plan_text(plan, "HostConfig.NetworkMode");
    bool usual = g_str_equal(mode, "bridge") || g_str_equal(mode, "default"), none = g_str_equal(mode, "none");
    /* A network of one's own may have no way out (--internal); what the host has is not asked here. */
    if (usual || none)
        plan_set(&plan->plan, "metadata_route", json_object_new_boolean(usual));
    if (!g_str_has_prefix(mode, "container:") && !g_str_equal(mode, "host"))
        plan_set(&plan->plan, "on_network", json_object_new_boolean(!none));
}

/* ---- users, capabilities ---- */

/* An engine that maps users keeps its data in a folder that is named by the ids: /var/lib/docker/100000.100000. */
static uint32_t mapped_to(const struct docker_plan *plan)
{
    g_auto(GStrv) ids = g_strsplit(host_base_name(plan->root), ".", 2);
    bool mapped = g_regex_match_simple("^[1-9][0-9]*[.][1-9][0-9]*$", host_base_name(plan->root), 0, 0);
    uint64_t uid = 0;
    return mapped && value_parse_u64(ids[0], UINT32_MAX, &uid) ? (uint32_t)uid : 0;
}

static int maps_users(const struct docker_plan *plan)
{
    int remaps = engine_has(plan, "name=userns"), rootless = engine_has(plan, "name=rootless");
    if (rootless == 1)
        return 1;
    if (g_str_equal(docker_plan_text(plan, "HostConfig.UsernsMode"), "host"))
        return 0;
    return remaps >= 0 ? remaps : plan->engine && plan->engine->root_unsure ? -1 : mapped_to(plan) != 0;
}

/* A name leads to a number only in the image; of an image that names no user, the record has "". */
static bool read_id(const char *text, uint32_t *id)
{
    uint64_t number = 0;
    if (*text && !g_str_equal(text, "root") && !value_parse_u64(text, UINT32_MAX, &number))
        return false;
    *id = (uint32_t)number;
    return true;
}

/* The ids of the process, where the record has them as numbers. */
struct ids {
    uint32_t uid, gid, base; /* base: what root is mapped to */
    bool uid_known, known;   /* known: the group too */
};

/* An account's own group is in the image, as its number is. */
static struct ids read_ids(const struct docker_plan *plan)
{
    struct ids ids = {.base = plan->maps_users == 1 ? mapped_to(plan) : 0};
    g_auto(GStrv) words = g_strsplit(docker_plan_text(plan, "Config.User"), ":", 2);
    const char *user = words[0] ? words[0] : "", *group = words[0] && words[1] ? words[1] : "";
    ids.uid_known = read_id(user, &ids.uid);
    ids.known = ids.uid_known && read_id(group, &ids.gid) && (plan->maps_users == 0 || ids.base);
    return ids;
}

static void plan_groups(const struct docker_plan *plan, const struct ids *ids)
{
    const json_object *more = tree_at(plan->tree, "HostConfig.GroupAdd");
    for (size_t i = 0; i < docker_plan_length(more); i++) {
        const char *text = tree_string_of(json_object_array_get_idx(more, i));
        uint32_t gid = 0;
        if (text && *text && read_id(text, &gid))
            plan_group(&plan->plan, gid, ids->base);
        else
            plan_doubt(&plan->plan, "host_groups", "a group of it is a name that its image knows");
    }
}

static struct ids plan_users(const struct docker_plan *plan)
{
    struct ids ids = read_ids(plan);
    bool root = ids.uid_known && ids.uid == 0;
    if (plan->maps_users == 1 || (plan->maps_users == 0 && ids.uid_known))
        plan_set(&plan->plan, "root_user", json_object_new_boolean(root && !plan->maps_users));
    if (ids.uid_known)
        plan_set(&plan->plan, "uid_inside", json_object_new_int64(ids.uid));
    if (ids.known)
        plan_ids(&plan->plan, ids.uid, ids.gid, ids.base);
    plan_groups(plan, &ids);
    return ids;
}

static void plan_rights(const struct docker_plan *plan)
{
    struct process *process = plan->plan.planned->process;
    uint64_t bounding = docker_bounding(plan->tree) & CAPS_KNOWN;
    struct ids ids = plan_users(plan);
    bool root = ids.uid_known && ids.uid == 0;
    process->caps_known = ids.uid_known;
    process->caps[CAPSET_BOUNDING] = plan->plan.planned->bounding = bounding;
    process->caps[CAPSET_EFFECTIVE] = process->caps[CAPSET_PERMITTED] = root ? bounding : 0;
}

struct container_planned *container_planned_docker(const struct fact_context *context,
                                                   const struct docker_engine *engine, const char *root,
                                                   const char *where, const json_object *tree)
{
    struct docker_plan plan = {
        .engine = engine, .root = root, .tree = tree, .privileged = tree_true(tree, "HostConfig.Privileged")};
    plan_begin(&plan.plan, context, where);
    plan.maps_users = maps_users(&plan);
    plan_namespaces(&plan);
    plan_rights(&plan);
    plan_confinement(&plan);
    plan_network(&plan);
    docker_plan_mounts(&plan);
    docker_plan_devices(&plan);
    docker_plan_rest(&plan);
    return plan_end(&plan.plan);
}
