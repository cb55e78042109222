/* Containers that containerd keeps and that do not run, by its database (metadata/buckets.go): their specification is
 * the configuration of the bundle that it would make. Those of Docker's namespace are Docker's to list. */
#include "facts/container/listed_search.h"

#include "facts/container/record.h"
#include "facts/context.h"
#include "formats/bolt.h"
#include "formats/format.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define DATABASE_MAX ((gsize)64 << 20)

static const char *const databases[] = {
    "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db",
    "/var/lib/docker/containerd/daemon/io.containerd.metadata.v1.bolt/meta.db",
    "/var/lib/rancher/k3s/agent/containerd/io.containerd.metadata.v1.bolt/meta.db",
    "/var/lib/rancher/rke2/agent/containerd/io.containerd.metadata.v1.bolt/meta.db",
};

struct containerd_list {
    const struct container_listed_search *search;
    const char *path;
    GBytes *bytes;
    const char *space; /* namespace */
};

/* ---- a specification ---- */

static bool read_number(const guint8 **at, const guint8 *end, guint64 *number)
{
    *number = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        guint8 byte = *(*at)++;
        *number |= (guint64)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* google.protobuf.Any: field 2 is the value, which is JSON. */
static json_object *parse_any(const struct containerd_list *list, GBytes *bytes, GError **error)
{
    gsize n = 0;
    const guint8 *at = g_bytes_get_data(bytes, &n), *end = at + n;
    guint64 tag = 0, length = 0;
    while (at < end && read_number(&at, end, &tag) && (tag & 7) == 2 && read_number(&at, end, &length) &&
           length <= (guint64)(end - at)) {
        if (tag >> 3 == 2)
            return format_find("json")->parse(list->path, (const char *)at, (gsize)length, error);
        at += length;
    }
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: a specification is of a form that is not known", list->path);
    return NULL;
}

static struct container_planned *plan(const struct containerd_list *list, const char *id, GError **error)
{
    const char *const buckets[] = {"v1", list->space, "containers", id, NULL};
    g_autoptr(GBytes) value = bolt_value(list->bytes, list->path, buckets, "spec", error);
    pl_autojson json_object *tree = value ? parse_any(list, value, error) : NULL;
    const struct planned_extra extra = {0};
    return tree ? container_planned_bundle(list->search->context, list->path, tree, &extra) : NULL;
}

static char *text_of(const struct containerd_list *list, const char *id, const char *key)
{
    const char *const buckets[] = {"v1", list->space, "containers", id, NULL};
    /* Unheard: then the record does not say it. */
    g_autoptr(GBytes) value = bolt_value(list->bytes, list->path, buckets, key, host_unheard());
    gsize n = 0;
    const char *text = value ? g_bytes_get_data(value, &n) : NULL;
    return text && g_utf8_validate(text, (gssize)n, NULL) ? g_strndup(text, n) : NULL;
}

/* ---- the lists ---- */

static bool take_container(const char *id, const guint8 *value, gsize n, gpointer data)
{
    const struct containerd_list *list = data;
    const struct container_listed_search *search = list->search;
    (void)n;
    if (value || g_hash_table_contains(search->running, id) || !g_hash_table_add(search->seen, g_strdup(id)))
        return true;
    if (listed_is_full(search, list->path))
        return false;
    g_autoptr(GError) error = NULL;
    g_autofree char *image = text_of(list, id, "image");
    struct container_record *record = container_record_blank();
    record->from = "files";
    record->where = g_strdup(list->path);
    record->fields = json_object_new_object();
    container_record_add_image(record->fields, image);
    struct container_listed *listed = listed_new(id, "containerd", record, CONTAINER_STOPPED);
    listed->planned = plan(list, id, &error);
    if (error)
        record->wanted_problem = problem_of_error(error);
    g_ptr_array_add(search->found->list, listed);
    return true;
}

static bool take_space(const char *space, const guint8 *value, gsize n, gpointer data)
{
    struct containerd_list *list = data;
    const char *const buckets[] = {"v1", space, "containers", NULL};
    g_autoptr(GError) error = NULL;
    (void)n;
    if (value || g_str_equal(space, "moby"))
        return true;
    list->space = space;
    if (!bolt_each(list->bytes, list->path, buckets, take_container, list, &error) &&
        !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        listed_problem(list->search, g_steal_pointer(&error));
    return true;
}

void listed_in_containerd(const struct container_listed_search *search)
{
    static const char *const top[] = {"v1", NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(databases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = host_read_uncached(search->context->host, databases[i], DATABASE_MAX, &error);
        struct containerd_list list = {search, databases[i], bytes, NULL};
        if (bytes)
            bolt_each(bytes, databases[i], top, take_space, &list, &error);
        if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            listed_problem(search, g_steal_pointer(&error));
    }
}
