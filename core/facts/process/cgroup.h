/* Control groups of a process, from the text of /proc/PID/cgroup (cgroups(7)). What of them could not be read is noted
 * (host/notes.h). */
#pragma once

#include "host/host.h"

/* The path that says where systemd or a runtime put the process: of the name=systemd hierarchy, else of the pids
 * controller (version 1), else of the unified hierarchy. NULL without any. Caller frees. */
char *cgroup_path(const char *text);
/* The path in the hierarchy of a version 1 controller, or of version 2 when the controller is not in version 1;
 * *v2 says which. NULL without. Caller frees. */
char *cgroup_controller_path(const char *text, const char *controller, bool *v2);
/* The directory of the group at `path` of the version 2 hierarchy. Caller frees. */
char *cgroup_v2_folder(struct host *host, const char *path);
/* The system unit of a path: its first component that names a service or scope; NULL without. Caller frees. */
char *cgroup_unit(const char *path);

/* Who may make groups below the group at `path`: the owner of its directory, in the hierarchy where that is not root if
 * there is one. False when no hierarchy shows the path (PL_ERROR_ABSENT), or one that may have another owner could not
 * be looked at. */
bool cgroup_owner(struct host *host, const char *path, uid_t *owner, GError **error);

struct cgroup_limit {
    bool read;    /* some file of the process's own group or its ancestors could be read */
    bool limited; /* value is a limit; else there is none */
    double value;
};

/* The lowest limits along the ancestors: bytes, processes, processors (of the quota, or of its cpuset where these are
 * fewer). */
struct cgroup_limit cgroup_memory_limit(struct host *host, const char *text);
struct cgroup_limit cgroup_pids_limit(struct host *host, const char *text);
struct cgroup_limit cgroup_cpu_limit(struct host *host, const char *text);
/* cpu.shares (version 1) or cpu.weight (2) of the group itself. */
struct cgroup_limit cgroup_cpu_weight(struct host *host, const char *text);
/* Memory and swap together (version 1) or swap alone (2), bytes; not limited where swap is not accounted. */
struct cgroup_limit cgroup_swap_limit(struct host *host, const char *text, bool *v2);
/* Version 1: memory.oom_control says that the group's processes wait instead of being killed. False on version 2,
 * which has no such switch. *known is false when the file could not be read. */
bool cgroup_oom_kill_disabled(struct host *host, const char *text, bool *known);
/* Version 1: the lines of devices.list; NULL on version 2 and when the file could not be read. Caller frees. */
char **cgroup_device_rules(struct host *host, const char *text);
/* Some controller is still on a hierarchy of version 1, where release_agent exists (cgroups(7)). */
bool cgroup_has_v1(const char *text);
