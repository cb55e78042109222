/* Instructions as they may be shown: what may be a secret is replaced. */
#pragma once

#include "facts/image/instruction.h"

#include <json-c/json.h>

/* The most names that are gathered. */
#define IMAGE_SECRETS_MAX 200

/* The instruction on one line, shortened, without secrets (secret_hide()); caller frees. Adds the names of those that
 * were found to `secrets`, once each: "ENV DB_PASSWORD". Build arguments are left out of the text, not of the names. */
char *image_instruction_redact(const struct image_instruction *instruction, json_object *secrets);
