/* plumbline list --profiles, --benchmarks, --tags, --modules. */
#pragma once

#include "cli/command.h"

enum exit_code list_names(const struct options *options);
