/* What a unit's command will be when systemd starts it: from its files alone, with its environment. */
#pragma once

#include "facts/system/units.h"

struct unit_environment {
    GHashTable *values;     /* name -> value */
    char **passed;          /* names that are taken from systemd's own environment */
    struct problem *unread; /* some of it could not be read, so that nothing of it is known; NULL */
};

/* Environment=, EnvironmentFile= and the manager's DefaultEnvironment= of a unit. Never NULL. Owned by the host. */
const struct unit_environment *unit_environment_get(struct host *host, const char *unit);
/* NULL: the variable is not set, or, with *why (NULL before; caller frees), that is not known. */
const char *unit_environment_value(const struct unit_environment *environment, const char *name, struct problem **why);
/* The files that EnvironmentFile= names, whether they are there or not. *why (caller frees) becomes, where it is NULL,
 * why not all of them are known. Caller frees with g_strfreev(). */
char **unit_environment_files(struct host *host, const char *unit, struct problem **why);

/* One ExecStart= as it is written. */
struct unit_command {
    char **words;  /* the program, then its arguments without the name that it is to be given */
    bool verbatim; /* variables stay as they are written */
};

/* NULL when it cannot be taken apart. Caller frees. */
struct unit_command *unit_command_read(const char *text, const char *unit);
void unit_command_free(struct unit_command *command);
PL_DEFINE_CLEANUP(unit_command, unit_command_free)
/* The arguments after variables were put in, the program first. NULL with *why, which the caller frees, when one is not
 * known. Caller frees with g_strfreev(). */
char **unit_command_arguments(struct host *host, const struct unit_command *command, const char *unit,
                              struct problem **why);
