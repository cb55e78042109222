/* What /etc/selinux/config says about the next boot, read as libselinux reads it. */
#pragma once

#include "host/host.h"

struct selinux_config {
    const char
        *state;   /* "enforcing", "permissive" or "disabled": static text; NULL: no line says it, or no file is there */
    char *policy; /* SELINUXTYPE; NULL: no line says it */
};

void selinux_config_clear(struct selinux_config *config);

/* The first line that begins with SELINUX= and a state counts, whatever follows it, and nothing may stand before the
 * word; of the policy the last line counts, with blanks around it and in any case (libselinux: selinux_getenforcemode()
 * and init_selinux_config()). False with error when the file is there and could not be read, or has a line that
 * libselinux would take for several. */
bool selinux_config_read(struct host *host, struct selinux_config *config, GError **error);
