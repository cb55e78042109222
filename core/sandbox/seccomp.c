/* System call filters: lists of what each role does, with arguments where they decide. What is on no list fails as if
 * the kernel did not have it (ENOSYS), which C libraries know how to live with; what only somebody who took the
 * process over would call ends it. Calls go by name, since libseccomp's table knows more of them than the headers of
 * an old build machine; a name it does not know is left out. */
#include "sandbox/calls.h"
#include "sandbox/note.h"
#include "sandbox/private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* What the sanitizers' run time does, in each role: a report that cannot be written is lost. */
static const char *const sanitizing[] = {"pipe", "write", "readlink", NULL};
#else
static const char *const sanitizing[] = {NULL};
#endif

static bool is_known(int number)
{
    return number != __NR_SCMP_ERROR;
}

/* A call that a filter already treats otherwise keeps that. */
static bool add_names(scmp_filter_ctx filter, uint32_t action, const char *const *names)
{
    bool ok = true;
    for (; *names; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        int err = is_known(number) ? seccomp_rule_add(filter, action, number, 0) : 0;
        ok = ok && (err == 0 || err == -EEXIST);
    }
    return ok;
}

/* One argument decides. */
static bool add_if(scmp_filter_ctx filter, uint32_t action, int number, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, action, number, 1, &condition) == 0;
}

static bool add_each(scmp_filter_ctx filter, int number, unsigned argument, const unsigned *values, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = ok && add_if(filter, SCMP_ACT_ALLOW, number,
                          SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, 0xffffffffU, (scmp_datum_t)values[i]));
    return ok;
}

/* Opening for reading only. */
static bool add_opening(scmp_filter_ctx filter)
{
    const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    const scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC;
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, writes, O_RDONLY)) &&
           add_if(filter, refuse, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY)) &&
           add_if(filter, refuse, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR)) &&
           add_if(filter, refuse, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT));
}

/* Never executable. */
static bool add_memory(scmp_filter_ctx filter)
{
    const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
           add_if(filter, refuse, SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) &&
           add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
           add_if(filter, refuse, SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
}

/* On descriptors: no locks, no leases, no signals. On terminals and sockets: to ask, and not to wait. On itself: to
 * ask, and the name of a thread. */
static bool add_descriptors(scmp_filter_ctx filter)
{
    static const unsigned commands[] = {F_DUPFD_CLOEXEC, F_DUPFD, F_GETFL, F_SETFL, F_GETFD, F_SETFD};
    static const unsigned states[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS};
    static const unsigned requests[] = {TCGETS, TIOCGWINSZ, FIONBIO, FIONREAD};
    return add_each(filter, SCMP_SYS(fcntl), 1, commands, G_N_ELEMENTS(commands)) &&
           add_each(filter, SCMP_SYS(ioctl), 1, requests, G_N_ELEMENTS(requests)) &&
           add_each(filter, SCMP_SYS(prctl), 0, states, G_N_ELEMENTS(states));
}

/* Threads, but no processes. What clone3() is asked for cannot be seen here; without it the C library takes clone(). */
static bool add_threads(scmp_filter_ctx filter)
{
    static const char *const scheduling[] = {"sched_setattr", NULL};
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone),
                  SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) &&
           add_if(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) &&
           /* GLib gives new threads the scheduling of the first, which they have: as if it had been done */
           add_names(filter, SCMP_ACT_ERRNO(0), scheduling);
}

/* Signals go to the process's own threads only (abort() is one); limits are asked for, never set. */
static bool add_self(scmp_filter_ctx filter)
{
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)getpid())) &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, SCMP_A0_64(SCMP_CMP_EQ, 0),
                            SCMP_A2_64(SCMP_CMP_EQ, 0)) == 0;
}

/* TCP, UDP and what finds the addresses of names; otherwise nothing. */
static bool add_network(scmp_filter_ctx filter, bool network)
{
    static const char *const no_sockets[] = {"socket", NULL};
    static const unsigned lengths[] = {sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6)};
    static const unsigned families[] = {AF_INET, AF_INET6, AF_NETLINK};
    if (!network)
        return add_names(filter, SCMP_ACT_ERRNO(EPERM), no_sockets);
    return add_names(filter, SCMP_ACT_ALLOW, calls_networking) &&
           add_each(filter, SCMP_SYS(connect), 2, lengths, G_N_ELEMENTS(lengths)) &&
           add_each(filter, SCMP_SYS(socket), 0, families, G_N_ELEMENTS(families));
}

