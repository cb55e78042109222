/* What a kernel begins with, before anything sets it: for roots that no kernel runs from. */
#pragma once

#include "host/host.h"
#include "model/problem.h"

/* The value of the parameter `key` (slashes between levels) in the kernel that the root would boot: the same in every
 * build (admin-guide/sysctl/ and networking/ip-sysctl.rst of the kernel's documentation), or as the configuration of
 * the installed kernel says. Of an interface only "all" and "default" are known. NULL with *hindrance when it is not
 * known. Caller frees both. */
char *sysctl_default(struct host *host, const char *key, struct problem **hindrance);
