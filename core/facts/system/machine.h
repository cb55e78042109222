/* What kind of machine this is: hypervisor, container, init, architecture; each from several places, since none of
 * them is everywhere. */
#pragma once

#include "host/host.h"

/* "kvm", "xen" ... , "other" for a hypervisor without a name, "none"; NULL when nothing tells. Static text. */
const char *machine_virtual(struct host *host);
/* plumbline looks from inside a container. */
bool machine_in_container(struct host *host);
/* systemd, openrc, sysvinit, other, none. Static text. */
const char *machine_init(struct host *host);
/* As uname prints it; NULL when nothing tells. Caller frees. */
char *machine_arch(struct host *host);
