/* The canonical JSON back to an audit, by the table of shape.c. A member that is missing or of another type is an error
 * with its place in the document; one that this version does not know is passed over, because a later minor version of
 * the format may add some. */
#include "reports/report.h"

#include "model/error.h"
#include "model/secret.h"
#include "model/tree.h"
#include "reports/shape.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

struct from_json_reader {
    GString *path; /* "results[3].items[0].verdict" */
    GError **error;
};

static bool G_GNUC_PRINTF(2, 3) refuse(struct from_json_reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(r->error, PL_ERROR, PL_ERROR_PARSE, "%s: %s", r->path->len ? r->path->str : "document", message);
    return false;
}

static gsize enter(struct from_json_reader *r, const char *name)
{
    gsize before = r->path->len;
    if (before)
        g_string_append_c(r->path, '.');
    g_string_append(r->path, name);
    return before;
}

static gsize enter_index(struct from_json_reader *r, size_t index)
{
    gsize before = r->path->len;
    g_string_append_printf(r->path, "[%" G_GSIZE_FORMAT "]", index);
    return before;
}

static bool read_struct(struct from_json_reader *r, const struct shape *shape, json_object *node, void *base);

static bool read_text(struct from_json_reader *r, json_object *node, char **out)
{
    if (!json_object_is_type(node, json_type_string))
        return refuse(r, "a string is expected");
    g_free(*out);
    *out = g_strdup(json_object_get_string(node));
    return true;
}

static bool read_text_or_null(struct from_json_reader *r, json_object *node, char **out)
{
    return !node || read_text(r, node, out);
}

static bool read_integer(struct from_json_reader *r, json_object *node, gint64 min, gint64 max, gint64 *out)
{
    if (!json_object_is_type(node, json_type_int))
        return refuse(r, "a whole number is expected");
    *out = json_object_get_int64(node);
    if (*out < min || *out > max)
        return refuse(r, "out of range");
    return true;
}

static bool read_unsigned(struct from_json_reader *r, json_object *node, unsigned *out)
{
    gint64 value = 0;
    if (!read_integer(r, node, 0, G_MAXUINT, &value))
        return false;
    *out = (unsigned)value;
    return true;
}

static bool read_int(struct from_json_reader *r, json_object *node, int *out)
{
    gint64 value = 0;
    if (!read_integer(r, node, G_MININT, G_MAXINT, &value))
        return false;
    *out = (int)value;
    return true;
}

static bool read_index(struct from_json_reader *r, json_object *node, int *out)
{
    gint64 value = 0;
    if (!read_integer(r, node, 0, G_MAXINT, &value))
        return false;
    *out = (int)value;
    return true;
}

static bool read_uint64(struct from_json_reader *r, json_object *node, guint64 *out)
{
    if (!json_object_is_type(node, json_type_int) || json_object_get_int64(node) < 0)
        return refuse(r, "a whole number, not negative, is expected");
    *out = json_object_get_uint64(node);
    return true;
}

static bool read_number(struct from_json_reader *r, json_object *node, double *out)
{
    if (!json_object_is_type(node, json_type_int) && !json_object_is_type(node, json_type_double))
        return refuse(r, "a number is expected");
    *out = json_object_get_double(node);
    return isfinite(*out) || refuse(r, "a finite number is expected");
}

static bool read_bool(struct from_json_reader *r, json_object *node, bool *out)
{
    if (!json_object_is_type(node, json_type_boolean))
        return refuse(r, "true or false is expected");
    *out = json_object_get_boolean(node);
    return true;
}

static bool read_constant(struct from_json_reader *r, json_object *node, const struct field *field)
{
    const char *text = json_object_is_type(node, json_type_string) ? json_object_get_string(node) : "";
    return g_str_equal(text, field->constant) || g_strcmp0(text, field->was) == 0 ||
           refuse(r, "is not \"%s\"", field->constant);
}

static bool read_grade(struct from_json_reader *r, json_object *node, char *out)
{
    const char *text = json_object_is_type(node, json_type_string) ? json_object_get_string(node) : NULL;
    if (!text || strlen(text) > 1 || (*text && !strchr("ABCDEF", *text)))
        return refuse(r, "a grade from A to F, or an empty text, is expected");
    out[0] = *text;
    out[1] = 0;
    return true;
}

