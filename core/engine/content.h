/* Loaded content: rules with their check trees, values, profiles, benchmarks. Engine and cli only. */
#pragma once

#include "engine/engine.h"
#include "model/rule.h"
#include "probes/daemon.h"
#include "probes/probe.h"

/* One operator with its operand; `operand` is a JSON value with `$name` already replaced. */
struct matcher {
    enum matcher_operator op;
    json_object *operand;
    struct position at;
};

/* One expected field. */
struct expectation {
    char *field; /* dotted */
    enum value_type type;
    GPtrArray *matchers; /* struct matcher, all must hold */
};

/* A test: a probe, its object, and what is demanded of the items. */
struct test {
    const struct probe *probe;
    json_object *object; /* as written, `$name` not replaced */
    json_object *expect; /* as written; NULL: existence alone decides */
    enum existence existence;
    enum match match;
    bool has_absent;
    enum verdict absent; /* when no item exists */
    struct position at;
};

struct check {
    enum check_kind kind;
    GPtrArray *children; /* struct check, for all/any/none */
    struct test *test;   /* for CHECK_TEST */
};

struct module {
    char *name, *title, *file;
    enum layer layer;
    GPtrArray *rules; /* struct rule, in file order */
};

struct value_declaration {
    char *name, *title;
    json_object *fallback;
};

struct rule {
    const struct module *module; /* borrowed */
    char *id, *title, *rationale;
    char *family;         /* name of the family it was made from, NULL */
    json_object *variant; /* the family's row, NULL */
    enum severity severity;
    GPtrArray *references; /* struct reference */
    GPtrArray *tags;       /* char * */
    struct fix fix;
    char *manual; /* the question; then the check only gathers evidence */
    bool informational;
    struct check *applies; /* NULL: always */
    struct check *check;
    GPtrArray *values; /* struct value_declaration: those of its module that it may use */
    struct position at;
};

struct profile {
    char *id, *title, *description;
    GPtrArray *include,
        *exclude; /* char *: globs on rule ids, "layer:cloud", "tag:x", "reference:BENCHMARK[:CONTROL]", "level:1" */
    json_object *values; /* name -> value */
    struct position at;
};

struct content {
    GPtrArray *modules;  /* struct module by layer and name */
    GPtrArray *rules;    /* struct rule by layer, module, id; borrowed from modules */
    GPtrArray *profiles; /* struct profile by id */
    struct daemons *daemons;
    GPtrArray *diagnostics;
};

const struct rule *content_rule(const struct content *content, const char *id);
const struct profile *content_profile(const struct content *content, const char *id);
