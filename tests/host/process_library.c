/* libproc2 and the kernel's texts say the same, field by field: of processes that are made to be misunderstood, and of
 * whatever else runs here. What is made here is stopped or has ended while it is looked at, so that nothing of it
 * changes; of the others only what does not change is compared. */
#include "host/process_library.h"

#include "host/process.h"
#include "host/process_text.h"
#include "host/reader_server.h"
#include "host/totals.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

#define STOP "PLUMBLINE_TEST_STOP"
#define NAME "a)\nS 1\\(\xff"

/* ---- those that are made ---- */

enum kind { STOPPED, NAMED, ARGUED, ANOTHER_USER, UNDUMPABLE, ELSEWHERE, ZOMBIE, LED_BY_A_ZOMBIE, KINDS };
static pid_t made[KINDS];

static void *wait_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

/* With an argument of two lines, the second of which looks like one of its own, empty ones, and one of 100 KiB, which
 * is more than is kept. */
static void become_argued(void)
{
    static char large[100 << 10];
    memset(large, 'x', sizeof large - 1);
    char first[] = "-", second[] = "a\n--tls\n", empty[] = "", stop[] = STOP "=1";
    char *const arguments[] = {first, second, empty, large, empty, NULL}, *const environment[] = {stop, NULL};
    execve("/proc/self/exe", arguments, environment);
}

static void be(enum kind kind)
{
    pthread_t thread;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (kind == NAMED)
        prctl(PR_SET_NAME, NAME);
    if (kind == ARGUED)
        become_argued();
    if (kind == ANOTHER_USER && (setresgid(7, 65534, 9) != 0 || setresuid(4000000000U, 65534, 5) != 0))
        prctl(PR_SET_NAME, "nobody");
    if (kind == UNDUMPABLE)
        prctl(PR_SET_DUMPABLE, 0);
    if (kind == ELSEWHERE)
        (void)(unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC) == 0 || unshare(CLONE_NEWUTS) == 0);
    if (kind == ZOMBIE)
        _exit(0);
    if (kind == LED_BY_A_ZOMBIE && pthread_create(&thread, NULL, wait_for_ever, NULL) == 0)
        pthread_exit(NULL);
    raise(SIGSTOP);
    _exit(0);
}

static char state_of(pid_t pid)
{
    char path[64], text[1024] = "";
    g_snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    const char *close = n ? strrchr(text, ')') : NULL;
    return close ? close[2] : '\0';
}

static int make_all(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++) {
        siginfo_t info;
        fflush(NULL);
        made[kind] = fork();
        if (made[kind] == 0)
            be(kind);
        assert_true(made[kind] > 0);
        if (kind == LED_BY_A_ZOMBIE) /* nobody is told while a thread lives */
            while (state_of(made[kind]) != 'Z')
                sched_yield();
        else
            assert_int_equal(waitid(P_PID, (id_t)made[kind], &info, WEXITED | WSTOPPED | WNOWAIT), 0);
    }
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++) {
        kill(made[kind], SIGKILL);
        waitpid(made[kind], NULL, 0);
    }
    return 0;
}

/* ---- comparing ---- */

static void same_text(const char *a, const char *b)
{
    if (g_strcmp0(a, b) != 0)
        fail_msg("\"%s\" is not \"%s\"", b ? b : "(none)", a ? a : "(none)");
}

static void same_vector(char **a, char **b)
{
    assert_int_equal(a == NULL, b == NULL);
    for (; a && (*a || *b); a++, b++)
        same_text(*a, *b);
}

static void same_program(const struct process *a, const struct process *b)
{
    same_text(a->comm, b->comm);
    same_vector(a->argv, b->argv);
    same_vector(a->argv_seen, b->argv_seen);
    same_text(a->exe, b->exe);
    same_text(a->root, b->root);
    same_text(a->cgroup, b->cgroup);
    same_text(a->label, b->label);
    same_text(a->uid_map, b->uid_map);
    same_text(a->gid_map, b->gid_map);
}

