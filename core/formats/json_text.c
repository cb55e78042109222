#include "formats/json_text.h"

#include <math.h>
#include <string.h>

struct tree_mark json_mark_at(const struct json_text *in, const char *p)
{
    return (struct tree_mark){.line = in->line, .column = (unsigned)(p - in->line_start) + 1};
}

bool json_fail_at(struct json_text *in, const char *p, const char *what)
{
    return parse_fail(in->budget.error, PL_ERROR_PARSE, in->budget.name, json_mark_at(in, p), "%s", what);
}

void json_skip_space(struct json_text *in)
{
    for (; in->p < in->end; in->p++) {
        char c = *in->p;
        if (c == '\n') {
            in->line++;
            in->line_start = in->p + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return;
        }
    }
}

char json_peek(struct json_text *in)
{
    json_skip_space(in);
    return in->p < in->end ? *in->p : '\0';
}

/* Four hex digits at p. */
static bool take_hex(struct json_text *in, gunichar *out)
{
    gunichar value = 0;
    if (in->end - in->p < 4)
        return json_fail_at(in, in->p, "an unfinished \\u escape");
    for (int i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(in->p[i]);
        if (digit < 0)
            return json_fail_at(in, in->p + i, "not a hexadecimal digit");
        value = value << 4 | (gunichar)digit;
    }
    in->p += 4;
    *out = value;
    return true;
}

static bool is_high_half(gunichar c)
{
    return c >= 0xD800 && c < 0xDC00;
}

static bool is_low_half(gunichar c)
{
    return c >= 0xDC00 && c <= 0xDFFF;
}

/* *c is the first half of a surrogate pair, whose digits began at `start`: makes it what both halves stand for. */
static bool take_low_half(struct json_text *in, const char *start, gunichar *c)
{
    gunichar low = 0;
    if (in->end - in->p < 2 || in->p[0] != '\\' || in->p[1] != 'u')
        return json_fail_at(in, start, "half of a surrogate pair");
    in->p += 2;
    if (!take_hex(in, &low))
        return false;
    if (!is_low_half(low))
        return json_fail_at(in, start, "half of a surrogate pair");
    *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static bool take_unicode(struct json_text *in)
{
    const char *start = in->p;
    gunichar c = 0;
    if (!take_hex(in, &c))
        return false;
    if (c == 0)
        return json_fail_at(in, start, "a NUL character");
    if (is_low_half(c))
        return json_fail_at(in, start, "half of a surrogate pair");
    if (is_high_half(c) && !take_low_half(in, start, &c))
        return false;
    g_string_append_unichar(in->buffer, c);
    return true;
}

static bool take_escape(struct json_text *in)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (in->p >= in->end)
        return json_fail_at(in, in->p, "an unterminated string");
    char c = *in->p++;
    if (c == 'u')
        return take_unicode(in);
    const char *at = strchr(names, c);
    if (!at)
        return json_fail_at(in, in->p - 1, "an unknown escape");
    g_string_append_c(in->buffer, values[at - names]);
    return true;
}

bool json_take_string(struct json_text *in, struct json_slice *out)
{
    const char *start = in->p++, *run = in->p;
    bool escaped = false;
    for (;;) {
        while (in->p < in->end && *in->p != '"' && *in->p != '\\' && (unsigned char)*in->p >= 0x20)
            in->p++;
        if (in->p >= in->end)
            return json_fail_at(in, start, "an unterminated string");
        if ((unsigned char)*in->p < 0x20)
            return json_fail_at(in, in->p, "a control character in a string");
        if (*in->p == '"')
            break;
        if (!escaped)
            g_string_truncate(in->buffer, 0);
        escaped = true;
        g_string_append_len(in->buffer, run, in->p - run);
        in->p++;
        if (!take_escape(in))
            return false;
        run = in->p;
    }
    *out = (struct json_slice){run, (gsize)(in->p - run)};
    if (escaped) {
        g_string_append_len(in->buffer, run, in->p - run);
        *out = (struct json_slice){in->buffer->str, in->buffer->len};
    }
    in->p++;
    return true;
}

static bool take_digits(struct json_text *in)
{
    const char *start = in->p;
    while (in->p < in->end && g_ascii_isdigit(*in->p))
        in->p++;
    return in->p > start || json_fail_at(in, in->p, "a digit is missing");
}

static bool accept(struct json_text *in, const char *set)
{
    if (in->p >= in->end || !strchr(set, *in->p))
        return false;
    in->p++;
    return true;
}

bool json_take_number(struct json_text *in, json_object **out)
{
    const char *start = in->p;
    bool whole = true;
    accept(in, "-");
    if (accept(in, "0")) {
        if (in->p < in->end && g_ascii_isdigit(*in->p))
            return json_fail_at(in, start, "a number with a leading zero");
    } else if (!take_digits(in)) {
        return false;
    }
    if (accept(in, ".")) {
        whole = false;
        if (!take_digits(in))
            return false;
    }
    if (accept(in, "eE")) {
        whole = false;
        accept(in, "+-");
        if (!take_digits(in))
            return false;
    }
    g_autofree char *text = g_strndup(start, (gsize)(in->p - start));
    gint64 integer = 0;
    if (whole && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &integer, NULL)) {
        *out = json_object_new_int64(integer);
        return true;
    }
    double value = g_ascii_strtod(text, NULL);
    if (!isfinite(value))
        return json_fail_at(in, start, "a number out of range");
    *out = json_object_new_double(value);
    return true;
}

bool json_take_word(struct json_text *in, json_object **out)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"null", -1}, {"false", 0}, {"true", 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize n = strlen(words[i].word);
        if ((gsize)(in->end - in->p) < n || memcmp(in->p, words[i].word, n) != 0)
            continue;
        in->p += n;
        *out = words[i].value < 0 ? NULL : json_object_new_boolean(words[i].value);
        return true;
    }
    return json_fail_at(in, in->p, in->p < in->end ? "not a JSON value" : "the text ends where a value must be");
}
