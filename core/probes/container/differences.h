/* Where the record of a container and the kernel disagree: the kernel is right. */
#pragma once

#include "probes/container/view.h"

/* Sets record and every field that comes from records. */
void container_set_record_fields(const struct container *container, struct item *item);
/* The same, differences and block_devices. Needs the other fields of the item. */
void container_set_record(const struct view *view, struct item *item);
