/* One item against the expectations of a test. */
#pragma once

#include "model/item.h"
#include "model/verdict.h"

/* The worse of two of PASS, UNKNOWN, ERROR and FAIL, which are in this order. */
enum verdict judge_worse(enum verdict a, enum verdict b);
/* Judges one item against the expectations. PASS, FAIL, ERROR or UNKNOWN; *reason for the last two, caller frees. */
enum verdict judge_item(const struct item *item, const GPtrArray *expectations, char **reason);
