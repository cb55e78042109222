/* Whose an id is that several containers claim.
 *
 * An id stands in the name of a control group or on a monitor's command line, and an ordinary user names the groups
 * that were delegated to it, and the arguments of its processes, as it likes. What only claims an id is judged for
 * itself, under a name that says so, and gets no engine's record. */
#pragma once

#include "facts/container/find.h"
#include "model/problem.h"

/* Marks impostors among containers that were identified and have one id at different places; where nobody can tell
 * which of them is meant, contested says so, and those that may be are disputed. */
void container_claims_settle(struct host *host, struct containers *containers);

/* Whether an engine of `owner` may have made the container: what a user's engine says of one that root's made is that
 * user's invention. *why, unless it is set, where that could not be seen. */
bool container_may_be_of(struct host *host, const struct container *container, uid_t owner, struct problem **why);
