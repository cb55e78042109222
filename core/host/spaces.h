/* The namespaces that plumbline runs in, beside those of the machine's first process. Private to root.c.
 * Sources: namespaces(7), mount_namespaces(7), proc_pid_ns(5); include/linux/proc_ns.h. */
#pragma once

#include "host/process.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* A kind of namespaces that files of /proc/sys, /proc/net and /proc/PID/cgroup depend on, with the options that
 * container engines, Kubernetes and units have for it. */
struct space {
    const char *words, *option, *unit;
    enum ns kind;
    /* A copy of the host's that holds nothing but names and clocks: as good for an audit, where it was made by a unit
     * on the same machine. */
    bool copy;
};
#define SPACES_COUNT 6
extern const struct space spaces[SPACES_COUNT];

enum sharing { SHARED, APART, UNSEEN };
/* Ours of a kind ("net", "mnt") and that of process `first`, by a directory that is procfs. A kernel without such
 * namespaces has one for all. */
enum sharing space_sharing(int proc, pid_t first, const char *kind);

/* Where process 1 is closed to us: what it is told of that namespaces of ours are not the machine's; NULL: nothing.
 * Where process numbers are those of the whole machine, process 1 has the kernel's first namespaces. */
const char *spaces_apart_by_looks(int proc);

/* Is a process ("self", "2") in the kernel's first namespace of a kind that has a number? False also when unseen. */
bool space_is_first(int proc, const char *process, enum ns kind);
/* This process's mount table, open; -1 and errno. */
int spaces_own_mounts(void);
