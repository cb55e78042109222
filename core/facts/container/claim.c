/* Believed is whose group root made outside of the users' slices, or whose monitor is root's. Where that leaves none or
 * several, the claim cannot be settled. */
#include "facts/container/claim.h"

#include "facts/process/cgroup.h"
#include "facts/process/container_cgroup.h"

#include <string.h>

bool container_may_be_of(struct host *host, const struct container *container, uid_t owner, struct problem **why)
{
    if (owner == 0 || !container->place)
        return true;
    g_autoptr(GError) error = NULL;
    enum place_owner found = container_place_owner(host, container->place, &error);
    if (found == PLACE_UNREAD && !*why) {
        g_prefix_error(&error, "whose container it is could not be seen: ");
        *why = problem_of_error(error);
    }
    return found == PLACE_USERS;
}

/* Whose claim it is. *why the first reason for PLACE_UNREAD. */
static enum place_owner claimant(struct host *host, const struct container *container, GError **why)
{
    const struct process *monitor = container->monitor;
    g_autoptr(GError) error = NULL;
    enum place_owner owner = PLACE_USERS;
    if (monitor && !monitor->ids_known) {
        /* One that ended is not how a user makes root's containers unknown. */
        owner = host_process_ended(host, monitor) ? PLACE_USERS : PLACE_UNREAD;
        error = owner == PLACE_UNREAD ? host_process_failure(monitor, "status") : NULL;
    } else if (monitor) {
        owner = monitor->uid[1] == 0 ? PLACE_ROOTS : PLACE_USERS;
    } else if (container->place) {
        owner = container_place_owner(host, container->place, &error);
    }
    if (error && !*why)
        *why = g_steal_pointer(&error);
    return owner;
}

/* Two mount namespaces at one place are parts of one claim. */
static bool is_same_claim(const struct container *a, const struct container *b)
{
    return !a->monitor && !b->monitor && g_strcmp0(a->place, b->place) == 0;
}

static bool are_several(const GPtrArray *claims)
{
    for (guint i = 1; i < claims->len; i++)
        if (!is_same_claim(g_ptr_array_index(claims, i), g_ptr_array_index(claims, 0)))
            return true;
    return false;
}

static void settle(struct host *host, struct containers *containers, const GPtrArray *claims)
{
    const struct container *believed = NULL, *first = g_ptr_array_index(claims, 0);
    g_autoptr(GError) why = NULL;
    bool undecided = false;
    if (!are_several(claims))
        return;
    for (guint i = 0; i < claims->len; i++) {
        struct container *container = g_ptr_array_index(claims, i);
        enum place_owner owner = claimant(host, container, &why);
        container->impostor = owner == PLACE_USERS;
        undecided |= owner == PLACE_UNREAD;
        if (owner != PLACE_ROOTS)
            continue;
        undecided |= believed && !is_same_claim(container, believed);
        believed = container;
    }
    undecided |= !believed;
    if (undecided)
        problem_keep(&containers->contested,
                     problem_of(problem_of_error(why), "%u control groups claim to be the container %.64s", claims->len,
                                first->id));
    for (guint i = 0; undecided && i < claims->len; i++) {
        struct container *container = g_ptr_array_index(claims, i);
        container->impostor = container->impostor && believed;
        container->disputed = !container->impostor;
    }
}

static void free_array(gpointer array)
{
    g_ptr_array_unref(array);
}

void container_claims_settle(struct host *host, struct containers *containers)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_array);
    for (guint i = 0; i < containers->list->len; i++) {
        struct container *container = g_ptr_array_index(containers->list, i);
        GPtrArray *claims = g_hash_table_lookup(by_id, container->id);
        if (!claims) {
            claims = g_ptr_array_new();
            g_hash_table_insert(by_id, container->id, claims);
        }
        g_ptr_array_add(claims, container);
    }
    GHashTableIter all;
    gpointer claims = NULL;
    g_hash_table_iter_init(&all, by_id);
    while (g_hash_table_iter_next(&all, NULL, &claims))
        if (((const GPtrArray *)claims)->len > 1)
            settle(host, containers, claims);
}
