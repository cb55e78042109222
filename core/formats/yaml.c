/* YAML through libyaml's events: plain scalars by the core schema of YAML 1.2 (yes, no, on, off stay texts), quoted
 * ones are texts. Anchors are copied at every alias, which nodes, bytes and depth bound (no alias bomb); `<<` merges; a
 * key that comes twice is an error. Columns count characters. As Go reads it (yaml-go) plain scalars are others, and
 * what that reader would take in another way than it looks is an error. */
#include "formats/format.h"
#include "formats/yaml_merge.h"
#include "formats/yaml_reader.h"
#include "formats/yaml_scalar.h"

#include <string.h>

enum reading {
    READING_ONE,    /* one document at most */
    READING_GO,     /* one, as Go's yaml package v2 reads it */
    READING_STREAM, /* as many as there are */
};

/* Where a node is, and in what. */
struct yaml_place {
    unsigned depth; /* of the containers around */
    struct tree_mark key;
};

static struct tree_mark node_mark(const yaml_event_t *event, const struct yaml_place *place)
{
    struct tree_mark mark = yaml_mark(event->start_mark);
    mark.key_line = place->key.line;
    mark.key_column = place->key.column;
    return mark;
}

static bool parser_failed(struct yaml *yaml)
{
    const yaml_parser_t *parser = &yaml->parser;
    const char *problem = parser->problem ? parser->problem : "out of memory";
    struct tree_mark at = yaml_mark(parser->problem_mark);
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

static const char *tag_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return (const char *)event->data.scalar.tag;
    return event->type == YAML_MAPPING_START_EVENT ? (const char *)event->data.mapping_start.tag
                                                   : (const char *)event->data.sequence_start.tag;
}

/* !!bool, !!int and tags of one's own mean this here and that there. */
static bool tag_is_clear(struct yaml *yaml, const yaml_event_t *event)
{
    static const char *const clear[] = {"!", YAML_STR_TAG, YAML_MAP_TAG, YAML_SEQ_TAG, NULL};
    const char *tag = tag_of(event);
    return !yaml->go || !tag || g_strv_contains(clear, tag) ||
           yaml_fail(yaml, event->start_mark, "a tag whose meaning is up to the reader");
}

static bool take_scalar(struct yaml *yaml, const yaml_event_t *event, const struct yaml_place *place, json_object **out)
{
    const char *text = (const char *)event->data.scalar.value;
    gsize n = event->data.scalar.length;
    if (memchr(text, '\0', n))
        return yaml_fail(yaml, event->start_mark, "a NUL character");
    bool (*resolve)(const char *, json_object **) = yaml->go ? yaml_resolve_go : yaml_resolve;
    if (scalar_is_text(event) || !resolve(text, out))
        *out = json_object_new_string_len(text, (int)n);
    tree_set_mark(*out, node_mark(event, place));
    return true;
}

static bool take_alias(struct yaml *yaml, const yaml_event_t *event, const struct yaml_place *place, json_object **out)
{
    gpointer node = NULL;
    const char *anchor = (const char *)event->data.alias.anchor;
    if (!yaml->anchors || !g_hash_table_lookup_extended(yaml->anchors, anchor, NULL, &node))
        return yaml_fail(yaml, event->start_mark, "an alias of an anchor that is not defined before it");
    if (!yaml_copy(yaml, node, event->start_mark, place->depth, out))
        return false;
    struct tree_mark mark = tree_mark(*out);
    mark.key_line = place->key.line;
    mark.key_column = place->key.column;
    tree_set_mark(*out, mark);
    return true;
}

static bool take_node(struct yaml *yaml, const yaml_event_t *event, const struct yaml_place *place, json_object **out);

