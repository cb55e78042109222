/* The build configuration of the running kernel; on an offline root of the newest installed one. */
#pragma once

#include "host/host.h"

struct kconfig {
    GHashTable *symbols; /* "CONFIG_X" -> text: y, m, n ("is not set"), a number or a text without quotes; never NULL */
    char *path;          /* the file, NULL when none was found */
    char *release;       /* the kernel that was looked for, NULL when not known */
    bool kernel;         /* there is a kernel, which was built with some configuration: it runs, or is installed */
    GError *error;       /* why a file that is there could not be used; NULL when one was read or none is there */
};

/* /proc/config.gz, else /boot/config-RELEASE, else the copy beside the modules. Read once; owned by the host. */
const struct kconfig *kconfig_get(struct host *host);
/* Release of the running kernel from /proc/sys/kernel/osrelease; NULL when it is not to be had. Caller frees. */
char *kconfig_running_release(struct host *host);
