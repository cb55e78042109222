#include "model/print.h"

#include "model/value.h"

#include <math.h>
#include <string.h>

void print_literal(GString *out, const char *text, gsize n)
{
    g_string_append_c(out, '"');
    for (gsize i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", c);
        else if (c < 0x20)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_c(out, (char)c);
    }
    g_string_append_c(out, '"');
}

void print_number(GString *out, double value)
{
    if (!isfinite(value)) {
        g_string_append(out, "null");
        return;
    }
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, sizeof buffer, format, value);
        if (!islessgreater(g_ascii_strtod(buffer, NULL), value))
            break;
    }
    g_string_append(out, buffer);
}

static void print_int(GString *out, const json_object *node)
{
    gint64 value = json_object_get_int64(node);
    if (value == G_MAXINT64)
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, json_object_get_uint64(node));
    else
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

static void print_object(GString *out, const json_object *node, const struct print_style *style)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    json_object_object_foreach (node, key, value) {
        (void)value;
        g_ptr_array_add(keys, key);
    }
    if (style->sorted)
        g_ptr_array_sort(keys, value_order_texts);
    g_string_append_c(out, '{');
    for (guint i = 0; i < keys->len; i++) {
        const char *name = g_ptr_array_index(keys, i);
        json_object *member = NULL;
        json_object_object_get_ex(node, name, &member);
        if (i)
            g_string_append_c(out, ',');
        style->text(out, name, strlen(name));
        g_string_append_c(out, ':');
        print_json(out, member, style);
    }
    g_string_append_c(out, '}');
}

static void print_array(GString *out, const json_object *node, const struct print_style *style)
{
    g_string_append_c(out, '[');
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        if (i)
            g_string_append_c(out, ',');
        print_json(out, json_object_array_get_idx(node, i), style);
    }
    g_string_append_c(out, ']');
}

void print_json(GString *out, const json_object *node, const struct print_style *style)
{
    switch (json_object_get_type(node)) {
    case json_type_null:
        g_string_append(out, "null");
        break;
    case json_type_boolean:
        g_string_append(out, json_object_get_boolean(node) ? "true" : "false");
        break;
    case json_type_double:
        print_number(out, json_object_get_double(node));
        break;
    case json_type_int:
        print_int(out, node);
        break;
    case json_type_string:
        style->text(out, json_object_get_string((json_object *)(uintptr_t)node),
                    (gsize)json_object_get_string_len(node));
        break;
    case json_type_object:
        print_object(out, node, style);
        break;
    case json_type_array:
        print_array(out, node, style);
        break;
    }
}
