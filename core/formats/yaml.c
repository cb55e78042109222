/* YAML through libyaml's events: plain scalars by the core schema of YAML 1.2 (yes, no, on, off stay texts), quoted
 * ones are texts. Anchors are copied at every alias, which nodes, bytes and depth bound (no alias bomb); `<<` merges; a
 * key that comes twice is an error. Columns count characters. */
#include "formats/format.h"
#include "formats/parse.h"
#include "formats/yaml_scalar.h"

#include <string.h>
#include <yaml.h>

/* Texts that aliases may copy, over all of a file. */
#define COPY_BYTES_MAX ((gsize)64 << 20)

struct yaml {
    yaml_parser_t parser;
    const char *text;
    struct parse_budget budget;
    gsize copied;        /* bytes of texts that aliases have copied */
    GHashTable *anchors; /* name -> node, borrowed from the tree under construction or from `merged` */
    GPtrArray *merged;   /* values of <<, kept because anchors may point into them */
};

/* Where a node is, and in what. */
struct place {
    unsigned depth; /* of the containers around */
    struct tree_mark key;
};

static struct tree_mark mark_of(yaml_mark_t mark)
{
    return (struct tree_mark){.line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

static struct tree_mark node_mark(const yaml_event_t *event, const struct place *place)
{
    struct tree_mark mark = mark_of(event->start_mark);
    mark.key_line = place->key.line;
    mark.key_column = place->key.column;
    return mark;
}

static bool fail_at(struct yaml *yaml, yaml_mark_t mark, const char *what)
{
    return parse_fail(yaml->budget.error, PL_ERROR_PARSE, yaml->budget.name, mark_of(mark), "%s", what);
}

static bool parser_failed(struct yaml *yaml)
{
    const yaml_parser_t *parser = &yaml->parser;
    const char *problem = parser->problem ? parser->problem : "out of memory";
    struct tree_mark at = mark_of(parser->problem_mark);
    if (parser->error == YAML_READER_ERROR)
        at = parse_position(yaml->text, parser->problem_offset);
    return parse_fail(yaml->budget.error, PL_ERROR_PARSE, yaml->budget.name, at, "%s%s%s", problem,
                      parser->context ? " " : "", parser->context ? parser->context : "");
}

static void event_clear(yaml_event_t *event)
{
    yaml_event_delete(event);
}
#define auto_event __attribute__((cleanup(event_clear))) yaml_event_t

static bool next_event(struct yaml *yaml, yaml_event_t *event)
{
    return yaml_parser_parse(&yaml->parser, event) || parser_failed(yaml);
}

static bool scalar_is_text(const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    if (tag && (g_str_equal(tag, "!") || g_str_equal(tag, YAML_STR_TAG)))
        return true;
    /* !!int "1" asks for a number although it is quoted; a tag that nobody here knows changes nothing. */
    if (tag && g_str_has_prefix(tag, "tag:yaml.org,2002:"))
        return g_str_equal(tag, "tag:yaml.org,2002:binary");
    return event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

static bool take_scalar(struct yaml *yaml, const yaml_event_t *event, const struct place *place, json_object **out)
{
    const char *text = (const char *)event->data.scalar.value;
    gsize n = event->data.scalar.length;
    if (memchr(text, '\0', n))
        return fail_at(yaml, event->start_mark, "a NUL character");
    if (scalar_is_text(event) || !yaml_resolve(text, out))
        *out = json_object_new_string_len(text, (int)n);
    tree_set_mark(*out, node_mark(event, place));
    return true;
}

/* What a copy would cost. */
struct weight {
    unsigned nodes, depth;
    gsize bytes;
};

static void weigh(const json_object *node, unsigned depth, struct weight *weight)
{
    weight->nodes++;
    weight->depth = MAX(weight->depth, depth);
    if (json_object_is_type(node, json_type_string))
        weight->bytes += (gsize)json_object_get_string_len(node);
    if (json_object_is_type(node, json_type_array))
        for (size_t i = 0; i < json_object_array_length(node); i++)
            weigh(json_object_array_get_idx(node, i), depth + 1, weight);
    if (json_object_is_type(node, json_type_object)) {
        json_object_object_foreach (node, key, value) {
            weight->bytes += strlen(key);
            weigh(value, depth + 1, weight);
        }
    }
}

static bool copy_node(struct yaml *yaml, const json_object *node, yaml_mark_t at, unsigned depth, json_object **out)
{
    struct weight weight = {0};
    weigh(node, 0, &weight);
    if (!parse_spend(&yaml->budget, weight.nodes, mark_of(at)))
        return false;
    yaml->copied += weight.bytes;
    if (yaml->copied > COPY_BYTES_MAX || depth + weight.depth > PARSE_DEPTH_MAX)
        return parse_fail(yaml->budget.error, PL_ERROR_LIMIT, yaml->budget.name, mark_of(at),
                          "aliases that copy too much");
    *out = tree_copy(node);
    return true;
}

static bool take_alias(struct yaml *yaml, const yaml_event_t *event, const struct place *place, json_object **out)
{
    gpointer node = NULL;
    const char *anchor = (const char *)event->data.alias.anchor;
    if (!yaml->anchors || !g_hash_table_lookup_extended(yaml->anchors, anchor, NULL, &node))
        return fail_at(yaml, event->start_mark, "an alias of an anchor that is not defined before it");
    if (!copy_node(yaml, node, event->start_mark, place->depth, out))
        return false;
    struct tree_mark mark = tree_mark(*out);
    mark.key_line = place->key.line;
    mark.key_column = place->key.column;
    tree_set_mark(*out, mark);
    return true;
}

static bool take_node(struct yaml *yaml, const yaml_event_t *event, const struct place *place, json_object **out);

static bool take_sequence(struct yaml *yaml, const struct place *place, json_object *array)
{
    struct place inner = {.depth = place->depth + 1};
    for (;;) {
        auto_event event = {0};
        json_object *value = NULL;
        if (!next_event(yaml, &event))
            return false;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return true;
        if (!take_node(yaml, &event, &inner, &value))
            return false;
        json_object_array_add(array, value);
    }
}

/* Adds copies of what `source` has and `object` has not. */
static bool merge_object(struct yaml *yaml, json_object *object, json_object *source, yaml_mark_t at, unsigned depth)
{
    if (!json_object_is_type(source, json_type_object))
        return fail_at(yaml, at, "<< takes a mapping or a list of mappings");
    json_object_object_foreach (source, key, value) {
        json_object *copy = NULL;
        if (json_object_object_get_ex(object, key, NULL))
            continue;
        if (!copy_node(yaml, value, at, depth, &copy))
            return false;
        json_object_object_add(object, key, copy);
    }
    return true;
}

static bool merge(struct yaml *yaml, json_object *object, json_object *source, yaml_mark_t at, unsigned depth)
{
    if (!json_object_is_type(source, json_type_array))
        return merge_object(yaml, object, source, at, depth);
    for (size_t i = 0; i < json_object_array_length(source); i++)
        if (!merge_object(yaml, object, json_object_array_get_idx(source, i), at, depth))
            return false;
    return true;
}

static bool take_key(struct yaml *yaml, const yaml_event_t *event, char **out)
{
    gpointer node = NULL;
    if (event->type == YAML_ALIAS_EVENT && yaml->anchors &&
        g_hash_table_lookup_extended(yaml->anchors, event->data.alias.anchor, NULL, &node) &&
        json_object_is_type(node, json_type_string)) {
        *out = tree_text(node);
        return true;
    }
    if (event->type != YAML_SCALAR_EVENT)
        return fail_at(yaml, event->start_mark, "a key that is no scalar");
    if (memchr(event->data.scalar.value, '\0', event->data.scalar.length))
        return fail_at(yaml, event->start_mark, "a NUL character");
    if (event->data.scalar.anchor)
        return fail_at(yaml, event->start_mark, "an anchor on a key");
    *out = g_strndup((const char *)event->data.scalar.value, event->data.scalar.length);
    return true;
}

static bool is_merge_key(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           g_str_equal(event->data.scalar.value, "<<");
}

/* One member. A merge is kept in *merges until the mapping's own keys are all there. */
static bool take_member(struct yaml *yaml, const yaml_event_t *event, const struct place *place, json_object *object,
                        json_object **merges)
{
    g_autofree char *key = NULL;
    if (!take_key(yaml, event, &key))
        return false;
    bool merges_now = is_merge_key(event);
    if (merges_now ? *merges != NULL : json_object_object_get_ex(object, key, NULL))
        return parse_fail(yaml->budget.error, PL_ERROR_PARSE, yaml->budget.name, mark_of(event->start_mark),
                          "the key \"%s\" comes twice", key);
    struct place inner = {.depth = place->depth + 1, .key = mark_of(event->start_mark)};
    auto_event start = {0};
    pl_autojson json_object *value = NULL;
    if (!next_event(yaml, &start) || !take_node(yaml, &start, &inner, &value))
        return false;
    if (!merges_now)
        return json_object_object_add_ex(object, key, g_steal_pointer(&value), JSON_C_OBJECT_ADD_KEY_IS_NEW) == 0;
    if (!value)
        return fail_at(yaml, start.start_mark, "<< takes a mapping or a list of mappings");
    *merges = g_steal_pointer(&value);
    g_ptr_array_add(yaml->merged, *merges);
    return true;
}

static bool take_mapping(struct yaml *yaml, const struct place *place, json_object *object)
{
    json_object *merges = NULL;
    for (;;) {
        auto_event event = {0};
        if (!next_event(yaml, &event))
            return false;
        if (event.type == YAML_MAPPING_END_EVENT)
            return !merges || merge(yaml, object, merges, event.start_mark, place->depth + 1);
        if (!take_member(yaml, &event, place, object, &merges))
            return false;
    }
}

static bool take_container(struct yaml *yaml, const yaml_event_t *event, const struct place *place, json_object **out)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    if (place->depth >= PARSE_DEPTH_MAX)
        return parse_fail(yaml->budget.error, PL_ERROR_LIMIT, yaml->budget.name, mark_of(event->start_mark),
                          "nested deeper than %d levels", PARSE_DEPTH_MAX);
    struct tree_mark mark = node_mark(event, place);
    pl_autojson json_object *node = mapping ? parse_object(mark) : parse_array(mark);
    if (!(mapping ? take_mapping(yaml, place, node) : take_sequence(yaml, place, node)))
        return false;
    if (mapping)
        parse_trim(node);
    *out = g_steal_pointer(&node);
    return true;
}

static const char *anchor_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return (const char *)event->data.scalar.anchor;
    return event->type == YAML_MAPPING_START_EVENT ? (const char *)event->data.mapping_start.anchor
                                                   : (const char *)event->data.sequence_start.anchor;
}

static bool take_node(struct yaml *yaml, const yaml_event_t *event, const struct place *place, json_object **out)
{
    if (event->type == YAML_ALIAS_EVENT)
        return take_alias(yaml, event, place, out);
    if (!parse_spend(&yaml->budget, 1, mark_of(event->start_mark)))
        return false;
    bool scalar = event->type == YAML_SCALAR_EVENT;
    if (!scalar && event->type != YAML_MAPPING_START_EVENT && event->type != YAML_SEQUENCE_START_EVENT)
        return fail_at(yaml, event->start_mark, "no value where one must be");
    if (!(scalar ? take_scalar(yaml, event, place, out) : take_container(yaml, event, place, out)))
        return false;
    /* Known only once it is whole, so that no alias is inside what it stands for. */
    const char *anchor = anchor_of(event);
    if (anchor) {
        if (!yaml->anchors)
            yaml->anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_replace(yaml->anchors, g_strdup(anchor), *out);
    }
    return true;
}

static bool take_document(struct yaml *yaml, const yaml_event_t *event, bool many, json_object *list)
{
    json_object *document = NULL;
    if (!take_node(yaml, event, &(struct place){0}, &document))
        return false;
    if (!document)
        return true;
    json_object_array_add(list, document);
    return many || json_object_array_length(list) < 2 ||
           fail_at(yaml, event->start_mark, "a second document in a file that may hold one");
}

/* All documents into `list`; nodes of a document that is nothing are left out. `many` false: one at most. */
static bool take_documents(struct yaml *yaml, bool many, json_object *list)
{
    for (;;) {
        auto_event event = {0};
        if (!next_event(yaml, &event))
            return false;
        if (event.type == YAML_STREAM_END_EVENT)
            return true;
        if (event.type == YAML_DOCUMENT_START_EVENT && yaml->anchors)
            g_hash_table_remove_all(yaml->anchors);
        if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT ||
            event.type == YAML_DOCUMENT_END_EVENT)
            continue;
        if (!take_document(yaml, &event, many, list))
            return false;
    }
}

