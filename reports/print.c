#include "reports/print.h"

#include "reports/escape.h"

#include <string.h>

static void print_string(GString *out, const json_object *node)
{
    escape_json(out, json_object_get_string((json_object *)(uintptr_t)node), (gsize)json_object_get_string_len(node));
}

static void print_int(GString *out, const json_object *node)
{
    gint64 value = json_object_get_int64(node);
    if (value == G_MAXINT64)
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, json_object_get_uint64(node));
    else
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

static void print_object(GString *out, const json_object *node)
{
    bool first = true;
    g_string_append_c(out, '{');
    json_object_object_foreach (node, key, value) {
        if (!first)
            g_string_append_c(out, ',');
        first = false;
        escape_json(out, key, strlen(key));
        g_string_append_c(out, ':');
        print_tree(out, value);
    }
    g_string_append_c(out, '}');
}

static void print_array(GString *out, const json_object *node)
{
    g_string_append_c(out, '[');
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        if (i)
            g_string_append_c(out, ',');
        print_tree(out, json_object_array_get_idx(node, i));
    }
    g_string_append_c(out, ']');
}

void print_tree(GString *out, const json_object *node)
{
    switch (json_object_get_type(node)) {
    case json_type_null:
        g_string_append(out, "null");
        break;
    case json_type_boolean:
        g_string_append(out, json_object_get_boolean(node) ? "true" : "false");
        break;
    case json_type_double:
        escape_number(out, json_object_get_double(node));
        break;
    case json_type_int:
        print_int(out, node);
        break;
    case json_type_string:
        print_string(out, node);
        break;
    case json_type_object:
        print_object(out, node);
        break;
    case json_type_array:
        print_array(out, node);
        break;
    }
}

char *print_text(const json_object *node)
{
    GString *out = g_string_new(NULL);
    if (!json_object_is_type(node, json_type_string)) {
        print_tree(out, node);
        return g_string_free(out, FALSE);
    }
    const char *text = json_object_get_string((json_object *)(uintptr_t)node);
    gsize n = (gsize)json_object_get_string_len(node);
    for (gsize i = 0; i < n; i++) {
        if (text[i])
            g_string_append_c(out, text[i]);
        else
            g_string_append(out, "\\x00");
    }
    return g_string_free(out, FALSE);
}
