/* What the program does to itself first of all, before it reads its arguments. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Refuses to run set-user-id or with file capabilities (AT_SECURE: whoever called it chose its environment), opens
 * /dev/null in place of closed standard descriptors, closes every other descriptor that was inherited but those that
 * an argument names as /dev/fd/N or /proc/self/fd/N, and forbids core dumps: by RLIMIT_CORE, and where core_pattern is
 * a pipe, which does not ask for that limit, by not being dumpable. PL_ERROR_UNSUPPORTED. */
bool sandbox_guard(int argc, char *const *argv, GError **error);

/* Closes all descriptors from 3 on but `keep`. */
void sandbox_keep_descriptors(const int *keep, gsize n);
