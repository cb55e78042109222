#include "model/tree.h"

#include "model/print.h"
#include "model/value.h"
#include "model/visible.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* Nearly every mark fits into the pointer that json-c keeps for it, as
 * line:20 column:12 (lines from the key to the value):11 key_column:12 key:1 packed:1, the last in the lowest bit,
 * where allocated memory has none. The few others are allocated. */
#define LINE_BITS   20
#define COLUMN_BITS 12
#define DOWN_BITS   11
#define PACKED      1U
#define HAS_KEY     2U

static bool fits(unsigned value, unsigned bits)
{
    return value < 1U << bits;
}

/* 0: it does not fit. */
static guint64 pack(struct tree_mark mark)
{
    bool key = mark.key_line != 0;
    unsigned down = key ? mark.line - mark.key_line : 0;
    bool packs = sizeof(void *) >= sizeof(guint64) && fits(mark.line, LINE_BITS) && fits(mark.column, COLUMN_BITS) &&
                 fits(down, DOWN_BITS) && fits(mark.key_column, COLUMN_BITS) && (key || !mark.key_column);
    if (!packs)
        return 0;
    guint64 packed = mark.line;
    packed = packed << COLUMN_BITS | mark.column;
    packed = packed << DOWN_BITS | down;
    packed = packed << COLUMN_BITS | mark.key_column;
    return packed << 2 | (key ? HAS_KEY : 0) | PACKED;
}

static unsigned take_bits(guint64 *packed, unsigned bits)
{
    unsigned value = (unsigned)(*packed & ((1U << bits) - 1));
    *packed >>= bits;
    return value;
}

static struct tree_mark unpack(guint64 packed)
{
    struct tree_mark mark = {0};
    bool key = packed & HAS_KEY;
    packed >>= 2;
    mark.key_column = take_bits(&packed, COLUMN_BITS);
    unsigned down = take_bits(&packed, DOWN_BITS);
    mark.column = take_bits(&packed, COLUMN_BITS);
    mark.line = take_bits(&packed, LINE_BITS);
    mark.key_line = key ? mark.line - down : 0;
    return mark;
}

/* Takes its mark from a node. json-c 0.19 keeps a pointer of its own where the userdata of a container was while it
 * frees the container, and follows what it finds there: a node goes without userdata. Taking it out calls this function
 * once more. */
static void drop_mark(json_object *node, void *data)
{
    static _Thread_local bool dropping;
    if (dropping)
        return;
    if (!((uintptr_t)data & PACKED))
        g_free(data);
    dropping = true;
    json_object_set_userdata(node, NULL, NULL);
    dropping = false;
}

void tree_set_mark(json_object *node, struct tree_mark mark)
{
    if (!node)
        return;
    guint64 packed = pack(mark);
    json_object_set_userdata(node, packed ? (void *)(uintptr_t)packed : g_memdup2(&mark, sizeof mark), drop_mark);
}

struct tree_mark tree_mark(const json_object *node)
{
    /* json-c takes a non-const pointer here but only reads. */
    const void *kept = node ? json_object_get_userdata((json_object *)(uintptr_t)node) : NULL;
    if ((uintptr_t)kept & PACKED)
        return unpack((uintptr_t)kept);
    return kept ? *(const struct tree_mark *)kept : (struct tree_mark){0};
}

json_object *tree_member(const json_object *object, const char *key)
{
    json_object *value = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &value);
    return value;
}

const char *tree_string(const json_object *object, const char *key)
{
    return tree_string_of(tree_member(object, key));
}

const char *tree_string_of(const json_object *node)
{
    /* json_object_get_string() caches a text in other types, which is not safe on shared trees; of a string it only
     * reads. */
    return json_object_is_type(node, json_type_string) ? json_object_get_string((json_object *)(uintptr_t)node) : NULL;
}

bool tree_is_number(const json_object *node)
{
    return json_object_is_type(node, json_type_int) || json_object_is_type(node, json_type_double);
}

char *tree_path_step(const char **path, bool *every)
{
    const char *p = *path;
    if (!p)
        return NULL;
    GString *step = g_string_new(NULL);
    *every = p[0] == '*' && (p[1] == '.' || p[1] == '\0');
    for (; *p && *p != '.'; p++) {
        if (*p == '\\' && p[1])
            p++;
        g_string_append_c(step, *p);
    }
    *path = *p ? p + 1 : NULL;
    return g_string_free(step, FALSE);
}

bool tree_has(const json_object *node, const char *name, json_object **member)
{
    guint64 index = 0;
    if (json_object_is_type(node, json_type_object))
        return json_object_object_get_ex(node, name, member);
    if (!json_object_is_type(node, json_type_array) || !value_parse_u64(name, G_MAXUINT32, &index) ||
        index >= json_object_array_length(node))
        return false;
    *member = json_object_array_get_idx(node, (size_t)index);
    return true;
}

