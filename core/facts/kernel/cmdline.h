/* The running kernel's command line, cut as the kernel cuts it. */
#pragma once

#include "host/host.h"

struct cmdline_arg {
    char *name;  /* as written */
    char *value; /* NULL for a bare word */
};

struct cmdline {
    GPtrArray *args; /* struct cmdline_arg in order; empty when the text could not be read */
    GError *error;   /* why it could not be read, PL_ERROR_ABSENT without /proc/cmdline; NULL when it was */
};

/* /proc/cmdline, read once. Quotes keep blanks together; what follows a bare "--" belongs to init and is left out.
 * Owned by the host. */
const struct cmdline *cmdline_get(struct host *host);

/* Names are equal when they differ in - and _ only, as the kernel compares them. */
bool cmdline_same_name(const char *a, const char *b);
