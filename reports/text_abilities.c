/* What a compromised container could do to this host, as a table of letters that fits a narrow terminal: worst rows
 * first, columns that nobody has folded into a line, and a legend that says what each column is. */
#include "reports/text.h"

#include "reports/escape.h"

#include <string.h>

enum {
    ROWS_SHORT = 15,
    CELL = 3,           /* columns of a cell */
    NAME_NARROWEST = 8, /* columns of a name, with the blank behind it */
    NAME_WIDEST = 32,
    INDENT = 2,
};

static const struct {
    const char *letter;
    enum text_style style;
} looks[ABILITY_GRADES] = {
    [ABILITY_NO] = {".", TEXT_DIM},     [ABILITY_WAIVED] = {"w", TEXT_NOTE},  [ABILITY_UNKNOWN] = {"?", TEXT_WARN},
    [ABILITY_INFO] = {"i", TEXT_PLAIN}, [ABILITY_LOW] = {"L", TEXT_PLAIN},    [ABILITY_MEDIUM] = {"M", TEXT_WARN},
    [ABILITY_HIGH] = {"H", TEXT_BAD},   [ABILITY_CRITICAL] = {"C", TEXT_BAD},
};

static void put_cut_middle(struct text *text, enum text_style style, const char *string, int columns)
{
    g_autoptr(GString) visible = g_string_new(NULL);
    g_autoptr(GString) cut = g_string_new(NULL);
    escape_visible(visible, string, !text->options->utf8);
    escape_cut_middle(cut, visible->str, columns, text->options->utf8 ? "\u2026" : "...");
    text_put(text, style, cut->str);
}

static void put_cell(struct text *text, const struct ability_cell *cell)
{
    if (!cell) {
        text_tab(text, text->column + CELL);
        return;
    }
    const char *letter = cell->grade == ABILITY_NO && text->options->utf8 ? "\u00b7" : looks[cell->grade].letter;
    text_tab(text, text->column + CELL - 1);
    text_put(text, looks[cell->grade].style, letter);
}

struct grid {
    const GPtrArray *rows; /* struct ability_row: those with anything */
    const GArray *columns; /* guint: those that somebody has */
    guint shown;           /* of the rows */
    int name;              /* columns of names */
};

static void put_head(struct text *text, const struct grid *grid, guint from, guint to)
{
    text_tab(text, INDENT + grid->name);
    for (guint k = from; k < to; k++)
        text_printf(text, TEXT_DIM, "%*u", CELL, k + 1);
    text_newline(text);
}

/* As many columns side by side as the terminal is wide; the rest in a second block below. */
static void put_grid(struct text *text, const struct grid *grid)
{
    guint fit = (guint)MAX((text->width - INDENT - grid->name) / CELL, 1);
    for (guint from = 0; from < grid->columns->len; from += fit) {
        guint to = MIN(from + fit, grid->columns->len);
        put_head(text, grid, from, to);
        for (guint i = 0; i < grid->shown; i++) {
            const struct ability_row *row = grid->rows->pdata[i];
            text_tab(text, INDENT);
            put_cut_middle(text, TEXT_BOLD, row->subject, grid->name - 1);
            text_tab(text, INDENT + grid->name);
            for (guint k = from; k < to; k++)
                put_cell(text, ability_row_cell(row, g_array_index(grid->columns, guint, k)));
            text_newline(text);
        }
    }
}

static void put_line(struct text *text, const char *label, const char *string)
{
    text_tab(text, INDENT);
    text_put(text, TEXT_DIM, label);
    text_put_wrapped(text, TEXT_PLAIN, string, INDENT + 4);
    text_newline(text);
}

/* ", 2 by command an engine": those that have it only because they have another ability. */
static void put_ways(GString *line, const struct ability_table *table, guint column)
{
    for (guint k = 0; k < table->columns->len; k++) {
        const struct ability_column *way = table->columns->pdata[k];
        guint able = view_ability_by(table, column, way->ability);
        if (able)
            g_string_append_printf(line, ", %u by %s", able, way->ability);
    }
}