static void same_rights(const struct process *a, const struct process *b)
{
    assert_int_equal(a->ids_known, b->ids_known);
    assert_memory_equal(a->uid, b->uid, sizeof a->uid);
    assert_memory_equal(a->gid, b->gid, sizeof a->gid);
    assert_int_equal(a->n_groups, b->n_groups);
    if (a->n_groups)
        assert_memory_equal(a->groups, b->groups, a->n_groups * sizeof *a->groups);
    assert_memory_equal(a->ns, b->ns, sizeof a->ns);
    assert_int_equal(a->caps_known, b->caps_known);
    assert_memory_equal(a->caps, b->caps, sizeof a->caps);
    assert_int_equal(a->seccomp, b->seccomp);
    assert_int_equal(a->no_new_privs, b->no_new_privs);
    assert_int_equal(a->denied, b->denied);
}

static void same(const struct process *a, const struct process *b)
{
    assert_true(a && b);
    assert_int_equal(a->pid, b->pid);
    assert_int_equal(a->ppid, b->ppid);
    assert_true(a->ppid_known && b->ppid_known);
    assert_int_equal(a->thread, b->thread);
    if (!a->thread) /* others than the first are waited for by nobody */
        assert_int_equal(a->state, b->state);
    assert_int_equal(a->kernel, b->kernel);
    assert_true(a->start_known && b->start_known);
    assert_int_equal(a->start_ticks, b->start_ticks);
    assert_int_equal(a->oom_score_adj, b->oom_score_adj);
    same_program(a, b);
    same_rights(a, b);
}

/* What another start is said of is not used: then nothing would be compared. */
static void same_row(const struct process *a)
{
    struct process_row row;
    struct process b = {.pid = a->pid, .state = '?', .start_known = true, .start_ticks = a->start_ticks};
    assert_int_equal(process_library_rows(&a->pid, 1, &row), 1);
    assert_int_equal(row.pid, a->pid);
    assert_int_equal(row.ppid, a->ppid);
    assert_int_equal(row.start, a->start_ticks);
    process_take_row(&b, &row);
    assert_int_equal(b.state, a->thread ? 'Z' : a->state); /* it tells of the first thread alone */
    assert_int_equal(b.kernel, a->kernel);
}

/* What does not change while a process lives; that its parent ended may be seen by each. */
static void same_for_ever(struct host *before, struct host *between, struct host *after)
{
    const GPtrArray *processes = host_processes(before, NULL);
    assert_non_null(processes);
    for (guint i = 0; i < processes->len; i++) {
        const struct process *a = g_ptr_array_index(processes, i);
        const struct process *b = host_process(between, a->pid), *c = host_process(after, a->pid);
        if (!c || c->start_ticks != a->start_ticks)
            continue; /* it ended */
        assert_non_null(b);
        assert_int_equal(b->start_ticks, a->start_ticks);
        assert_int_equal(b->kernel, a->kernel);
        if (a->ppid == c->ppid)
            assert_int_equal(b->ppid, a->ppid);
    }
}

static void same_totals(struct host *before, struct host *between, struct host *after)
{
    const struct host_totals *a = host_totals(before), *b = host_totals(between), *c = host_totals(after);
    assert_true(!a->memory_error && !a->boot_error && !a->cpus_error);
    assert_true(!b->memory_error && !b->boot_error && !b->cpus_error);
    if (a->memory == c->memory)
        assert_int_equal(b->memory, a->memory);
    if (a->swap == c->swap)
        assert_int_equal(b->swap, a->swap);
    if (a->cpus == c->cpus)
        assert_int_equal(b->cpus, a->cpus);
    if (a->boot == c->boot)
        assert_int_equal(b->boot, a->boot);
}

static void compare(struct host *before, struct host *between, struct host *after)
{
    assert_true(host_use_process_library(between, NULL));
    assert_non_null(host_processes(before, NULL)); /* one look after the other */
    assert_non_null(host_processes(between, NULL));
    assert_non_null(host_processes(after, NULL));
    for (enum kind kind = 0; kind < KINDS; kind++) {
        same(host_process(before, made[kind]), host_process(between, made[kind]));
        same_row(host_process(before, made[kind]));
    }
    same_for_ever(before, between, after);
    same_totals(before, between, after);
}

static void both_say_the_same(void **state)
{
    (void)state;
    pl_auto(host) before = host_new(NULL, NULL);
    pl_auto(host) between = host_new(NULL, NULL);
    pl_auto(host) after = host_new(NULL, NULL);
    compare(before, between, after);
}

