/* A socket is reached when a mount of the container shows its file, under whatever name, or when it is an abstract one
 * of the container's network namespace. connect() works through read-only mounts too. */
#include "probes/container/sockets.h"

#include "facts/container/socket_files.h"
#include "facts/daemon/peers.h"
#include "facts/process/namespaces.h"
#include "facts/process/sockets.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/container/mount_below.h"
#include "probes/container/others.h"
#include "probes/container/permit.h"

#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>

struct container_sockets {
    const struct view *view;
    const struct view *of; /* whose mounts are looked through: its own, or those of a neighbour */
    const struct socket_files *files;
    GHashTable *seen; /* struct socket_file */
    json_object *commands, *of_users;
    json_object *unknown;                  /* those of whose listener nothing is known */
    const struct socket_file *untold;      /* the first one whose power is not known */
    const struct socket_file *untold_user; /* the same of those that its users may connect to */
    const struct listener *untold_port;    /* of an engine that may ask for certificates */
    const struct socket_file *nobody;      /* the first one whose listener is not known */
    char *lost;                            /* a socket inside whose listener could not be told */
    const struct mount_line *line;         /* which is looked through */
};

/* ---- whose it is ---- */

static bool is_in(const struct container *container, const struct process *process)
{
    for (guint i = 0; i < container->processes->len; i++)
        if (g_ptr_array_index(container->processes, i) == (gconstpointer)process)
            return true;
    return false;
}

/* Who listens has rights that the container has not: root outside, an engine of whomever; in another container only
 * what commands, or may administrate the machine. */
static bool outranks(const struct view *view, const struct socket_file *socket)
{
    const struct process *holder = socket->holder;
    bool commands = socket->power == PEER_COMMANDS || socket->power == PEER_COMMANDS_OWNS;
    if (!holder)
        return true;
    if (is_in(view->container, holder))
        return false;
    if (commands || !containers_have(view->containers, holder))
        return true;
    bool own_user = namespace_relation(view->host, holder, NS_USER) == NS_OWN;
    return !holder->caps_known || (!own_user && holder->caps[CAPSET_EFFECTIVE] >> CAP_SYS_ADMIN & 1);
}

/* The listener asks the kernel who the peer is, and obeys root and its own user. */
static bool users_may(const struct view *view, const struct socket_file *socket)
{
    bool asks = socket->power == PEER_COMMANDS_OWNS && socket->holder && socket->holder->ids_known;
    bool is_one = !asks || container_users_may_be(view, 0) || container_users_may_be(view, socket->holder->uid[1]);
    return is_one && (!socket->place || container_users_may(view, &socket->file, MAY_WRITE));
}

/* "PATH: PROGRAM" */
static void name_unknown(struct container_sockets *sockets, const struct socket_file *socket)
{
    g_autofree char *text = socket->holder ? g_strdup_printf("%s: %s", socket->path, socket->holder->comm) : NULL;
    if (text)
        tree_add_text(sockets->unknown, text);
    else
        sockets->nobody = sockets->nobody ? sockets->nobody : socket;
}

static void take(struct container_sockets *sockets, const struct socket_file *socket)
{
    if (!g_hash_table_add(sockets->seen, (gpointer)(uintptr_t)socket) || !outranks(sockets->view, socket))
        return;
    bool users = users_may(sockets->view, socket);
    if (socket->power == PEER_UNTOLD) {
        name_unknown(sockets, socket);
        sockets->untold = sockets->untold ? sockets->untold : socket;
        if (users && !sockets->untold_user)
            sockets->untold_user = socket;
    }
    if (socket->power != PEER_COMMANDS && socket->power != PEER_COMMANDS_OWNS)
        return;
    tree_add_text(sockets->commands, socket->path);
    if (users)
        tree_add_text(sockets->of_users, socket->path);
}

/* ---- ways to it ---- */

/* By device and place in the file system, unless another mount lies over the place where it is inside. */
static void look_through(struct container_sockets *sockets, const struct mount_line *line)
{
    const struct mountinfo *mounts = sockets->of->container->mounts;
    const GPtrArray *same = g_hash_table_lookup(sockets->files->by_device, &line->device);
    for (guint i = 0; same && i < same->len; i++) {
        const struct socket_file *socket = g_ptr_array_index(same, i);
        g_autofree char *inside = mount_path_of(line, socket->place);
        if (inside && mountinfo_covering(mounts, inside) == line)
            take(sockets, socket);
    }
}

static enum below_step take_found(const struct below_entry *entry, gpointer data)
{
    struct container_sockets *sockets = data;
    if (!S_ISSOCK(entry->stat->mode))
        return BELOW_ON;
    const struct socket_file *socket = socket_files_of(sockets->files, entry->stat);
    if (socket)
        take(sockets, socket);
    else if (sockets->files->lost->len && !sockets->lost)
        sockets->lost = below_path(sockets->line->target, entry);
    return BELOW_ON;
}

/* Names that the path of no listener tells of: hard links, and what was renamed since. */
static void look_below(struct container_sockets *sockets, const struct mount_line *line)
{
    bool linked = g_hash_table_contains(sockets->files->linked, &line->device);
    struct below below = {.visit = take_found, .data = sockets};
    sockets->line = line;
    if (linked || sockets->files->lost->len)
        container_walk_mount(sockets->of, line, MOUNT_FILES_OF_HOST, &below, NULL);
}

static bool shares_network(const struct view *view, const struct process *of)
{
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        enum ns_relation net = namespace_relation(view->host, process, NS_NET);
        if (net == NS_UNREAD)
            host_process_note(process, "ns/net", NULL);
        if (of ? net == NS_OWN && process->ns[NS_NET] == of->ns[NS_NET] : net == NS_SHARED)
            return true;
    }
    return false;
}

