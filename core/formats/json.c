/* JSON as RFC 8259 has it, nothing more: no comments, no trailing commas, no NaN. Recursive descent, because json-c's
 * own tokener keeps no positions. A key that comes twice has its last value, as Go and most readers take it.
 * NUL characters (\u0000) are refused: everybody after us reads texts that end at NUL. */
#include "formats/format.h"
#include "formats/json_names.h"
#include "formats/json_text.h"

enum dialect {
    DIALECT_PLAIN,
    DIALECT_STRICT, /* a key that comes twice in one object is an error */
    DIALECT_GO,     /* as Go's encoding/json fills the members of a program's structures */
};

struct json {
    struct json_text in;
    unsigned depth;
    enum dialect dialect;
    bool map; /* the next object holds names that somebody chose, as labels are, not a program's members */
};

static bool take_value(struct json *json, struct tree_mark key, json_object **out);

/* Go takes a name for a member whatever its case is. `folded` has the names that came before; NULL in a map. */
static bool check_go_key(struct json *json, const json_object *object, GHashTable *folded, const char *key,
                         const char *start)
{
    json_object *earlier = NULL;
    bool again = json_object_object_get_ex(object, key, &earlier);
    if (again && !json_go_replaces(earlier, *json->in.p))
        return json_fail_at(&json->in, start, "a key that was there before: programs read it differently");
    if (!folded || again)
        return true;
    return g_hash_table_add(folded, g_utf8_casefold(key, -1)) ||
           json_fail_at(&json->in, start,
                        "a key that differs from another one only by case: programs read it differently");
}

/* The key whose quote p is at, and the colon. Caller frees; NULL with error. */
static char *take_key(struct json *json, const json_object *object, GHashTable *folded)
{
    struct json_slice slice = {0};
    const char *start = json->in.p;
    if (!json_take_string(&json->in, &slice))
        return NULL;
    g_autofree char *key = g_strndup(slice.p, slice.n);
    if (json->dialect == DIALECT_STRICT && json_object_object_get_ex(object, key, NULL)) {
        json_fail_at(&json->in, start, "a key that was there before");
        return NULL;
    }
    if (json_peek(&json->in) != ':') {
        json_fail_at(&json->in, json->in.p, "a colon is missing");
        return NULL;
    }
    json->in.p++;
    json_peek(&json->in);
    if (json->dialect == DIALECT_GO && json->in.p < json->in.end && !check_go_key(json, object, folded, key, start))
        return NULL;
    return g_steal_pointer(&key);
}

/* A key, whose quote p is at, and its value. */
static bool take_member(struct json *json, json_object *object, GHashTable *folded)
{
    struct tree_mark at = json_mark_at(&json->in, json->in.p);
    g_autofree char *key = take_key(json, object, folded);
    json_object *value = NULL;
    json->map = key && json->dialect == DIALECT_GO && json_name_is_map(key);
    if (!key || !take_value(json, at, &value))
        return false;
    json->map = false;
    json_object_object_add(object, key, value);
    return true;
}

static bool take_members(struct json *json, json_object *object)
{
    bool names = json->dialect == DIALECT_GO && !json->map;
    g_autoptr(GHashTable) folded = names ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) : NULL;
    json->map = false;
    if (json_peek(&json->in) == '}')
        return true;
    for (;;) {
        if (json_peek(&json->in) != '"')
            return json_fail_at(&json->in, json->in.p, "a key in quotes is missing");
        if (!take_member(json, object, folded))
            return false;
        if (json_peek(&json->in) == '}')
            return true;
        if (json->in.p >= json->in.end || *json->in.p != ',')
            return json_fail_at(&json->in, json->in.p, "a comma or } is missing");
        json->in.p++;
    }
}

