/* The audit: everything a report says. It stands alone: no pointer into rules, content or host, so that
 * `plumbline report` can rebuild it from the canonical JSON and every format comes out byte for byte the same.
 * All pointers are owned by the structure they are in; strings may be NULL where a comment says so. */
#pragma once

#include "model/ability.h"
#include "model/cleanup.h"
#include "model/difference.h"
#include "model/item.h"
#include "model/rule.h"
#include "model/verdict.h"

#include <glib.h>
#include <json-c/json.h>

/* One observed thing, judged. */
struct item_result {
    char *subject;
    enum verdict verdict;
    bool stopped;          /* it does not run: what would be was judged */
    char *reason;          /* why error or unknown; NULL otherwise */
    json_object *observed; /* the fields that the rule looked at: a JSON object, possibly empty */
    char *expected;        /* in words: "value is false"; NULL when nothing was demanded */
    char *finding;         /* what is wrong with it, in a sentence; NULL: the rule has no words for it */
    char *because;         /* the rule that explains its failure; NULL */
    struct source source;
    struct waiver_note *waived; /* NULL: none */
    /* struct item_result: what other tests show of the same object, without subject and waiver of their own; NULL. The
     * verdict above is the worst of all. */
    GPtrArray *also;
};

struct waiver_note {
    char *reason, *owner, *until; /* until: YYYY-MM-DD */
};

struct result {
    char *rule, *title, *module, *module_title;
    enum layer layer;
    enum severity severity;
    enum verdict verdict;
    char *reason;                 /* one sentence: why not pass or fail, or what an absence means; NULL */
    char *cause;                  /* groups unknowns and errors: "needs root"; NULL */
    char *remediation;            /* NULL */
    char *finding;                /* what is wrong where nothing was found; NULL */
    char *expected;               /* what is demanded, in words; NULL: as its items say */
    char *because;                /* the rule that explains this failure, all of it; NULL */
    struct waiver_note *waived;   /* whole rule; the verdict stays fail */
    char *rationale;              /* NULL */
    char *question;               /* a manual rule's question; NULL */
    char *ability;                /* what code in a failing item's subject could do; NULL */
    struct waiver_note *attested; /* who answered the question; NULL */
    GPtrArray *references;        /* struct reference, in the order of the rule file */
    GPtrArray *tags;              /* char * */
    struct fix fix;
    GPtrArray *items; /* struct item_result: failing first, then as collected; one an object */
    /* How many objects were looked at, before the engine's cap: all of them, those that fail and are not waived, that
     * fail and are, that pass, that could not be judged. What is left of the sum was only asked about or observed. */
    guint64 items_total, items_failed, items_waived, items_passed, items_unknown;
    guint64 items_folded;   /* that fail, and another rule's failure explains it */
    bool items_at_least;    /* the report is an older one that did not count them: there may be more failing ones */
    char *object, *objects; /* what they are called: "container", "containers"; NULL: of several kinds */
    gint64 duration_us;     /* that looking took; what several rules ask for counts for the first of them */
    unsigned items_stopped; /* of all of them, those that do not run */
};

/* Why a score has no grade, or not the one of its value. */
enum score_note {
    SCORE_NOTE_NONE,
    SCORE_NOTHING_JUDGED, /* no rule passed or failed */
    SCORE_NOTHING_SEEN,   /* all that passed found nothing to look at */
    SCORE_FEW_RULES,      /* fewer than SCORE_RULES_MIN were judged: counts, no grade */
    SCORE_LOW_COVERAGE,   /* below SCORE_COVERAGE_MIN: no grade */
    SCORE_CRITICAL,       /* held at D: a critical rule fails or could not be judged */
    SCORE_HIGH,           /* held at C: one of high severity */
    SCORE_NOTE_COUNT
};

/* Of the formula (engine/score.h). */
#define SCORE_VERSION      2
#define SCORE_RULES_MIN    5
#define SCORE_COVERAGE_MIN 0.9

struct score {
    bool known;                         /* there is a value */
    double value;                       /* 0..100 */
    char grade[2];                      /* "A".."F", "" without one */
    bool capped;                        /* the grade is lower than the value's */
    enum score_note note;               /* of SCORE_VERSION 2 */
    double coverage;                    /* judged / (judged + error + unknown), 0..1; 0 where nothing was judged */
    guint64 weight_pass, weight_judged; /* what formula 1 was made of; 0 now */
    unsigned counts[VERDICT_COUNT];     /* fail: unwaived failures, those of severity info left out */
    unsigned differ;                    /* failures of severity info: options that differ */
    unsigned waived;
    unsigned folded; /* failures that another one explains: neither judged nor counted */
};

