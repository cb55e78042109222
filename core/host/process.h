/* The process table, from /proc alone, read once per host. */
#pragma once

#include "host/host.h"

/* Linux namespace kinds, in the order of process.ns. */
enum ns { NS_CGROUP, NS_IPC, NS_MNT, NS_NET, NS_PID, NS_TIME, NS_USER, NS_UTS, NS_COUNT };
extern const char *const ns_names[NS_COUNT];
/* Inode numbers of the kernel's first ones (PROC_*_INIT_INO of include/linux/proc_ns.h); 0: net and mnt, which became
 * fixed only in Linux 6.18. */
extern const uint64_t ns_first[NS_COUNT];

/* Linux capability sets as bit masks (capabilities(7)). */
enum capset { CAPSET_INHERITABLE, CAPSET_PERMITTED, CAPSET_EFFECTIVE, CAPSET_BOUNDING, CAPSET_AMBIENT, CAPSET_COUNT };
#define CAP_BIT(cap) ((uint64_t)1 << (cap)) /* CAP_TO_MASK() of linux/capability.h has 32 bits */

/* A part of a process that is there and could not be read. */
struct process_failure {
    const char *file; /* below /proc/PID; static text */
    int err;          /* an errno value */
};

struct process {
    pid_t pid, ppid;
    /* Through which one of its threads it is seen, because the first one ended before the others: the kernel keeps
     * that one as a zombie without root, program, namespaces and descriptors. 0: through the first. */
    pid_t thread;
    unsigned threads; /* 0: not known */
    bool ppid_known;  /* the parent was read; 0 is one that lies outside */
    char *comm;       /* never NULL; from /proc/PID/status; "" when that could not be read */
    char state;       /* R S D Z T I ..., of the thread that it is seen through */
    bool kernel;      /* kernel thread */
    char **argv;      /* NULL when it is not known whole; empty vector for kernel threads and zombies */
    /* What is known of it, to tell what program it is: argv, or the first arguments of a longer one than is kept, or
     * NULL when it could not be read. Nobody may conclude from it that an argument was not given. */
    char **argv_seen;
    char *exe;    /* target of /proc/PID/exe as the kernel prints it, NULL when unreadable */
    char *root;   /* target of /proc/PID/root, NULL when unreadable */
    char *cgroup; /* whole text of /proc/PID/cgroup, NULL when unreadable */
    uid_t uid[4]; /* real, effective, saved, file system */
    gid_t gid[4];
    bool ids_known; /* uid and gid were read */
    gid_t *groups;  /* supplementary groups; NULL when there are none or they were not read; shared (g_rc_box) */
    unsigned n_groups;
    uint64_t ns[NS_COUNT]; /* inode numbers; 0 when unreadable: unreadable is not different */
    uint64_t caps[CAPSET_COUNT];
    bool caps_known;
    int seccomp;      /* 0 off, 1 strict, 2 filter, -1 not known */
    int no_new_privs; /* 0, 1, -1 not known */
    char *label;      /* LSM label without newline, "" when the kernel has none, NULL when unreadable */
    char *uid_map;    /* text of /proc/PID/uid_map, NULL when unreadable */
    char *gid_map;
    int oom_score_adj;    /* G_MININT: not known */
    uint64_t start_ticks; /* 0 when not known, too */
    bool start_known;
    bool denied;    /* something of it was not to be read for lack of rights */
    GArray *failed; /* struct process_failure; NULL: none */
    /* It does not run: what it would be is taken from this record ("GET /containers/x/json on /run/docker.sock"), and
     * what is not known of it the record does not decide. NULL: it runs. It has no folder in /proc: whoever asks for a
     * file of it notes that as a failure (host/notes.h). */
    char *planned;
};

/* The command line of one process is kept up to so many bytes. */
#define HOST_ARGV_MAX ((gsize)64 << 10)
/* Of one with more than HOST_ARGV_SHORT bytes only so many where those of all processes but root's are longer together
 * than HOST_ARGV_ALL_MAX: forking with a long command line costs its user nothing. */
#define HOST_ARGV_SHORT   ((gsize)8 << 10)
#define HOST_ARGV_ALL_MAX ((gsize)16 << 20)

/* Why `argv` is NULL. Caller frees. */
GError *host_process_argv_failure(const struct process *process);

/* All processes by pid; NULL with error when /proc cannot be listed (an offline root has none: PL_ERROR_ABSENT).
 * A process that vanishes while it is read is left out. That those of others are hidden (hidepid) is noted
 * (host/notes.h), here and where one is asked for that is not in the list. Owned by the host. */
const GPtrArray *host_processes(struct host *host, GError **error);
/* A process that plumbline started for this audit and that is no part of the host: the table leaves it out. Before
 * anybody reads the table. */
void host_hide_process(struct host *host, pid_t pid);
/* From now on libproc2 is asked too, where the kernel's texts alone would say the same. For a host that is what this
 * process sees as its own machine (root_is_here()), before confinement and before anybody reads it. Errors are those of
 * process_library_load() (process_library.h). */
bool host_use_process_library(struct host *host, GError **error);
/* Why a file or link below /proc/PID ("status", "ns/mnt") was not read: "/proc/812/status: Permission denied". It has
 * failed, or what is said of it could not be made out. Caller frees. */
GError *host_process_failure(const struct process *process, const char *file);
/* That a file or link below /proc/PID could not be read leaves open what the caller asks: noted (host/notes.h), in
 * words with `may` ("it may be dockerd"; NULL: none). */
void host_process_note(const struct process *process, const char *file, const char *may);
/* One of them; NULL when there is none. */
const struct process *host_process(struct host *host, pid_t pid);
/* The path of a file or link of its folder ("fd/3"; "": the folder): "/proc/812/fd/3", or "/proc/812/task/815/fd/3".
 * Nobody puts such a path together by pid alone: see `thread`. Caller frees. */
char *host_process_file(const struct process *process, const char *file);
/* What process_read() gave. */
void process_free(gpointer process);
/* Neither a zombie nor dead, as far as its entry says. One whose first thread ended lives while others do. */
bool process_is_alive(const struct process *process);
/* It has ended since it was listed: it is gone, is a zombie, or its pid belongs to another one. What could not be read
 * of it is then no lack of knowledge. False when that cannot be told. */
bool host_process_ended(struct host *host, const struct process *process);
/* The environment variable NAME of a process; NULL when it is not set, or with error: PL_ERROR_LIMIT beyond 256 KiB of
 * them. Caller frees. */
char *host_process_env(struct host *host, const struct process *process, const char *name, GError **error);
/* A path as a process sees it: "/proc/PID/root" + path when the process has another root or mount namespace
 * than plumbline, else path itself. Caller frees. */
char *host_process_path(struct host *host, const struct process *process, const char *path);
/* The target of a link below /proc/PID (exe, cwd, fd/N) carries the kernel's mark of a file that is gone:
 * "/usr/bin/x (deleted)". */
bool host_link_is_deleted(const char *target);
/* The target without that mark. Caller frees. */
char *host_link_path(const char *target);
/* "CAP_CHOWN" ... for bit numbers up to the last one known to libcap, "CAP_n" above; NULL-terminated, caller frees. */
char **host_capability_names(uint64_t mask);
