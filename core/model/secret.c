/* Hiding: spans that are secrets become their lengths. */
#include "model/secret.h"

#include "model/secret_span.h"
#include "model/tree.h"

#include <string.h>

char *secret_placeholder(gsize n)
{
    return g_strdup_printf("<redacted, %" G_GSIZE_FORMAT " bytes>", n);
}

static int by_start(const void *a, const void *b)
{
    const struct secret_span *left = a, *right = b;
    return (left->from > right->from) - (left->from < right->from);
}

static char *cut_out(const char *text, GArray *spans)
{
    GString *out = g_string_new(NULL);
    gsize done = 0;
    g_array_sort(spans, by_start);
    for (guint i = 0; i < spans->len;) {
        struct secret_span span = g_array_index(spans, struct secret_span, i++);
        for (; i < spans->len && g_array_index(spans, struct secret_span, i).from <= span.to; i++)
            span.to = MAX(span.to, g_array_index(spans, struct secret_span, i).to);
        bool hidden = secret_hidden_length(text + span.from) == span.to - span.from;
        g_autofree char *shown =
            hidden ? g_strndup(text + span.from, span.to - span.from) : secret_placeholder(span.to - span.from);
        g_string_append_len(out, text + done, (gssize)(span.from - done));
        g_string_append(out, shown);
        done = span.to;
    }
    g_string_append(out, text + done);
    return g_string_free(out, FALSE);
}

/* Of a text as it stands. */
static void find_here(const char *text, bool raw, GArray *spans)
{
    secret_find_shapes(text, true, spans);
    if (strchr(text, '@'))
        secret_find_userinfo(text, spans);
    if (strpbrk(text, "=:>,"))
        secret_find_assigned(text, raw, spans);
    if (raw && (strpbrk(text, " \t\n") || strstr(text, "\",\"")))
        secret_find_following(text, spans);
}

static GArray *find_all(const char *text, bool raw)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    find_here(text, raw, spans);
    secret_find_wrapped(text, raw, find_here, spans);
    return spans;
}

char *secret_hide(const char *text, enum secret_text kind)
{
    g_autoptr(GArray) spans = find_all(text, kind == SECRET_RAW);
    return spans->len ? cut_out(text, spans) : NULL;
}

static void gather_text(const char *text, bool secret, GPtrArray *known)
{
    if (secret && !secret_is_open(text))
        g_ptr_array_add(known, g_strdup(text));
    g_autoptr(GArray) spans = find_all(text, true);
    for (guint i = 0; i < spans->len; i++) {
        const struct secret_span *span = &g_array_index(spans, struct secret_span, i);
        g_ptr_array_add(known, g_strndup(text + span->from, span->to - span->from));
    }
}

static void gather(const json_object *node, bool secret, GPtrArray *known) // NOLINT(misc-no-recursion)
{
    if (json_object_is_type(node, json_type_array))
        for (size_t i = 0; i < json_object_array_length(node); i++)
            gather(json_object_array_get_idx(node, i), secret, known);
    else if (json_object_is_type(node, json_type_string))
        gather_text(tree_string_of(node), secret, known);
}

void secret_gather(const char *member, const json_object *value, bool named, GPtrArray *known)
{
    gather(value, secret_name(member) || named, known);
}

/* Shorter ones are too often parts of other words. */
#define KNOWN_MIN 3

/* Longer overlaps than this are not looked for: a match that cuts so much of a secret off holds its name as well. */
#define OVERLAP_MAX 512

/* A capture may begin in the middle of a secret, or end there. */
static void hide_overlap(const char *text, gsize n, const char *secret, gsize length, GArray *spans)
{
    gsize most = MIN(MIN(n, length), OVERLAP_MAX);
    for (gsize k = most; k >= KNOWN_MIN; k--) {
        if (memcmp(text, secret + length - k, k) == 0)
            secret_span_add(spans, text, text, text + k);
        if (memcmp(text + n - k, secret, k) == 0)
            secret_span_add(spans, text, text + n - k, text + n);
    }
}

char *secret_hide_known(const char *text, const GPtrArray *known)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    gsize n = strlen(text);
    for (guint i = 0; known && i < known->len; i++) {
        const char *secret = g_ptr_array_index(known, i);
        gsize length = strlen(secret);
        if (n < length && n >= KNOWN_MIN && strstr(secret, text) && !secret_is_open(text))
            secret_span_add(spans, text, text, text + n);
        hide_overlap(text, n, secret, length, spans);
        for (const char *p = length ? strstr(text, secret) : NULL; p; p = strstr(p + length, secret))
            if (length >= KNOWN_MIN || length == n)
                secret_span_add(spans, text, p, p + length);
    }
    return spans->len ? cut_out(text, spans) : NULL;
}

void secret_hide_in(char **text, enum secret_text kind)
{
    char *hidden = *text ? secret_hide(*text, kind) : NULL;
    if (!hidden)
        return;
    g_free(*text);
    *text = hidden;
}

bool secret_in_text(const char *text)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    secret_find_shapes(text, false, spans);
    secret_find_userinfo(text, spans);
    return spans->len > 0;
}

/* Where the first secret of a text begins; its length without one. */
static gsize first_secret(const char *text)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct secret_span));
    secret_find_shapes(text, false, spans);
    secret_find_userinfo(text, spans);
    gsize first = strlen(text);
    for (guint i = 0; i < spans->len; i++)
        first = MIN(first, g_array_index(spans, struct secret_span, i).from);
    return first;
}

/* Only whole options with the value behind "=": what follows in the next argument may be anything. */
char *secret_option(const char *argument)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    const char *equal = strchr(argument, '=');
    gsize first = first_secret(argument);
    if (argument[first]) {
        gsize option = strcspn(argument, "= ");
        return option < first && argument[option] == '=' ? g_strndup(argument, MIN(option, 24))
                                                         : g_strndup(argument, MIN(first, 24));
    }
    if (!equal || equal == argument || !equal[1])
        return NULL;
    g_autofree char *option = g_strndup(argument, (gsize)(equal - argument));
    const char *name = option + strspn(option, "-");
    return strspn(name, plain) == strlen(name) && secret_variable(name) ? g_steal_pointer(&option) : NULL;
}
