/* The texts of /proc/PID as parts of a process (proc(5)). A line that is not as it should be leaves its part as it was,
 * which is "not known" in a new process; nothing fails. */
#pragma once

#include "host/process.h"
#include "host/process_library.h"

/* Flags of /proc/PID/stat, as include/linux/sched.h has them. */
#define PF_EXITING 0x00000004U
#define PF_KTHREAD 0x00200000U

/* One of which nothing is known but its number. Freed by process_free(). */
struct process *process_new(pid_t pid);
/* Sisters have the same groups, of which there may be 65,536: they share those of the one before, which are kept. */
void process_share_groups(struct process *process, gid_t **groups, unsigned *n_groups);
/* /proc/PID/status: names, ids, groups, capabilities, seccomp and no_new_privs. Cuts `text` into lines. */
void process_parse_status(struct process *process, char *text);
/* /proc/PID/stat: whether it is a kernel thread, and its start in ticks. The command name may hold any byte, ')' too.
 */
void process_parse_stat(struct process *process, const char *text);
/* The same from numbers: `flags` are the kernel's PF_*. A process that is about to end counts as a zombie. */
void process_set_stat(struct process *process, char state, uint64_t flags);
/* What libproc2 said of it just before its texts were read, where it is of the same process: libproc2 looks by number,
 * and one that had the number before started at another time. */
void process_take_row(struct process *process, const struct process_row *row);
/* /proc/PID/cmdline; NUL bytes at the end are padding that programs leave which rewrite their title. NULL-terminated,
 * caller frees. */
char **process_parse_argv(GBytes *bytes);
/* The inode number in "mnt:[4026531841]"; 0 when it is none, or `target` is NULL. */
uint64_t process_parse_ns(const char *target);