static bool read_word(struct from_json_reader *r, json_object *node, enum field_kind kind, void *out)
{
    const char *text = json_object_is_type(node, json_type_string) ? json_object_get_string(node) : "";
    bool known = false;
    const char *what = "layer";
    if (kind == FIELD_VERDICT) {
        known = verdict_parse(text, out);
        what = "verdict";
    } else if (kind == FIELD_ABILITY) {
        known = ability_grade_parse(text, out);
        what = "grade of an ability";
    } else if (kind == FIELD_SEVERITY) {
        known = severity_parse(text, out);
        what = "severity";
    } else {
        known = layer_parse(text, out);
    }
    return known || refuse(r, "\"%s\" is no %s", text, what);
}

static bool read_tree(struct from_json_reader *r, json_object *node, json_object **out)
{
    if (!json_object_is_type(node, json_type_object))
        return refuse(r, "an object is expected");
    json_object_put(*out);
    *out = secret_hide_tree(node, NULL); /* a document from elsewhere may hold some */
    return true;
}

static bool read_counts(struct from_json_reader *r, json_object *node, unsigned *counts)
{
    if (!json_object_is_type(node, json_type_object))
        return refuse(r, "an object is expected");
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        const char *name = verdict_name((enum verdict)verdict);
        gsize before = enter(r, name);
        if (!read_unsigned(r, tree_member(node, name), &counts[verdict]))
            return false;
        g_string_truncate(r->path, before);
    }
    return true;
}

static bool read_layers(struct from_json_reader *r, const struct shape *shape, json_object *node, char *base)
{
    if (!json_object_is_type(node, json_type_object))
        return refuse(r, "an object is expected");
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        const char *name = layer_name((enum layer)layer);
        gsize before = enter(r, name);
        if (!read_struct(r, shape, tree_member(node, name), base + (size_t)layer * shape->size))
            return false;
        g_string_truncate(r->path, before);
    }
    return true;
}

/* On failure the half-read element is in the array already, so that its owner frees it. */
static bool read_element(struct from_json_reader *r, const struct field *field, json_object *node, GPtrArray *array)
{
    if (field->kind == FIELD_TEXTS) {
        g_ptr_array_add(array, NULL);
        return read_text(r, node, (char **)&array->pdata[array->len - 1]);
    }
    if (!node && field->nullable) {
        g_ptr_array_add(array, NULL);
        return true;
    }
    void *element = field->shape->make ? field->shape->make() : g_malloc0(field->shape->size);
    g_ptr_array_add(array, element);
    return read_struct(r, field->shape, node, element);
}

static bool read_array(struct from_json_reader *r, const struct field *field, json_object *node, GPtrArray *array)
{
    if (!json_object_is_type(node, json_type_array))
        return refuse(r, "an array is expected");
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        gsize before = enter_index(r, i);
        if (!read_element(r, field, json_object_array_get_idx(node, i), array))
            return false;
        g_string_truncate(r->path, before);
    }
    return true;
}

static bool read_optional(struct from_json_reader *r, const struct field *field, json_object *node, GPtrArray **out)
{
    if (!*out)
        *out = g_ptr_array_new_with_free_func(field->free);
    return read_array(r, field, node, *out);
}

static bool read_pointer(struct from_json_reader *r, const struct field *field, json_object *node, void **out)
{
    if (!node)
        return true;
    *out = field->shape->make ? field->shape->make() : g_malloc0(field->shape->size);
    return read_struct(r, field->shape, node, *out);
}

static bool read_score_value(struct from_json_reader *r, json_object *node, struct score *score)
{
    return !node || read_number(r, node, &score->value);
}

static bool read_note(struct from_json_reader *r, json_object *node, enum score_note *out)
{
    const char *text = json_object_is_type(node, json_type_string) ? json_object_get_string(node) : "";
    return !node || score_note_parse(text, out) || refuse(r, "\"%s\" is no note on a score", text);
}

