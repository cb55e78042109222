/* The canonical JSON: everything the audit knows, nothing cut, in the order of shape.c. Each result stands on a line of
 * its own, so that two audits can be compared with line tools. */
#include "model/print.h"
#include "model/secret.h"
#include "reports/escape.h"
#include "reports/formats.h"
#include "reports/shape.h"
#include "reports/shown.h"

#include <string.h>

struct json_writer {
    GString *out;
    int depth;
    const json_object *tree; /* the last one that was written, and where: rows that show the same follow each other */
    gsize tree_start, tree_length;
};

static void write_text(struct json_writer *w, const char *text)
{
    escape_json(w->out, text, strlen(text));
}

static void write_name(struct json_writer *w, const char *name, bool first)
{
    if (!first)
        g_string_append_c(w->out, ',');
    if (w->depth == 1)
        g_string_append(w->out, "\n ");
    write_text(w, name);
    g_string_append_c(w->out, ':');
}

static void write_struct(struct json_writer *w, const struct shape *shape, const void *base);

static void write_text_or_null(struct json_writer *w, const char *text)
{
    if (text)
        write_text(w, text);
    else
        g_string_append(w->out, "null");
}

static void write_texts(struct json_writer *w, const GPtrArray *texts)
{
    g_string_append_c(w->out, '[');
    for (guint i = 0; i < texts->len; i++) {
        if (i)
            g_string_append_c(w->out, ',');
        write_text(w, texts->pdata[i]);
    }
    g_string_append_c(w->out, ']');
}

static void write_pointer(struct json_writer *w, const struct shape *shape, const void *pointer)
{
    if (pointer)
        write_struct(w, shape, pointer);
    else
        g_string_append(w->out, "null");
}

static void write_structs(struct json_writer *w, const struct field *field, const GPtrArray *elements)
{
    bool lines = w->depth == 1 || field->lines;
    g_string_append_c(w->out, '[');
    for (guint i = 0; i < elements->len; i++) {
        if (i)
            g_string_append_c(w->out, ',');
        if (lines)
            g_string_append(w->out, "\n  ");
        write_pointer(w, field->shape, elements->pdata[i]);
    }
    g_string_append(w->out, lines && elements->len ? "\n ]" : "]");
}

static void write_counts(struct json_writer *w, const unsigned *counts)
{
    g_string_append_c(w->out, '{');
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        write_name(w, verdict_name((enum verdict)verdict), verdict == 0);
        g_string_append_printf(w->out, "%u", counts[verdict]);
    }
    g_string_append_c(w->out, '}');
}

static void write_layers(struct json_writer *w, const struct shape *shape, const char *base)
{
    g_string_append_c(w->out, '{');
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        write_name(w, layer_name((enum layer)layer), layer == 0);
        write_struct(w, shape, base + (size_t)layer * shape->size);
    }
    g_string_append_c(w->out, '}');
}

static void write_score_value(struct json_writer *w, const struct score *score)
{
    if (score->known)
        print_number(w->out, score->value);
    else
        g_string_append(w->out, "null");
}

static void write_coverage(struct json_writer *w, const struct score *score)
{
    if (score_judged(score))
        print_number(w->out, score->coverage);
    else
        g_string_append(w->out, "null");
}

static void write_tree(struct json_writer *w, const json_object *observed)
{
    if (observed && observed == w->tree) {
        gsize at = w->out->len;
        g_string_set_size(w->out, at + w->tree_length);
        memcpy(w->out->str + at, w->out->str + w->tree_start, w->tree_length);
        return;
    }
    pl_autojson json_object *safe = secret_hide_tree(observed, NULL);
    w->tree = observed;
    w->tree_start = w->out->len;
    if (safe)
        shown_json(w->out, safe);
    else
        g_string_append(w->out, "{}");
    w->tree_length = w->out->len - w->tree_start;
}