bool tree_get(const json_object *root, const char *path, json_object **out)
{
    json_object *node = (json_object *)(uintptr_t)root; /* what is found is the caller's as `root` is */
    const char *rest = *path ? path : NULL;
    bool every = false;
    while (rest) {
        g_autofree char *step = tree_path_step(&rest, &every);
        if (!tree_has(node, step, &node))
            return false;
    }
    *out = node;
    return true;
}

json_object *tree_at(const json_object *root, const char *path)
{
    json_object *node = NULL;
    return tree_get(root, path, &node) ? node : NULL;
}

bool tree_true(const json_object *root, const char *path)
{
    const json_object *node = tree_at(root, path);
    return json_object_is_type(node, json_type_boolean) && json_object_get_boolean(node);
}

static json_object *copy_container(const json_object *node)
{
    if (json_object_is_type(node, json_type_object)) {
        json_object *copy = json_object_new_object();
        json_object_object_foreach (node, key, value)
            json_object_object_add(copy, key, tree_copy(value));
        return copy;
    }
    size_t n = json_object_array_length(node);
    json_object *copy = json_object_new_array_ext((int)n);
    for (size_t i = 0; i < n; i++)
        json_object_array_add(copy, tree_copy(json_object_array_get_idx(node, i)));
    return copy;
}

json_object *tree_copy(const json_object *node)
{
    json_object *copy = NULL;
    switch (json_object_get_type(node)) {
    case json_type_null:
        return NULL;
    case json_type_boolean:
        copy = json_object_new_boolean(json_object_get_boolean(node));
        break;
    case json_type_double:
        copy = json_object_new_double(json_object_get_double(node));
        break;
    case json_type_int:
        copy = json_object_new_int64(json_object_get_int64(node));
        break;
    case json_type_string:
        copy = json_object_new_string_len(json_object_get_string((json_object *)(uintptr_t)node),
                                          json_object_get_string_len(node));
        break;
    case json_type_object:
    case json_type_array:
        copy = copy_container(node);
        break;
    }
    struct tree_mark mark = tree_mark(node);
    if (mark.line || mark.key_line)
        tree_set_mark(copy, mark);
    return copy;
}

/* What json-c and malloc take for a node of any kind, beside what it holds. */
#define NODE_BYTES ((size_t)64)

static size_t weigh_object(const json_object *node)
{
    const struct lh_table *table = json_object_get_object(node);
    size_t bytes = sizeof *table + (size_t)table->size * sizeof *table->table;
    json_object_object_foreach (node, key, value) {
        bytes += strlen(key) + 2 * sizeof(size_t) + tree_weight(value);
    }
    return bytes;
}

static size_t weigh_array(const json_object *node)
{
    const struct array_list *list = json_object_get_array(node);
    size_t bytes = sizeof *list + list->size * sizeof *list->array;
    for (size_t i = 0; i < json_object_array_length(node); i++)
        bytes += tree_weight(json_object_array_get_idx(node, i));
    return bytes;
}

size_t tree_weight(const json_object *node)
{
    switch (json_object_get_type(node)) {
    case json_type_null:
        return 0;
    case json_type_string:
        return NODE_BYTES + (size_t)json_object_get_string_len(node);
    case json_type_object:
        return NODE_BYTES + weigh_object(node);
    case json_type_array:
        return NODE_BYTES + weigh_array(node);
    case json_type_boolean:
    case json_type_double:
    case json_type_int:
        break;
    }
    return NODE_BYTES;
}

static const struct print_style canonical = {.text = print_literal, .sorted = true};

char *tree_canonical(const json_object *node)
{
    GString *out = g_string_new(NULL);
    print_json(out, node, &canonical);
    return g_string_free(out, FALSE);
}

char *tree_text(const json_object *node)
{
    if (json_object_is_type(node, json_type_string))
        return g_strndup(json_object_get_string((json_object *)(uintptr_t)node),
                         (gsize)json_object_get_string_len(node));
    return tree_canonical(node);
}

json_object *tree_new_text(const char *text)
{
    g_autofree char *valid = visible_valid(text);
    return valid ? json_object_new_string(valid) : NULL;
}

json_object *tree_keys(const json_object *object)
{
    json_object *keys = json_object_new_array();
    if (!json_object_is_type(object, json_type_object))
        return keys;
    json_object_object_foreach (object, key, value) {
        (void)value;
        json_object_array_add(keys, tree_new_text(key));
    }
    return keys;
}

void tree_add_text(json_object *array, const char *text)
{
    g_autofree char *valid = visible_valid(text);
    for (size_t i = 0; i < json_object_array_length(array); i++)
        if (g_str_equal(json_object_get_string(json_object_array_get_idx(array, i)), valid))
            return;
    json_object_array_add(array, json_object_new_string(valid));
}

bool tree_equal(const json_object *a, const json_object *b)
{
    g_autofree char *ta = tree_canonical(a);
    g_autofree char *tb = tree_canonical(b);
    return g_str_equal(ta, tb);
}
