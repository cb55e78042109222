/* Help texts, made from the command and option tables. */
#pragma once

#include "cli/command.h"

void help_bare(void);    /* `plumbline` alone: ten lines */
void help_general(void); /* `plumbline --help`: at most 24 lines */
void help_exit(void);    /* `plumbline --help exit` */
void help_command(const struct command *command);
