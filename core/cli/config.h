/* /etc/plumbline.conf, or the file of --config: options of audits, as one line each:
 *
 *     # what this machine demands
 *     fail-on = high
 *     profile = cis-docker-1.6.0, plumbline-container
 *     quiet
 *
 * A key is a long option of audit; one that repeats is given again, and a flag stands alone or is true or false. What
 * the command line says goes before it, key by key. */
#pragma once

#include "cli/options.h"

/* Gives options what the file says of those that the command has and the command line does not give. Without --config
 * a file that is not there is none; --config=none reads none. As root, one that others could have written is refused.
 * PL_ERROR_USAGE with "FILE:LINE: " in front. */
bool config_apply(struct options *options, GError **error);

/* Prints every option that is in force and where it comes from. */
void config_show(const struct options *options);
