/* JSON as RFC 8259 has it, nothing more: no comments, no trailing commas, no NaN. Recursive descent, because json-c's
 * own tokener keeps no positions. A key that comes twice has its last value, as Go and most readers take it.
 * NUL characters (\u0000) are refused: everybody after us reads texts that end at NUL. */
#include "formats/format.h"
#include "formats/json_names.h"
#include "formats/parse.h"

#include <math.h>
#include <string.h>

enum dialect {
    DIALECT_PLAIN,
    DIALECT_STRICT, /* a key that comes twice in one object is an error */
    DIALECT_GO,     /* as Go's encoding/json fills the members of a program's structures */
};

struct json {
    const char *p, *end, *line_start;
    unsigned line, depth;
    enum dialect dialect;
    bool map; /* the next object holds names that somebody chose, as labels are, not a program's members */
    struct parse_budget budget;
    GString *text; /* the last string that had escapes */
};

struct slice {
    const char *p;
    gsize n;
};

static struct tree_mark mark_at(const struct json *json, const char *p)
{
    return (struct tree_mark){.line = json->line, .column = (unsigned)(p - json->line_start) + 1};
}

static bool fail_at(struct json *json, const char *p, const char *what)
{
    return parse_fail(json->budget.error, PL_ERROR_PARSE, json->budget.name, mark_at(json, p), "%s", what);
}

static void skip_space(struct json *json)
{
    for (; json->p < json->end; json->p++) {
        char c = *json->p;
        if (c == '\n') {
            json->line++;
            json->line_start = json->p + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return;
        }
    }
}

/* The next byte after blanks, '\0' at the end (the text holds no NUL). */
static char peek(struct json *json)
{
    skip_space(json);
    return json->p < json->end ? *json->p : '\0';
}

/* Four hex digits at p. */
static bool take_hex(struct json *json, gunichar *out)
{
    gunichar value = 0;
    if (json->end - json->p < 4)
        return fail_at(json, json->p, "an unfinished \\u escape");
    for (int i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(json->p[i]);
        if (digit < 0)
            return fail_at(json, json->p + i, "not a hexadecimal digit");
        value = value << 4 | (gunichar)digit;
    }
    json->p += 4;
    *out = value;
    return true;
}

static bool take_unicode(struct json *json)
{
    const char *start = json->p;
    gunichar high = 0, low = 0;
    if (!take_hex(json, &high))
        return false;
    if (high == 0)
        return fail_at(json, start, "a NUL character");
    if (high >= 0xD800 && high < 0xDC00) {
        if (json->end - json->p < 2 || json->p[0] != '\\' || json->p[1] != 'u')
            return fail_at(json, start, "half of a surrogate pair");
        json->p += 2;
        if (!take_hex(json, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return fail_at(json, start, "half of a surrogate pair");
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    } else if (high >= 0xDC00 && high <= 0xDFFF) {
        return fail_at(json, start, "half of a surrogate pair");
    }
    g_string_append_unichar(json->text, high);
    return true;
}

static bool take_escape(struct json *json)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (json->p >= json->end)
        return fail_at(json, json->p, "an unterminated string");
    char c = *json->p++;
    if (c == 'u')
        return take_unicode(json);
    const char *at = strchr(names, c);
    if (!at)
        return fail_at(json, json->p - 1, "an unknown escape");
    g_string_append_c(json->text, values[at - names]);
    return true;
}

/* A string, whose quote p is at. The slice is valid until the next one. */
static bool take_string(struct json *json, struct slice *out)
{
    const char *start = json->p++, *run = json->p;
    bool escaped = false;
    for (;;) {
        while (json->p < json->end && *json->p != '"' && *json->p != '\\' && (unsigned char)*json->p >= 0x20)
            json->p++;
        if (json->p >= json->end)
            return fail_at(json, start, "an unterminated string");
        if ((unsigned char)*json->p < 0x20)
            return fail_at(json, json->p, "a control character in a string");
        if (*json->p == '"')
            break;
        if (!escaped)
            g_string_truncate(json->text, 0);
        escaped = true;
        g_string_append_len(json->text, run, json->p - run);
        json->p++;
        if (!take_escape(json))
            return false;
        run = json->p;
    }
    *out = (struct slice){run, (gsize)(json->p - run)};
    if (escaped) {
        g_string_append_len(json->text, run, json->p - run);
        *out = (struct slice){json->text->str, json->text->len};
    }
    json->p++;
    return true;
}

static bool take_digits(struct json *json)
{
    const char *start = json->p;
    while (json->p < json->end && g_ascii_isdigit(*json->p))
        json->p++;
    return json->p > start || fail_at(json, json->p, "a digit is missing");
}

static bool accept(struct json *json, const char *set)
{
    if (json->p >= json->end || !strchr(set, *json->p))
        return false;
    json->p++;
    return true;
}

static bool take_number(struct json *json, json_object **out)
{
    const char *start = json->p;
    bool whole = true;
    accept(json, "-");
    if (accept(json, "0")) {
        if (json->p < json->end && g_ascii_isdigit(*json->p))
            return fail_at(json, start, "a number with a leading zero");
    } else if (!take_digits(json)) {
        return false;
    }
    if (accept(json, ".")) {
        whole = false;
        if (!take_digits(json))
            return false;
    }
    if (accept(json, "eE")) {
        whole = false;
        accept(json, "+-");
        if (!take_digits(json))
            return false;
    }
    g_autofree char *text = g_strndup(start, (gsize)(json->p - start));
    gint64 integer = 0;
    if (whole && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &integer, NULL)) {
        *out = json_object_new_int64(integer);
        return true;
    }
    double value = g_ascii_strtod(text, NULL);
    if (!isfinite(value))
        return fail_at(json, start, "a number out of range");
    *out = json_object_new_double(value);
    return true;
}

