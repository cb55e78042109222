#include "facts/container/record_parts.h"

#include "formats/format.h"
#include "host/host.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define RECORD_MAX ((gsize)4 << 20)

struct container_wanted *container_wanted_new(const char *source)
{
    struct container_wanted *wanted = g_new0(struct container_wanted, 1);
    wanted->source = source;
    wanted->rootfs_readonly = wanted->no_new_privs = wanted->seccomp = wanted->privileged = -1;
    for (unsigned kind = 0; kind < NS_COUNT; kind++)
        wanted->namespaces[kind] = -1;
    return wanted;
}

struct container_record *container_record_blank(void)
{
    struct container_record *record = g_new0(struct container_record, 1);
    record->wanted = g_ptr_array_new_with_free_func(g_free);
    record->devices = g_ptr_array_new_with_free_func(g_free);
    record->made = g_ptr_array_new_with_free_func(g_free);
    record->volumes = g_ptr_array_new_with_free_func(g_free);
    record->volume_folders = g_ptr_array_new_with_free_func(g_free);
    record->likely_folders = g_ptr_array_new_with_free_func(g_free);
    record->overlays = g_ptr_array_new_with_free_func(g_free);
    record->block_devices = record->own_users = -1;
    return record;
}

void container_record_free(struct container_record *record)
{
    if (!record)
        return;
    g_free(record->where);
    problem_free(record->problem);
    problem_free(record->wanted_problem);
    g_free(record->name);
    json_object_put(record->fields);
    json_object_put(record->device_rules);
    json_object_put(record->tree);
    g_ptr_array_unref(record->wanted);
    g_ptr_array_unref(record->devices);
    g_ptr_array_unref(record->made);
    g_ptr_array_unref(record->volumes);
    g_ptr_array_unref(record->volume_folders);
    g_ptr_array_unref(record->likely_folders);
    g_ptr_array_unref(record->overlays);
    g_free(record);
}

json_object *container_read_json(struct host *host, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, RECORD_MAX, error);
    gsize n = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    return bytes ? format_find("json")->parse(path, text, n, error) : NULL;
}

json_object *container_read_kind(struct host *host, const char *path, enum json_type type, GError **error)
{
    pl_autojson json_object *tree = container_read_json(host, path, error);
    if (!tree || json_object_is_type(tree, type))
        return g_steal_pointer(&tree);
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: not an %s", path, json_type_to_name(type));
    return NULL;
}

void container_record_hinder(struct problem **problem, const GError *error)
{
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) && !*problem)
        *problem = problem_of_error(error);
}

void container_record_add_image(json_object *fields, const char *image)
{
    if (!image || !*image)
        return;
    json_object_object_add(fields, "image", tree_new_text(image));
    json_object_object_add(fields, "image_pinned", json_object_new_boolean(strstr(image, "@sha256:") != NULL));
}
