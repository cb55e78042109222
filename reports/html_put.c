#include "reports/html.h"

#include "model/visible.h"
#include "reports/escape.h"

#include <math.h>
#include <string.h>

static void put_argument(struct page *page, char kind, va_list *args)
{
    switch (kind) {
    case 's':
        escape_html(page->out, va_arg(*args, const char *), false);
        break;
    case 'u':
        g_string_append_printf(page->out, "%u", va_arg(*args, unsigned));
        break;
    case 'd':
        g_string_append_printf(page->out, "%d", va_arg(*args, int));
        break;
    case '%':
        g_string_append_c(page->out, '%');
        break;
    default:
        g_assert_not_reached();
    }
}

void html_put(struct page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *p = format; *p; p++) {
        if (*p != '%')
            g_string_append_c(page->out, *p);
        else
            put_argument(page, *++p, &args);
    }
    va_end(args);
}

void html_block(struct page *page, const char *text)
{
    escape_html(page->out, text, true);
}

static gsize address_length(const char *p)
{
    if (!g_str_has_prefix(p, "https://") && !g_str_has_prefix(p, "http://"))
        return 0;
    gsize n = strcspn(p, " \t\r\n<>\"'`()[]{}|\\^");
    while (n && strchr(".,;:!?", p[n - 1]))
        n--;
    return n > strlen("https://") ? n : 0;
}

static gsize code_length(const char *p)
{
    const char *end = *p == '`' ? strchr(p + 1, '`') : NULL;
    return end && end > p + 1 ? (gsize)(end - p) + 1 : 0;
}

void html_prose(struct page *page, const char *text)
{
    g_autofree char *valid = visible_valid(text ? text : "");
    const char *start = valid;
    const char *p = valid;
    while (*p) {
        gsize address = address_length(p);
        gsize code = code_length(p);
        if (!address && !code) {
            p++;
            continue;
        }
        g_autofree char *before = g_strndup(start, (gsize)(p - start));
        g_autofree char *inside = address ? g_strndup(p, address) : g_strndup(p + 1, code - 2);
        html_put(page, "%s", before);
        if (address)
            html_put(page, "<a href=\"%s\" rel=\"noreferrer noopener\">%s</a>", inside, inside);
        else
            html_put(page, "<code>%s</code>", inside);
        p += address ? address : code;
        start = p;
    }
    html_put(page, "%s", start);
}

void html_number(struct page *page, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(page->out, g_ascii_formatd(buffer, sizeof buffer, "%.6g", round(value * 100) / 100));
}

void html_state(struct page *page, enum view_state state)
{
    const struct view_word *word = view_word(state);
    html_put(page, "<span class=\"state %s\"><span aria-hidden=\"true\">%s</span> %s</span>", word->key, word->sign,
             word->label);
}

void html_severity(struct page *page, enum severity severity)
{
    html_put(page, "<span class=\"sev %s\">%s</span>", severity_name(severity), severity_name(severity));
}

static const char *score_class(const struct score *score)
{
    if (!score->grade[0])
        return "none";
    if (score->grade[0] <= 'B')
        return "good";
    return score->grade[0] <= 'D' ? "fair" : "poor";
}

void html_ring(struct page *page, const struct score *score, const char *label, const char *size)
{
    const double around = 2 * G_PI * 52;
    g_autofree char *value = view_score(score, 0);
    html_put(page, "<svg class=\"ring %s %s\" viewBox=\"0 0 120 120\" role=\"img\" aria-label=\"%s: ", size,
             score_class(score), label);
    bool graded = score->grade[0];
    if (score->known && graded)
        html_put(page, "score %s of 100, grade %s", value, score->grade);
    else if (score->known)
        html_put(page, "score %s of 100, not graded", value);
    else
        html_put(page, "%s", score_judged(score) ? "no score" : "nothing was judged");
    html_put(page, "\"><circle cx=\"60\" cy=\"60\" r=\"52\"/>");
    if (score->known && score->value > 0) {
        html_put(page, "<circle class=\"arc\" cx=\"60\" cy=\"60\" r=\"52\" transform=\"rotate(-90 60 60)\" "
                       "stroke-dasharray=\"");
        html_number(page, around * CLAMP(score->value, 0, 100) / 100);
        html_put(page, " ");
        html_number(page, around);
        html_put(page, "\"/>");
    }
    html_put(page, "<text x=\"60\" y=\"%s\" class=\"num\">%s</text>", graded ? "64" : "72",
             score->known ? value : "\u2013");
    if (graded)
        html_put(page, "<text x=\"60\" y=\"90\" class=\"grade\">%s%s</text>", g_str_equal(size, "big") ? "Grade " : "",
                 score->grade);
    html_put(page, "</svg>");
}

void html_copy(struct page *page, const char *what, const char *text)
{
    html_put(page,
             "<div class=\"copy\"><button type=\"button\" class=\"btn js\" data-copy aria-label=\"Copy %s\">Copy"
             "</button><pre>",
             what);
    html_block(page, text);
    html_put(page, "</pre></div>");
}
