/* What differs between two audits of a host, by rule and object. */
#pragma once

#include "model/cleanup.h"
#include "model/rule.h"

#include <glib.h>

/* One failure that came or went, or one rule of which nothing is known any more. */
struct change {
    char *rule, *title;
    enum layer layer;
    enum severity severity;
    char *before, *after; /* verdict of the rule, by name; "absent" where an audit does not have the rule */
    char *subject;        /* the object; NULL: of the rule as a whole */
    char *finding;        /* what is or was wrong, in a sentence; NULL */
    char *reason;         /* why it is not judged now; NULL */
    guint64 objects;      /* that are meant; 1 but for what still fails */
};

struct difference {
    char *since;         /* when the earlier audit was made, RFC 3339 UTC */
    GPtrArray *notes;    /* char *: what makes the two hard to compare */
    GPtrArray *added;    /* struct change, an object each: fails now, and did not */
    GPtrArray *fixed;    /* an object each: failed, and is judged and does not now, or is not there any more */
    GPtrArray *still;    /* a rule each */
    GPtrArray *unjudged; /* a rule each: was judged, and nobody knows now */
    GPtrArray *left_out; /* char *: rules of the earlier audit that this one does not have, and that did not fail */
};

struct difference *difference_new(void);
void difference_free(struct difference *difference);
void change_free(gpointer change);

/* Nothing is to be told: no row but of what still fails. */
bool difference_is_empty(const struct difference *difference);

/* Something of the rule is new, or no longer judged. */
bool difference_names(const struct difference *difference, const char *rule);

PL_DEFINE_CLEANUP(difference, difference_free)
