/* Scales: how two single values are compared, chosen by the field's type and by the operand. */
#pragma once

#include "model/value.h"

#include <json-c/json.h>

enum scale { SCALE_TEXT, SCALE_BOOL, SCALE_NUMBER, SCALE_SIZE, SCALE_DURATION, SCALE_MODE, SCALE_VERSION };

enum order { ORDER_LESS, ORDER_EQUAL, ORDER_GREATER, ORDER_NONE /* not comparable on this scale */ };

/* The scale on which `operand` is compared with a field of `type`. Texts with a unit ("5m", "64M") are durations or
 * sizes in fields of type any, and in fields of type string when `ordering` says that more and less matter. A bare "M"
 * is mebi, a bare "m" minutes. */
enum scale scale_of(enum value_type type, const json_object *operand, bool ordering);

/* On SCALE_TEXT and SCALE_BOOL only equal, and not equal (ORDER_LESS), mean anything. */
enum order scale_compare(enum scale scale, const json_object *observed, const json_object *operand);

/* A single value as text; a NUL inside becomes U+FFFD, so that nothing hides behind it. Caller frees. */
char *scale_text(const json_object *node);

/* Is it a text with a size or duration unit, so that comparing it with a plain number would be a guess? */
bool scale_has_unit(const json_object *node);
/* Is it a text that is a quantity with a unit, and which one. */
bool scale_unit_of(const char *text, enum scale *out);
