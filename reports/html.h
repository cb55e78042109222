/* The HTML page in parts. Everything that is not a literal of these files goes through html_put() or html_prose(),
 * which escape; there is no other way for a string to reach the page. No style attributes: the page's own policy
 * forbids them. */
#pragma once

#include "reports/view.h"

#include <glib.h>

struct page {
    GString *out;
    const struct audit *audit;
    GHashTable *evidence; /* items that a cell of the abilities links to: struct item_result, borrowed */
};

/* Literal markup with %s (escaped text), %u, %d and %% in it. */
void html_put(struct page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Text with line feeds and tabs kept, for pre elements. */
void html_block(struct page *page, const char *text);

/* A rule's prose: `code` between backticks becomes code, http and https addresses become links. */
void html_prose(struct page *page, const char *text);

/* A decimal number with at most two places, without locale. */
void html_number(struct page *page, double value);

/* Sign and word of a state, never colour alone. */
void html_state(struct page *page, enum view_state state);

void html_severity(struct page *page, enum severity severity);

/* A ring of a score with number and grade as text; `size` is a class. */
void html_ring(struct page *page, const struct score *score, const char *label, const char *size);

/* A block of text to copy, with its button. */
void html_copy(struct page *page, const char *what, const char *text);

/* The sections, in their order on the page. */
void html_summary(struct page *page);
/* Nothing where no earlier audit was compared with. */
void html_difference(struct page *page);
/* Nothing when no rule with an ability was judged. */
void html_abilities(struct page *page);
void html_results(struct page *page);
void html_causes(struct page *page);
void html_questions(struct page *page);
void html_waivers(struct page *page);
void html_benchmarks(struct page *page);
void html_about(struct page *page);

/* Finds the items that cells link to, so that the results show them. Caller unrefs. */
GHashTable *html_ability_evidence(const struct audit *audit);

/* The section of a control, "5" of "5.2.1", "AC" of "AC-3"; "" when there is none. Caller frees. */
char *html_section(const char *control);

/* page.css and page.js, put into the program by the build. */
extern const char html_page_css[];
extern const char html_page_js[];