static bool read_value(struct from_json_reader *r, const struct field *field, json_object *node, void *at)
{
    switch (field->kind) {
    case FIELD_CONSTANT:
        return read_constant(r, node, field);
    case FIELD_TEXT:
        return read_text(r, node, at);
    case FIELD_TEXT_OR_NULL:
    case FIELD_TEXT_OPTIONAL:
        return read_text_or_null(r, node, at);
    case FIELD_BOOL:
    case FIELD_FLAG:
        return read_bool(r, node, at);
    case FIELD_INDEX:
        return read_index(r, node, at);
    case FIELD_INT:
        return read_int(r, node, at);
    case FIELD_INT64:
        return read_integer(r, node, 0, G_MAXINT64, at);
    case FIELD_LINE:
    case FIELD_UINT:
        return read_unsigned(r, node, at);
    case FIELD_UINT64:
    case FIELD_UINT64_OPTIONAL:
        return read_uint64(r, node, at);
    case FIELD_NUMBER:
        return read_number(r, node, at);
    case FIELD_COVERAGE:
        return !node || read_number(r, node, &((struct score *)at)->coverage);
    case FIELD_SCORE_NOTE:
        return read_note(r, node, at);
    case FIELD_SCORE_VALUE:
        return read_score_value(r, node, at);
    case FIELD_GRADE:
        return read_grade(r, node, at);
    case FIELD_VERDICT:
    case FIELD_SEVERITY:
    case FIELD_LAYER:
    case FIELD_ABILITY:
        return read_word(r, node, field->kind, at);
    case FIELD_TREE:
        return read_tree(r, node, at);
    case FIELD_COUNTS:
        return read_counts(r, node, at);
    case FIELD_LAYERS:
        return read_layers(r, field->shape, node, at);
    case FIELD_STRUCT:
        return read_struct(r, field->shape, node, at);
    case FIELD_STRUCT_OR_NULL:
    case FIELD_STRUCT_OPTIONAL:
        return read_pointer(r, field, node, at);
    case FIELD_TEXTS:
    case FIELD_STRUCTS:
        return read_array(r, field, node, *(GPtrArray **)at);
    case FIELD_STRUCTS_OPTIONAL:
        return read_optional(r, field, node, at);
    }
    return false;
}

static bool read_struct(struct from_json_reader *r, const struct shape *shape, json_object *node, void *base)
{
    if (!json_object_is_type(node, json_type_object))
        return refuse(r, "an object is expected");
    for (const struct field *field = shape->fields; field->name; field++) {
        json_object *value = NULL;
        bool found = json_object_object_get_ex(node, field->name, &value) ||
                     (field->was && json_object_object_get_ex(node, field->was, &value));
        if (!found && field_may_lack(field))
            continue;
        gsize before = enter(r, field->name);
        if (!found)
            return refuse(r, "is missing");
        if (!read_value(r, field, value, (char *)base + field->offset))
            return false;
        g_string_truncate(r->path, before);
    }
    return true;
}

/* The document, owned by the caller; NULL with *error set. json-c's strict mode is left off: in 0.18 it takes every
 * letter beyond ASCII for a control character. What it would refuse beyond that does no harm here; what follows the
 * document is looked at below. */
static json_object *parse(const char *text, gsize n, GError **error)
{
    if (n > G_MAXINT32 || !g_utf8_validate(text, (gssize)n, NULL)) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "not a JSON document: %s",
                    n > G_MAXINT32 ? "larger than 2 GiB" : "not valid UTF-8, or a NUL byte in it");
        return NULL;
    }
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
    json_object *document = json_tokener_parse_ex(tokener, text, (int)n);
    enum json_tokener_error problem = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    while (end < n && g_ascii_isspace(text[end]))
        end++;
    if (problem == json_tokener_success && end == n)
        return document;
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "not a JSON document: %s at byte %" G_GSIZE_FORMAT,
                problem == json_tokener_success ? "something follows it" : json_tokener_error_desc(problem), end);
    json_object_put(document);
    return NULL;
}

/* A row has a cell for every column. */
static bool check_cells(struct from_json_reader *r, const struct ability_table *table)
{
    for (guint i = 0; i < table->rows->len; i++) {
        const struct ability_row *row = table->rows->pdata[i];
        if (row->cells->len == table->columns->len)
            continue;
        g_string_printf(r->path, "abilities.rows[%u].cells", i);
        return refuse(r, "%u cells for %u columns", row->cells->len, table->columns->len);
    }
    return true;
}

/* What a document of format 1 does not count. */
static void count_items(struct audit *audit)
{
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        if (result->items_failed == SHAPE_NOT_COUNTED)
            result_count_kept(result);
    }
}

struct audit *audit_from_json(const char *text, gsize n, GError **error)
{
    pl_autojson json_object *document = parse(text, n, error);
    if (error && *error)
        return NULL;
    g_autoptr(GString) path = g_string_new(NULL);
    struct from_json_reader reader = {path, error};
    pl_auto(audit) audit = audit_new();
    audit->score_version = 1; /* where the document does not say */
    if (!document || !read_struct(&reader, &shape_audit, document, audit)) {
        if (!document)
            refuse(&reader, "an object is expected");
        return NULL;
    }
    if (!check_cells(&reader, &audit->abilities))
        return NULL;
    count_items(audit);
    audit_hide_secrets(audit);
    return g_steal_pointer(&audit);
}
