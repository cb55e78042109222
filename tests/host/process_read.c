#include "host/process_read.h"

#include "host/host.h"

#include <signal.h>
#include <stdio.h>
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
    struct process *process = process_read(query, child);
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
    struct process *process = process_read(query, getpid());
    assert_non_null(process);
    bool alive = process_is_alive(process), ended = host_process_ended(host, process);
    process->start_ticks++; /* another process has the pid now */
    bool other = host_process_ended(host, process);
    process_free(process);
    assert_true(alive && !ended && other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_ended_between_two_reads_is_no_living_one),
        cmocka_unit_test(a_living_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
