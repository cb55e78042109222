/* What the machine shows of a running Docker Engine, whether it answers or not. */
#pragma once

#include "facts/docker/engines.h"
#include "probes/probe.h"

/* Adds the items of one lookup: data-root, access, proxies, conflicts, command or seccomp-profile. */
void docker_machine_look(const struct fact_context *context, const struct docker_engine *engine, const char *query,
                         struct items *items);
