/* What the probe `container` tells of a container, field by field. */
#pragma once

#include "probes/probe.h"

/* Ends with a NULL name. */
extern const struct probe_field container_fields[];
/* Without that end. */
extern const unsigned container_fields_count;