static void write_scalar(struct json_writer *w, const struct field *field, const char *at)
{
    const void *p = at;
    switch ((int)field->kind) {
    case FIELD_BOOL:
    case FIELD_FLAG:
        g_string_append(w->out, *(const bool *)p ? "true" : "false");
        break;
    case FIELD_INDEX:
    case FIELD_INT:
        g_string_append_printf(w->out, "%d", *(const int *)p);
        break;
    case FIELD_INT64:
        g_string_append_printf(w->out, "%" G_GINT64_FORMAT, *(const gint64 *)p);
        break;
    case FIELD_LINE:
    case FIELD_UINT:
        g_string_append_printf(w->out, "%u", *(const unsigned *)p);
        break;
    case FIELD_UINT64:
    case FIELD_UINT64_OPTIONAL:
        g_string_append_printf(w->out, "%" G_GUINT64_FORMAT, *(const guint64 *)p);
        break;
    case FIELD_NUMBER:
        print_number(w->out, *(const double *)p);
        break;
    case FIELD_VERDICT:
        write_text(w, verdict_name(*(const enum verdict *)p));
        break;
    case FIELD_SEVERITY:
        write_text(w, severity_name(*(const enum severity *)p));
        break;
    case FIELD_ABILITY:
        write_text(w, ability_grade_name(*(const enum ability_grade *)p));
        break;
    case FIELD_LAYER:
        write_text(w, layer_name(*(const enum layer *)p));
        break;
    default:
        g_assert_not_reached();
    }
}

static void write_value(struct json_writer *w, const struct field *field, const char *at)
{
    const void *p = at;
    const char *text = field->kind == FIELD_CONSTANT ? field->constant : NULL;
    switch ((int)field->kind) {
    case FIELD_CONSTANT:
        write_text(w, text);
        break;
    case FIELD_TEXT:
        text = *(char *const *)p;
        write_text(w, text ? text : "");
        break;
    case FIELD_TEXT_OR_NULL:
    case FIELD_TEXT_OPTIONAL:
        write_text_or_null(w, *(char *const *)p);
        break;
    case FIELD_GRADE:
        write_text(w, at);
        break;
    case FIELD_COVERAGE:
        write_coverage(w, p);
        break;
    case FIELD_SCORE_NOTE:
        write_text_or_null(w, score_note_name(*(const enum score_note *)p));
        break;
    case FIELD_SCORE_VALUE:
        write_score_value(w, p);
        break;
    case FIELD_TREE:
        write_tree(w, *(json_object *const *)p);
        break;
    case FIELD_COUNTS:
        write_counts(w, p);
        break;
    case FIELD_LAYERS:
        write_layers(w, field->shape, at);
        break;
    case FIELD_STRUCT:
        write_struct(w, field->shape, at);
        break;
    case FIELD_STRUCT_OR_NULL:
    case FIELD_STRUCT_OPTIONAL:
        write_pointer(w, field->shape, *(void *const *)p);
        break;
    case FIELD_TEXTS:
        write_texts(w, *(GPtrArray *const *)p);
        break;
    case FIELD_STRUCTS:
    case FIELD_STRUCTS_OPTIONAL:
        write_structs(w, field, *(GPtrArray *const *)p);
        break;
    default:
        write_scalar(w, field, at);
    }
}

static bool left_out(const struct field *field, const void *at)
{
    if (field->kind == FIELD_TEXT_OPTIONAL)
        return !*(char *const *)at;
    if (field->kind == FIELD_STRUCTS_OPTIONAL)
        return !*(GPtrArray *const *)at;
    if (field->kind == FIELD_STRUCT_OPTIONAL)
        return !*(void *const *)at;
    if (field->kind == FIELD_FLAG)
        return !*(const bool *)at;
    if (field->kind == FIELD_UINT64_OPTIONAL)
        return !*(const guint64 *)at;
    if (field->kind == FIELD_INDEX)
        return *(const int *)at < 0;
    return field->kind == FIELD_LINE && !*(const unsigned *)at;
}

static void write_struct(struct json_writer *w, const struct shape *shape, const void *base)
{
    bool first = true;
    g_string_append_c(w->out, '{');
    w->depth++;
    for (const struct field *field = shape->fields; field->name; field++) {
        const char *at = (const char *)base + field->offset;
        if (left_out(field, at))
            continue;
        write_name(w, field->name, first);
        write_value(w, field, at);
        first = false;
    }
    w->depth--;
    g_string_append(w->out, w->depth ? "}" : "\n}\n");
}

static bool render(const struct audit *audit, const struct report_options *options, GString *out, GError **error)
{
    (void)options;
    (void)error;
    struct json_writer w = {.out = out};
    write_struct(&w, &shape_audit, audit);
    return true;
}

const struct report report_json = {
    .name = "json",
    .media_type = "application/json",
    .extension = "json",
    .summary = "Everything, by plumbline-audit-2.schema.json; every other format can be made from it later",
    .render = render,
};
