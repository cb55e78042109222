/* What is seen of a container is put together here, in the order in which one part needs another. */
#include "probes/container/item.h"

#include "probes/container/control.h"
#include "probes/container/devices.h"
#include "probes/container/differences.h"
#include "probes/container/fields.h"
#include "probes/container/fill.h"
#include "probes/container/gain.h"
#include "probes/container/leaks.h"
#include "probes/container/limits.h"
#include "probes/container/mounts.h"
#include "probes/container/neighbours.h"
#include "probes/container/network.h"
#include "probes/container/process.h"
#include "probes/container/reach.h"
#include "probes/container/rights.h"
#include "probes/container/sockets.h"
#include "probes/container/users.h"

static struct item *new_item(const struct view *view, struct items *items, const char *subject)
{
    struct item *item = items_add(items, subject);
    item_source_process(item, view->first->comm, view->first->pid);
    item_set_string(item, "id", view->container->id);
    item_set_string(item, "name", view->container->name);
    item_set_string(item, "runtime", view->container->runtime);
    item_set_string(item, "state", "running");
    item_set_int(item, "pid", view->first->pid);
    item_set_string(item, "comm", view->first->comm);
    g_autoptr(GError) why = view->first->argv ? NULL : host_process_argv_failure(view->first);
    if (view->first->argv)
        item_set_strv(item, "argv", (const char *const *)view->first->argv);
    else
        item_unread_error(item, "argv", why);
    container_set_users(view, item);
    container_set_rights(view, item);
    container_set_namespaces(view, item);
    return item;
}

void container_add_whole(const struct view *view, struct items *items)
{
    struct item *item = new_item(view, items, view->container->name);
    item_expect_fields(item, container_fields_count);
    container_set_devices(view, item);
    container_set_privileged(view, item);
    container_set_mounts(view->host, view->containers, view->container, item);
    container_set_sockets(view, item);
    container_set_gain(view, item);
    container_set_reach(view, item);
    container_set_control(view, item);
    container_set_mount_leaks(view, item);
    container_set_user_disks(view, item);
    container_set_directory_leaks(view, item);
    container_set_limits(view, item);
    container_set_listening(view, item);
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
    for (const struct probe_field *field = container_fields; field->name; field++)
        if (!json_object_object_get_ex(item->fields, field->name, NULL) &&
            !(item->unread && g_hash_table_contains(item->unread, field->name)))
            item_unread(item, field->name, "this is known of containers, not of single processes");
}

static bool is_left_out(const struct item *item, GHashTable *left_out)
{
    for (const struct probe_field *field = container_fields; field->name; field++)
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

void container_add_processes(const struct view *view, struct items *items, GHashTable **usual)
{
    const struct container *container = view->container;
    for (guint i = 0; i < view->processes->len && items_room(items, 1, "processes of containers"); i++) {
        const struct process *process = view_process(view, i);
        g_autoptr(GPtrArray) alone = g_ptr_array_new();
        g_ptr_array_add(alone, (gpointer)(uintptr_t)process);
        struct view one = {view->host, view->containers, container, process, alone, NULL};
        g_autofree char *subject = g_strdup_printf("%s: %s (pid %d)", container->name, process->comm, process->pid);
        leave_out(new_item(&one, items, subject), usual);
    }
}
