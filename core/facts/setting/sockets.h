/* Sockets that systemd opens for a daemon: a value such as fd:// says that it takes them, and not which they are. */
#pragma once

#include "facts/setting/gather.h"

/* Adds to a list of addresses those of the instance's socket units, when a member begins with the key's `sockets`. The
 * value is replaced. False with *why, which the caller frees, when the units could not be read. */
bool setting_add_sockets(const struct setting_asked *asked, json_object **value, struct problem **why);
