/* A daemon's command line, read as the daemon's own option parser reads it. */
#pragma once

#include "facts/daemon/daemon.h"

/* One value that the command line gives. */
struct flag_value {
    const struct daemon_key *key; /* NULL for flags that only name files */
    char *name;                   /* long name without dashes, as the description writes it */
    char *text;                   /* "true" for a bool without a value */
};

struct flag_values {
    GPtrArray *list; /* struct flag_value, in the order of the command line */
};

/* Reads argv (program name included, it is skipped). Flags that the description does not know are left out. */
struct flag_values *daemon_flags_parse(const struct daemon *daemon, const char *const *argv);
void flag_values_free(struct flag_values *values);
PL_DEFINE_CLEANUP(flag_values, flag_values_free)

/* The last value of one of `names`, NULL when none was given. Borrowed. */
const char *flag_values_last(const struct flag_values *values, const char *const *names);

/* Splits the text of an argument file as MicroK8s keeps them: one flag or more a line, # comments. The first element
 * stands for the program's name. Caller frees with g_strfreev(). */
char **daemon_arguments_split(const char *text);
