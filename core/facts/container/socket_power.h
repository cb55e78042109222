/* What a listener on a Unix socket does for its peers, by the program that it is. */
#pragma once

#include "facts/container/socket_files.h"

/* `path` says what systemd listens for, when a program that it would start does not run. */
enum socket_power socket_power(const struct process *holder, const char *path);
/* Where engines and their like are known to listen; a pattern each, NULL-terminated. */
extern const char *const socket_command_paths[];
