/* How a score comes about. */
#pragma once

#include "cli/command.h"

/* Prints the sum of the scores of a saved audit, module by module. */
enum exit_code explain_score(const char *path);
