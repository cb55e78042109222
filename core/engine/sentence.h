/* Sentences of rules with values in them: "`{path}` is {mode}, at most {$most} is wanted". A name in braces is a field
 * of the item (dotted), {subject} is the item's own name, {$name} a value of the module; a literal brace is written
 * twice. */
#pragma once

#include "engine/complain.h"
#include "probes/probe.h"

#include <json-c/json.h>

/* Complains of names that are no field of the probe (NULL: there is no item, so that none may stand there), of values
 * that are none of `declarations` (struct value_declaration), and of single braces. `at` is where the text stands. */
void sentence_check(const char *text, const json_object *at, const struct probe *probe, const GPtrArray *declarations,
                    struct complaints *to);

/* What stands for a name, owned by the caller; NULL: it is not set. */
typedef json_object *(*sentence_value)(const void *data, const char *name);

/* The text with what `value` says for each name. Scalars as they are, "not set" for what is not, lists joined ("a, b
 * and 4 more", "none"), bounded; a value's own backticks become ', so that they close no quotation. NULL for NULL.
 * Caller frees. */
char *sentence_fill(const char *text, sentence_value value, const void *data);

/* {install NAME} and {remove NAME} stand for the command of the system's package manager, with sentence_fill_quoted()
 * alone. */
#define SENTENCE_INSTALL "install "
#define SENTENCE_REMOVE  "remove "

enum sentence_quoting {
    SENTENCE_PLAIN,
    SENTENCE_SHELL, /* each value one word, or each member of a list one */
    SENTENCE_YAML,  /* texts as JSON writes them, none that Ansible takes for a template */
};

/* The same with values quoted, whole. NULL also where one of them is not set, or cannot stand in a command: control
 * characters, a leading "-". */
char *sentence_fill_quoted(const char *text, sentence_value value, const void *data, enum sentence_quoting quoting);

/* Are all names fields of the probe (NULL: are there none)? Of values and packages nothing is asked. */
bool sentence_fits(const char *text, const struct probe *probe);

/* The text with the module's values alone put in; what is left is for sentence_fill(). NULL for NULL. Caller frees. */
char *sentence_put_values(const char *text, const json_object *environment);