/* What depends on the plan. */
static bool add_planned(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool landlock)
{
    static const char *const openat2[] = {"openat2", NULL};
    static const char *const memory_files[] = {"memfd_create", "ftruncate", NULL};
    /* libcurl 7.88 connects sockets that it was told are connected. */
    bool ok = !plan->relay_length || add_if(filter, SCMP_ACT_ERRNO(0), SCMP_SYS(connect),
                                            SCMP_A2_64(SCMP_CMP_MASKED_EQ, 0xffffffffU, plan->relay_length));
    ok = ok && (!plan->memory_files || add_names(filter, SCMP_ACT_ALLOW, memory_files));
    return ok && (!landlock || add_names(filter, SCMP_ACT_ALLOW, openat2));
}

static bool add_judge(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool landlock)
{
    return add_names(filter, SCMP_ACT_ALLOW, calls_lookups) && add_names(filter, SCMP_ACT_ALLOW, calls_judging) &&
           add_threads(filter) && add_self(filter) &&
           /* newer than libseccomp's table, and the walk's */
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_getxattrat, 0) == 0 && add_planned(filter, plan, landlock) &&
           add_network(filter, plan->network);
}

/* The commands that name programs and show them; any other one ends the process. */
static bool add_programs(scmp_filter_ctx filter)
{
    static const unsigned commands[] = {BPF_PROG_GET_FD_BY_ID, BPF_OBJ_GET_INFO_BY_FD, BPF_PROG_QUERY};
    const int bpf = SCMP_SYS(bpf);
    return add_each(filter, bpf, 0, commands, G_N_ELEMENTS(commands)) &&
           add_if(filter, SCMP_ACT_KILL_PROCESS, bpf, SCMP_A0_32(SCMP_CMP_LT, BPF_PROG_GET_FD_BY_ID)) &&
           add_if(filter, SCMP_ACT_KILL_PROCESS, bpf, SCMP_A0_32(SCMP_CMP_EQ, BPF_MAP_GET_FD_BY_ID)) &&
           add_if(filter, SCMP_ACT_KILL_PROCESS, bpf, SCMP_A0_32(SCMP_CMP_GT, BPF_PROG_QUERY));
}

static bool add_role(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool landlock)
{
    static const unsigned local[] = {AF_UNIX};
    switch (plan->role) {
    case SANDBOX_JUDGE:
        return add_opening(filter) && add_judge(filter, plan, landlock);
    case SANDBOX_READER:
        return add_opening(filter) && add_names(filter, SCMP_ACT_ALLOW, calls_lookups);
    case SANDBOX_DEVICES:
        return add_opening(filter) && add_names(filter, SCMP_ACT_ALLOW, calls_lookups) && add_programs(filter);
    case SANDBOX_BROKER:
        return add_names(filter, SCMP_ACT_ALLOW, calls_brokering) &&
               add_each(filter, SCMP_SYS(socket), 0, local, G_N_ELEMENTS(local));
    case SANDBOX_WRITER:
        return add_names(filter, SCMP_ACT_ALLOW, calls_writing) && add_self(filter) &&
               add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)plan->judge));
    }
    return false;
}

/* 0 or a negative errno value. */
static int load(scmp_filter_ctx filter)
{
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list: the walk makes a million calls */
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0)
        return -EINVAL;
    return seccomp_load(filter);
}

static bool add_all(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool landlock)
{
    static const char *const no_signals[] = {"kill", NULL}, *const no_programs[] = {"bpf", NULL};
    return add_names(filter, SCMP_ACT_KILL_PROCESS, calls_deadly) &&
           (plan->role == SANDBOX_DEVICES || add_names(filter, SCMP_ACT_KILL_PROCESS, no_programs)) &&
           add_names(filter, SCMP_ACT_ALLOW, calls_everybody) && add_names(filter, SCMP_ACT_ALLOW, sanitizing) &&
           add_descriptors(filter) && add_memory(filter) && add_role(filter, plan, landlock) &&
           add_names(filter, SCMP_ACT_ERRNO(EPERM), calls_refused) &&
           /* the writer's one signal is allowed by its argument */
           (plan->role == SANDBOX_WRITER || add_names(filter, SCMP_ACT_ERRNO(EPERM), no_signals));
}

bool sandbox_seccomp(const struct sandbox_plan *plan, bool landlock, struct sandbox_state *state)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int err = filter && add_all(filter, plan, landlock) ? load(filter) : -EINVAL;
    if (filter)
        seccomp_release(filter);
    if (err == -ECANCELED)
        sandbox_note(state, "seccomp: this kernel takes no filters");
    else if (err)
        sandbox_note(state, "seccomp: %s", g_strerror(-err));
    return err == 0;
}
