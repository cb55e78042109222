#include "reports/redact.h"

#include "model/tree.h"
#include "reports/escape.h"

#include <string.h>

static const char *const secret_names[] = {"password", "passwd",     "passphrase", "requirepass", "secret",    "token",
                                           "apikey",   "privatekey", "accesskey",  "credential",  "masterauth"};

/* Words that say something about a secret without being one; account items carry some of them as `password`. */
static const char *const states[] = {
    "",       "set", "unset", "empty", "locked", "none", "null", "missing", "present", "shadowed", "shadowed elsewhere",
    "yes",    "no",  "true",  "false", "on",     "off",  "x",    "*",       "!",       "!!",       "disabled",
    "enabled"};

static const char *const roots[] = {"/etc/", "/var/", "/run/", "/usr/", "/root/", "/home/", "/opt/", "/srv/", "/proc/"};

bool redact_name(const char *name)
{
    g_autoptr(GString) letters = g_string_new(NULL);
    for (const char *p = name; *p; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(letters, g_ascii_tolower(*p));
    if (letters->len && letters->str[letters->len - 1] == 's' && !g_str_has_suffix(letters->str, "pass"))
        g_string_truncate(letters, letters->len - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(secret_names); i++)
        if (g_str_has_suffix(letters->str, secret_names[i]))
            return true;
    return false;
}

/* Not a secret itself: a state, a place, or redacted before. */
static bool is_harmless(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_ascii_strcasecmp(text, states[i]) == 0)
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++)
        if (g_str_has_prefix(text, roots[i]))
            return true;
    return g_str_has_prefix(text, "<redacted, ") && g_str_has_suffix(text, " bytes>");
}

static char *redacted(gsize n)
{
    return g_strdup_printf("<redacted, %" G_GSIZE_FORMAT " bytes>", n);
}

/* NAME=VALUE, --NAME=VALUE, NAME: VALUE: the text without its value, NULL when there is nothing to hide. */
static char *redact_assignment(const char *text)
{
    gsize n = strcspn(text, "=:");
    if (!text[n] || n == 0 || n > 128)
        return NULL;
    g_autofree char *name = g_strndup(text, n);
    const char *value = text + n + 1 + strspn(text + n + 1, " \t\"'");
    if (!redact_name(g_strstrip(name)) || is_harmless(value))
        return NULL;
    g_autofree char *hidden = redacted(strlen(value));
    return g_strdup_printf("%.*s%s", (int)(value - text), text, hidden);
}

static json_object *copy_string(const json_object *node, bool secret)
{
    const char *text = json_object_get_string((json_object *)(uintptr_t)node);
    g_autofree char *hidden = NULL;
    if (secret && !is_harmless(text))
        hidden = redacted((gsize)json_object_get_string_len(node));
    else if (!secret)
        hidden = redact_assignment(text);
    return hidden ? json_object_new_string(hidden) : json_object_new_string_len(text, json_object_get_string_len(node));
}

static json_object *copy_node(const json_object *node, bool secret);

static bool names_secret(const json_object *object)
{
    static const char *const members[] = {"key", "name", "keyword", "variable"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        const char *name = tree_string(object, members[i]);
        if (name && redact_name(name))
            return true;
    }
    return false;
}

static json_object *copy_object(const json_object *node, bool secret)
{
    json_object *copy = json_object_new_object();
    bool sibling = names_secret(node);
    json_object_object_foreach (node, key, value) {
        bool hide = secret || redact_name(key) || (sibling && g_str_has_prefix(key, "value"));
        json_object_object_add(copy, key, copy_node(value, hide));
    }
    return copy;
}

/* Not tree_copy(): json-c keeps the text of a parsed decimal where marks are kept, which must not be taken for one. */
static json_object *copy_scalar(const json_object *node)
{
    if (json_object_is_type(node, json_type_boolean))
        return json_object_new_boolean(json_object_get_boolean(node));
    if (json_object_is_type(node, json_type_double))
        return json_object_new_double(json_object_get_double(node));
    if (!json_object_is_type(node, json_type_int))
        return NULL;
    gint64 value = json_object_get_int64(node);
    return value == G_MAXINT64 ? json_object_new_uint64(json_object_get_uint64(node)) : json_object_new_int64(value);
}

static json_object *copy_node(const json_object *node, bool secret)
{
    if (json_object_is_type(node, json_type_object))
        return copy_object(node, secret);
    if (json_object_is_type(node, json_type_string))
        return copy_string(node, secret);
    if (!json_object_is_type(node, json_type_array))
        return copy_scalar(node);
    json_object *copy = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(node); i++)
        json_object_array_add(copy, copy_node(json_object_array_get_idx(node, i), secret));
    return copy;
}

json_object *redact_copy(const json_object *observed)
{
    return observed ? copy_node(observed, false) : json_object_new_object();
}

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
        redact_print(out, value);
    }
    g_string_append_c(out, '}');
}

static void print_array(GString *out, const json_object *node)
{
    g_string_append_c(out, '[');
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        if (i)
            g_string_append_c(out, ',');
        redact_print(out, json_object_array_get_idx(node, i));
    }
    g_string_append_c(out, ']');
}

void redact_print(GString *out, const json_object *node)
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

char *redact_text(const json_object *node)
{
    GString *out = g_string_new(NULL);
    if (!json_object_is_type(node, json_type_string)) {
        redact_print(out, node);
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
