/* Which runtime a container belongs to, and what it is called. */
#pragma once

#include "facts/container/find.h"

/* Fills id, runtime and monitor from the first process: its control group and the monitor above it. */
void container_identify(const struct fact_context *context, struct container *container);
/* Fills record and name, when it is known whose the id is (facts/container/claim.h). */
void container_name(const struct fact_context *context, struct container *container);
/* Of containers that have one name (two engines may each have a "web") each says in its name whose it is: findings,
 * waivers and the table of abilities go by names. */
void container_names_tell_apart(const GPtrArray *list);
/* Gives each container that neither an engine nor a runtime names a name of its own. They are in the order of their
 * start. */
void containers_tell_apart(GPtrArray *list);
