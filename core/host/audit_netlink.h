/* Asking the kernel for its audit rules; private to this floor. */
#pragma once

#include "host/audit.h"

/* Fills `loaded`, or its error. */
void audit_ask_kernel(struct audit_loaded *loaded);
