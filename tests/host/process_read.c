#include "host/process_read.h"

#include "host/host.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

/* A child that ended and that nobody waited for: what is left is a zombie, whose links find nothing. */
static pid_t make_zombie(void)
{
    siginfo_t info;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    return child;
}

/* What was read first is of the living process; the links are asked for after its end. */
static void one_that_ended_between_two_reads_is_no_living_one(void **state)
{
    (void)state;
    pl_auto(host) host = host_new(NULL, NULL);
    pl_auto(process_query) query = process_query_new(host);
    pid_t child = make_zombie();
    struct process *process = process_read(host, query, child);
    bool zombie = process && process->state == 'Z';
    if (process)
        process->state = 'S';
    bool there = process && process_query_again(query, process);
    bool again = process && !process_is_alive(process) && !process->exe && process->argv && !process->argv[0];
    bool ended = process && host_process_ended(host, process);
    waitpid(child, NULL, 0);
    bool gone = process && !process_query_again(query, process);
    bool ended_too = process && host_process_ended(host, process);
    if (process)
        process_free(process);
    assert_true(zombie && there && again && ended && gone && ended_too);
}

static void a_living_one_stays(void **state)
{
    (void)state;
    pl_auto(host) host = host_new(NULL, NULL);
    pl_auto(process_query) query = process_query_new(host);
    struct process *process = process_read(host, query, getpid());
    assert_non_null(process);
    bool alive = process_is_alive(process), ended = host_process_ended(host, process);
    process->start_ticks++; /* another process has the pid now */
    bool other = host_process_ended(host, process);
    process_free(process);
    assert_true(alive && !ended && other);
}

static void *wait_for_the_end(void *unused)
{
    pause();
    return unused;
}

/* Its first thread ends, and another one goes on. */
static pid_t make_headless(void)
{
    pthread_t thread;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        pthread_create(&thread, NULL, wait_for_the_end, NULL);
        syscall(SYS_exit, 0);
    }
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)child);
    g_autofree char *stat = NULL;
    /* The kernel takes the first thread away by itself: no call tells when it is done. */
    while (g_file_get_contents(path, &stat, NULL, NULL) && !strstr(stat, ") Z "))
        g_clear_pointer(&stat, g_free);
    return child;
}

/* The kernel keeps a first thread that ended as a zombie, and only the others show what the process is. */
static void one_whose_first_thread_ended_is_read_through_another(void **state)
{
    (void)state;
    pl_auto(host) host = host_new(NULL, NULL);
    pl_auto(process_query) query = process_query_new(host);
    pid_t child = make_headless();
    struct process *process = process_read(host, query, child);
    bool alive = process && process->pid == child && process->thread && process_is_alive(process);
    bool seen = process && process->root && process->exe && process->ns[NS_MNT] && process->argv && process->argv[0];
    bool ended = process && host_process_ended(host, process);
    g_autofree char *path = process ? host_process_file(process, "fd/1") : NULL;
    g_autofree char *wanted = process ? g_strdup_printf("/proc/%d/task/%d/fd/1", child, process->thread) : NULL;
    bool same = path && strcmp(path, wanted) == 0;
    kill(child, SIGKILL);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    bool ended_now = process && host_process_ended(host, process);
    waitpid(child, NULL, 0);
    bool gone = process && host_process_ended(host, process);
    if (process)
        process_free(process);
    assert_true(alive && seen && !ended && same && ended_now && gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_whose_first_thread_ended_is_read_through_another),
        cmocka_unit_test(one_that_ended_between_two_reads_is_no_living_one),
        cmocka_unit_test(a_living_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
