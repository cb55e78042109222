/* What the readable formats (text, html, junit) say alike: states, order of urgency, groups, bounded texts. */
#pragma once

#include "model/audit.h"

#include <glib.h>

enum {
    VIEW_OBSERVED_MAX = 1024,
    VIEW_EVIDENCE_MAX = 8192,
    VIEW_ITEMS_MAX = 50, /* a rule; "and N more" after them */
};

/* A verdict as people count it: a waived failure is a state of its own, and one that another failure explains. */
enum view_state {
    VIEW_FAIL,
    VIEW_DIFFERS, /* a failure of severity info: an option that differs, no failure */
    VIEW_WAIVED,
    VIEW_FOLDED,
    VIEW_ERROR,
    VIEW_UNKNOWN,
    VIEW_NOTCHECKED,
    VIEW_PASS,
    VIEW_INFORMATIONAL,
    VIEW_NOTAPPLICABLE,
    VIEW_NOTSELECTED,
    VIEW_COUNT
};

struct view_word {
    const char *key;   /* "waived", for machines */
    const char *word;  /* "WAIV", at most four letters */
    const char *sign;  /* one column, beyond ASCII */
    const char *ascii; /* one column */
    const char *label; /* "Waived" */
    const char *means; /* half a sentence */
};

const struct view_word *view_word(enum view_state state);
enum view_state view_state_of(const struct result *result);
enum view_state view_item_state(const struct item_result *item);

/* What became of the demands. Where nothing is demanded of single rules (--fail-on none) that is no word about the
 * host: it must never read as a pass beside failures. */
enum view_demands {
    VIEW_MET,
    VIEW_NOT_MET,
    VIEW_INCOMPLETE,
    VIEW_NOTHING_DEMANDED,
};

enum view_demands view_demands(const struct audit *audit);

/* How many results are in each state; `layer` LAYER_COUNT: all. */
void view_count(const struct audit *audit, enum layer layer, unsigned counts[VIEW_COUNT]);

/* Objects that fail and are not waived; at least 1 for a failing result. */
guint64 view_failing_items(const struct result *result);

/* Failures without a waiver, worst first: severity, then failing items, then the report's order. Borrowed results. */
GPtrArray *view_failures(const struct audit *audit);

/* The first of them, at most `max`. */
GPtrArray *view_top(const struct audit *audit, guint max);

/* Results that could not be judged for one reason. */
struct view_cause {
    char *cause, *remediation; /* remediation may be NULL */
    GPtrArray *results;        /* borrowed, in the report's order */
    unsigned errors;           /* of them; the rest are unknown */
};

/* Most results first, then by name. The caller owns the array, which owns its groups. */
GPtrArray *view_causes(const struct audit *audit);

/* "value=true, source=default"; secrets hidden; at most VIEW_OBSERVED_MAX bytes; "" for nothing. Caller frees. */
char *view_observed(const struct item_result *item);

/* What is wrong with an item: the rule's words, else what was seen of it, else its reason; "" for nothing. Caller
 * frees. */
char *view_finding(const struct item_result *item);

/* What was demanded of an item, in words; NULL where the finding says it already. Borrowed. */
const char *view_expected(const struct result *result, const struct item_result *item);

/* Why a result is as it is, for readers: what is missing, in the rule's words, else the reason. NULL: none. Borrowed.
 */
const char *view_reason(const struct result *result);

/* "path:line, process, api", whatever is set; "" for nothing. Caller frees. */
char *view_source(const struct source *source);

/* "cis-docker-1.6.0 2.2 L1". Caller frees. */
char *view_reference(const struct reference *reference);

/* All references, joined. Caller frees. */
char *view_references(const struct result *result, const char *separator);

/* "by OWNER until DATE: REASON". Caller frees. */
char *view_note(const struct waiver_note *note);

/* The items that matter for a rule's story: failing ones without a waiver of a failure, else all. Borrowed. */
GPtrArray *view_items(const struct result *result);

/* "3 of 75 containers" (of a failure), "2 of 75 containers not judged", "75 containers"; with "at least" where an older
 * report does not say; NULL where there is no more than one. Caller frees. */
char *view_objects(const struct result *result);

/* What tests saw of an item's object: look 0 is the item itself, the next ones what other tests saw of it elsewhere, of
 * a failing one what fails. NULL when there are no more. Borrowed. */
const struct item_result *view_look(const struct item_result *item, guint n);

/* How many of the rule's items that are as `items` (failing ones, or all) stand behind the first `shown` ones, the
 * engine's cap counted in. */
guint64 view_more(const struct result *result, const GPtrArray *items, guint shown);

/* "71", "71.4" (at most `decimals`), "-" when nothing was judged; never rounded up to 100. Caller frees. */
char *view_score(const struct score *score, int decimals);

/* Rules judged, and rules that could have been (judged + error + unknown). */
void view_coverage(const struct score *score, unsigned *judged, unsigned *applicable);

/* "97 %", "-" where nothing was judged; never rounded up to 100. Caller frees. */
char *view_coverage_percent(const struct score *score);

/* A ring, bar or number says something: not of fewer than five rules. */
bool view_has_ring(const struct score *score);

/* The formula in a sentence. */
const char *view_score_formula(void);

/* Why there is no grade, or not the one of the number: a sentence, or NULL. */
const char *view_score_note(const struct score *score);

/* "no_new_privs, seccomp, Landlock ABI 4" or "none". Caller frees. */
char *view_sandbox(const struct sandbox_state *sandbox);

/* "Cloud". */
const char *view_layer(enum layer layer);

#define VIEW_ABILITIES_TITLE "What a compromised container could do to this host"

/* Who has an ability. */
enum view_column {
    VIEW_COLUMN_SHOWN,   /* somebody has it, may have it, or is allowed to */
    VIEW_COLUMN_NOBODY,  /* everybody was looked at, nobody has it */
    VIEW_COLUMN_UNKNOWN, /* nobody who was seen has it, but not everybody was seen */
};

/* A rule with an ability found a subject, or was hindered from looking: there is something to tell. */
bool view_has_abilities(const struct ability_table *table);
enum view_column view_ability_column(const struct ability_table *table, guint column);
/* guint: indexes of the columns that are shown. Caller unrefs. */
GArray *view_ability_columns(const struct ability_table *table);
/* Whether a row has anything but "no" in these columns (view_ability_columns()). */
bool view_ability_any(const struct ability_row *row, const GArray *columns);
/* The rows that have anything but "no" in a column that is shown, in their order. Borrowed struct ability_row; caller
 * unrefs. */
GPtrArray *view_ability_rows(const struct ability_table *table);
/* "3 of 12"; "3 of 12 running, 1 of 2 stopped" where some do not run: `rows` (view_ability_rows()) of all. Caller
 * frees. */
char *view_ability_share(const struct ability_table *table, const GPtrArray *rows);
/* ", 2 stopped" of a count of which so many do not run; "" of none. Caller frees. */
char *view_stopped(guint64 stopped);
/* How many subjects are of each grade in a column; returns how many have the ability. */
guint view_ability_counts(const struct ability_table *table, guint column, guint counts[ABILITY_GRADES]);
/* How many of those who have it do not run. */
guint view_ability_stopped(const struct ability_table *table, guint column);
/* How many have the ability of a column only because they have the ability `way`. */
guint view_ability_by(const struct ability_table *table, guint column, const char *way);
