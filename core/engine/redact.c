#include "engine/redact.h"

#include "model/tree.h"
#include "model/value.h"

#include <string.h>

#define TEXT_MAX   1024
#define LIST_MAX   50
#define SECRET_MIN 9 /* shorter texts are states and words: "locked", "none", "required" */
#define DEPTH_MAX  8

static const char *const secret_words[] = {"password", "passwd",      "passphrase",  "secret",
                                           "token",    "private-key", "private_key", "privatekey",
                                           "apikey",   "api-key",     "api_key"};
/* Names that end so are about a secret, and hold none. */
static const char *const harmless_words[] = {
    "file",      "files", "path", "dir",   "directory",  "authentication", "auth",    "encryption", "policy",
    "length",    "age",   "days", "ttl",   "expiration", "timeout",        "enabled", "quality",    "method",
    "algorithm", "type",  "mode", "users", "lookup",     "passwords",      "issuer",  "audience"};

static char *lower(const char *text)
{
    return g_ascii_strdown(text, -1);
}

bool redact_names_secret(const char *name)
{
    g_autofree char *folded = name ? lower(name) : NULL;
    bool secret = false;
    for (size_t i = 0; folded && !secret && i < G_N_ELEMENTS(secret_words); i++)
        secret = strstr(folded, secret_words[i]) != NULL;
    for (size_t i = 0; secret && i < G_N_ELEMENTS(harmless_words); i++)
        secret = !g_str_has_suffix(folded, harmless_words[i]);
    return secret;
}

static json_object *redacted(size_t n)
{
    g_autofree char *text = g_strdup_printf("<redacted, %zu bytes>", n);
    return json_object_new_string(text);
}

static bool is_number(const char *text)
{
    double number = 0;
    return value_parse_duration(text, &number);
}

/* Where the value of a "NAME=VALUE" or "NAME: VALUE" inside a text begins; NULL when the text names no secret. */
static const char *secret_inside(const char *text)
{
    for (const char *sign = strpbrk(text, "=:"); sign; sign = strpbrk(sign + 1, "=:")) {
        const char *end = sign, *start = NULL, *value = sign + 1;
        while (end > text && end[-1] == ' ')
            end--;
        for (start = end; start > text && (g_ascii_isalnum(start[-1]) || start[-1] == '-' || start[-1] == '_');)
            start--;
        while (*value == ' ' || *value == '"' || *value == '\'')
            value++;
        g_autofree char *name = g_strndup(start, (gsize)(end - start));
        if (redact_names_secret(name) && strcspn(value, " \"'") >= SECRET_MIN)
            return value;
    }
    return NULL;
}

static json_object *clean_text(const char *text, size_t n)
{
    if (strstr(text, "PRIVATE KEY-----"))
        return redacted(n);
    const char *secret = secret_inside(text);
    if (secret) {
        g_autofree char *cut = g_strdup_printf("%.*s<redacted, %zu bytes>", (int)(secret - text), text, strlen(secret));
        return json_object_new_string(cut);
    }
    if (n <= TEXT_MAX)
        return json_object_new_string_len(text, (int)n);
    const char *end = g_utf8_find_prev_char(text, text + TEXT_MAX);
    g_autofree char *cut = g_strdup_printf("%.*s... (%zu bytes)", (int)((end ? end : text) - text), text, n);
    return json_object_new_string(cut);
}

static json_object *clean(const json_object *node, bool secret, unsigned depth);

static json_object *clean_array(const json_object *node, bool secret, unsigned depth)
{
    size_t n = json_object_array_length(node);
    json_object *copy = json_object_new_array();
    for (size_t i = 0; i < MIN(n, LIST_MAX); i++)
        json_object_array_add(copy, clean(json_object_array_get_idx(node, i), secret, depth + 1));
    if (n > LIST_MAX) {
        g_autofree char *more = g_strdup_printf("... and %zu more", n - LIST_MAX);
        json_object_array_add(copy, json_object_new_string(more));
    }
    return copy;
}

static json_object *clean_object(const json_object *node, bool secret, unsigned depth)
{
    json_object *copy = json_object_new_object();
    int left = LIST_MAX;
    json_object_object_foreach (node, key, value) {
        if (left-- <= 0)
            break;
        json_object_object_add(copy, key, clean(value, secret || redact_names_secret(key), depth + 1));
    }
    return copy;
}

static json_object *clean(const json_object *node, bool secret, unsigned depth)
{
    if (depth > DEPTH_MAX)
        return json_object_new_string("...");
    if (json_object_is_type(node, json_type_array))
        return clean_array(node, secret, depth);
    if (json_object_is_type(node, json_type_object))
        return clean_object(node, secret, depth);
    if (!json_object_is_type(node, json_type_string))
        return tree_copy(node);
    const char *text = json_object_get_string((json_object *)(uintptr_t)node);
    size_t n = (size_t)json_object_get_string_len(node);
    if (secret && n >= SECRET_MIN && !is_number(text))
        return redacted(n);
    return clean_text(text, n);
}

/* "PATH:LINE VALUE" of a losing setting: the place stays. */
static json_object *clean_losing(const json_object *list)
{
    json_object *copy = json_object_new_array();
    for (size_t i = 0; i < MIN(json_object_array_length(list), LIST_MAX); i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(list, i));
        char *blank = strrchr(text, ' ');
        g_autofree char *cut =
            blank ? g_strdup_printf("%.*s <redacted, %zu bytes>", (int)(blank - text), text, strlen(blank + 1))
                  : g_strdup_printf("<redacted, %zu bytes>", strlen(text));
        json_object_array_add(copy, json_object_new_string(cut));
    }
    return copy;
}

bool redact_is_secret(const struct item *item)
{
    static const char *const naming[] = {"key", "name", "keyword"};
    for (size_t i = 0; i < G_N_ELEMENTS(naming); i++)
        if (redact_names_secret(tree_string(item->fields, naming[i])))
            return true;
    return false;
}

json_object *redact_field(const struct item *item, const char *field, const json_object *value)
{
    static const char *const holding[] = {"value", "values", "text", "match", "persistent", "body", NULL};
    bool secret = redact_is_secret(item);
    if (secret && json_object_is_type(value, json_type_array) &&
        (g_str_equal(field, "losing") || g_str_equal(field, "overridden")))
        return clean_losing(value);
    return clean(value, secret && g_strv_contains(holding, field), 0);
}
