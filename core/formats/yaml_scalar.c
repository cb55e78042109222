#include "formats/yaml_scalar.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* The matchers of the core schema's numbers (YAML 1.2.2, 10.3.2). */
static bool resolve_based(const char *p, json_object **out)
{
    guint64 value = 0;
    if (*p != '0' || (p[1] != 'o' && p[1] != 'x') || !g_ascii_isxdigit(p[2]))
        return false;
    if (!g_ascii_string_to_unsigned(p + 2, p[1] == 'o' ? 8 : 16, 0, G_MAXINT64, &value, NULL))
        return false;
    *out = json_object_new_int64((gint64)value);
    return true;
}

static const char *skip_digits(const char *p)
{
    while (g_ascii_isdigit(*p))
        p++;
    return p;
}

/* Behind "12", "12.", ".5" or "12.5"; NULL when there is no digit. */
static const char *skip_decimal(const char *start)
{
    const char *p = skip_digits(start);
    bool digits = p > start;
    if (*p == '.') {
        const char *fraction = skip_digits(p + 1);
        digits = digits || fraction > p + 1;
        p = fraction;
    }
    return digits ? p : NULL;
}

/* Behind an exponent where one is written; NULL when it has no digits. */
static const char *skip_exponent(const char *p)
{
    if (*p != 'e' && *p != 'E')
        return p;
    const char *digits = p + 1 + (p[1] == '-' || p[1] == '+'), *end = skip_digits(digits);
    return end > digits ? end : NULL;
}

static bool resolve_number(const char *text, json_object **out)
{
    const char *start = text + (*text == '-' || *text == '+');
    const char *whole = skip_digits(start);
    const char *p = skip_decimal(start);
    p = p ? skip_exponent(p) : NULL;
    if (!p || *p)
        return false;
    gint64 integer = 0;
    const char *unsigned_plus = text + (*text == '+');
    if (p == whole && g_ascii_string_to_signed(unsigned_plus, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        *out = json_object_new_int64(integer);
    else
        *out = json_object_new_double(g_ascii_strtod(text, NULL));
    return true;
}

bool yaml_resolve(const char *text, json_object **out)
{
    static const struct {
        const char *text;
        int kind; /* 0 false, 1 true, 2 null, 3 nan, 4 inf, 5 -inf */
    } words[] = {
        {"", 2},     {"~", 2},     {"null", 2},  {"Null", 2},  {"NULL", 2},  {"true", 1},  {"True", 1},
        {"TRUE", 1}, {"false", 0}, {"False", 0}, {"FALSE", 0}, {".nan", 3},  {".NaN", 3},  {".NAN", 3},
        {".inf", 4}, {".Inf", 4},  {".INF", 4},  {"+.inf", 4}, {"-.inf", 5}, {"-.Inf", 5}, {"-.INF", 5},
    };
    static const double numbers[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    if (*text && !strchr("~nNtTfF.+-0123456789", *text))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].text, text) != 0)
            continue;
        int kind = words[i].kind;
        if (kind < 2)
            *out = json_object_new_boolean(kind);
        else
            *out = kind == 2 ? NULL : json_object_new_double(numbers[kind - 3]);
        return true;
    }
    return resolve_based(text, out) || resolve_number(text, out);
}
