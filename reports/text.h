/* One line after the other for a terminal: colours, signs and widths in one place, so that text.c only says what. */
#pragma once

#include "reports/report.h"
#include "reports/view.h"

enum text_style {
    TEXT_PLAIN,
    TEXT_BOLD,
    TEXT_DIM,
    TEXT_GOOD,
    TEXT_BAD,
    TEXT_WARN,
    TEXT_NOTE,
    TEXT_STYLE_COUNT,
};

enum {
    TEXT_INDENT = 8,  /* of what stands below a rule's line */
    TEXT_FURTHER = 2, /* columns more for the lines after the first of a text that is broken */
    TEXT_ITEMS = 3,   /* of a list that --verbose shows all of */
};

struct text {
    GString *out;
    const struct report_options *options;
    int width;  /* columns of a line */
    int column; /* where the next character goes */
};

void text_init(struct text *text, GString *out, const struct report_options *options);

/* Ends the line. */
void text_newline(struct text *text);

/* Appends text that is ours or of a host, made visible, in a style. It is not cut. */
void text_put(struct text *text, enum text_style style, const char *string);

/* The same, cut at the end of the line less `reserve` columns; without a width to keep to, hardly ever. */
void text_put_cut(struct text *text, enum text_style style, const char *string, int reserve);

/* The same, in so many columns. */
void text_put_short(struct text *text, enum text_style style, const char *string, int columns);

/* The same, broken at spaces into lines that begin at column `indent`. */
void text_put_wrapped(struct text *text, enum text_style style, const char *string, int indent);

/* Appends printf text, not cut. */
void text_printf(struct text *text, enum text_style style, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Spaces up to `column`; one at least when the line is already there. */
void text_tab(struct text *text, int column);

/* A line that begins a section, after an empty one; `more` (may be NULL) stands behind the title and is cut. */
void text_heading(struct text *text, const char *title, const char *more);

/* A state as sign and word, "x FAIL", in its colour; six columns. */
void text_state(struct text *text, enum view_state state);

/* A bar of `columns` for a share of 0..1. */
void text_bar(struct text *text, double share, int columns, enum text_style style);

/* A place "path:line", as a word of a text that is broken at `indent`, with a link for terminals that said that they
 * know OSC 8. */
void text_source(struct text *text, const struct source *source, const char *root, int indent);

/* `otherwise` (may be NULL) for a text that is NULL or empty. */
const char *text_non_empty(const char *string, const char *otherwise);

/* State, severity, id and title of a rule; the title is broken at words. */
void text_rule_line(struct text *text, const struct result *result);

/* A failure: its line, what is wrong and where, what to do, and of which others it is the cause (struct result, may be
 * NULL). */
void text_failure(struct text *text, const struct audit *audit, const struct result *result, const GPtrArray *follow);

/* Whether a part of the report is wanted. */
bool text_shows(const struct text *text, enum text_show part);

/* The same and below it why: reason, items, references, remediation; how much of it is --verbose's affair. */
void text_rule(struct text *text, const struct audit *audit, const struct result *result);

/* A line below a rule's: the label and what it is about; nothing when that is NULL or empty. */
void text_labelled(struct text *text, const char *label, const char *string);

/* What could not be assessed, grouped by why, and what to do about it; nothing where all was. */
void text_causes(struct text *text, const struct audit *audit);

/* The table of subjects by abilities; nothing when no rule with an ability was judged. */
void text_abilities(struct text *text, const struct audit *audit);

/* What differs from the earlier audit; nothing where none was compared with. */
void text_difference(struct text *text, const struct audit *audit);

/* Of an audit whose verdict line was put: the rules that its demands are about, a line each, and what was not read. */
void text_short(struct text *text, const struct audit *audit);

/* A line for each file that holds more; NULL-terminated, may be NULL. */
void text_files(struct text *text, const char *const *files);
