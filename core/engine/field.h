/* The fields of an item, by the paths that rules name. */
#pragma once

#include "model/item.h"

/* The value of a field (dotted path); NULL when it is absent or null. Borrowed. */
const json_object *item_field(const struct item *item, const char *path);
/* Why a field could not be observed; NULL when it was. Borrowed. */
const char *item_unread_reason(const struct item *item, const char *path);
