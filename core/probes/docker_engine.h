/* What docker_engines() is made of: finding an engine's sockets. Nothing here connects. */
#pragma once

#include "probes/daemon_instance.h"
#include "probes/docker.h"

/* What one dockerd says about itself by its command line and file. */
struct docker_place {
    char **sockets;  /* paths on the host where it may be asked, the likeliest first; empty: it has no Unix socket */
    char *data_root; /* as the daemon sees it */
    bool unchanged;
};

/* The running engines' daemons, by pid (struct daemon_instance); owned by the host. */
const struct daemon_instances *docker_daemons(struct host *host);
/* Every value of a setting that leads to an engine, or of its proxies: of the command line, else of the file (dockerd
 * does not start with both). Caller frees with g_strfreev(). */
char **docker_values(const struct daemon_instance *instance, const char *key);
void docker_place_find(struct host *host, const struct daemon_instance *instance, struct docker_place *place);
void docker_place_clear(struct docker_place *place);
