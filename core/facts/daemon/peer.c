#include "facts/daemon/peer.h"

#include "model/tree.h"

static const char *const powers[] = {
    [PEER_COMMANDS] = "commands", [PEER_COMMANDS_OWNS] = "commands-own", [PEER_SERVES] = "serves"};

const struct member daemon_peer_members[] = {
    {"does", "one of commands commands-own serves", true,
     "what whoever may connect can have done: programs or containers of their choice started, the same for root and "
     "the listener's own user alone, whom it asks the kernel for, or nothing of the kind",
     MEMBER_APART},
    {"program", "texts", false, "globs on the name of the program that listens; without it whoever listens on path",
     offsetof(struct daemon_peer, program)},
    {"path", "texts", false,
     "globs on the path of the socket; without program it is the daemon's whoever listens there for it, and before it "
     "is started",
     offsetof(struct daemon_peer, path)},
    {"flag", "text", false, "long flag of the program, without dashes: the folder that path lies in",
     offsetof(struct daemon_peer, flag)},
    {"folder", "text", false, "that folder where the flag is not there", offsetof(struct daemon_peer, folder)},
    {"address", "texts", false,
     "globs on arguments of the program, one of which tells that it takes commands on TCP: then it is about the "
     "program's ports, not its sockets, and where no argument tells it is not known",
     offsetof(struct daemon_peer, address)},
    {"certificates", "text", false, "long flag of the program, without dashes: clients need a certificate there",
     offsetof(struct daemon_peer, certificates)},
    {"other_ports", "texts", false, "ports that the program has for something else",
     offsetof(struct daemon_peer, other_ports)},
    {.name = NULL},
};

void daemon_peer_free(gpointer data)
{
    struct daemon_peer *peer = data;
    g_strfreev(peer->program);
    g_strfreev(peer->path);
    g_free(peer->flag);
    g_free(peer->folder);
    g_strfreev(peer->address);
    g_free(peer->certificates);
    g_strfreev(peer->other_ports);
    g_free(peer);
}

static bool read_power(struct daemon_faults *to, const json_object *node, struct daemon_peer *peer)
{
    const char *does = tree_string(node, "does");
    for (unsigned i = 0; i < G_N_ELEMENTS(powers); i++) {
        if (g_strcmp0(does, powers[i]) != 0)
            continue;
        peer->power = (enum peer_power)i;
        return true;
    }
    return daemon_refuse(to, tree_mark(node), "\"does\" must be commands, commands-own or serves");
}

static bool is_of_ports(const struct daemon_peer *peer)
{
    return peer->address && peer->program && !peer->path && peer->power == PEER_COMMANDS;
}

static bool is_of_sockets(const struct daemon_peer *peer)
{
    return !peer->address && !peer->certificates && !peer->other_ports;
}

static bool read_peer(struct daemon_faults *to, const json_object *node, struct daemon_peer *peer)
{
    if (!daemon_fill(to, "a peer", node, daemon_peer_members, peer) || !read_power(to, node, peer))
        return false;
    if (!peer->program && !peer->path)
        return daemon_refuse(to, tree_mark(node), "a peer needs \"program\" or \"path\"");
    if (!peer->flag != !peer->folder || (peer->flag && !(peer->program && peer->path)))
        return daemon_refuse(to, tree_mark(node),
                             "\"flag\" and \"folder\" go with each other, \"program\" and \"path\"");
    if (!is_of_ports(peer) && !is_of_sockets(peer))
        return daemon_refuse(to, tree_mark(node),
                             "\"address\" goes with \"program\" and commands, without \"path\"; \"certificates\" and "
                             "\"other_ports\" go with it");
    return true;
}

bool daemon_peers_read(struct daemon_faults *to, const json_object *list, GPtrArray *peers)
{
    bool good = true;
    if (list && !json_object_is_type(list, json_type_array))
        return daemon_refuse(to, tree_mark(list), "\"peers\" must be a list");
    for (size_t i = 0; list && i < json_object_array_length(list); i++) {
        struct daemon_peer *peer = g_new0(struct daemon_peer, 1);
        g_ptr_array_add(peers, peer);
        good &= read_peer(to, json_object_array_get_idx(list, i), peer);
    }
    return good;
}
