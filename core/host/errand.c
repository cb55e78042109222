#include "host/errand.h"

/* Threads that may be left behind by one host: each keeps its stack. More is a machine where nothing answers. */
#define LEFT_MAX 64U

/* A thread that runs one errand after the other. */
struct runner {
    struct errands *errands;
    GCond changed;
    struct errand *errand; /* NULL: it waits for one */
    bool left;             /* the caller did not wait for its end */
};

struct errands {
    GMutex lock;
    GPtrArray *idle; /* struct runner */
    guint runners, left;
    bool closed;
};

void errand_unref(struct errand *errand)
{
    if (g_atomic_int_dec_and_test(&errand->refs))
        errand->free(errand);
}

struct errands *errands_new(void)
{
    struct errands *errands = g_new0(struct errands, 1);
    g_mutex_init(&errands->lock);
    errands->idle = g_ptr_array_new();
    return errands;
}

static void destroy(struct errands *errands)
{
    g_ptr_array_unref(errands->idle);
    g_mutex_clear(&errands->lock);
    g_free(errands);
}

bool errands_free(struct errands *errands)
{
    g_mutex_lock(&errands->lock);
    errands->closed = true;
    for (guint i = 0; i < errands->idle->len; i++)
        g_cond_signal(&((struct runner *)g_ptr_array_index(errands->idle, i))->changed);
    bool last = errands->runners == 0, left = errands->left > 0;
    g_mutex_unlock(&errands->lock);
    if (last)
        destroy(errands);
    return !left;
}

/* With the lock held, but not while the errand runs. */
static void run_one(struct runner *runner)
{
    struct errands *errands = runner->errands;
    struct errand *errand = runner->errand;
    g_mutex_unlock(&errands->lock);
    errand->run(errand);
    g_mutex_lock(&errands->lock);
    runner->errand = NULL;
    if (runner->left) {
        runner->left = false;
        errands->left--;
        g_ptr_array_add(errands->idle, runner);
    } else {
        g_cond_broadcast(&runner->changed); /* its caller puts it among the idle */
    }
    g_mutex_unlock(&errands->lock);
    errand_unref(errand);
    g_mutex_lock(&errands->lock);
}

static gpointer runner_main(gpointer data)
{
    struct runner *runner = data;
    struct errands *errands = runner->errands;
    g_mutex_lock(&errands->lock);
    for (;;) {
        if (runner->errand)
            run_one(runner);
        else if (errands->closed)
            break;
        else
            g_cond_wait(&runner->changed, &errands->lock);
    }
    bool last = --errands->runners == 0;
    g_mutex_unlock(&errands->lock);
    g_cond_clear(&runner->changed);
    g_free(runner);
    if (last)
        destroy(errands);
    return NULL;
}

/* With the lock held. NULL: no thread can be had. */
static struct runner *get_runner(struct errands *errands)
{
    if (errands->idle->len)
        return g_ptr_array_steal_index_fast(errands->idle, errands->idle->len - 1);
    if (errands->left >= LEFT_MAX)
        return NULL;
    struct runner *runner = g_new0(struct runner, 1);
    runner->errands = errands;
    g_cond_init(&runner->changed);
    GThread *thread = g_thread_try_new("errand", runner_main, runner, NULL);
    if (thread) {
        g_thread_unref(thread);
        errands->runners++;
        return runner;
    }
    g_cond_clear(&runner->changed);
    g_free(runner);
    return NULL;
}

enum errand_end errands_run(struct errands *errands, struct errand *errand, gint64 patience)
{
    gint64 until = g_get_monotonic_time() + patience;
    errand->refs = 2;
    g_mutex_lock(&errands->lock);
    struct runner *runner = get_runner(errands);
    if (!runner) {
        errand->refs = 1;
        g_mutex_unlock(&errands->lock);
        return ERRAND_NO_THREAD;
    }
    runner->errand = errand;
    g_cond_signal(&runner->changed);
    while (runner->errand && g_cond_wait_until(&runner->changed, &errands->lock, until))
        continue;
    bool done = !runner->errand;
    if (done) {
        g_ptr_array_add(errands->idle, runner);
    } else {
        runner->left = true;
        errands->left++;
    }
    g_mutex_unlock(&errands->lock);
    return done ? ERRAND_DONE : ERRAND_LATE;
}
