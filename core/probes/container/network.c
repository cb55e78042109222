/* Sockets and routes belong to a network namespace; a container in the host's has only what its processes hold. */
#include "probes/container/network.h"
#include "probes/common/noted.h"

#include "facts/process/namespaces.h"
#include "facts/process/sockets.h"
#include "model/error.h"

#include <arpa/inet.h>
#include <net/route.h>

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

/* The first failure; NULL: none. Borrowed. */
static const GError *descriptors_error(const struct view *view, const struct listeners *listeners)
{
    const GError *error = NULL;
    for (guint i = 0; !error && i < view->container->processes->len; i++) {
        const struct process *process = g_ptr_array_index(view->container->processes, i);
        error = g_hash_table_lookup(listeners->unread_pids, GINT_TO_POINTER(process->pid));
    }
    return error;
}

void container_set_listening(const struct view *view, struct item *item)
{
    const struct listeners *listeners = listeners_find(view->host);
    enum ns_relation net = namespace_relation(view->host, view->first, NS_NET);
    bool own = net == NS_OWN;
    const GError *error = listeners->error ? listeners->error
                          : own            ? listeners->unread_first
                                           : descriptors_error(view, listeners);
    if (net == NS_UNREAD) {
        item_unread_namespace(item, "listening", view->first, "net");
        return;
    }
    if (error) {
        item_unread_error(item, "listening", error);
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
    bool usable = (flags & RTF_UP) && !(flags & RTF_REJECT);
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
    bool usable = (flags & RTF_UP) && !(flags & RTF_REJECT) && !g_str_equal(fields->pdata[9], "lo");
    routes->any |= usable;
    routes->metadata |= usable && (!length || g_str_has_prefix(fields->pdata[0], "fd00"));
}

/* What could not be read of the table is noted. */
static void read_table(struct host *host, const struct process *of, const char *name,
                       void (*take_line)(const char *, struct routes *), struct routes *routes)
{
    g_autofree char *path = host_process_file(of, name);
    g_autofree char *text = host_read_text(host, path, NULL);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    routes->read |= text != NULL;
    for (char **line = lines; line && *line; line++)
        take_line(*line, routes);
}

static void set_route(struct item *item, const char *field, bool found, const GError *error)
{
    if (found || !error)
        item_set_bool(item, field, found);
    else
        item_unread_error(item, field, error);
}

void container_set_routes(const struct view *view, struct item *item)
{
    struct routes routes = {.read = false};
    struct host_noting noted = host_notes_begin();
    read_table(view->host, view->first, "net/route", look_at_route, &routes);
    read_table(view->host, view->first, "net/ipv6_route", look_at_route6, &routes);
    g_autoptr(GError) error = host_notes_take(&noted);
    if (!error && !routes.read)
        error = host_process_failure(view->first, "net/route");
    set_route(item, "on_network", routes.any, error);
    set_route(item, "metadata_route", routes.metadata, error);
}