static void put_node(gpointer node)
{
    json_object_put(node);
}

static json_object *parse_documents(const char *name, const char *text, gsize n, bool many, GError **error)
{
    struct yaml yaml = {.budget = {.name = name, .error = error}};
    pl_autojson json_object *list = json_object_new_array();
    if (!parse_utf8(name, &text, &n, error))
        return NULL;
    yaml.text = text;
    if (!yaml_parser_initialize(&yaml.parser)) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: out of memory", name);
        return NULL;
    }
    yaml_parser_set_encoding(&yaml.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&yaml.parser, (const unsigned char *)text, n);
    yaml.merged = g_ptr_array_new_with_free_func(put_node);
    bool ok = take_documents(&yaml, many, list);
    yaml_parser_delete(&yaml.parser);
    g_ptr_array_unref(yaml.merged);
    g_clear_pointer(&yaml.anchors, g_hash_table_unref);
    return ok ? g_steal_pointer(&list) : NULL;
}

static json_object *parse_stream(const char *name, const char *text, gsize n, GError **error)
{
    return parse_documents(name, text, n, true, error);
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    pl_autojson json_object *list = parse_documents(name, text, n, false, error);
    if (!list)
        return NULL;
    /* An empty file is an empty mapping: null is NULL in json-c, which would mean an error here. */
    return json_object_array_length(list) ? json_object_get(json_object_array_get_idx(list, 0))
                                          : json_object_new_object();
}

const struct format format_yaml = {
    .name = "yaml",
    .summary = "one YAML document (1.2 core schema); the tree is the document, an empty one is {}",
    .parse = parse,
};

const struct format format_yaml_stream = {
    .name = "yaml-stream",
    .summary = "YAML documents; the tree is an array of those that are not empty",
    .shape = FORMAT_LIST,
    .parse = parse_stream,
};
