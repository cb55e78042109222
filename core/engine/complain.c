/* Knows where a node of a YAML file stands and how the reader is told. */
#include "engine/complain.h"

#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

static struct position position(const struct complaints *of, const json_object *node, bool key)
{
    struct tree_mark mark = tree_mark(node);
    struct position at = {.file = of->file, .line = mark.line, .column = mark.column};
    if ((key && mark.key_line) || !at.line) {
        at.line = mark.key_line;
        at.column = mark.key_column;
    }
    if (!at.line && of->near && of->near != node)
        return position(of, of->near, false);
    if (!at.line) {
        at.line = 1;
        at.column = 1;
    }
    return at;
}

struct position complaints_position(const struct complaints *of, const json_object *node)
{
    return position(of, node, false);
}

static G_GNUC_PRINTF(4, 0) void add(struct complaints *to, struct position at, enum diagnostic_level level,
                                    const char *format, va_list args)
{
    if (level == DIAGNOSTIC_ERROR && to->errors++ >= COMPLAINTS_MAX)
        return;
    g_autofree char *text = g_strdup_vprintf(format, args);
    struct diagnostic *diagnostic = g_new0(struct diagnostic, 1);
    diagnostic->at = at;
    diagnostic->level = level;
    diagnostic->message = to->about ? g_strdup_printf("%s (%s)", text, to->about) : g_strdup(text);
    g_ptr_array_add(to->list, diagnostic);
}

void complain(struct complaints *to, const json_object *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(to, position(to, node, false), DIAGNOSTIC_ERROR, format, args);
    va_end(args);
}

void complain_key(struct complaints *to, const json_object *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(to, position(to, node, true), DIAGNOSTIC_ERROR, format, args);
    va_end(args);
}

void complain_at(struct complaints *to, struct position at, enum diagnostic_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(to, at, level, format, args);
    va_end(args);
}

/* Takes "123:" at *text. */
static bool take_number(const char **text, unsigned *out)
{
    size_t n = strspn(*text, "0123456789");
    if (n == 0 || n > 9 || (*text)[n] != ':')
        return false;
    g_autofree char *digits = g_strndup(*text, n);
    *out = (unsigned)g_ascii_strtoull(digits, NULL, 10);
    *text += n + 1;
    return true;
}

void complain_error(struct complaints *to, const GError *error)
{
    const char *text = error->message;
    struct position at = {.file = to->file};
    size_t n = strlen(to->file);
    if (g_str_has_prefix(text, to->file) && text[n] == ':')
        text += n + 1;
    if (take_number(&text, &at.line) && !take_number(&text, &at.column))
        at.column = 1;
    while (*text == ' ')
        text++;
    complain_at(to, at, DIAGNOSTIC_ERROR, "%s", text);
}

bool members_check(struct complaints *to, const json_object *object, const char *what, const struct member *allowed)
{
    if (!json_object_is_type(object, json_type_object)) {
        complain(to, object, "%s must be a mapping", what);
        return false;
    }
    bool good = true;
    json_object_object_foreach (object, key, value) {
        if (member_find(allowed, key))
            continue;
        g_autofree char *clause = member_suggest(allowed, key);
        const json_object *before = to->near;
        to->near = object;
        g_autofree char *known = member_names(allowed);
        if (*clause)
            complain_key(to, value, "%s has no member \"%s\"%s", what, key, clause);
        else
            complain_key(to, value, "%s has no member \"%s\"; known: %s", what, key, known);
        to->near = before;
        good = false;
    }
    return good;
}

const char *member_text(struct complaints *to, const json_object *object, const char *key, bool required)
{
    json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value)) {
        if (required)
            complain(to, object, "\"%s\" is missing", key);
        return NULL;
    }
    const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
    if (text && text[strspn(text, " \t\n")])
        return text;
    const json_object *before = to->near;
    to->near = object;
    if (!text && value)
        complain(to, value, "\"%s\" must be text: quote it", key);
    else
        complain(to, value, "\"%s\" is empty", key);
    to->near = before;
    return NULL;
}

bool member_flag(struct complaints *to, const json_object *object, const char *key)
{
    json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        return false;
    if (!json_object_is_type(value, json_type_boolean))
        complain(to, value, "\"%s\" must be true or false", key);
    return json_object_get_boolean(value);
}

GPtrArray *member_texts(struct complaints *to, const json_object *object, const char *key)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        return texts;
    if (!json_object_is_type(value, json_type_array)) {
        complain(to, value ? value : object, "\"%s\" must be a list of texts", key);
        return texts;
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        json_object *one = json_object_array_get_idx(value, i);
        if (json_object_is_type(one, json_type_string) && json_object_get_string_len(one) > 0)
            g_ptr_array_add(texts, g_strdup(json_object_get_string(one)));
        else
            complain(to, one ? one : value, "\"%s\" must be a list of texts: quote this one", key);
    }
    return texts;
}