/* A module's share in the score. */
struct module_score {
    char *module, *title;
    enum layer layer;
    unsigned weight;         /* of its rules that count, at most of its most severe one */
    guint64 earned, counted; /* weights of its rules; counted 0: it has no share */
    unsigned rules;          /* that count */
};

struct fact {
    char *name, *value;
};

/* What plumbline took from itself before it read the host. */
struct sandbox_state {
    bool no_new_privs;
    bool seccomp;
    int landlock_abi;   /* 0: not in force */
    char *capabilities; /* kept ones, space separated, "" for none */
    char *note;         /* what could not be had and why; NULL */
    int uid;            /* of the process that judged */
    bool separated;     /* processes of their own looked into other processes, connected to engines, wrote reports */
    bool undumpable;    /* no core file and no tracing by the same user */
};

struct waiver_use {
    char *rule, *item; /* item: NULL for the whole rule */
    struct waiver_note note;
    int days_left; /* negative: expired */
};

/* A broken module, a waiver file that could not be read whole: what hindered the run, not a rule. */
struct run_error {
    char *where, *message;
};

/* `where` of the run error that says that an audit ran out of time. */
#define AUDIT_TIMEOUT "--timeout"

struct audit {
    bool left;     /* threads still look (they hang): what the audit was made of must not be freed */
    char *version; /* of the tool */
    struct {
        char *name;   /* host name */
        char *os;     /* PRETTY_NAME */
        char *kernel; /* release */
        char *arch;
        char *root; /* "/" or the audited directory */
        char *id;   /* stable: SHA-256 of machine-id and host name, 32 hex digits; never the machine-id itself */
        bool privileged;
        bool container; /* the auditor itself runs in a container */
        bool live;
    } host;
    char *started; /* RFC 3339 UTC, "2026-11-24T06:00:00Z" */
    gint64 duration_ms;
    GPtrArray *profiles; /* char * */
    GPtrArray *values;   /* struct fact: values that were changed from their defaults */
    struct sandbox_state sandbox;
    struct score score;
    struct score layers[LAYER_COUNT];
    unsigned score_version;         /* of the formula that made the scores */
    GPtrArray *modules;             /* struct module_score, in the order of the results; none of formula 1 */
    GPtrArray *results;             /* struct result, by layer, module, rule */
    struct ability_table abilities; /* empty when no rule with an ability was judged */
    GPtrArray *errors;              /* struct run_error */
    GPtrArray *waivers;             /* struct waiver_use, used ones */
    GPtrArray *waivers_unused;      /* struct waiver_use */
    GPtrArray *waivers_expired;     /* struct waiver_use */
    unsigned left_out;              /* rules not selected, of the layers that were asked for */
    struct difference *difference;  /* from an earlier audit; NULL: it was not asked for */
    struct {
        char *fail_on; /* severity name or "none" */
        bool new_only; /* of what failed in the earlier audit nothing is demanded */
        int exit_code;
        char *why; /* "2 of high or above failed (--fail-on high)" */
    } gate;
};

struct audit *audit_new(void);
void audit_free(struct audit *audit);
struct result *result_new(void); /* with empty arrays */
void result_free(gpointer result);
struct item_result *item_result_new(void);
void item_result_free(gpointer item);
struct reference *reference_new(const char *benchmark, const char *control, int level);
void reference_free(gpointer reference);
struct waiver_note *waiver_note_new(const char *reason, const char *owner, const char *until);
void waiver_note_free(struct waiver_note *note);
void waiver_use_free(gpointer use);
struct run_error *run_error_new(const char *where, const char *message);
void run_error_free(gpointer error);
void fact_free(gpointer fact);
void module_score_free(gpointer module);
PL_DEFINE_CLEANUP(audit, audit_free)

/* Takes secrets out of every text that a host had a hand in: subjects, sources, reasons, causes, facts, errors.
 * Evidence is made without them (secret_hide_member()). Whoever makes an audit calls it, so that none holds any, and no
 * report, message or explanation has to ask. Twice changes nothing more. */
void audit_hide_secrets(struct audit *audit);

/* Counts the items of a result, which are all that there are. */
void result_count(struct result *result);
/* Counts them in a report that has only what the engine kept of them: exactly, or at least. */
void result_count_kept(struct result *result);
/* No report keeps more items of a rule, but for the evidence of abilities; what passes goes first. */
#define ITEMS_KEPT 1000

/* Rules that were judged: that passed or failed, waived or not. */
unsigned score_judged(const struct score *score);
/* "coverage"; NULL for SCORE_NOTE_NONE. */
const char *score_note_name(enum score_note note);
bool score_note_parse(const char *name, enum score_note *out);

/* A result's verdict with a waiver on it. */
bool result_is_waived(const struct result *result);
