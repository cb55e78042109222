/* What the machine shows of a running Docker Engine, whether it answers or not. */
#pragma once

#include "facts/docker/engines.h"
#include "probes/probe.h"

/* Adds the items of one look: data-root, access, proxies, conflicts, command or seccomp-profile. */
void docker_machine_look(const struct fact_context *context, const struct docker_engine *engine, const char *look,
                         struct items *items);
