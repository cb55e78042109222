/* Secrets in trees: the names that lead to a value say what it is. */
#include "model/secret.h"
#include "model/secret_span.h"
#include "model/tree.h"

#include <string.h>

#define LINE_MAX_BYTES 16384
#define READ_FACTOR    16 /* so many times what is kept of a text is read: what is hidden makes it shorter */

struct hiding {
    const struct secret_bounds *bounds;
    unsigned depth;
    bool words; /* a list here is a line that was split (format lines) */
};

static const struct secret_bounds whole = {0, 0, 0, NULL};

static json_object *hide(const struct hiding *hiding, const json_object *node, bool secret);

static bool is_listed(const char *name, const char *const *names, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Headers whose values let somebody in. */
static bool is_header(const char *name)
{
    static const char *const headers[] = {"authorization", "proxy-authorization", "cookie", "set-cookie"};
    const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;
    g_autofree char *bare = g_strndup(last, strcspn(last, ":"));
    return is_listed(bare, headers, G_N_ELEMENTS(headers));
}

bool secret_names_member(const char *name)
{
    return secret_name(name) || is_header(name);
}

/* A member of this object says that the values beside it are secrets. */
static bool names_value(const json_object *object)
{
    static const char *const naming[] = {"key",       "name",  "keyword", "variable", "option", "setting",
                                         "parameter", "param", "field",   "header",   "flag",   "property"};
    if (!json_object_is_type(object, json_type_object))
        return false;
    json_object_object_foreach (object, key, value) {
        const char *name = tree_string_of(value);
        if (name && is_listed(key, naming, G_N_ELEMENTS(naming)) && secret_names_member(name))
            return true;
    }
    return false;
}

static bool holds_value(const char *member)
{
    static const char *const holding[] = {"value", "values",  "text", "match",   "persistent",
                                          "body",  "content", "data", "default", "line"};
    return is_listed(member, holding, G_N_ELEMENTS(holding)) || g_ascii_strncasecmp(member, "value", 5) == 0;
}

/* Nothing in it but states: "enabled: true" below a secret's name. */
static bool is_open_tree(const json_object *node)
{
    if (json_object_is_type(node, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(node); i++)
            if (!is_open_tree(json_object_array_get_idx(node, i)))
                return false;
        return true;
    }
    if (json_object_is_type(node, json_type_object)) {
        json_object_object_foreach (node, key, value) {
            (void)key;
            if (!is_open_tree(value))
                return false;
        }
        return true;
    }
    const char *text = tree_string_of(node);
    if (text)
        return strlen(text) == (size_t)json_object_get_string_len(node) && secret_is_open(text);
    return !tree_is_number(node);
}

static json_object *hidden_tree(const json_object *node)
{
    g_autofree char *text = tree_text(node);
    g_autofree char *shown = secret_placeholder(
        json_object_is_type(node, json_type_string) ? (gsize)json_object_get_string_len(node) : strlen(text));
    return json_object_new_string(shown);
}

/* A text up to a bound, not through a word: half a token has no shape. NUL becomes visible. Caller frees. */
static char *bounded(const char *text, gsize n, gsize max)
{
    gsize kept = n;
    if (max && n > max) {
        for (kept = max; kept > max / 2 && !g_ascii_isspace(text[kept]);)
            kept--;
        while (kept > 0 && (text[kept] & 0xc0) == 0x80)
            kept--;
    }
    GString *out = g_string_sized_new(kept);
    for (gsize i = 0; i < kept; i++) {
        gsize part = strnlen(text + i, kept - i);
        g_string_append_len(out, text + i, (gssize)part);
        i += part;
        if (i < kept)
            g_string_append(out, "\\x00");
    }
    return g_string_free(out, FALSE);
}

static json_object *new_cut(const char *text, gsize n, gsize max)
{
    gsize length = strlen(text);
    if (!max || (length <= max && n <= max * READ_FACTOR))
        return json_object_new_string_len(text, (int)length);
    const char *end = length > max ? g_utf8_find_prev_char(text, text + max) : text + length;
    g_autofree char *cut =
        g_strdup_printf("%.*s... (%" G_GSIZE_FORMAT " bytes)", (int)((end ? end : text) - text), text, n);
    return json_object_new_string(cut);
}

static json_object *hide_text(const struct hiding *hiding, const json_object *node)
{
    const char *text = tree_string_of(node);
    gsize n = (gsize)json_object_get_string_len(node), max = hiding->bounds->text;
    g_autofree char *read = bounded(text, n, max * READ_FACTOR);
    g_autofree char *known = secret_hide_known(read, hiding->bounds->known);
    const char *left = known ? known : read;
    g_autofree char *hidden = secret_hide(left, SECRET_RAW);
    return new_cut(hidden ? hidden : left, n, max);
}

/* Not tree_copy(): json-c keeps the text of a parsed decimal where marks are kept, which must not be taken for one. */
static json_object *copy_scalar(const json_object *node)
{
    if (json_object_is_type(node, json_type_boolean))
        return json_object_new_boolean(json_object_get_boolean(node));
    if (json_object_is_type(node, json_type_double))
        return json_object_new_double(json_object_get_double(node));
    if (!json_object_is_type(node, json_type_int))
        return NULL;
    gint64 value = json_object_get_int64(node);
    return value == G_MAXINT64 ? json_object_new_uint64(json_object_get_uint64(node)) : json_object_new_int64(value);
}

static void add_more(json_object *copy, size_t n, size_t max)
{
    g_autofree char *more = g_strdup_printf("... and %" G_GSIZE_FORMAT " more", n - max);
    json_object_array_add(copy, json_object_new_string(more));
}

/* The argument or option with its secret hidden; NULL when it holds none. */
static json_object *hide_word(const char *text, const char *from)
{
    if (!from || secret_is_open(from) || secret_hidden_length(from))
        return NULL;
    g_autofree char *hidden = secret_placeholder(strlen(from));
    g_autofree char *shown = g_strdup_printf("%.*s%s", (int)(from - text), text, hidden);
    return json_object_new_string(shown);
}

static bool is_sign(const char *text)
{
    return g_str_equal(text, "=") || g_str_equal(text, ":");
}

/* A line that was split: "requirepass", "X"; "password", "=", "X". Adds what is secret of it, read as a line. */
static GPtrArray *line_secrets(const struct hiding *hiding, const json_object *node)
{
    GPtrArray *known = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) line = g_string_new(NULL);
    bool split = hiding->words;
    for (size_t i = 0; i < json_object_array_length(node) && line->len < LINE_MAX_BYTES; i++) {
        const char *text = tree_string_of(json_object_array_get_idx(node, i));
        g_string_append_printf(line, "%s%s", i ? " " : "", text ? text : "");
        split |= text && is_sign(text);
    }
    pl_autojson json_object *whole_line = split ? json_object_new_string(line->str) : NULL;
    if (whole_line)
        secret_gather("", whole_line, false, known);
    for (guint i = 0; hiding->bounds->known && i < hiding->bounds->known->len; i++)
        g_ptr_array_add(known, g_strdup(g_ptr_array_index(hiding->bounds->known, i)));
    return known;
}

