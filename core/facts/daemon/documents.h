/* The configuration files of one instance of a daemon. */
#pragma once

#include "facts/daemon/instance.h"

/* Fills config, config_named, documents, and where something is hindered, error or blind. */
void daemon_documents_load(struct host *host, struct daemon_instance *instance, const struct daemon *daemon);

/* Whether an account has a file of its own for a tool. With false and `error` set that could not be told. */
bool daemon_documents_of_user(struct host *host, const struct daemon *daemon, const struct home *home, GError **error);
