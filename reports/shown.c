#include "reports/shown.h"

#include "model/print.h"
#include "reports/escape.h"

void shown_json(GString *out, const json_object *node)
{
    static const struct print_style style = {.text = escape_json};
    print_json(out, node, &style);
}

char *shown_text(const json_object *node)
{
    GString *out = g_string_new(NULL);
    if (!json_object_is_type(node, json_type_string)) {
        shown_json(out, node);
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