static void add_base(GString *program, const char *word)
{
    const char *slash = strrchr(word, '/');
    g_string_append_printf(program, " %s", slash ? slash + 1 : word);
}

/* Where a secret begins in a word of a command line, NULL: nowhere. */
static const char *secret_in_word(const char *word, const char *before, const char *program, const char *options)
{
    const char *from = secret_in_option(word, program);
    from = from ? from : secret_in_argument(before, program, word);
    return !from && *word != '-' && secret_by_place(program, options, word) ? word : from;
}

/* ["X-Api-Key", "X"]: a pair, not a list of words like "password", "publickey". */
static bool is_told_by(const char *name, const char *value)
{
    return *name != '-' && !strpbrk(name, "=: ") && secret_name(name) &&
           strspn(value, "abcdefghijklmnopqrstuvwxyz-_ ") < strlen(value);
}

/* A list that may be a command line, as far as it was copied. */
struct line {
    GString *program, *options;
    const char *before; /* the text in front; "" */
};

/* The next member of it with its secret hidden; NULL when it holds none. */
static json_object *hide_next(const struct line *line, const char *text, bool second)
{
    json_object *shown = hide_word(text, secret_in_word(text, line->before, line->program->str, line->options->str));
    return shown || !second || !is_told_by(line->before, text) ? shown : hide_word(text, text);
}

static void take_word(struct line *line, const char *text)
{
    line->before = text ? text : "";
    if (*line->before == '-')
        g_string_append(line->options, line->before);
    else if (line->program->len < LINE_MAX_BYTES)
        add_base(line->program, line->before);
}

/* A list may be a command line: "--password", "X". */
static json_object *hide_array(const struct hiding *hiding, const json_object *node)
{
    size_t n = json_object_array_length(node), max = hiding->bounds->list ? hiding->bounds->list : n;
    json_object *copy = json_object_new_array();
    struct line line = {g_string_new(NULL), g_string_new(NULL), ""};
    g_autoptr(GPtrArray) known = line_secrets(hiding, node);
    struct secret_bounds bounds = *hiding->bounds;
    bounds.known = known;
    struct hiding inside = {&bounds, hiding->depth, hiding->words};
    for (size_t i = 0; i < MIN(n, max); i++) {
        const json_object *member = json_object_array_get_idx(node, i);
        const char *text = tree_string_of(member);
        json_object *shown = text ? hide_next(&line, text, n == 2 && i == 1) : NULL;
        json_object_array_add(copy, shown ? shown : hide(&inside, member, false));
        take_word(&line, text);
    }
    if (n > max)
        add_more(copy, n, max);
    g_string_free(line.program, TRUE);
    g_string_free(line.options, TRUE);
    return copy;
}

