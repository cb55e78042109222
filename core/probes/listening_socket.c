#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "protocol", .type = VALUE_SET, .text = "tcp udp unix; default tcp and udp"},
    {.name = "port", .type = VALUE_NUMBER, .text = "only this port"},
    {.name = "process", .type = VALUE_STRING, .text = "only sockets of processes with this command name"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"protocol", VALUE_STRING, "tcp udp unix"},
    {"family", VALUE_STRING, "ipv4 ipv6 unix"},
    {"address", VALUE_STRING, "local address, or path of a Unix socket"},
    {"port", VALUE_NUMBER, "local port"},
    {"wildcard", VALUE_BOOL, "bound to every address"},
    {"loopback", VALUE_BOOL, "bound to a loopback address only"},
    {"pid", VALUE_NUMBER, "a process that holds it; unread without the right to look"},
    {"process", VALUE_STRING, "command name of that process"},
    {"exe", VALUE_STRING, "program of that process"},
    {"uid", VALUE_NUMBER, "owner of the socket"},
    {"user", VALUE_STRING, "owner name"},
    {"namespace", VALUE_STRING, "host, or the container's network namespace by its first process"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "listening-socket: this probe is not written");
}

const struct probe probe_listening_socket = {
    .name = "listening-socket",
    .summary = "Sockets that wait for peers, with their processes",
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
