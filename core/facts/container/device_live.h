/* The device rules that are in force, as the kernel tells them: the file devices.list of version 1 control groups, the
 * programs of version 2. */
#pragma once

#include "host/host.h"
#include "model/problem.h"

struct device_live {
    char **rules;            /* "b 8:0 rwm", NULL-terminated; NULL: not known */
    struct problem *problem; /* why */
    bool may_be_told;        /* a record may tell instead: what it says is what the program was made of */
};

/* Of the process with this text of /proc/PID/cgroup; read once a host and group, owned by the host. */
const struct device_live *device_rules_live(struct host *host, const char *cgroup);