/* " 3  load kernel modules: 4 (2 critical)" */
static void put_column(struct text *text, const struct ability_table *table, guint column, guint number)
{
    guint counts[ABILITY_GRADES];
    guint able = view_ability_counts(table, column, counts);
    const struct ability_column *head = table->columns->pdata[column];
    g_autoptr(GString) line = g_string_new(head->ability);
    g_string_append_printf(line, ": %u", able);
    g_autofree char *stopped = view_stopped(view_ability_stopped(table, column));
    if (counts[ABILITY_CRITICAL])
        g_string_append_printf(line, " (%u critical)", counts[ABILITY_CRITICAL]);
    g_string_append(line, stopped);
    put_ways(line, table, column);
    if (counts[ABILITY_WAIVED])
        g_string_append_printf(line, ", %u waived", counts[ABILITY_WAIVED]);
    if (counts[ABILITY_UNKNOWN])
        g_string_append_printf(line, ", %u not known", counts[ABILITY_UNKNOWN]);
    if (head->unknown)
        g_string_append_printf(line, "; not all were seen (%s)", head->unknown);
    g_autofree char *label = g_strdup_printf("%2u", number);
    put_line(text, label, line->str);
}

static void put_signs(struct text *text)
{
    static const struct {
        enum ability_grade grade;
        const char *word;
    } signs[] = {
        {ABILITY_CRITICAL, "critical"}, {ABILITY_HIGH, "high"},     {ABILITY_MEDIUM, "medium"}, {ABILITY_LOW, "low"},
        {ABILITY_UNKNOWN, "not known"}, {ABILITY_WAIVED, "waived"}, {ABILITY_NO, "no"}};
    text_tab(text, INDENT);
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        bool dot = signs[i].grade == ABILITY_NO && text->options->utf8;
        g_autofree char *word =
            g_strdup_printf("%s%s %s", i ? "  " : "", dot ? "\u00b7" : looks[signs[i].grade].letter, signs[i].word);
        if (text->column + escape_columns(word) <= text->width)
            text_put(text, TEXT_DIM, word);
    }
    text_newline(text);
}

static void put_rest(struct text *text, const struct ability_table *table, guint shown, guint able)
{
    guint rest = table->rows->len - able;
    g_autoptr(GString) line = g_string_new(NULL);
    if (shown < able)
        g_string_append_printf(line, "and %u more with something; --verbose lists them", able - shown);
    if (shown < able && rest)
        g_string_append(line, "; ");
    if (rest)
        g_string_append_printf(line, "%u %s: nothing of this", rest, !able ? "in all" : rest == 1 ? "other" : "others");
    if (!line->len)
        return;
    text_put_wrapped(text, TEXT_DIM, line->str, INDENT);
    text_newline(text);
}

static void put_names(struct text *text, const char *label, const struct ability_table *table, enum view_column state)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint k = 0; k < table->columns->len; k++) {
        const struct ability_column *column = table->columns->pdata[k];
        if (view_ability_column(table, k) != state)
            continue;
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", column->ability);
        if (state == VIEW_COLUMN_UNKNOWN)
            g_string_append_printf(names, " (%s)", column->unknown);
    }
    if (names->len)
        put_line(text, label, names->str);
}

static int name_columns(const struct text *text, const GPtrArray *rows, guint shown, guint columns)
{
    int longest = 0;
    for (guint i = 0; i < shown; i++) {
        g_autoptr(GString) visible = g_string_new(NULL);
        escape_visible(visible, ((struct ability_row *)rows->pdata[i])->subject, !text->options->utf8);
        longest = MAX(longest, escape_columns(visible->str));
    }
    int room = text->width - INDENT - (int)MIN(columns, 20) * CELL;
    return CLAMP(MIN(longest + 1, room), NAME_NARROWEST, NAME_WIDEST);
}

void text_abilities(struct text *text, const struct audit *audit)
{
    const struct ability_table *table = &audit->abilities;
    if (!view_has_abilities(table))
        return;
    g_autoptr(GArray) columns = view_ability_columns(table);
    g_autoptr(GPtrArray) rows = view_ability_rows(table);
    guint shown = text->options->verbose ? rows->len : MIN(rows->len, ROWS_SHORT);
    g_autofree char *share = view_ability_share(table, rows), *more = g_strdup_printf(" (%s)", share);
    text_heading(text, VIEW_ABILITIES_TITLE, table->rows->len ? more : NULL);
    struct grid grid = {rows, columns, shown, name_columns(text, rows, shown, columns->len)};
    put_grid(text, &grid);
    put_rest(text, table, shown, rows->len);
    if (columns->len)
        put_signs(text);
    for (guint k = 0; k < columns->len; k++)
        put_column(text, table, g_array_index(columns, guint, k), k + 1);
    put_names(text, "nobody:", table, VIEW_COLUMN_NOBODY);
    put_names(text, "not known:", table, VIEW_COLUMN_UNKNOWN);
}
