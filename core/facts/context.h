/* What facts are read from: handed to those that need more than the host. */
#pragma once

#include "host/host.h"

struct daemons;

struct fact_context {
    struct host *host;
    const struct daemons *daemons; /* facts/daemon/daemon.h */
};