static bool take_elements(struct json *json, json_object *array)
{
    json->map = false;
    if (json_peek(&json->in) == ']')
        return true;
    for (;;) {
        json_object *value = NULL;
        if (!take_value(json, (struct tree_mark){0}, &value))
            return false;
        json_object_array_add(array, value);
        if (json_peek(&json->in) == ']')
            return true;
        if (json->in.p >= json->in.end || *json->in.p != ',')
            return json_fail_at(&json->in, json->in.p, "a comma or ] is missing");
        json->in.p++;
    }
}

static bool take_container(struct json *json, bool object, json_object **out)
{
    if (json->depth >= PARSE_DEPTH_MAX)
        return parse_fail(json->in.budget.error, PL_ERROR_LIMIT, json->in.budget.name,
                          json_mark_at(&json->in, json->in.p), "nested deeper than %d levels", PARSE_DEPTH_MAX);
    json->depth++;
    json->in.p++;
    pl_autojson json_object *node = object ? json_object_new_object() : json_object_new_array_ext(4);
    if (!(object ? take_members(json, node) : take_elements(json, node)))
        return false;
    json->in.p++;
    json->depth--;
    if (object)
        parse_trim(node);
    *out = g_steal_pointer(&node);
    return true;
}

static bool take_value(struct json *json, struct tree_mark key, json_object **out)
{
    char c = json_peek(&json->in);
    struct tree_mark mark = json_mark_at(&json->in, json->in.p);
    mark.key_line = key.line;
    mark.key_column = key.column;
    struct json_slice slice = {0};
    bool ok = parse_spend(&json->in.budget, 1, mark);
    if (!ok)
        return false;
    if (c == '{' || c == '[') {
        ok = take_container(json, c == '{', out);
    } else if (c == '"') {
        ok = json_take_string(&json->in, &slice);
        *out = ok ? json_object_new_string_len(slice.p, (int)slice.n) : NULL;
    } else if (c == '-' || g_ascii_isdigit(c)) {
        ok = json_take_number(&json->in, out);
    } else {
        ok = json_take_word(&json->in, out);
    }
    tree_set_mark(*out, mark);
    return ok;
}

static json_object *parse_text(const char *name, const char *text, gsize n, enum dialect dialect, GError **error)
{
    if (!parse_utf8(name, &text, &n, error))
        return NULL;
    g_autoptr(GString) buffer = g_string_new(NULL);
    struct json json = {.in = {.p = text,
                               .end = text + n,
                               .line_start = text,
                               .line = 1,
                               .budget = {.name = name, .error = error},
                               .buffer = buffer},
                        .dialect = dialect};
    pl_autojson json_object *root = NULL;
    if (!take_value(&json, (struct tree_mark){0}, &root))
        return NULL;
    json_skip_space(&json.in);
    if (json.in.p < json.in.end) {
        json_fail_at(&json.in, json.in.p, "more text after the value");
        return NULL;
    }
    /* null is NULL in json-c, which would mean an error here. */
    return root ? g_steal_pointer(&root) : json_object_new_object();
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    return parse_text(name, text, n, DIALECT_PLAIN, error);
}

static json_object *parse_strict(const char *name, const char *text, gsize n, GError **error)
{
    return parse_text(name, text, n, DIALECT_STRICT, error);
}

static json_object *parse_go(const char *name, const char *text, gsize n, GError **error)
{
    return parse_text(name, text, n, DIALECT_GO, error);
}

const struct format format_json_go = {
    .name = "json-go",
    .summary =
        "JSON that a program written in Go reads: a key that Go may take for another one, because only their case "
        "differs or because it comes again, makes the file ambiguous, which is an error",
    .parse = parse_go,
    .folds = true,
};

const struct format format_json_strict = {
    .name = "json-strict",
    .summary = "JSON where a repeated key in one object makes the file invalid: policy.json of containers",
    .parse = parse_strict,
};

const struct format format_json = {
    .name = "json",
    .summary = "JSON (RFC 8259); the tree is the document; of a repeated key the last value counts",
    .parse = parse,
};
