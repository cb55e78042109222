/* The closed vocabularies every part shares: verdicts, severities, layers, with their names.
 * Verdicts are the result words of XCCDF 1.2 (NISTIR 7275r4, 6.6.4.2). */
#pragma once

#include <stdbool.h>

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_ERROR,         /* looking failed: a broken file, an I/O error */
    VERDICT_UNKNOWN,       /* could not be observed: no right, not complete */
    VERDICT_NOTAPPLICABLE, /* what the rule is about does not exist here */
    VERDICT_NOTCHECKED,    /* a manual rule without an attestation */
    VERDICT_NOTSELECTED,   /* left out by profile or command line */
    VERDICT_INFORMATIONAL, /* observed, not judged */
    VERDICT_COUNT
};

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_COUNT };

/* In the order of reports. */
enum layer { LAYER_CODE, LAYER_CONTAINER, LAYER_CLUSTER, LAYER_CLOUD, LAYER_COUNT };

const char *verdict_name(enum verdict verdict);
const char *severity_name(enum severity severity);
const char *layer_name(enum layer layer);

/* The weight of a rule of this severity in the score: 10, 6, 3, 1, 0. */
unsigned severity_weight(enum severity severity);

/* Pass becomes fail and fail becomes pass; the others stay. */
enum verdict verdict_invert(enum verdict verdict);

/* False when `name` is no such word; *out is set only on success. */
bool verdict_parse(const char *name, enum verdict *out);
bool severity_parse(const char *name, enum severity *out);
bool layer_parse(const char *name, enum layer *out);
