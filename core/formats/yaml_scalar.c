#include "formats/yaml_scalar.h"

#include "model/cleanup.h"

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

/* ---- Go ---- */

static bool resolve_go_word(const char *text, json_object **out)
{
    static const char *const yes[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", NULL};
    static const char *const no[] = {"n", "N", "no", "No", "NO", "off", "Off", "OFF", NULL};
    bool value = g_strv_contains(yes, text);
    if (!value && !g_strv_contains(no, text))
        return false;
    *out = json_object_new_boolean(value);
    return true;
}

/* The base that a prefix behind the sign names, with the prefix's length; 0 where there is none. */
static guint go_base(const char *digits, gsize *prefix)
{
    static const struct {
        char letter;
        guint base;
    } bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    *prefix = 2;
    for (gsize i = 0; digits[0] == '0' && i < G_N_ELEMENTS(bases); i++)
        if (g_ascii_tolower(digits[1]) == bases[i].letter)
            return bases[i].base;
    *prefix = 1;
    return digits[0] == '0' && g_ascii_isdigit(digits[1]) ? 8 : 0;
}

/* "0x1F", "-0b11", "010". What is no such number may still be a decimal one. */
static bool resolve_go_based(const char *text, json_object **out)
{
    const char *digits = text + (*text == '-' || *text == '+');
    gsize prefix = 0;
    guint64 value = 0;
    guint base = go_base(digits, &prefix);
    if (!base || !g_ascii_string_to_unsigned(digits + prefix, base, 0, G_MAXUINT64, &value, NULL))
        return false;
    if (value > G_MAXINT64)
        *out = json_object_new_double(*text == '-' ? -(double)value : (double)value);
    else
        *out = json_object_new_int64(*text == '-' ? -(gint64)value : (gint64)value);
    return true;
}

static char *without_underscores(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "_", -1);
    return g_strjoinv("", parts);
}

bool yaml_resolve_go(const char *text, json_object **out)
{
    if (resolve_go_word(text, out))
        return true;
    if (!g_ascii_isdigit(*text) && *text != '-' && *text != '+')
        return yaml_resolve(text, out);
    g_autofree char *plain = without_underscores(text);
    if (resolve_go_based(plain, out))
        return true;
    /* Only behind a prefix that is a number: 0x stays a text, 08 is eight. */
    if (!yaml_resolve(strchr(text, '_') ? plain : text, out))
        return false;
    if (!json_object_is_type(*out, json_type_double) || isfinite(json_object_get_double(*out)) || strchr(text, 'f'))
        return true;
    g_clear_pointer(out, json_object_put); /* too large for a number */
    return false;
}

bool yaml_go_keeps_key(const char *key)
{
    pl_autojson json_object *value = NULL;
    if (!yaml_resolve_go(key, &value))
        return true;
    return value && !json_object_is_type(value, json_type_double) && g_str_equal(json_object_get_string(value), key);
}
