/* What is said of commands, options and arguments that there are not: one line that helps. */
#pragma once

#include "cli/command.h"

/* GLib's message ends with the option; `words` is the command line. Caller frees. */
char *unknown_option(const struct command *command, const char *glib, char *const *words);
/* argv[1] of the program, and what follows it. Caller frees. */
char *unknown_command(int argc, char **argv);
/* An argument of a command that means nothing to it; NULL when nothing is known of it either. Caller frees. */
char *unknown_argument(const struct command *command, char *const *arguments);
