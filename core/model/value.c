#include "model/value.h"

#include <math.h>
#include <string.h>

static const char *const type_names[] = {
    [VALUE_ANY] = "any",   [VALUE_STRING] = "string",     [VALUE_BOOL] = "bool", [VALUE_NUMBER] = "number",
    [VALUE_SIZE] = "size", [VALUE_DURATION] = "duration", [VALUE_MODE] = "mode", [VALUE_VERSION] = "version",
    [VALUE_SET] = "set",   [VALUE_LIST] = "list",         [VALUE_MAP] = "map",
};
_Static_assert(G_N_ELEMENTS(type_names) == VALUE_TYPE_COUNT, "a name for every type");

struct value_unit {
    const char *name;
    double factor;
};

static const struct value_unit size_units[] = {
    {"", 1},         {"b", 1},        {"k", 1024},    {"m", 0x1p20},  {"g", 0x1p30}, {"t", 0x1p40},
    {"ki", 1024},    {"mi", 0x1p20},  {"gi", 0x1p30}, {"ti", 0x1p40}, {"kib", 1024}, {"mib", 0x1p20},
    {"gib", 0x1p30}, {"tib", 0x1p40}, {"kb", 1e3},    {"mb", 1e6},    {"gb", 1e9},   {"tb", 1e12},
};
static const struct value_unit duration_units[] = {
    {"ns", 1e-9},    {"us", 1e-6},       {"µs", 1e-6},        {"ms", 1e-3},       {"msec", 1e-3},
    {"s", 1},        {"sec", 1},         {"second", 1},       {"seconds", 1},     {"m", 60},
    {"min", 60},     {"minute", 60},     {"minutes", 60},     {"h", 3600},        {"hr", 3600},
    {"hour", 3600},  {"hours", 3600},    {"d", 86400},        {"day", 86400},     {"days", 86400},
    {"w", 604800},   {"week", 604800},   {"weeks", 604800},   {"month", 2629800}, {"months", 2629800},
    {"y", 31557600}, {"year", 31557600}, {"years", 31557600},
};

const char *value_type_name(enum value_type type)
{
    return type_names[type];
}

bool value_parse_u64(const char *text, uint64_t max, uint64_t *out)
{
    if (!text || !g_ascii_isdigit(*text))
        return false;
    guint64 value = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 0, max, &value, NULL))
        return false;
    *out = value;
    return true;
}

bool value_parse_i64(const char *text, int64_t *out)
{
    gint64 value = 0;
    if (!text || *text == '+' || g_ascii_isspace(*text) ||
        !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL))
        return false;
    *out = value;
    return true;
}

/* Reads "12.5" at *text; no sign, no exponent, no inf or nan, which g_ascii_strtod would take. */
static bool take_decimal(const char **text, double *out)
{
    const char *p = *text;
    double value = 0, scale = 1;
    if (!g_ascii_isdigit(*p))
        return false;
    for (; g_ascii_isdigit(*p); p++)
        value = value * 10 + (*p - '0');
    if (*p == '.') {
        p++;
        for (; g_ascii_isdigit(*p); p++)
            value += (*p - '0') * (scale /= 10);
    }
    *text = p;
    *out = value;
    return isfinite(value);
}

static const struct value_unit *take_unit(const char **text, const struct value_unit *units, size_t count, bool fold)
{
    size_t n = strcspn(*text, " \t0123456789.");
    for (size_t i = 0; i < count; i++) {
        if (strlen(units[i].name) != n)
            continue;
        if (fold ? g_ascii_strncasecmp(units[i].name, *text, n) == 0 : memcmp(units[i].name, *text, n) == 0) {
            *text += n;
            return &units[i];
        }
    }
    return NULL;
}

bool value_parse_size(const char *text, uint64_t *out)
{
    double value = 0;
    if (!text || !take_decimal(&text, &value))
        return false;
    while (*text == ' ')
        text++;
    const struct value_unit *unit = take_unit(&text, size_units, G_N_ELEMENTS(size_units), true);
    if (!unit || *text || value * unit->factor >= 0x1p63)
        return false;
    *out = (uint64_t)(value * unit->factor);
    return true;
}

bool value_parse_duration(const char *text, double *out)
{
    double sum = 0;
    if (!text || !*text)
        return false;
    while (*text) {
        double value = 0;
        if (!take_decimal(&text, &value))
            return false;
        while (*text == ' ')
            text++;
        if (!*text) {
            sum += value;
            break;
        }
        const struct value_unit *unit = take_unit(&text, duration_units, G_N_ELEMENTS(duration_units), true);
        if (!unit)
            return false;
        sum += value * unit->factor;
        while (*text == ' ')
            text++;
    }
    *out = sum;
    return true;
}

bool value_parse_mode(const char *text, unsigned *out)
{
    guint64 value = 0;
    if (!text || !g_ascii_isdigit(*text) || !g_ascii_string_to_unsigned(text, 8, 0, 07777, &value, NULL))
        return false;
    *out = (unsigned)value;
    return true;
}

/* The sort weight of one byte of a non-digit part: ~ first, then the end, then letters, then the rest. */
static int weight(char c)
{
    if (c == '~')
        return -1;
    if (c == '\0' || g_ascii_isdigit(c))
        return 0;
    return g_ascii_isalpha(c) ? c : c + 256;
}

static bool in_text(char c)
{
    return c && !g_ascii_isdigit(c);
}

/* The parts without digits that both begin with; they end behind it. */
static int compare_text(const char **a, const char **b)
{
    while (in_text(**a) || in_text(**b)) {
        int d = weight(**a) - weight(**b);
        if (d)
            return d;
        *a += **a != '\0';
        *b += **b != '\0';
    }
    return 0;
}

/* The same for digits, as numbers of any length. */
static int compare_number(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t na = strspn(*a, "0123456789"), nb = strspn(*b, "0123456789");
    if (na != nb)
        return na < nb ? -1 : 1;
    int d = strncmp(*a, *b, na);
    *a += na;
    *b += nb;
    return d;
}

static int compare_part(const char *a, const char *b)
{
    int d = 0;
    while (!d && (*a || *b)) {
        d = compare_text(&a, &b);
        if (!d)
            d = compare_number(&a, &b);
    }
    return d;
}

/* Splits [epoch:]upstream[-revision] in a copy; the copy's memory holds all parts. */
static void split_version(char *copy, const char **epoch, const char **upstream, const char **revision)
{
    char *colon = strchr(copy, ':');
    char *rest = colon ? colon + 1 : copy;
    *epoch = "0";
    if (colon) {
        *colon = '\0';
        *epoch = copy;
    }
    *upstream = rest;
    char *dash = strrchr(rest, '-');
    *revision = "";
    if (dash) {
        *dash = '\0';
        *revision = dash + 1;
    }
}

int value_compare_versions(const char *a, const char *b)
{
    g_autofree char *ca = g_strdup(a);
    g_autofree char *cb = g_strdup(b);
    const char *ea = NULL, *ua = NULL, *ra = NULL, *eb = NULL, *ub = NULL, *rb = NULL;
    split_version(ca, &ea, &ua, &ra);
    split_version(cb, &eb, &ub, &rb);
    int d = compare_part(ea, eb);
    if (!d)
        d = compare_part(ua, ub);
    return d ? d : compare_part(ra, rb);
}

int value_order_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}
