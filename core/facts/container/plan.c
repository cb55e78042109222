/* A first process that is not there: number 0, and no file. */
#include "facts/container/plan.h"

#include "facts/container/find.h"
#include "facts/process/namespaces.h"
#include "host/notes.h"
#include "model/secret.h"
#include "model/tree.h"

#include <string.h>
#include <sys/capability.h>

static void device_free(gpointer data)
{
    struct planned_device *device = data;
    g_free(device->host);
    g_free(device->inside);
    g_free(device);
}

static struct process *process_new(const char *where)
{
    struct process *process = g_new0(struct process, 1);
    process->planned = g_strdup(where);
    process->comm = g_strdup("");
    process->state = 'S';
    process->seccomp = process->no_new_privs = -1;
    process->oom_score_adj = G_MININT;
    return process;
}

void plan_begin(struct plan *plan, const struct fact_context *context, const char *where)
{
    struct container_planned *planned = g_new0(struct container_planned, 1);
    planned->fields = json_object_new_object();
    planned->doubts = json_object_new_object();
    planned->process = process_new(where);
    planned->devices = g_ptr_array_new_with_free_func(device_free);
    planned->privileged = -1;
    *plan = (struct plan){context, containers_find(context), planned, g_string_new(NULL)};
    plan_namespace(plan, NS_MNT, 0);
    plan_namespace(plan, NS_TIME, 1);
}

struct container_planned *plan_end(struct plan *plan)
{
    g_autofree char *table = g_string_free(plan->table, FALSE);
    /* Unheard: it is of our own making. */
    plan->planned->mounts = plan->containers->host ? mountinfo_parse(table, host_unheard()) : NULL;
    return plan->planned;
}

void container_planned_free(struct container_planned *planned)
{
    if (!planned)
        return;
    json_object_put(planned->fields);
    json_object_put(planned->doubts);
    process_free(planned->process);
    mountinfo_free(planned->mounts);
    g_ptr_array_unref(planned->devices);
    g_free(planned->layer);
    g_clear_error(&planned->layer_error);
    g_free(planned);
}

void plan_set(const struct plan *plan, const char *field, json_object *value)
{
    json_object_object_add(plan->planned->fields, field, value);
}

void plan_doubt(const struct plan *plan, const char *field, const char *why)
{
    json_object_object_add(plan->planned->doubts, field, json_object_new_string(why));
}

void plan_doubt_mounts(const struct plan *plan, const char *why)
{
    static const char *const fields[] = {"mounts",
                                         "host_paths",
                                         "writable_host_paths",
                                         "shared_host_paths",
                                         "sockets",
                                         "host_sockets",
                                         "user_writable_host_paths",
                                         "user_changeable_host_paths",
                                         "user_sockets",
                                         "cgroup_writable",
                                         "user_readable_host_paths",
                                         "engine_directories",
                                         "readonly_leaks",
                                         "namespace_files",
                                         "kernel_filesystems",
                                         "cgroup_trees",
                                         "loose_binds",
                                         "writable_disks",
                                         "core_pattern_writable",
                                         "sysrq_writable",
                                         "masked_proc",
                                         "host_accounts",
                                         "writable_proc_sys",
                                         "service_account_mounted",
                                         "becomes_root",
                                         "host_caps",
                                         "user_writable_disks",
                                         "devices",
                                         "user_devices",
                                         "disks",
                                         "user_disks"};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        plan_doubt(plan, fields[i], why);
}

/* ---- the first process ---- */

/* No namespace of a container that runs has such a number. */
static uint64_t own_namespace(enum ns kind)
{
    return UINT64_MAX - (uint64_t)kind;
}

void plan_namespace(const struct plan *plan, enum ns kind, int shared)
{
    uint64_t *to = &plan->planned->process->ns[kind];
    *to = shared < 0 ? 0 : shared ? namespace_of_host(plan->context->host, kind) : own_namespace(kind);
}

void plan_namespace_of(const struct plan *plan, enum ns kind, const char *container)
{
    uint64_t *to = &plan->planned->process->ns[kind];
    size_t n = strlen(container);
    *to = 0;
    for (guint i = 0; n && i < plan->containers->list->len; i++) {
        const struct container *other = g_ptr_array_index(plan->containers->list, i);
        if (!other->impostor && (strncmp(other->id, container, n) == 0 || g_str_equal(other->name, container)))
            *to = other->first->ns[kind];
    }
}

void plan_ids(const struct plan *plan, uint32_t uid, uint32_t gid, uint32_t base)
{
    struct process *process = plan->planned->process;
    for (size_t i = 0; i < G_N_ELEMENTS(process->uid); i++) {
        process->uid[i] = uid + base;
        process->gid[i] = gid + base;
    }
    process->ids_known = true;
    process->uid_map = base ? g_strdup_printf("0 %u 65536", base) : g_strdup("0 0 4294967295");
    process->gid_map = g_strdup(process->uid_map);
}

void plan_group(const struct plan *plan, uint32_t gid, uint32_t base)
{
    struct process *process = plan->planned->process;
    gid_t *groups = g_rc_box_alloc0(sizeof *groups * (process->n_groups + 1U));
    if (process->n_groups)
        memcpy(groups, process->groups, sizeof *groups * process->n_groups);
    groups[process->n_groups++] = gid + base;
    g_clear_pointer(&process->groups, g_rc_box_release);
    process->groups = groups;
}

uint64_t plan_cap_bits(const json_object *list)
{
    uint64_t mask = 0;
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *text = tree_string_of(json_object_array_get_idx(list, i));
        bool prefixed = text && g_ascii_strncasecmp(text, "CAP_", 4) == 0;
        g_autofree char *name = g_strconcat(prefixed ? "" : "cap_", text, NULL);
        cap_value_t value = 0;
        if (text && g_ascii_strcasecmp(text, "ALL") == 0)
            return UINT64_MAX;
        if (text && cap_from_name(name, &value) == 0)
            mask |= UINT64_C(1) << value;
    }
    return mask;
}

/* The runtime may have it open (CVE-2024-21626); what does not run holds none. */
void plan_directory(const struct plan *plan, const char *folder)
{
    bool held = g_regex_match_simple("^/+proc/+(self|thread-self|[0-9]+)/+(task/+[0-9]+/+)?fd(/|$)", folder, 0, 0);
    json_object *list = json_object_new_array();
    if (held)
        tree_add_text(list, folder);
    plan_set(plan, "leaked_directories", list);
}

char *plan_secret_of(const char *entry)
{
    const char *value = strchr(entry, '=');
    g_autofree char *name = value ? g_strndup(entry, (gsize)(value - entry)) : NULL;
    bool secret = name && ((secret_variable(name) && secret_value_possible(value + 1)) || secret_in_text(value + 1));
    return secret ? g_steal_pointer(&name) : NULL;
}
