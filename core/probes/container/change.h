/* Whether the users of a container may change something of the host below a path that it has writable. */
#pragma once

#include "probes/container/view.h"

/* The file is one that they may write, or a directory in which they may make files or some file lies that they may
 * write: looked for in the mount of the directory alone (facts/system/below.h). What could not be seen is noted
 * (host/notes.h). `file`: not used. */
bool container_may_change_below(const struct view *view, const char *path, const struct host_stat *file);
/* The same of the root directory of a container that runs, without what is mounted in it. */
bool container_may_change_root(const struct view *view, const struct container *container);
/* The same of a path of the host; nothing that the kernel makes is data of the host. `bits`: not used. */
bool container_may_change(const struct view *view, const char *path, const struct host_stat *file, unsigned bits);
