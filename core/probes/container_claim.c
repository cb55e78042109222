/* Believed is whose group root made outside of the users' slices, or whose monitor is root's. Where that leaves none or
 * several, the claim cannot be settled. */
#include "probes/container_claim.h"

#include "probes/cgroup.h"

#include <string.h>

/* "user.slice", "user-1000.slice", "user@1000.service": what logind and systemd give to users. */
static bool is_of_user(const char *place)
{
    g_auto(GStrv) parts = g_strsplit(place, "/", -1);
    for (char **part = parts; *part; part++)
        if (g_str_equal(*part, "user.slice") || g_str_has_prefix(*part, "user-") || g_str_has_prefix(*part, "user@"))
            return true;
    return false;
}

bool container_place_is_roots(struct host *host, const char *place)
{
    uid_t owner = 0;
    return !is_of_user(place) && (!cgroup_owner(host, place, &owner) || owner == 0);
}

static bool is_believed(struct host *host, const struct container *container)
{
    if (container->monitor)
        return container->monitor->ids_known && container->monitor->uid[1] == 0;
    return container->place && container_place_is_roots(host, container->place);
}

/* Two mount namespaces at one place are parts of one claim. */
static bool is_same_claim(const struct container *a, const struct container *b)
{
    return !a->monitor && !b->monitor && g_strcmp0(a->place, b->place) == 0;
}

static void settle(struct host *host, struct containers *containers, const GPtrArray *claims)
{
    const struct container *believed = NULL, *first = g_ptr_array_index(claims, 0);
    bool several = false, undecided = false;
    for (guint i = 0; i < claims->len; i++) {
        const struct container *container = g_ptr_array_index(claims, i);
        several |= !is_same_claim(container, first);
        if (!is_believed(host, container))
            continue;
        undecided |= believed && !is_same_claim(container, believed);
        believed = container;
    }
    if (!several)
        return;
    if ((undecided || !believed) && !containers->contested)
        containers->contested =
            g_strdup_printf("%u control groups claim to be the container %.64s", claims->len, first->id);
    for (guint i = 0; believed && i < claims->len; i++) {
        struct container *container = g_ptr_array_index(claims, i);
        container->impostor = !is_believed(host, container);
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
