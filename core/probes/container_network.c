/* Sockets and routes belong to a network namespace; a container in the host's has only what its processes hold. */
#include "probes/container_network.h"

#include "model/error.h"
#include "probes/namespaces.h"
#include "probes/sockets.h"

#include <arpa/inet.h>

#define METADATA_ADDRESS htonl(0xA9FEA9FEU) /* 169.254.169.254 */

/* ---- sockets ---- */

static bool holds(const struct view *view, const struct process *holder)
{
    for (guint i = 0; holder && i < view->container->processes->len; i++)
        if (g_ptr_array_index(view->container->processes, i) == (gconstpointer)holder)
            return true;
    return false;
}

/* In the host's network namespace a socket is the container's only when one of its processes holds it. */
static bool is_theirs(const struct view *view, const struct listener *listener, bool own)
{
    if (g_str_equal(listener->family, "unix"))
        return false;
    if (!own)
        return !listener->of && holds(view, listener->holder);
    return listener->of && listener->of->ns[NS_NET] == view->first->ns[NS_NET];
}

static bool descriptors_unread(const struct view *view, const struct listeners *listeners)
{
    for (guint i = 0; i < view->container->processes->len; i++) {
        const struct process *process = g_ptr_array_index(view->container->processes, i);
        if (g_hash_table_contains(listeners->unread_pids, GINT_TO_POINTER(process->pid)))
            return true;
    }
    return false;
}

void container_set_listening(const struct view *view, struct item *item)
{
    const struct listeners *listeners = listeners_find(view->host);
    enum ns_relation net = namespace_relation(view->host, view->first, NS_NET);
    bool own = net == NS_OWN;
    if (net == NS_UNREAD || listeners->error || (own && listeners->unread) ||
        (!own && descriptors_unread(view, listeners))) {
        item_unread(item, "listening", "the sockets of its network namespace could not be read");
        return;
    }
    json_object *list = json_object_new_array();
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (!is_theirs(view, listener, own))
            continue;
        bool v6 = g_str_equal(listener->family, "ipv6");
        g_autofree char *text = g_strdup_printf("%s:%s%s%s:%u", listener->protocol, v6 ? "[" : "", listener->address,
                                                v6 ? "]" : "", listener->port);
        json_object_array_add(list, json_object_new_string(text));
    }
    item_set(item, "listening", list);
}

/* ---- routes ---- */

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
