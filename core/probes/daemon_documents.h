/* The configuration files of one instance of a daemon. */
#pragma once

#include "probes/daemon_instance.h"

/* Fills config, config_named, documents, and where something is hindered, error or blind. */
void daemon_documents_load(struct host *host, struct daemon_instance *instance, const struct daemon *daemon);
