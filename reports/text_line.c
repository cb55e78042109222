#include "reports/text.h"

#include "reports/escape.h"

#include <string.h>

/* Where no terminal has a width, a line is as long as what it says; one that never ends helps nobody. */
#define WIDTH_USUAL 100
#define WIDTH_UNCUT 4000

static const char *const palettes[2][TEXT_STYLE_COUNT] = {
    {"", "1", "2", "32", "1;31", "33", "36"},
    {"", "1", "2", "34", "1;38;5;208", "33", "36"}, /* blue and orange: told apart by every kind of colour vision */
};

static const enum text_style state_styles[VIEW_COUNT] = {
    [VIEW_FAIL] = TEXT_BAD,        [VIEW_WAIVED] = TEXT_NOTE,       [VIEW_ERROR] = TEXT_WARN,
    [VIEW_UNKNOWN] = TEXT_WARN,    [VIEW_NOTCHECKED] = TEXT_NOTE,   [VIEW_PASS] = TEXT_GOOD,
    [VIEW_FOLDED] = TEXT_DIM,      [VIEW_INFORMATIONAL] = TEXT_DIM, [VIEW_NOTAPPLICABLE] = TEXT_DIM,
    [VIEW_NOTSELECTED] = TEXT_DIM,
};

void text_init(struct text *text, GString *out, const struct report_options *options)
{
    int width = options->width > 0 ? options->width : WIDTH_USUAL;
    *text = (struct text){.out = out, .options = options, .width = CLAMP(width, 40, 400)};
}

const char *text_non_empty(const char *string, const char *otherwise)
{
    return string && *string ? string : otherwise;
}

void text_newline(struct text *text)
{
    while (text->out->len && text->out->str[text->out->len - 1] == ' ')
        g_string_truncate(text->out, text->out->len - 1);
    g_string_append_c(text->out, '\n');
    text->column = 0;
}

static void put_visible(struct text *text, enum text_style style, const char *visible)
{
    const char *code = text->options->color ? palettes[text->options->safe_palette][style] : "";
    if (*code && *visible)
        g_string_append_printf(text->out, "\x1b[%sm%s\x1b[0m", code, visible);
    else
        g_string_append(text->out, visible);
    text->column += escape_columns(visible);
}

static GString *visible_of(const struct text *text, const char *string)
{
    GString *visible = g_string_new(NULL);
    escape_visible(visible, string, !text->options->utf8);
    return visible;
}

void text_put(struct text *text, enum text_style style, const char *string)
{
    g_autoptr(GString) visible = visible_of(text, string);
    put_visible(text, style, visible->str);
}

void text_put_short(struct text *text, enum text_style style, const char *string, int columns)
{
    g_autoptr(GString) visible = visible_of(text, string);
    g_autoptr(GString) cut = g_string_new(NULL);
    escape_cut(cut, visible->str, MAX(columns, 0), text->options->utf8 ? "\u2026" : "...");
    put_visible(text, style, cut->str);
}

void text_put_cut(struct text *text, enum text_style style, const char *string, int reserve)
{
    int end = text->options->width > 0 ? text->width - reserve : WIDTH_UNCUT;
    text_put_short(text, style, string, end - text->column);
}

/* The next line of a text that is broken: further in than any line of ours begins, so that no word of a host's can pose
 * as one ("fix: ..."). */
static void begin_further(struct text *text, int indent)
{
    text_newline(text);
    text_tab(text, indent + TEXT_FURTHER);
}

/* A word that is longer than a line goes on in the next. */
static void put_broken(struct text *text, enum text_style style, const char *visible, int indent)
{
    while (text->column + escape_columns(visible) > text->width) {
        int room = MAX(text->width - text->column, 1);
        g_autoptr(GString) piece = g_string_new(NULL);
        escape_cut(piece, visible, room, "");
        if (!piece->len)
            break;
        put_visible(text, style, piece->str);
        visible += piece->len;
        if (!*visible)
            return;
        begin_further(text, indent);
    }
    put_visible(text, style, visible);
}

static void put_word(struct text *text, enum text_style style, const char *word, int indent)
{
    g_autoptr(GString) visible = visible_of(text, word);
    bool begins = text->column <= indent;
    if (!begins && text->column + 1 + escape_columns(visible->str) > text->width) {
        begin_further(text, indent);
        put_broken(text, style, visible->str, indent);
        return;
    }
    if (begins && text->column < indent)
        text_tab(text, indent);
    else if (!begins)
        put_visible(text, TEXT_PLAIN, " ");
    put_broken(text, style, visible->str, indent);
}

void text_put_wrapped(struct text *text, enum text_style style, const char *string, int indent)
{
    g_auto(GStrv) words = g_strsplit(string, " ", -1);
    for (char **word = words; *word; word++)
        if (**word)
            put_word(text, style, *word, indent);
}

void text_printf(struct text *text, enum text_style style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *string = g_strdup_vprintf(format, args);
    va_end(args);
    text_put(text, style, string);
}

void text_tab(struct text *text, int column)
{
    int spaces = column - text->column;
    if (spaces <= 0 && text->column > 0 && column > 0)
        spaces = 1;
    for (int i = 0; i < spaces; i++)
        put_visible(text, TEXT_PLAIN, " ");
}

void text_state(struct text *text, enum view_state state)
{
    const struct view_word *word = view_word(state);
    g_autofree char *both = g_strdup_printf("%s %-4s", text->options->utf8 ? word->sign : word->ascii, word->word);
    put_visible(text, state_styles[state], both);
}

void text_bar(struct text *text, double share, int columns, enum text_style style)
{
    int full = (int)(CLAMP(share, 0, 1) * columns + 0.5);
    if (full == columns && share < 1)
        full--;
    bool utf8 = text->options->utf8;
    for (int part = 0; part < 2; part++) {
        g_autoptr(GString) bar = g_string_new(NULL);
        for (int i = 0; i < (part ? columns - full : full); i++)
            g_string_append(bar, utf8 ? (part ? "\u2591" : "\u2588") : (part ? "." : "#"));
        put_visible(text, part ? TEXT_DIM : style, bar->str);
    }
}

void text_heading(struct text *text, const char *title, const char *more)
{
    text_newline(text);
    text_put(text, TEXT_BOLD, title);
    if (more)
        text_put_cut(text, TEXT_DIM, more, 0);
    text_newline(text);
}

/* Only plain absolute paths of the running system become links: a reader's terminal would open them. */
static bool linkable(const struct source *source, const char *root)
{
    return source->path && g_path_is_absolute(source->path) && g_strcmp0(root, "/") == 0;
}

void text_source(struct text *text, const struct source *source, const char *root, int indent)
{
    g_autofree char *place = view_source(source);
    g_autoptr(GString) visible = visible_of(text, place);
    if (text->column > indent && text->column + 1 + escape_columns(visible->str) > text->width) {
        begin_further(text, indent);
    } else if (text->column > indent) {
        put_visible(text, TEXT_PLAIN, " ");
    }
    bool link = text->options->hyperlinks && linkable(source, root);
    if (link) {
        g_autofree char *uri = g_uri_escape_string(source->path, "/", FALSE);
        g_string_append_printf(text->out, "\x1b]8;;file://%s\x1b\\", uri);
    }
    if (link)
        put_visible(text, TEXT_PLAIN, visible->str);
    else
        put_broken(text, TEXT_PLAIN, visible->str, indent);
    if (link)
        g_string_append(text->out, "\x1b]8;;\x1b\\");
}
