/* One GET, its answer as an item. Nothing to connect to is no item; a connection that is refused is an item that is not
 * reachable; everything else that fails is a problem, because an answer may be there. */
#include "probes/probe.h"

#include "formats/format.h"
#include "host/http.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/object.h"

#include <string.h>

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
    {"value", VALUE_ANY, "the JSON answer, or what key leads to", FIELD_TOLD | FIELD_VALUE},
    {"body", VALUE_STRING, "the first kilobyte of an answer that is no JSON", FIELD_VALUE},
    {"reachable", VALUE_BOOL, "something answered"},
    {.name = NULL},
};

#define TIMEOUT_DEFAULT 2.0
#define TIMEOUT_MAX     10.0
#define BODY_SHOWN      1024

static double timeout_seconds(const json_object *object)
{
    const json_object *value = tree_member(object, "timeout");
    g_autofree char *text = value ? tree_text(value) : NULL;
    double seconds = TIMEOUT_DEFAULT;
    if (text && !value_parse_duration(text, &seconds))
        return TIMEOUT_DEFAULT;
    return CLAMP(seconds, 0.001, TIMEOUT_MAX);
}

/* The tree of a JSON body; NULL when it is none, with error when it says that it is one and is not. */
static json_object *parse_body(const struct http_answer *answer, const char *name, GError **error)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(answer->body, &n);
    /* Unheard: text, or a page, has no values. */
    bool json = n && (*text == '{' || *text == '[');
    return n ? format_find("json")->parse(name, text, n, json ? error : host_unheard()) : NULL;
}

static void set_body(struct item *item, const struct http_answer *answer)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(answer->body, &n);
    g_autofree char *shown = g_strndup(text ? text : "", MIN(n, BODY_SHOWN));
    item_set_string(item, "body", shown);
}

static void set_answer(struct item *item, const struct http_answer *answer, const json_object *object, const char *name)
{
    const char *key = object_string(object, "key", "");
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = parse_body(answer, name, &error);
    json_object *node = NULL;
    item_set_int(item, "status", answer->status);
    item_set_bool(item, "reachable", true);
    if (tree && tree_get(tree, key, &node))
        item_set(item, "value", tree_copy(node));
    else if (error && *key)
        item_unread_error(item, "value", error);
    else
        item_set(item, "value", NULL);
    if (tree)
        item_set(item, "body", NULL);
    else
        set_body(item, answer);
}

static void set_refused(struct item *item)
{
    item_set(item, "status", NULL);
    item_set(item, "value", NULL);
    item_set(item, "body", NULL);
    item_set_bool(item, "reachable", false);
}

/* "unix:/run/docker.sock /info", or the address. */
static char *subject_of(const char *socket, const char *url)
{
    if (!socket)
        return g_strdup(url);
    const char *path = strstr(url, "://");
    path = path ? strchr(path + 3, '/') : NULL;
    return g_strdup_printf("unix:%s %s", socket, path ? path : "/");
}

static void add_failure(const char *subject, const GError *failed, struct items *items)
{
    if (g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
        return;
    if (g_error_matches(failed, PL_ERROR, PL_ERROR_READ) && g_str_has_suffix(failed->message, "refused")) {
        struct item *item = items_add(items, subject);
        item_source_api(item, "GET %s", subject);
        set_refused(item);
        return;
    }
    if (g_error_matches(failed, PL_ERROR, PL_ERROR_UNSUPPORTED))
        problems_take(items->problems, problem_as(problem_of_error(failed), PROBLEM_NOTAPPLICABLE));
    else
        problems_take(items->problems, problem_of_unanswered(failed));
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct http_request request = {
        .socket = object_string(object, "socket", NULL),
        .url = object_string(object, "url", ""),
        .max = HOST_FILE_MAX,
        .timeout_ms = (unsigned)(timeout_seconds(object) * 1000),
        .ca = object_string(object, "ca", NULL),
        .cert = object_string(object, "cert", NULL),
        .key = object_string(object, "key_file", NULL),
        .insecure = object_bool(object, "insecure", false),
    };
    struct http_answer answer = {0};
    g_autoptr(GError) failed = NULL;
    g_autofree char *subject = subject_of(request.socket, request.url);
    if (!host_http_get(context->host, &request, &answer, &failed)) {
        add_failure(subject, failed, items);
        return;
    }
    struct item *item = items_add(items, subject);
    item_source_api(item, "GET %s", subject);
    set_answer(item, &answer, object, subject);
    http_answer_clear(&answer);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    (void)daemons;
    const char *url = object_string(object, "url", "");
    if (g_str_has_prefix(url, "http://") || g_str_has_prefix(url, "https://"))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "\"%s\" is no http or https address", url);
    return false;
}

const struct probe probe_http = {
    .name = "http",
    .summary = "An answer of an HTTP API over a Unix socket or the network",
    .object = {"answer", "answers"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .check = check,
    .collect = collect,
};
