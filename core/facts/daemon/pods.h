/* Static pods: what the kubelet starts from files, without a unit and without the API server (kubernetes.io,
 * "Create static Pods"). Of a daemon that runs so only the running machine shows the command line and the files that it
 * sees; that it is there is known from its manifest. */
#pragma once

#include "facts/daemon/daemon.h"
#include "host/host.h"

/* The manifest that starts the daemon, which is one that has images; NULL: none does, or with error that is not known.
 * Caller frees. */
char *daemon_static_pod(struct host *host, const struct daemon *daemon, GError **error);
