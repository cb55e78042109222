/* Matchers: does an observed value satisfy one operator? Typed by the field's declaration. */
#pragma once

#include "engine/complain.h"
#include "engine/content.h"

/* Compiles a test's `expect` (references already replaced) to struct expectation, in the order of the file. Complains
 * about unknown fields and operators, operators that make no sense for the field's type, operands of a wrong kind and
 * patterns that do not compile. Caller unrefs. `expect` may be NULL: empty. */
GPtrArray *expectations_compile(const struct probe *probe, const json_object *expect, struct complaints *to);

/* PASS, FAIL or ERROR. `observed` NULL is a field that is null or not there. On FAIL and ERROR *why may be set to a
 * reason that the operator and the value alone do not show ("is not a number"); caller frees. */
enum verdict matcher_apply(const struct matcher *matcher, enum value_type type, const json_object *observed,
                           char **why);
/* The same of a list or set of which `seen` is a part: PASS or FAIL where no further member could change it, else
 * UNKNOWN. */
enum verdict matcher_apply_part(const struct matcher *matcher, enum value_type type, const json_object *seen);
