#include "model/pack.h"

#include <string.h>

/* Deeper than any tree that was read from a file of ours. */
#define DEPTH_MAX 200U

/* ---- writing ---- */

/* Seven bits a byte, the lowest first (LEB128). */
void pack_number(GByteArray *to, uint64_t value)
{
    do {
        uint8_t byte = (uint8_t)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
        g_byte_array_append(to, &byte, 1);
        value >>= 7;
    } while (value);
}

static void pack_bytes(GByteArray *to, const void *bytes, size_t n)
{
    g_byte_array_append(to, bytes, (guint)n);
}

/* With a NUL behind it, so that it can be used where it lies. */
void pack_text(GByteArray *to, const char *text)
{
    pack_number(to, text ? strlen(text) + 1 : 0);
    if (text)
        pack_bytes(to, text, strlen(text) + 1);
}

void pack_part(GByteArray *to, const GByteArray *part)
{
    pack_number(to, part->len);
    pack_bytes(to, part->data, part->len);
}

static void pack_mark(GByteArray *to, const json_object *node)
{
    struct tree_mark mark = tree_mark(node);
    pack_number(to, mark.line);
    pack_number(to, mark.column);
    pack_number(to, mark.key_line);
    pack_number(to, mark.key_column);
}

static void pack_double(GByteArray *to, double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    pack_number(to, bits);
}

static void pack_string(GByteArray *to, const json_object *node)
{
    size_t n = (size_t)json_object_get_string_len(node);
    pack_number(to, n);
    pack_bytes(to, json_object_get_string((json_object *)(uintptr_t)node), n);
}

void pack_tree(GByteArray *to, const json_object *tree)
{
    enum json_type type = json_object_get_type(tree);
    pack_number(to, type);
    if (type == json_type_null)
        return;
    pack_mark(to, tree);
    if (type == json_type_boolean) {
        pack_number(to, json_object_get_boolean(tree));
    } else if (type == json_type_int) {
        pack_number(to, (uint64_t)json_object_get_int64(tree));
    } else if (type == json_type_double) {
        pack_double(to, json_object_get_double(tree));
    } else if (type == json_type_string) {
        pack_string(to, tree);
    } else if (type == json_type_array) {
        pack_number(to, json_object_array_length(tree));
        for (size_t i = 0; i < json_object_array_length(tree); i++)
            pack_tree(to, json_object_array_get_idx(tree, i));
    } else {
        pack_number(to, (uint64_t)json_object_object_length(tree));
        json_object_object_foreach (tree, key, value) {
            pack_text(to, key);
            pack_tree(to, value);
        }
    }
}

/* ---- reading ---- */

uint64_t unpack_number(struct unpack *from)
{
    uint64_t value = 0;
    for (unsigned shift = 0; from->at < from->end && shift < 64; shift += 7) {
        uint8_t byte = *from->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return value;
    }
    from->broken = true;
    from->at = from->end;
    return 0;
}

/* The next `n` bytes; NULL when there are not so many. */
static const uint8_t *take(struct unpack *from, uint64_t n)
{
    if (n > (uint64_t)(from->end - from->at)) {
        from->broken = true;
        from->at = from->end;
        return NULL;
    }
    const uint8_t *bytes = from->at;
    from->at += n;
    return bytes;
}

const char *unpack_text(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    const uint8_t *bytes = n ? take(from, n) : NULL;
    if (!bytes || bytes[n - 1] == '\0')
        return (const char *)bytes;
    from->broken = true;
    return NULL;
}

struct unpack unpack_part(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    const uint8_t *bytes = take(from, n);
    return (struct unpack){bytes, bytes ? bytes + n : NULL, bytes == NULL};
}

static json_object *unpack_node(struct unpack *from, unsigned depth);

static json_object *unpack_array(struct unpack *from, unsigned depth)
{
    uint64_t n = unpack_number(from);
    json_object *array = json_object_new_array_ext((int)MIN(n, 64));
    for (uint64_t i = 0; i < n && !from->broken; i++)
        json_object_array_add(array, unpack_node(from, depth));
    return array;
}

static json_object *unpack_object(struct unpack *from, unsigned depth)
{
    uint64_t n = unpack_number(from);
    json_object *object = json_object_new_object();
    for (uint64_t i = 0; i < n && !from->broken; i++) {
        const char *key = unpack_text(from);
        json_object *value = unpack_node(from, depth);
        if (key)
            json_object_object_add(object, key, value);
        else
            json_object_put(value);
    }
    return object;
}

static json_object *unpack_double(struct unpack *from)
{
    uint64_t bits = unpack_number(from);
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return json_object_new_double(value);
}

static json_object *unpack_string(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    const uint8_t *bytes = take(from, n);
    return json_object_new_string_len(bytes ? (const char *)bytes : "", bytes ? (int)n : 0);
}

static json_object *unpack_typed(struct unpack *from, uint64_t type, unsigned depth)
{
    switch (type) {
    case json_type_boolean:
        return json_object_new_boolean(unpack_number(from) != 0);
    case json_type_int:
        return json_object_new_int64((int64_t)unpack_number(from));
    case json_type_double:
        return unpack_double(from);
    case json_type_string:
        return unpack_string(from);
    case json_type_array:
        return unpack_array(from, depth + 1);
    case json_type_object:
        return unpack_object(from, depth + 1);
    default:
        from->broken = true;
        return NULL;
    }
}

static json_object *unpack_node(struct unpack *from, unsigned depth)
{
    uint64_t type = unpack_number(from);
    from->broken = from->broken || depth > DEPTH_MAX;
    if (type == json_type_null || from->broken)
        return NULL;
    struct tree_mark mark = {0};
    mark.line = (unsigned)unpack_number(from);
    mark.column = (unsigned)unpack_number(from);
    mark.key_line = (unsigned)unpack_number(from);
    mark.key_column = (unsigned)unpack_number(from);
    json_object *node = unpack_typed(from, type, depth);
    if (node && (mark.line || mark.key_line))
        tree_set_mark(node, mark);
    return node;
}

json_object *unpack_tree(struct unpack *from)
{
    return unpack_node(from, 0);
}
