/* Loaded content: rules with their check trees, values, profiles, benchmarks. Engine and cli only. */
#pragma once

#include "engine/engine.h"
#include "facts/daemon/daemon.h"
#include "model/pack.h"
#include "model/rule.h"
#include "probes/probe.h"

struct pcre2_real_code_8;

/* One operator with its operand; `operand` is a JSON value with `$name` already replaced. */
struct matcher {
    enum matcher_operator op;
    json_object *operand;
    struct pcre2_real_code_8 *regex; /* OP_MATCHES only */
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
    char *finding;       /* what is wrong with an item (sentence.h); NULL: as the rule says */
    char *missing;       /* what is wrong where nothing was found; NULL: as the rule says */
    enum existence existence;
    enum match match;
    bool has_absent;
    bool live;           /* it asks what runs: left out on a mounted root */
    enum verdict absent; /* when no item exists */
    struct position at;
};

struct check {
    enum check_kind kind;
    GPtrArray *children; /* struct check, for all/any/none */
    struct test *test;   /* for CHECK_TEST */
};

struct module {
    char *name, *title;
    const char *file; /* interned */
    enum layer layer;
    GPtrArray *rules;        /* struct rule, in file order */
    GPtrArray *values;       /* struct value_declaration */
    GPtrArray *implications; /* struct implication, in file order */
};

/* Stands for every other ability. */
#define IMPLIES_ALL "*"

/* Whoever has the ability has those as well. */
struct implication {
    char *ability;
    GPtrArray *implied; /* char *: abilities, or IMPLIES_ALL */
    struct position at;
};

struct value_declaration {
    char *name, *title;
    json_object *fallback;
};

/* One of a rule's fixes. */
struct rule_fix {
    json_object *condition; /* as `expect`, of the item; NULL: always */
    struct fix words;
};

struct rule {
    const struct module *module; /* borrowed */
    char *id, *title, *rationale;
    char *family; /* name of the family it was made from, NULL */
    enum severity severity;
    GPtrArray *references; /* struct reference */
    GPtrArray *tags;       /* char * */
    GPtrArray *fixes;      /* struct rule_fix: the first whose condition an item meets is advised for it */
    char *manual;          /* the question; then the check only gathers evidence, unless it settles it */
    char *ability;         /* what code in a failing item's subject could do; NULL */
    char *each;            /* daemon of which every running instance is judged by itself; NULL */
    char *finding;         /* what is wrong with an item (sentence.h); NULL */
    char *missing;         /* what is wrong where nothing was found; NULL */
    char *expected;        /* what is demanded, in words, where those of the operators do not read; NULL */
    GPtrArray *because;    /* char *: rules that explain a failure of this one */
    GPtrArray *implies;    /* char *: further abilities of whoever the rule fails for */
    char *acts_as;         /* field that names other subjects, whose abilities whoever it fails for has as well; NULL */
    bool informational;
    bool settles; /* the question is asked only of what the check does not pass */
    /* Asked for by rule_variant(), rule_applies(), rule_check(): of a compiled file they are made only then. */
    json_object *variant;
    struct check *applies, *check;
    struct unpack packed_variant, packed_applies, packed_check;
    const GPtrArray *values; /* struct value_declaration: those of its module; borrowed */
    struct position at;
};

struct profile {
    char *id, *title, *description;
    GPtrArray *include,
        *exclude; /* char *: globs on rule ids, "layer:cloud", "tag:x", "reference:BENCHMARK[:CONTROL]", "level:1" */
    json_object *values; /* name -> value */
    struct position at;
};

/* The control list of a published benchmark. */
struct control {
    char *id, *title;
    int level; /* 0: none */
    bool manual;
    char *met; /* how it is met when no rule can judge it; NULL */
    char *as;  /* the control of the same benchmark that is judged in its place; NULL */
};

struct benchmark {
    char *id, *title;
    GPtrArray *controls; /* struct control, in the order of the file */
    struct position at;
};

struct content {
    GPtrArray *modules;    /* struct module by layer and name */
    GPtrArray *benchmarks; /* struct benchmark by id */
    GPtrArray *rules;      /* struct rule by layer, module, id; borrowed from modules */
    GHashTable *by_id;     /* id -> struct rule, borrowed */
    GPtrArray *profiles;   /* struct profile by id */
    struct daemons *daemons;
    GPtrArray *compiled; /* GBytes that rules and daemons are still made of */
    GPtrArray *diagnostics;
    bool partial; /* rules of some layers were left out */
};

/* One that holds nothing yet. Caller frees (content_free()). */
struct content *content_new(void);
const struct rule *content_rule(const struct content *content, const char *id);
const struct profile *content_profile(const struct content *content, const char *id);
const struct module *content_module(const struct content *content, const char *name);
const struct benchmark *content_benchmark(const struct content *content, const char *id);
/* NULL when the benchmark has no such control. */
const struct control *benchmark_control(const struct benchmark *benchmark, const char *id);
/* The declaration that `name` has in any module; NULL. */
const struct value_declaration *content_value(const struct content *content, const char *name);

/* The family's row that it was made from, NULL; when it applies, NULL: always; what it demands. Borrowed from the rule.
 * Not for several threads. */
const json_object *rule_variant(const struct rule *rule);
const struct check *rule_applies(const struct rule *rule);
const struct check *rule_check(const struct rule *rule);

void check_free(gpointer check);
void control_free(gpointer control);
void rule_free(gpointer rule);
void module_free(gpointer module);
void profile_free(gpointer profile);
void benchmark_free(gpointer benchmark);
void value_declaration_free(gpointer declaration);
void implication_free(gpointer implication);
void diagnostic_free(gpointer diagnostic);
PL_DEFINE_CLEANUP(module, module_free)
PL_DEFINE_CLEANUP(rule, rule_free)
PL_DEFINE_CLEANUP(check, check_free)
PL_DEFINE_CLEANUP(profile, profile_free)
PL_DEFINE_CLEANUP(benchmark, benchmark_free)
PL_DEFINE_CLEANUP(value_declaration, value_declaration_free)

/* A file of ours (rules, waivers, tests): a regular file of at most 8 MiB, read whole, NUL-terminated. PL_ERROR_*. */
char *content_read_file(const char *path, gsize *n, GError **error);
/* The same, parsed as YAML. PL_ERROR_PARSE with "PATH:LINE:COLUMN: " in front. */
json_object *content_read_yaml(const char *path, GError **error);
