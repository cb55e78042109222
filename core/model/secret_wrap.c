/* Secrets in texts that are written inside of texts. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

/* JSON in a string of JSON in an argument of a shell in a unit. */
#define LEVELS_MAX 4
typedef void (*find_function)(const char *text, bool raw, GArray *spans);

/* Base64 in base64. */
#define CODED_MAX 3

#define CODED_MIN 8
#define CODED     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"

/* A text without one level of escapes; origin[i] is where the byte i stands in the text that it was made of, the last
 * one its end. */
struct plain {
    GString *text;
    GArray *origin; /* gsize */
};

static struct plain *plain_new(void)
{
    struct plain *plain = g_new(struct plain, 1);
    *plain = (struct plain){g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(gsize))};
    return plain;
}

static void plain_free(struct plain *plain)
{
    g_string_free(plain->text, TRUE);
    g_array_unref(plain->origin);
    g_free(plain);
}
PL_DEFINE_CLEANUP(plain, plain_free)

static void put(struct plain *plain, gunichar c, gsize at)
{
    char bytes[6];
    int n = g_unichar_to_utf8(c, bytes);
    g_string_append_len(plain->text, bytes, n);
    for (int i = 0; i < n; i++)
        g_array_append_val(plain->origin, at);
}

/* Nothing is seen of these, and they part words that are one. */
static bool is_unseen(gunichar c)
{
    return c == 0 || c == 0xfeff || g_unichar_type(c) == G_UNICODE_FORMAT;
}

static gsize hex_digits(const char *p, gsize n, gunichar *c)
{
    *c = 0;
    for (gsize i = 0; i < n; i++) {
        int digit = g_ascii_xdigit_value(p[i]);
        if (digit < 0)
            return 0;
        *c = *c * 16 + (gunichar)digit;
    }
    return n;
}

/* How many bytes an escape has, 0: there is none; and what it stands for. */
static gsize backslash(const char *p, gunichar *c)
{
    static const char plain[] = "\"'`\\/ =:$&@", letters[] = "nrt", meant[] = "\n\r\t";
    const char *letter = p[1] ? strchr(letters, p[1]) : NULL;
    gsize digits = p[1] == 'u' ? 4 : p[1] == 'x' ? 2 : 0;
    if (digits && hex_digits(p + 2, digits, c) && g_unichar_validate(*c))
        return 2 + digits;
    if (letter)
        *c = (gunichar)(guchar)meant[letter - letters];
    else if (p[1] && strchr(plain, p[1]))
        *c = (gunichar)(guchar)p[1];
    else
        return 0;
    return 2;
}

static gsize entity(const char *p, gunichar *c)
{
    static const struct {
        const char *text;
        char c;
    } names[] = {{"&quot;", '"'}, {"&#34;", '"'}, {"&#x22;", '"'}, {"&apos;", '\''}, {"&#39;", '\''},
                 {"&lt;", '<'},   {"&gt;", '>'},  {"&amp;", '&'},  {"&#61;", '='},   {"&#58;", ':'}};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(p, names[i].text)) {
            *c = (gunichar)names[i].c;
            return strlen(names[i].text);
        }
    return 0;
}

static gsize escape_length(const char *p, gunichar *c)
{
    switch (*p) {
    case '\\':
        return backslash(p, c);
    case '&':
        return entity(p, c);
    case '%':
        return hex_digits(p + 1, 2, c) && *c < 0x80 ? 3 : 0;
    default:
        return 0;
    }
}

/* Whether there was anything to take off. */
static bool unescape(const struct plain *outer, struct plain *out)
{
    bool any = false;
    const char *text = outer->text->str;
    for (const char *p = text; *p;) {
        gunichar c = 0;
        gsize at = g_array_index(outer->origin, gsize, p - text), n = escape_length(p, &c);
        if (n) {
            any = true;
            if (!is_unseen(c))
                put(out, c, at);
            p += n;
            continue;
        }
        g_string_append_c(out->text, *p++);
        g_array_append_val(out->origin, at);
    }
    gsize end = g_array_index(outer->origin, gsize, outer->text->len);
    g_array_append_val(out->origin, end);
    return any;
}

static void add_mapped(const struct plain *plain, const GArray *found, const char *text, GArray *spans)
{
    for (guint i = 0; i < found->len; i++) {
        const struct secret_span *span = &g_array_index(found, struct secret_span, i);
        gsize from = g_array_index(plain->origin, gsize, span->from);
        gsize to = g_array_index(plain->origin, gsize, span->to);
        secret_span_add(spans, text, text + from, text + to);
    }
}

/* ---- base64 ---- */

static bool is_readable(const char *text, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (((guchar)text[i] < 0x20 && !strchr("\t\r\n", text[i])) || text[i] == 0x7f || text[i] == '\0')
            return false;
    return g_utf8_validate(text, (gssize)n, NULL);
}

/* NAME:VALUE and nothing else, as in a header or in the logins of a registry. */
static bool is_login(const char *text)
{
    gsize user = strspn(text, CODED "._@");
    return user && user <= 64 && text[user] == ':' && text[user + 1] && !strpbrk(text, " \t\r\n");
}

static void find_deep(const char *text, bool raw, unsigned depth, find_function find, GArray *spans);

/* A word of base64, of both alphabets, that says something secret. */
static bool is_coded(const char *word, gsize n, unsigned depth, find_function find) // NOLINT(misc-no-recursion)
{
    g_autofree char *standard = g_strdelimit(g_strdelimit(g_strndup(word, n), "-", '+'), "_", '/');
    g_autofree char *padded = g_strconcat(standard, &"==="[3 - (4 - n % 4) % 4], NULL);
    gsize length = 0;
    g_autofree guchar *bytes = n % 4 == 1 ? NULL : g_base64_decode(padded, &length);
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    if (!length || !is_readable(text, length))
        return false;
    find(text, true, found);
    if (!found->len && depth < CODED_MAX)
        find_deep(text, true, depth + 1, find, found);
    return found->len || is_login(text);
}

static const char *next_coded(const char *p, gsize *n)
{
    for (; *p; p += MAX(*n, 1)) {
        *n = strspn(p, CODED);
        if (*n >= CODED_MIN)
            return p;
    }
    return NULL;
}

static void find_coded(const char *text, unsigned depth, find_function find, GArray *spans) // NOLINT(misc-no-recursion)
{
    gsize n = 0;
    for (const char *p = next_coded(text, &n); p; p = next_coded(p + n, &n))
        if (is_coded(p, n, depth, find))
            secret_span_add(spans, text, p, p + n + strspn(p + n, "="));
}

/* ---- all ---- */

static void find_deep(const char *text, bool raw, unsigned depth, find_function find, GArray *spans) // NOLINT
{
    pl_auto(plain) outer = plain_new();
    find_coded(text, depth, find, spans);
    if (!strpbrk(text, "\\&%"))
        return;
    g_string_append(outer->text, text);
    for (gsize i = 0; i <= outer->text->len; i++)
        g_array_append_val(outer->origin, i);
    for (unsigned level = 0; level < LEVELS_MAX; level++) {
        pl_auto(plain) inner = plain_new();
        if (!unescape(outer, inner))
            return;
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
        find(inner->text->str, raw, found);
        find_coded(inner->text->str, depth, find, found);
        add_mapped(inner, found, text, spans);
        plain_free(outer);
        outer = g_steal_pointer(&inner);
    }
}

void secret_find_wrapped(const char *text, bool raw, find_function find, GArray *spans)
{
    find_deep(text, raw, 1, find, spans);
}
