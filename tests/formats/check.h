/* What every format test does: parse a text, look at paths and marks, expect an error. */
#pragma once

#include "formats/format.h"
#include "model/error.h"

#include "cmocka_all.h"

#include <string.h>

static inline json_object *parse_n(const char *format, const char *text, gsize n)
{
    g_autoptr(GError) error = NULL;
    json_object *tree = format_find(format)->parse("f", text, n, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_non_null(tree);
    return tree;
}

static inline json_object *parse_text(const char *format, const char *text)
{
    return parse_n(format, text, strlen(text));
}

/* Parses and compares with `json`: canonical, that is without blanks and with sorted keys. */
static inline void gives(const char *format, const char *text, const char *json)
{
    pl_autojson json_object *tree = parse_text(format, text);
    g_autofree char *canonical = tree_canonical(tree);
    assert_string_equal(canonical, json);
}

static inline void refuses_n(const char *format, const char *text, gsize n, enum pl_error code, const char *message)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = format_find(format)->parse("f", text, n, &error);
    assert_null(tree);
    assert_non_null(error);
    assert_true(error->domain == PL_ERROR);
    if (error->code != (int)code || !strstr(error->message, message))
        fail_msg("code %d, %s", error->code, error->message);
}

static inline void refuses(const char *format, const char *text, const char *message)
{
    refuses_n(format, text, strlen(text), PL_ERROR_PARSE, message);
}

/* The mark of the node at `path` as "line:column key_line:key_column". */
static inline void marks(json_object *tree, const char *path, const char *expected)
{
    json_object *node = NULL;
    assert_true(tree_get(tree, path, &node));
    struct tree_mark mark = tree_mark(node);
    g_autofree char *text = g_strdup_printf("%u:%u %u:%u", mark.line, mark.column, mark.key_line, mark.key_column);
    assert_string_equal(text, expected);
}

/* `n` times `unit`, as a text. Caller frees. */
static inline char *repeat(const char *unit, unsigned n)
{
    GString *out = g_string_new(NULL);
    while (n--)
        g_string_append(out, unit);
    return g_string_free(out, FALSE);
}