static bool take_word(struct json *json, json_object **out)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"null", -1}, {"false", 0}, {"true", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize n = strlen(words[i].word);
        if ((gsize)(json->end - json->p) < n || memcmp(json->p, words[i].word, n) != 0)
            continue;
        json->p += n;
        *out = words[i].value < 0 ? NULL : json_object_new_boolean(words[i].value);
        return true;
    }
    return fail_at(json, json->p, json->p < json->end ? "not a JSON value" : "the text ends where a value must be");
}

static bool take_value(struct json *json, struct tree_mark key, json_object **out);

/* Go takes a name for a member whatever its case is. `folded` has the names that came before; NULL in a map. */
static bool check_go_key(struct json *json, const json_object *object, GHashTable *folded, const char *key,
                         const char *start)
{
    json_object *earlier = NULL;
    bool again = json_object_object_get_ex(object, key, &earlier);
    if (again && !json_go_replaces(earlier, *json->p))
        return fail_at(json, start, "a key that was there before: programs read it differently");
    if (!folded || again)
        return true;
    return g_hash_table_add(folded, g_utf8_casefold(key, -1)) ||
           fail_at(json, start, "a key that differs from another one only by case: programs read it differently");
}

/* The key whose quote p is at, and the colon. Caller frees; NULL with error. */
static char *take_key(struct json *json, const json_object *object, GHashTable *folded)
{
    struct slice slice = {0};
    const char *start = json->p;
    if (!take_string(json, &slice))
        return NULL;
    g_autofree char *key = g_strndup(slice.p, slice.n);
    if (json->dialect == DIALECT_STRICT && json_object_object_get_ex(object, key, NULL)) {
        fail_at(json, start, "a key that was there before");
        return NULL;
    }
    if (peek(json) != ':') {
        fail_at(json, json->p, "a colon is missing");
        return NULL;
    }
    json->p++;
    peek(json);
    if (json->dialect == DIALECT_GO && json->p < json->end && !check_go_key(json, object, folded, key, start))
        return NULL;
    return g_steal_pointer(&key);
}

static bool take_members(struct json *json, json_object *object)
{
    bool names = json->dialect == DIALECT_GO && !json->map;
    g_autoptr(GHashTable) folded = names ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) : NULL;
    json->map = false;
    if (peek(json) == '}')
        return true;
    for (;;) {
        if (peek(json) != '"')
            return fail_at(json, json->p, "a key in quotes is missing");
        struct tree_mark at = mark_at(json, json->p);
        g_autofree char *key = take_key(json, object, folded);
        json_object *value = NULL;
        json->map = key && json->dialect == DIALECT_GO && json_name_is_map(key);
        if (!key || !take_value(json, at, &value))
            return false;
        json->map = false;
        json_object_object_add(object, key, value);
        if (peek(json) == '}')
            return true;
        if (*json->p != ',' || json->p >= json->end)
            return fail_at(json, json->p, "a comma or } is missing");
        json->p++;
    }
}

static bool take_elements(struct json *json, json_object *array)
{
    json->map = false;
    if (peek(json) == ']')
        return true;
    for (;;) {
        json_object *value = NULL;
        if (!take_value(json, (struct tree_mark){0}, &value))
            return false;
        json_object_array_add(array, value);
        if (peek(json) == ']')
            return true;
        if (json->p >= json->end || *json->p != ',')
            return fail_at(json, json->p, "a comma or ] is missing");
        json->p++;
    }
}

static bool take_container(struct json *json, bool object, json_object **out)
{
    if (json->depth >= PARSE_DEPTH_MAX)
        return parse_fail(json->budget.error, PL_ERROR_LIMIT, json->budget.name, mark_at(json, json->p),
                          "nested deeper than %d levels", PARSE_DEPTH_MAX);
    json->depth++;
    json->p++;
    pl_autojson json_object *node = object ? json_object_new_object() : json_object_new_array_ext(4);
    if (!(object ? take_members(json, node) : take_elements(json, node)))
        return false;
    json->p++;
    json->depth--;
    if (object)
        parse_trim(node);
    *out = g_steal_pointer(&node);
    return true;
}

static bool take_value(struct json *json, struct tree_mark key, json_object **out)
{
    char c = peek(json);
    struct tree_mark mark = mark_at(json, json->p);
    mark.key_line = key.line;
    mark.key_column = key.column;
    struct slice slice = {0};
    bool ok = parse_spend(&json->budget, 1, mark);
    if (!ok)
        return false;
    if (c == '{' || c == '[') {
        ok = take_container(json, c == '{', out);
    } else if (c == '"') {
        ok = take_string(json, &slice);
        *out = ok ? json_object_new_string_len(slice.p, (int)slice.n) : NULL;
    } else if (c == '-' || g_ascii_isdigit(c)) {
        ok = take_number(json, out);
    } else {
        ok = take_word(json, out);
    }
    tree_set_mark(*out, mark);
    return ok;
}

static json_object *parse_text(const char *name, const char *text, gsize n, enum dialect dialect, GError **error)
{
    if (!parse_utf8(name, &text, &n, error))
        return NULL;
    g_autoptr(GString) buffer = g_string_new(NULL);
    struct json json = {.p = text,
                        .end = text + n,
                        .line_start = text,
                        .line = 1,
                        .dialect = dialect,
                        .budget = {.name = name, .error = error},
                        .text = buffer};
    pl_autojson json_object *root = NULL;
    if (!take_value(&json, (struct tree_mark){0}, &root))
        return NULL;
    skip_space(&json);
    if (json.p < json.end) {
        fail_at(&json, json.p, "more text after the value");
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
