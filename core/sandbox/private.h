/* The parts of the sandbox; sandbox.c puts them in force in order. */
#pragma once

#include "sandbox/sandbox.h"

/* Becomes a user who owns nothing, and keeps the permitted capabilities. What hinders it is noted. */
void sandbox_change_user(const struct sandbox_plan *plan, struct sandbox_state *state);

/* Drops capabilities for good, changes the user in between, and says which are left. `landlock`: will be in force. */
bool sandbox_drop_capabilities(const struct sandbox_plan *plan, bool landlock, struct sandbox_state *state);

/* The kernel's Landlock version, 0 when there is none or it is switched off. */
int sandbox_landlock_version(void);
bool sandbox_landlock(const struct sandbox_plan *plan, int version, struct sandbox_state *state);

/* `landlock`: forbids writing, so that openat2(), whose flags a filter cannot see, may be let through. */
bool sandbox_seccomp(const struct sandbox_plan *plan, bool landlock, struct sandbox_state *state);
