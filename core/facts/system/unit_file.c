#include "facts/system/unit_file.h"

#include "formats/format.h"

struct visit {
    const char *path;
    unit_line_visitor visit;
    gpointer data;
};

static void visit_key(const struct visit *visit, const char *section, const char *key, const json_object *values)
{
    for (size_t i = 0; i < json_object_array_length(values); i++) {
        json_object *value = json_object_array_get_idx(values, i);
        const struct unit_line line = {.section = section,
                                       .key = key,
                                       .value = json_object_get_string(value),
                                       .path = visit->path,
                                       .line = tree_mark(value).line};
        visit->visit(&line, visit->data);
    }
}

bool unit_file_visit(struct host *host, const char *path, unit_line_visitor visitor, gpointer data, GError **error)
{
    g_autoptr(GBytes) bytes = host_read(host, path, error);
    if (!bytes)
        return false;
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    pl_autojson json_object *tree = format_find("systemd")->parse(path, text, size, error);
    if (!tree)
        return false;
    const struct visit visit = {.path = path, .visit = visitor, .data = data};
    json_object_object_foreach (tree, section, keys) {
        json_object_object_foreach (keys, key, values)
            visit_key(&visit, section, key, values);
    }
    return true;
}
