/* Whether what is seen below /proc and /sys of the running machine is the kernel's own.
 *
 * In a chroot /sys may be an empty directory, /proc may be mounted without all that is not about processes
 * (subset=pid), and anything may be mounted over a part of either. There a lookup that finds nothing says nothing
 * about the kernel, and a file that is found is not its word. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What is at this path is the kernel's: it is below /proc or /sys, and no link of a process that leads out of there
 * (/proc/PID/root and its like), nor behind one. */
bool fs_kernel_owns(const char *path);
/* 0, or -EMEDIUMTYPE: what was opened at such a path is on no file system of the kernel's. */
int fs_kernel_verify(int fd);
/* The same for the directory at `path`, which is to be listed. `top`: the path of the root, "" for "/". */
int fs_kernel_verify_directory(const char *top, const char *path, int fd);
/* What a failed lookup of any path means: `err`, or -EMEDIUMTYPE where the kernel would have to say that there is no
 * such thing and was not asked. */
int fs_kernel_absence(const char *top, const char *path, int err);
/* Below /proc or /sys. */
bool fs_kernel_is_path(const char *path);
