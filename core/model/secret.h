/* Secrets: the one place that tells what is one, and the one way to hide it. Everything that is shown of a host passes
 * here: evidence, reasons, messages, histories of images, answers of engines, reports read again.
 *
 * Two things give a secret away: the name of what holds it ("db_pwd"), and its own shape (a token, a private key, an
 * address with a password). A name says either that the value IS the secret, or that it is about one: a file, a length,
 * a policy, a switch. Only the first hides a value; states ("yes", "required", "locked"), paths and references to
 * variables stay readable even there. What is hidden becomes "<redacted, N bytes>", whatever its length. */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

/* ---- names ---- */

/* The name of a setting, a member, a header or an option whose value is a secret: requirepass, apiKey, client-secret.
 * Not PasswordAuthentication, password-file, password_min_length. A path of names ("db.users.0.password") is judged as
 * a whole. NULL is none. */
bool secret_name(const char *name);

/* The same for a variable of an environment or a label, where a bare KEY is one too. Not GPG_KEY, the public key of a
 * release in many base images, nor the shell's own PWD. */
bool secret_variable(const char *name);

/* ---- values ---- */

/* What may be shown although its name is a secret's: nothing, a state, a path, a reference to a variable, what was
 * hidden before. */
bool secret_is_open(const char *value);

/* Not empty, not a switch, not another variable: what a secret's name has for a value may be one. */
bool secret_value_possible(const char *value);

/* A text that is or holds a secret whatever it is called: a token, a private key, an address with a password. */
bool secret_in_text(const char *text);

/* ---- hiding ---- */

enum secret_text {
    SECRET_SENTENCE, /* ours, with texts of the host in it: "NAME VALUE" is prose there */
    SECRET_RAW,      /* the host's own: lines of files, values, command lines */
};

/* `text` without its secrets; NULL when there is nothing to hide. Applied twice it changes nothing more. Linear in the
 * length of the text. Caller frees. */
char *secret_hide(const char *text, enum secret_text kind);

/* Replaces *text, which may be NULL, by itself without secrets. */
void secret_hide_in(char **text, enum secret_text kind);

/* "<redacted, N bytes>". Caller frees. */
char *secret_placeholder(gsize n);

/* How much of a tree is kept; 0: all. */
struct secret_bounds {
    gsize text;             /* bytes of a text, then "... (N bytes)" */
    size_t list;            /* members of a list or an object, then "... and N more" */
    unsigned depth;         /* levels, then "..." */
    const GPtrArray *known; /* char *: texts that were found to be secrets elsewhere, see secret_gather(); NULL */
};

/* Adds the parts of a tree that are hidden in it, each a char * that the array owns, to `known`: a capture shows
 * without its name what the line gives away. `named`: all of it is a secret, as its name says. */
void secret_gather(const char *member, const json_object *value, bool named, GPtrArray *known);

/* A text without the known secrets in it, hidden whole when it is a part of one; NULL when there is nothing to hide.
 * Caller frees. */
char *secret_hide_known(const char *text, const GPtrArray *known);

/* A deep copy of a tree without secrets. A value under a secret's name is hidden whole, with all members, unless there
 * is nothing in it but states. Members called key, name, variable ... name the value beside them. Text in lists may be
 * a command line: what follows "--password" is hidden. NULL bounds: all is kept. Safe on published trees; the copy has
 * no marks and nothing of a JSON parser in it. Caller owns. */
json_object *secret_hide_tree(const json_object *node, const struct secret_bounds *bounds);

/* What is known of a member's value beside its name. */
enum secret_held {
    SECRET_HELD_NOT,  /* nothing */
    SECRET_HELD,      /* it is a secret: what names it says so (secret_names_member()) */
    SECRET_HELD_LOST, /* a list of such values, each behind its place: "path:line value" */
};

/* The same of one member of an object. */
json_object *secret_hide_member(const char *member, const json_object *value, enum secret_held held,
                                const struct secret_bounds *bounds);

/* Does this name of a setting or a header say that the values beside it are secrets? */
bool secret_names_member(const char *name);

/* The option of a command line argument that carries a secret ("--password" of "--password=x"); NULL when it carries
 * none; of an argument that is a secret itself, what it begins with. Caller frees. */
char *secret_option(const char *argument);
