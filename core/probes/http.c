#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "url",
     .type = VALUE_STRING,
     .required = true,
     .text = "http or https address; with socket the host part is ignored"},
    {.name = "socket", .type = VALUE_STRING, .text = "Unix socket on the host"},
    {.name = "key", .type = VALUE_STRING, .text = "dotted path into a JSON answer"},
    {.name = "ca", .type = VALUE_STRING, .text = "PEM file to verify the peer"},
    {.name = "cert", .type = VALUE_STRING, .text = "PEM client certificate"},
    {.name = "key_file", .type = VALUE_STRING, .text = "PEM client key"},
    {.name = "insecure", .type = VALUE_BOOL, .text = "do not verify the peer"},
    {.name = "timeout", .type = VALUE_DURATION, .text = "for the whole exchange (default 2s, at most 10s)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"status", VALUE_NUMBER, "HTTP status"},
    {"value", VALUE_ANY, "the JSON answer, or what key leads to"},
    {"body", VALUE_STRING, "the first kilobyte of an answer that is no JSON"},
    {"reachable", VALUE_BOOL, "something answered"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "http: this probe is not written");
}

const struct probe probe_http = {
    .name = "http",
    .summary = "An answer of an HTTP API over a Unix socket or the network",
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
