/* A rule after loading: what is demanded, and the check tree that decides it (DESIGN: XCCDF rule, OVAL test). */
#pragma once

#include "model/verdict.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

struct probe;

/* Where in a YAML file something stands; `file` is interned (g_intern_string). */
struct position {
    const char *file;
    unsigned line, column;
};

/* How many items must exist (OVAL ExistenceEnumeration). */
enum existence { EXISTENCE_AT_LEAST_ONE, EXISTENCE_ANY, EXISTENCE_ALL, EXISTENCE_NONE, EXISTENCE_ONLY_ONE };
/* How many of them must satisfy the expected state (OVAL CheckEnumeration). */
enum match { MATCH_ALL, MATCH_ANY, MATCH_NONE, MATCH_ONLY_ONE };
enum check_kind { CHECK_TEST, CHECK_ALL, CHECK_ANY, CHECK_NONE };

enum matcher_operator {
    OP_EQUALS,
    OP_NOT,
    OP_IN,
    OP_NOT_IN,
    OP_AT_LEAST,
    OP_AT_MOST,
    OP_LESS_THAN,
    OP_MORE_THAN,
    OP_MATCHES,
    OP_CONTAINS,
    OP_CONTAINS_ALL,
    OP_EXCLUDES,
    OP_SUBSET_OF,
    OP_MODE_AT_MOST,
    OP_BITS_CLEAR,
    OP_BITS_SET,
    OP_EXISTS,
    OP_VERSION_AT_LEAST,
    OP_COUNT
};

struct reference {
    char *benchmark; /* "cis-docker-1.6.0" */
    char *control;   /* "2.2" */
    int level;       /* 0: the benchmark has none */
    bool inherited;  /* the level is the control's, the rule states none */
};

/* What code in the subject could do when a rule fails for it ("load kernel modules"): at most so many characters. */
#define ABILITY_MAX 28

/* Shown, never run; each may be NULL. Of a rule: with names in braces (engine/sentence.h). */
struct fix {
    char *text;    /* in words */
    char *shell;   /* as commands that may run twice */
    char *ansible; /* as tasks */
    char *undo;    /* commands that take it back */
    char *warning; /* what may go wrong: who may be locked out, what stops */
};

void fix_clear(struct fix *fix);
