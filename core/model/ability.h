/* What a compromised subject could do to this host: the items of every rule with an ability, as a table of subjects by
 * abilities. Each cell is the worst of them. It is made while judging, before items are capped, so that it knows every
 * subject; the evidence of a cell is an item of a result. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* From harmless to worst. A failure that somebody answers for is less than what nobody could see. */
enum ability_grade {
    ABILITY_NO,
    ABILITY_WAIVED,
    ABILITY_UNKNOWN, /* could not be observed */
    ABILITY_INFO,    /* and the severities of rules, in their order */
    ABILITY_LOW,
    ABILITY_MEDIUM,
    ABILITY_HIGH,
    ABILITY_CRITICAL,
    ABILITY_GRADES
};

struct ability_cell {
    enum ability_grade grade;
    char *rule; /* that says so; NULL for ABILITY_NO */
    char *by;   /* the ability that it follows from; NULL: from none, the rule is about this one */
    int item;   /* its evidence: index into the items of that rule's result; -1: none */
};

struct ability_row {
    char *subject;
    bool stopped;     /* it does not run: this is what it could do when it is started */
    guint64 score;    /* weights of its failing cells, summed */
    GPtrArray *cells; /* struct ability_cell, one a column; NULL where no rule applied to this subject */
};

struct ability_column {
    char *ability;
    GPtrArray *rules; /* char *: ids of the rules that were judged for it */
    char *unknown;    /* why subjects may be missing here; NULL: all were seen */
};

struct ability_table {
    GPtrArray *columns; /* struct ability_column, in the order of the results */
    GPtrArray *rows;    /* struct ability_row, worst first */
};

/* "no", "waived", "unknown", "info", "low", "medium", "high", "critical". */
const char *ability_grade_name(enum ability_grade grade);
bool ability_grade_parse(const char *name, enum ability_grade *out);
/* The cell says that the subject can. */
bool ability_grade_fails(enum ability_grade grade);

void ability_table_init(struct ability_table *table);
void ability_table_clear(struct ability_table *table);
struct ability_column *ability_column_new(const char *ability);
void ability_column_free(gpointer column);
struct ability_row *ability_row_new(const char *subject);
void ability_row_free(gpointer row);
struct ability_cell *ability_cell_new(enum ability_grade grade, const char *rule, int item);
void ability_cell_free(gpointer cell); /* NULL too */

/* The cell; NULL also beyond the row's end. */
const struct ability_cell *ability_row_cell(const struct ability_row *row, guint column);
/* The worst grade of a row; ABILITY_NO when it has no cell. */
enum ability_grade ability_row_worst(const struct ability_row *row);