/* A host that is looked at by a process of its own as well. */
static struct host *host_by_reader(pid_t *reader)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    fflush(NULL);
    *reader = fork();
    assert_true(*reader >= 0);
    if (*reader == 0) {
        close(pair[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        reader_serve(pair[1], READER_LOOKS);
        _exit(0);
    }
    close(pair[1]);
    struct host *host = host_new(NULL, NULL);
    assert_non_null(host);
    host_set_readers(host, &pair[0], 1);
    return host;
}

static void both_say_the_same_by_a_reader(void **state)
{
    (void)state;
    pid_t reader;
    pl_auto(host) before = host_new(NULL, NULL);
    pl_auto(host) between = host_by_reader(&reader);
    pl_auto(host) after = host_new(NULL, NULL);
    compare(before, between, after);
    kill(reader, SIGKILL);
    waitpid(reader, NULL, 0);
}

/* ---- what is expected of either ---- */

static void they_are_understood(void **state)
{
    (void)state;
    pl_auto(host) host = host_new(NULL, NULL);
    assert_int_equal(host_process(host, made[STOPPED])->state, 'T');
    assert_string_equal(host_process(host, made[NAMED])->comm, "a)\\nS 1\\\\(\xff");
    const struct process *argued = host_process(host, made[ARGUED]);
    assert_null(argued->argv); /* longer than what is kept */
    assert_string_equal(argued->argv_seen[0], "-");
    assert_string_equal(argued->argv_seen[1], "a\n--tls\n"); /* libproc2 makes two arguments of it */
    assert_string_equal(argued->argv_seen[2], "");
    assert_int_equal(host_process(host, made[ZOMBIE])->state, 'Z');
    assert_true(process_is_alive(host_process(host, made[LED_BY_A_ZOMBIE])));
    assert_true(host_process(host, made[LED_BY_A_ZOMBIE])->thread);
    if (geteuid() == 0)
        assert_int_equal(host_process(host, made[ANOTHER_USER])->uid[0], 4000000000U);
}

static void one_that_is_not_there_has_no_row(void **state)
{
    (void)state;
    struct process_row row;
    siginfo_t info;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(process_library_rows(&child, 1, &row), 1);
    assert_true(row.state == 'Z' && row.ppid == getpid());
    waitpid(child, NULL, 0);
    assert_int_equal(process_library_rows(&child, 1, &row), 0);
}

/* Another one has its number, it is a program by now, or it has ended. */
static void what_is_not_of_this_process_is_not_taken(void **state)
{
    (void)state;
    const struct process_row row = {.pid = 5, .ppid = 1, .start = 70, .state = 'D', .flags = 0};
    const struct process_row kernels = {.pid = 5, .ppid = 2, .start = 70, .state = 'D', .flags = 0x00200000};
    struct process process = {.pid = 5, .state = 'S', .start_known = true, .start_ticks = 71};
    process_take_row(&process, &row);
    assert_true(process.state == 'S' && !process.ppid_known);
    process.start_ticks = 70;
    process_take_row(&process, &kernels);
    assert_true(process.state == 'S' && !process.ppid_known && !process.kernel);
    process_take_row(&process, &row);
    assert_true(process.state == 'D' && process.ppid == 1);
    process.state = 'Z';
    process_take_row(&process, &row);
    assert_int_equal(process.state, 'Z');
    process = (struct process){.pid = 5, .state = '?'}; /* its text could not be read */
    process_take_row(&process, &(struct process_row){.pid = 5, .state = 'S'});
    assert_int_equal(process.state, '?');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_understood),
        cmocka_unit_test(both_say_the_same),
        cmocka_unit_test(both_say_the_same_by_a_reader),
        cmocka_unit_test(what_is_not_of_this_process_is_not_taken),
        cmocka_unit_test(one_that_is_not_there_has_no_row),
    };
    if (getenv(STOP)) { /* become_argued() */
        raise(SIGSTOP);
        return 0;
    }
    g_autoptr(GError) error = NULL;
    if (!process_library_load(&error)) {
        printf("%s\n", error->message);
        return 77;
    }
    return cmocka_run_group_tests(tests, make_all, end_all);
}
