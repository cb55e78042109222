#include "model/jobs.h"

#define HELPERS_MAX 63U

struct queue {
    const GPtrArray *jobs;
    GFunc function;
    gpointer data;
    gint next; /* the first job that nobody has begun */
};

static gpointer take_jobs(gpointer data)
{
    struct queue *queue = data;
    for (;;) {
        guint i = (guint)g_atomic_int_add(&queue->next, 1);
        if (i >= queue->jobs->len)
            return NULL;
        queue->function(g_ptr_array_index(queue->jobs, i), queue->data);
    }
}

void jobs_run(const GPtrArray *jobs, guint threads, GFunc function, gpointer data)
{
    struct queue queue = {jobs, function, data, 0};
    GThread *helpers[HELPERS_MAX];
    guint wanted = MIN(MIN(threads, jobs->len), HELPERS_MAX + 1), n = 0;
    while (n + 1 < wanted && (helpers[n] = g_thread_try_new("jobs", take_jobs, &queue, NULL)))
        n++;
    take_jobs(&queue);
    while (n)
        g_thread_join(helpers[--n]);
}