static void look_at_abstract(struct container_sockets *sockets)
{
    for (guint i = 0; i < sockets->files->list->len; i++) {
        const struct socket_file *socket = g_ptr_array_index(sockets->files->list, i);
        if (!socket->place && shares_network(sockets->view, socket->of))
            take(sockets, socket);
    }
}

/* ---- engines on ports ---- */

/* Those of another container in its own network namespace; that of the host has a rule of its own. */
static void look_at_ports(struct container_sockets *sockets)
{
    const struct listeners *listeners = listeners_find(sockets->view->host);
    const struct daemons *daemons = sockets->view->containers->daemons;
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        enum peer_port does = g_str_equal(listener->protocol, "tcp") && listener->of
                                  ? daemon_peers_port(daemons, listener->holder, listener->port)
                                  : PEER_PORT_NONE;
        if (does == PEER_PORT_NONE || is_in(sockets->view->container, listener->holder) ||
            !shares_network(sockets->view, listener->of))
            continue;
        g_autofree char *text = g_strdup_printf("tcp:%s:%u", listener->address, listener->port);
        if (does == PEER_PORT_UNTOLD) {
            sockets->untold_port = sockets->untold_port ? sockets->untold_port : listener;
            continue;
        }
        tree_add_text(sockets->commands, text);
        tree_add_text(sockets->of_users, text);
    }
}

/* ---- neighbours ---- */

/* Through /proc/PID/root of a neighbour its users reach what is mounted there. */
static void look_through_neighbours(struct container_sockets *sockets)
{
    g_autoptr(GPtrArray) neighbours = container_neighbours(sockets->view);
    for (guint i = 0; i < neighbours->len; i++) {
        struct view theirs = *sockets->view;
        theirs.container = g_ptr_array_index(neighbours, i);
        theirs.first = theirs.container->first;
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
        pl_autojson json_object *aside = json_object_new_array();
        struct container_sockets through = *sockets;
        through.of = &theirs;
        through.seen = seen;
        through.commands = through.unknown = aside;
        const GPtrArray *lines = theirs.container->mounts ? theirs.container->mounts->lines : NULL;
        for (guint k = 0; lines && k < lines->len; k++) {
            look_through(&through, g_ptr_array_index(lines, k));
            look_below(&through, g_ptr_array_index(lines, k));
        }
        sockets->untold_user = sockets->untold_user ? sockets->untold_user : through.untold_user;
        sockets->lost = through.lost;
        if (!lines && theirs.container->mounts_error)
            host_note(g_error_copy(theirs.container->mounts_error));
    }
}

/* ---- what is said ---- */

static void say_untold(struct item *item, const char *field, const struct socket_file *socket)
{
    const struct process *holder = socket->holder;
    if (holder)
        item_unread(item, field, "%s: what %s (pid %d), which listens there, does on request is not known",
                    socket->path, holder->comm, holder->pid);
    else
        item_unread(item, field, "%s: who listens there could not be told", socket->path);
}

static void say_unseen(const struct container_sockets *sockets, struct item *item, const GError *failure)
{
    static const char *const fields[] = {"sockets", "user_sockets", "host_sockets"};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (sockets->files->undescribed)
            item_unread(item, fields[i], "no description of a daemon was loaded that says what its sockets are for");
        if (sockets->lost)
            item_unread(item, fields[i], "%s: who listens there could not be told", sockets->lost);
        if (failure)
            item_unread_error(item, fields[i], failure);
    }
    const struct listener *port = sockets->untold_port;
    for (size_t i = 0; port && i < 2; i++)
        item_unread(item, fields[i],
                    "tcp:%s:%u: whether %s (pid %d), which listens there, asks for certificates is "
                    "not known",
                    port->address, port->port, port->holder->comm, port->holder->pid);
    if (sockets->untold)
        say_untold(item, "sockets", sockets->untold);
    if (sockets->untold_user)
        say_untold(item, "user_sockets", sockets->untold_user);
    if (sockets->nobody)
        say_untold(item, "host_sockets", sockets->nobody);
}

void container_set_sockets(const struct view *view, struct item *item)
{
    const struct mountinfo *mounts = view->container->mounts;
    if (!mounts || !view->containers->host) {
        item_unread_like(item, "sockets", "mounts");
        item_unread_like(item, "user_sockets", "mounts");
        item_unread_like(item, "host_sockets", "mounts");
        return;
    }
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    struct host_noting noted = host_notes_begin();
    struct container_sockets sockets = {.view = view,
                                        .of = view,
                                        .seen = seen,
                                        .files = socket_files_find(view->host, view->containers),
                                        .commands = json_object_new_array(),
                                        .of_users = json_object_new_array(),
                                        .unknown = json_object_new_array()};
    for (guint i = 0; i < mounts->lines->len; i++) {
        look_through(&sockets, g_ptr_array_index(mounts->lines, i));
        look_below(&sockets, g_ptr_array_index(mounts->lines, i));
    }
    look_at_abstract(&sockets);
    look_at_ports(&sockets);
    look_through_neighbours(&sockets);
    g_autoptr(GError) failure = host_notes_take(&noted);
    item_set(item, "sockets", sockets.commands);
    item_set(item, "user_sockets", sockets.of_users);
    item_set(item, "host_sockets", sockets.unknown);
    const struct listeners *listeners = listeners_find(view->host);
    say_unseen(&sockets, item, failure ? failure : listeners->error);
    g_free(sockets.lost);
}
