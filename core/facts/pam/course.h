/* How a stack may go: what its modules return, what libpam makes of it (libpam/pam_dispatch.c), and what comes out. */
#pragma once

#include "facts/pam/stack.h"

/* Whether authentication succeeds although every module that asks who it is said no (auth_err), and the entry that said
 * yes instead. Modules that ask nobody answer as they do: pam_permit yes, pam_deny no, pam_debug what its arguments
 * say, conditions (pam_succeed_if, pam_access ...) no. */
bool pam_opens(const struct pam_stack *stack, guint *giver);

/* Whether nobody but root (pam_rootok) succeeds without the entry's yes: whatever other modules return, it is not
 * jumped over, and the stack does not end well before it or although it refused. False of a header, and of an entry
 * that always fails. *hindrance (taken by the caller): there are more ways than are followed. */
bool pam_is_needed(const struct pam_stack *stack, guint entry, struct problem **hindrance);

/* The file name of the module, without its folder. Borrowed. */
const char *pam_module_name(const struct pam_line *line);
/* It has that argument: "nullok", or "deny=" for any of that key. */
bool pam_has_argument(const struct pam_line *line, const char *argument);
