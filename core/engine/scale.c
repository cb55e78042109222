#include "engine/scale.h"

#include "model/tree.h"

#include <string.h>

struct quantity {
    double value;
    gint64 whole;
    bool integral; /* `whole` is exact */
};

bool scale_unit_of(const char *text, enum scale *out)
{
    double seconds = 0;
    uint64_t bytes = 0;
    size_t n = strlen(text);
    if (n == 0 || g_ascii_isdigit(text[n - 1]))
        return false;
    bool duration = value_parse_duration(text, &seconds), size = value_parse_size(text, &bytes);
    if (!duration && !size)
        return false;
    /* Only a bare m is both. */
    *out = size && (!duration || text[n - 1] == 'M') ? SCALE_SIZE : SCALE_DURATION;
    return true;
}

char *scale_text(const json_object *node)
{
    const char *text = tree_string_of(node);
    size_t n = text ? (size_t)json_object_get_string_len(node) : 0;
    if (!text || strlen(text) == n)
        return tree_text(node);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        if (text[i])
            g_string_append_c(out, text[i]);
        else
            g_string_append(out, "\xef\xbf\xbd");
    }
    return g_string_free(out, FALSE);
}

bool scale_has_unit(const json_object *node)
{
    enum scale scale = SCALE_TEXT;
    const char *text = tree_string_of(node);
    return text && scale_unit_of(text, &scale);
}

enum scale scale_of(enum value_type type, const json_object *operand, bool ordering)
{
    static const enum scale declared[VALUE_TYPE_COUNT] = {
        [VALUE_NUMBER] = SCALE_NUMBER, [VALUE_SIZE] = SCALE_SIZE, [VALUE_DURATION] = SCALE_DURATION,
        [VALUE_MODE] = SCALE_MODE,     [VALUE_BOOL] = SCALE_BOOL, [VALUE_VERSION] = SCALE_VERSION,
    };
    if (declared[type] != SCALE_TEXT)
        return declared[type];
    if (json_object_is_type(operand, json_type_int) || json_object_is_type(operand, json_type_double))
        return SCALE_NUMBER;
    if (json_object_is_type(operand, json_type_boolean))
        return SCALE_BOOL;
    const char *text = tree_string_of(operand);
    enum scale scale = SCALE_TEXT;
    if (text && (type == VALUE_ANY || ordering))
        scale_unit_of(text, &scale);
    return scale;
}

static bool number_of_text(const char *text, struct quantity *out)
{
    if (value_parse_i64(text, &out->whole)) {
        out->integral = true;
        out->value = (double)out->whole;
        return true;
    }
    const char *digits = text + (*text == '-');
    if (!g_ascii_isdigit(*digits) || strspn(digits, "0123456789.") != strlen(digits))
        return false;
    char *end = NULL;
    out->value = g_ascii_strtod(text, &end);
    out->integral = false;
    return *end == '\0';
}

static bool quantity_of_text(enum scale scale, const char *text, struct quantity *out)
{
    uint64_t bytes = 0;
    unsigned mode = 0;
    out->integral = false;
    if (scale == SCALE_NUMBER)
        return number_of_text(text, out);
    if (scale == SCALE_DURATION)
        return value_parse_duration(text, &out->value);
    bool good = scale == SCALE_SIZE ? value_parse_size(text, &bytes) : value_parse_mode(text, &mode);
    out->whole = scale == SCALE_SIZE ? (gint64)bytes : (gint64)mode;
    out->value = (double)out->whole;
    out->integral = good;
    return good;
}

static bool quantity_of(enum scale scale, const json_object *node, struct quantity *out)
{
    const char *text = tree_string_of(node);
    if (text)
        return quantity_of_text(scale, text, out);
    if (json_object_is_type(node, json_type_int)) {
        out->whole = json_object_get_int64(node);
        out->value = (double)out->whole;
        out->integral = true;
        return true;
    }
    out->integral = false;
    out->value = json_object_get_double(node);
    return json_object_is_type(node, json_type_double);
}

static enum order compare_quantities(enum scale scale, const json_object *observed, const json_object *operand)
{
    struct quantity a, b;
    if (!quantity_of(scale, observed, &a) || !quantity_of(scale, operand, &b))
        return ORDER_NONE;
    if (a.integral && b.integral)
        return a.whole < b.whole ? ORDER_LESS : a.whole > b.whole ? ORDER_GREATER : ORDER_EQUAL;
    return a.value < b.value ? ORDER_LESS : a.value > b.value ? ORDER_GREATER : ORDER_EQUAL;
}

/* Configuration files write truth in words. */
static bool truth_of(const json_object *node, bool *out)
{
    static const char *const yes[] = {"true", "yes", "on", NULL};
    static const char *const no[] = {"false", "no", "off", NULL};
    if (json_object_is_type(node, json_type_boolean)) {
        *out = json_object_get_boolean(node);
        return true;
    }
    const char *text = tree_string_of(node);
    g_autofree char *lower = text ? g_ascii_strdown(text, -1) : NULL;
    *out = lower && g_strv_contains(yes, lower);
    return *out || (lower && g_strv_contains(no, lower));
}

static enum order compare_truth(const json_object *observed, const json_object *operand)
{
    bool a = false, b = false;
    if (!truth_of(observed, &a) || !truth_of(operand, &b))
        return ORDER_NONE;
    return a == b ? ORDER_EQUAL : ORDER_LESS;
}

static enum order compare_versions(const json_object *observed, const json_object *operand)
{
    const char *a = tree_string_of(observed), *b = tree_string_of(operand);
    if (!a || !b || !*a)
        return ORDER_NONE;
    int d = value_compare_versions(a, b);
    return d < 0 ? ORDER_LESS : d > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

static enum order compare_texts(const json_object *observed, const json_object *operand)
{
    g_autofree char *a = scale_text(observed);
    g_autofree char *b = scale_text(operand);
    return g_str_equal(a, b) ? ORDER_EQUAL : ORDER_LESS;
}

enum order scale_compare(enum scale scale, const json_object *observed, const json_object *operand)
{
    switch (scale) {
    case SCALE_TEXT:
        return compare_texts(observed, operand);
    case SCALE_BOOL:
        return compare_truth(observed, operand);
    case SCALE_VERSION:
        return compare_versions(observed, operand);
    case SCALE_NUMBER:
    case SCALE_SIZE:
    case SCALE_DURATION:
    case SCALE_MODE:
        break;
    }
    return compare_quantities(scale, observed, operand);
}
