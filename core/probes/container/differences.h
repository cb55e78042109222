/* Where the record of a container and the kernel disagree: the kernel is right. */
#pragma once

#include "probes/container/view.h"

/* Sets record, differences, block_devices and every field that comes from records. Needs the other fields of the item.
 */
void container_set_record(const struct view *view, struct item *item);
