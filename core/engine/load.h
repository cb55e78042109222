/* Loading: YAML trees to rules, profiles, benchmarks. One file a kind; load.c walks the directories. */
#pragma once

#include "engine/complain.h"
#include "engine/content.h"

#define RULES_MAX       100000
#define CHECK_DEPTH_MAX 8

/* The check tree of a `check:` or `applies:` member. Never NULL; complains. Caller frees. */
struct check *load_check(const json_object *tree, struct complaints *to);

/* A rule of the module; complains. NULL when it has no usable id. Caller frees. */
struct rule *load_rule(const struct module *module, const json_object *tree, const struct check *applies,
                       struct complaints *to);
/* What the module says of abilities, appended to module->implications; complains. */
void load_implications(struct module *module, const json_object *tree, struct complaints *to);
/* What follows from a failure of the rule, whose ability is loaded; complains. Caller owns: char *. */
GPtrArray *load_implied(const struct rule *rule, const json_object *tree, struct complaints *to);
/* Warns of implied abilities that no rule has, and of circles. */
void load_check_implied(struct content *content);
/* References in their map form, appended to `list` as struct reference. */
void load_references(const json_object *tree, GPtrArray *list, struct complaints *to);
/* A copy of a check tree; NULL for NULL. */
struct check *check_copy(const struct check *check);

/* Replaces {column} in every text and key of `template` by the row's columns, else by `defaults` (may be NULL). A text
 * that is exactly "{column}" becomes the typed value, and leaves its member out when that is null. {{ and }} are
 * braces. Complains. Caller owns. */
json_object *family_expand(const json_object *template, const json_object *row, const json_object *defaults,
                           struct complaints *to);
/* Rules of one `families:` entry, appended to module->rules. */
void load_family(struct module *module, const json_object *tree, const struct check *applies, struct complaints *to);

/* A module; NULL after an error. `name` and `layer` are what its place says. */
struct module *load_module(const json_object *tree, enum layer layer, const char *name, const struct daemons *daemons,
                           struct complaints *to);
struct profile *load_profile(const json_object *tree, const char *name, struct complaints *to);
struct benchmark *load_benchmark(const json_object *tree, const char *name, struct complaints *to);

/* Where a file puts what it holds. Borrowed texts. */
struct load_place {
    const char *kind;     /* "module" */
    const char *folder;   /* "cloud/", what the name is unique in; "" */
    const char *name;     /* the file's, without .yaml */
    const char *replaces; /* NULL */
};

/* The text of the member `replaces`, which is taken out of the tree; NULL without one. Caller frees. */
char *load_take_replaces(json_object *tree, struct complaints *to);
/* Whether it may be put there; `taken`: an earlier directory has one of this name. Complains when not. */
bool load_may_place(bool taken, const struct load_place *place, struct complaints *to);

/* What only all files together show: patterns of profiles that meet no rule, values nobody declares, controls that
 * their benchmark does not have. */
void load_cross_check(struct content *content);
