/* Secrets never reach a report. */
#pragma once

#include "model/item.h"

/* Does the name of a setting say that its value is a secret ("jwt-secret", "etcd_password"), and not a file, a policy
 * or a length about one ("password-file", "PasswordAuthentication")? */
bool redact_names_secret(const char *name);

/* Is the item's key, name or keyword that of a secret? */
bool redact_is_secret(const struct item *item);

/* A copy of an observed field's value, without secrets: whole values when the item's key, name or keyword is that of a
 * secret, and the value behind "password=" and its like inside texts. Texts are cut at 1 KiB, lists at 50 members.
 * Caller owns. */
json_object *redact_field(const struct item *item, const char *field, const json_object *value);