/* Fields of probes that tell where secrets lie. */
static bool is_list_of_files(const char *key, const json_object *value)
{
    static const char *const fields[] = {"private_keys", "credentials", "ssh_keys"};
    if (!is_listed(key, fields, G_N_ELEMENTS(fields)) || !json_object_is_type(value, json_type_array))
        return false;
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        const char *text = tree_string_of(json_object_array_get_idx(value, i));
        if (!text || (*text != '/' && !g_str_has_prefix(text, "... and ")))
            return false;
    }
    return true;
}

static bool ends_with(const char *key, const char *end)
{
    gsize n = strlen(key), m = strlen(end);
    return n >= m && g_ascii_strcasecmp(key + n - m, end) == 0;
}

/* {"Authorization": "Bearer X"}, {"auth": "base64 of user:password"}: names that text alone tells. */
static bool member_hides(const char *key, const json_object *value)
{
    const char *text = tree_string_of(value);
    if (secret_name(key))
        return !is_list_of_files(key, value);
    if (json_object_is_type(value, json_type_array) && is_header(key)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            if (tree_string_of(json_object_array_get_idx(value, i)) &&
                member_hides(key, json_object_array_get_idx(value, i)))
                return true;
        return false;
    }
    g_autofree char *both = text ? g_strconcat(key, "=", text, NULL) : NULL;
    g_autofree char *hidden = both && (ends_with(key, "auth") || is_header(key)) ? secret_hide(both, SECRET_RAW) : NULL;
    return hidden && !g_str_has_suffix(hidden, text);
}

/* "PATH:LINE VALUE" of a setting that lost: the place stays. */
static json_object *hide_lost(const struct hiding *hiding, const json_object *list)
{
    json_object *copy = json_object_new_array();
    size_t n = json_object_array_length(list), max = hiding->bounds->list ? hiding->bounds->list : n;
    for (size_t i = 0; i < MIN(n, max); i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(list, i));
        const char *place = text, *value = text;
        while (value == text && (place = strchr(place, ':'))) {
            gsize digits = strspn(++place, "0123456789");
            value = digits && place[digits] == ' ' ? place + digits + 1 : text;
        }
        bool open = secret_is_open(value);
        g_autofree char *hidden = secret_placeholder(strlen(value));
        g_autofree char *shown = g_strdup_printf("%.*s%s", (int)(value - text), text, open ? value : hidden);
        json_object_array_add(copy, json_object_new_string(shown));
    }
    return copy;
}

static json_object *hide_member(const struct hiding *hiding, const char *key, const json_object *value,
                                enum secret_held held)
{
    if (held == SECRET_HELD_LOST && json_object_is_type(value, json_type_array))
        return hide_lost(hiding, value);
    struct hiding inside = {hiding->bounds, hiding->depth, g_str_equal(key, "words")};
    return hide(&inside, value, member_hides(key, value) || held == SECRET_HELD);
}

/* Of an object that has a secret's name, in a tree that nobody declared. */
static enum secret_held held_by(const char *key)
{
    static const char *const lost[] = {"losing", "overridden"};
    if (is_listed(key, lost, G_N_ELEMENTS(lost)))
        return SECRET_HELD_LOST;
    return holds_value(key) ? SECRET_HELD : SECRET_HELD_NOT;
}

static json_object *hide_object(const struct hiding *hiding, const json_object *node)
{
    json_object *copy = json_object_new_object();
    size_t left = hiding->bounds->list ? hiding->bounds->list : SIZE_MAX;
    bool named = names_value(node);
    json_object_object_foreach (node, key, value) {
        if (left-- == 0)
            break;
        g_autofree char *shown = secret_hide(key, SECRET_RAW);
        json_object_object_add(copy, shown ? shown : key,
                               hide_member(hiding, key, value, named ? held_by(key) : SECRET_HELD_NOT));
    }
    return copy;
}

static json_object *hide(const struct hiding *hiding, const json_object *node, bool secret) // NOLINT(misc-no-recursion)
{
    struct hiding below = {hiding->bounds, hiding->depth + 1, hiding->words};
    if (hiding->bounds->depth && hiding->depth > hiding->bounds->depth)
        return json_object_new_string("...");
    if (secret && !is_open_tree(node))
        return hidden_tree(node);
    if (json_object_is_type(node, json_type_array))
        return hide_array(&below, node);
    if (json_object_is_type(node, json_type_object))
        return hide_object(&below, node);
    if (json_object_is_type(node, json_type_string))
        return hide_text(&below, node);
    return copy_scalar(node);
}

json_object *secret_hide_tree(const json_object *node, const struct secret_bounds *bounds)
{
    struct hiding hiding = {bounds ? bounds : &whole, 0, false};
    return hide(&hiding, node, false);
}

json_object *secret_hide_member(const char *member, const json_object *value, enum secret_held held,
                                const struct secret_bounds *bounds)
{
    struct hiding hiding = {bounds ? bounds : &whole, 0, false};
    return hide_member(&hiding, member, value, held);
}
