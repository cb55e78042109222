/* What shows through the walls of a container: mounts that are not what they seem, directories of the host held open,
 * and what its control groups and network leave open. */
#pragma once

#include "probes/container/view.h"

/* Sets readonly_leaks, namespace_files, kernel_filesystems, cgroup_writable, core_pattern_writable, loose_binds,
 * loose_tmpfs, writable_disks and service_account_mounted. */
void container_set_mount_leaks(const struct view *view, struct item *item);
/* What is on it is neither in memory nor the kernel's own. */
bool container_mount_is_disk(const struct mount_line *line);
/* Sets leaked_directories: working directories and open directories that are not inside the container's root. */
void container_set_directory_leaks(const struct view *view, struct item *item);
