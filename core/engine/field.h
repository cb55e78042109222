/* The fields of an item, by the paths that rules name. */
#pragma once

#include "model/item.h"

/* The value of a field (dotted path); NULL when it is absent or null. Borrowed. */
const json_object *item_field(const struct item *item, const char *path);
/* Why a field, or what it is a part of, could not be observed; NULL when it was. Borrowed. */
const struct problem *item_field_hindrance(const struct item *item, const char *path);
