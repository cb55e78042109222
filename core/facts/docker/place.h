/* What docker_engines() is made of: finding an engine's sockets. Nothing here connects. */
#pragma once

#include "facts/daemon/instance.h"
#include "facts/docker/engines.h"

/* What one dockerd says about itself by its command line and file. */
struct docker_place {
    char **sockets;  /* paths on the host where it may be asked, the likeliest first; empty: it has no Unix socket */
    char *data_root; /* as the daemon sees it */
    struct problem *root_unsure; /* why that is a guess; NULL */
    bool unchanged;
    char *space; /* containerd's namespace of its containers */
};

/* Why engines, and what is theirs, cannot be found without a description of dockerd, and what can be done. */
#define DOCKER_UNDESCRIBED             "Docker Engines are found by the description of the daemon dockerd, and none is loaded"
#define DOCKER_UNDESCRIBED_REMEDIATION "load a description of the daemon dockerd with the rules"

/* The daemons of engines, by pid (struct daemon_instance); owned by the host. NULL when no description of dockerd was
 * loaded. */
const struct daemon_instances *docker_daemons(const struct fact_context *context);
/* Every value of a setting, as it is described: of the command line, else of the file (dockerd does not start with
 * both). Caller frees with g_strfreev(). */
char **docker_values(const struct daemon_instance *instance, const char *name);
/* The same of the daemon that runs as this process; NULL: its settings are not known. */
char **docker_values_of(const struct fact_context *context, const struct process *process, const char *name);
void docker_place_find(struct host *host, const struct daemon_instance *instance, struct docker_place *place);
void docker_place_clear(struct docker_place *place);
