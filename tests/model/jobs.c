/* Every job is done once, with all threads, with one, and where none can be had. */
#include "model/jobs.h"

#include "cmocka_all.h"

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 100

static void count(gpointer job, gpointer data)
{
    g_atomic_int_inc((gint *)job);
    g_atomic_int_inc((gint *)data);
}

/* Are all done, each once? */
static bool all_done(guint threads)
{
    gint done[N] = {0}, sum = 0;
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    for (int i = 0; i < N; i++)
        g_ptr_array_add(jobs, &done[i]);
    jobs_run(jobs, threads, count, &sum);
    for (int i = 0; i < N; i++)
        if (done[i] != 1)
            return false;
    return sum == N;
}

static void each_once(void **state)
{
    (void)state;
    assert_true(all_done(0));
    assert_true(all_done(1));
    assert_true(all_done(4));
    assert_true(all_done(1000));
}

static void nothing_to_do(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    jobs_run(jobs, 4, count, NULL);
}

/* In a process of its own, as a user whose number of processes is used up. */
static void without_threads(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        bool refused = setrlimit(RLIMIT_NPROC, &none) == 0 && setuid(54321) == 0 &&
                       !g_thread_try_new("no", (GThreadFunc)(void *)getpid, NULL, NULL);
        _exit(!refused ? 2 : all_done(4) ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_once),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(without_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