static bool take_sequence(struct yaml *yaml, const struct yaml_place *place, json_object *array)
{
    struct yaml_place inner = {.depth = place->depth + 1};
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

static bool go_keeps_key(const yaml_event_t *event)
{
    if (event->data.scalar.tag)
        return false;
    return scalar_is_text(event) || yaml_go_keeps_key((const char *)event->data.scalar.value);
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
        return yaml_fail(yaml, event->start_mark, "a key that is no scalar");
    if (memchr(event->data.scalar.value, '\0', event->data.scalar.length))
        return yaml_fail(yaml, event->start_mark, "a NUL character");
    if (event->data.scalar.anchor)
        return yaml_fail(yaml, event->start_mark, "an anchor on a key: name a value, and write the key again");
    if (yaml->go && !go_keeps_key(event))
        return yaml_fail(yaml, event->start_mark, "a key that Go's reader takes for something else than this text");
    *out = g_strndup((const char *)event->data.scalar.value, event->data.scalar.length);
    return true;
}

static bool is_merge_key(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           g_str_equal(event->data.scalar.value, "<<");
}

/* One member. A merge is kept in *merges until the mapping's own keys are all there. */
static bool take_member(struct yaml *yaml, const yaml_event_t *event, const struct yaml_place *place,
                        json_object *object, json_object **merges)
{
    g_autofree char *key = NULL;
    if (!take_key(yaml, event, &key))
        return false;
    bool merges_now = is_merge_key(event);
    if (merges_now ? *merges != NULL : json_object_object_get_ex(object, key, NULL))
        return parse_fail(yaml->budget.error, PL_ERROR_PARSE, yaml->budget.name, yaml_mark(event->start_mark),
                          "the key \"%s\" comes twice", key);
    struct yaml_place inner = {.depth = place->depth + 1, .key = yaml_mark(event->start_mark)};
    auto_event start = {0};
    pl_autojson json_object *value = NULL;
    if (!next_event(yaml, &start) || !take_node(yaml, &start, &inner, &value))
        return false;
    if (!merges_now)
        return json_object_object_add_ex(object, key, g_steal_pointer(&value), JSON_C_OBJECT_ADD_KEY_IS_NEW) == 0;
    if (!value)
        return yaml_fail(yaml, start.start_mark, "<< takes a mapping or a list of mappings");
    *merges = g_steal_pointer(&value);
    g_ptr_array_add(yaml->merged, *merges);
    return yaml_merge_is_clear(yaml, object, *merges, event->start_mark);
}

static bool take_mapping(struct yaml *yaml, const struct yaml_place *place, json_object *object)
{
    json_object *merges = NULL;
    for (;;) {
        auto_event event = {0};
        if (!next_event(yaml, &event))
            return false;
        if (event.type == YAML_MAPPING_END_EVENT)
            return !merges || yaml_merge(yaml, object, merges, event.start_mark, place->depth + 1);
        if (!take_member(yaml, &event, place, object, &merges))
            return false;
    }
}

static bool take_container(struct yaml *yaml, const yaml_event_t *event, const struct yaml_place *place,
                           json_object **out)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    if (place->depth >= PARSE_DEPTH_MAX)
        return parse_fail(yaml->budget.error, PL_ERROR_LIMIT, yaml->budget.name, yaml_mark(event->start_mark),
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

static bool take_node(struct yaml *yaml, const yaml_event_t *event, const struct yaml_place *place, json_object **out)
{
    if (event->type == YAML_ALIAS_EVENT)
        return take_alias(yaml, event, place, out);
    if (!parse_spend(&yaml->budget, 1, yaml_mark(event->start_mark)))
        return false;
    bool scalar = event->type == YAML_SCALAR_EVENT;
    if (!scalar && event->type != YAML_MAPPING_START_EVENT && event->type != YAML_SEQUENCE_START_EVENT)
        return yaml_fail(yaml, event->start_mark, "no value where one must be");
    if (!tag_is_clear(yaml, event) ||
        !(scalar ? take_scalar(yaml, event, place, out) : take_container(yaml, event, place, out)))
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
    yaml->documents++;
    if (!take_node(yaml, event, &(struct yaml_place){0}, &document))
        return false;
    if (!document)
        return true;
    json_object_array_add(list, document);
    /* Also behind one that is nothing: most readers take the first, whatever it is. */
    return many || yaml->documents < 2 ||
           yaml_fail(yaml, event->start_mark, "a second document in a file that may hold one");
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

/* A byte order mark that is not at the beginning: libyaml leaves it out, Go's reader takes it for a part of a name. */
static bool has_mark_inside(const char *name, const char *text, gsize n, GError **error)
{
    const char *mark = g_strstr_len(text, (gssize)n, "\uFEFF");
    return mark && !parse_fail(error, PL_ERROR_PARSE, name, parse_position(text, (gsize)(mark - text)),
                               "a byte order mark inside the text");
}

static json_object *parse_documents(const char *name, const char *text, gsize n, enum reading reading, GError **error)
{
    struct yaml yaml = {.go = reading == READING_GO, .budget = {.name = name, .error = error}};
    pl_autojson json_object *list = json_object_new_array();
    if (!parse_utf8(name, &text, &n, error) || (yaml.go && has_mark_inside(name, text, n, error)))
        return NULL;
    yaml.text = text;
    if (!yaml_parser_initialize(&yaml.parser)) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: out of memory", name);
        return NULL;
    }
    yaml_parser_set_encoding(&yaml.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&yaml.parser, (const unsigned char *)text, n);
    yaml.merged = g_ptr_array_new_with_free_func(put_node);
    bool ok = take_documents(&yaml, reading == READING_STREAM, list);
    yaml_parser_delete(&yaml.parser);
    g_ptr_array_unref(yaml.merged);
    g_clear_pointer(&yaml.anchors, g_hash_table_unref);
    return ok ? g_steal_pointer(&list) : NULL;
}

static json_object *parse_stream(const char *name, const char *text, gsize n, GError **error)
{
    return parse_documents(name, text, n, READING_STREAM, error);
}

static json_object *parse_one(const char *name, const char *text, gsize n, enum reading reading, GError **error)
{
    pl_autojson json_object *list = parse_documents(name, text, n, reading, error);
    if (!list)
        return NULL;
    /* An empty file is an empty mapping: null is NULL in json-c, which would mean an error here. */
    return json_object_array_length(list) ? json_object_get(json_object_array_get_idx(list, 0))
                                          : json_object_new_object();
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    return parse_one(name, text, n, READING_ONE, error);
}

static json_object *parse_go(const char *name, const char *text, gsize n, GError **error)
{
    return parse_one(name, text, n, READING_GO, error);
}

const struct format format_yaml_go = {
    .name = "yaml-go",
    .summary =
        "YAML that Kubernetes' programs or etcd read: yes and on are true, 010 is eight; what their reader takes "
        "otherwise than it looks (a merge behind the key that it sets, a key like 0x1, a tag) is an error",
    .parse = parse_go,
};

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
