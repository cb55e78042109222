/* The walk of real file systems: threads, and the tasks that they hand to each other. */
#include "host/walk_descent.h"

#include "host/private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 4U

/* A directory to be walked, or a start whose descriptor is not open yet. */
struct task {
    int fd; /* -1: a start */
    char *path;
    uint64_t mount;
    struct walk_scope scope;
};

struct walker {
    GMutex lock;
    GCond changed;
    GQueue tasks; /* struct task */
    guint threads, idle;
    gint queued; /* atomic: read without the lock whenever a directory is entered */
};

struct walk_thread {
    struct walk_part part; /* first: what is handed out is the part */
    struct walker *walker;
    struct walk_descent *descent;
};

static void push(struct walker *walker, struct task task)
{
    g_mutex_lock(&walker->lock);
    g_queue_push_tail(&walker->tasks, g_memdup2(&task, sizeof task));
    g_atomic_int_inc(&walker->queued);
    g_cond_signal(&walker->changed);
    g_mutex_unlock(&walker->lock);
}

/* One task for each other thread lies ready, so that none has to wait for it. */
static bool is_wanted(gpointer data)
{
    struct walker *walker = data;
    return (guint)g_atomic_int_get(&walker->queued) + 1 < walker->threads;
}

static void hand_over(const struct walk_directory *directory, gpointer data)
{
    push(data, (struct task){.fd = directory->fd,
                             .path = g_strdup(directory->path),
                             .mount = directory->mount,
                             .scope = *directory->scope});
}

/* The next task, NULL when all is done. */
static struct task *pop(struct walker *walker)
{
    g_mutex_lock(&walker->lock);
    walker->idle++;
    while (g_queue_is_empty(&walker->tasks) && walker->idle < walker->threads)
        g_cond_wait(&walker->changed, &walker->lock);
    struct task *task = g_queue_pop_head(&walker->tasks);
    if (task) {
        walker->idle--;
        g_atomic_int_add(&walker->queued, -1);
    } else {
        g_cond_broadcast(&walker->changed);
    }
    g_mutex_unlock(&walker->lock);
    return task;
}

static gpointer thread_main(gpointer data)
{
    struct walk_thread *thread = data;
    for (struct task *task = pop(thread->walker); task; task = pop(thread->walker)) {
        const struct walk_directory directory = {
            .fd = task->fd, .path = task->path, .mount = task->mount, .scope = &task->scope};
        if (task->fd >= 0)
            walk_descent_run(thread->descent, &directory);
        else
            walk_descent_start(thread->descent, task->path, &task->scope);
        g_free(task->path);
        g_free(task);
    }
    return NULL;
}

/* The caller is the first thread; those that cannot be made are missed, and no more. */
static void run_threads(struct walker *walker, GPtrArray *threads)
{
    GThread *handles[THREADS_MAX] = {NULL};
    g_mutex_lock(&walker->lock);
    walker->threads = 1;
    for (guint i = 1; i < threads->len; i++) {
        handles[i] = g_thread_try_new("walk", thread_main, g_ptr_array_index(threads, i), NULL);
        walker->threads += handles[i] != NULL;
    }
    g_mutex_unlock(&walker->lock);
    thread_main(g_ptr_array_index(threads, 0));
    for (guint i = 1; i < threads->len; i++)
        if (handles[i])
            g_thread_join(handles[i]);
}

void walk_real(struct host *host, struct walk_plan *plan, struct walk_keep *keep, GPtrArray *parts)
{
    struct walker walker = {.threads = 1};
    g_autoptr(GPtrArray) descents = g_ptr_array_new_with_free_func(walk_descent_free);
    const struct walk_others others = {.wanted = is_wanted, .take = hand_over, .data = &walker};
    guint threads = CLAMP(g_get_num_processors(), 2, THREADS_MAX);
    g_mutex_init(&walker.lock);
    g_cond_init(&walker.changed);
    g_queue_init(&walker.tasks);
    for (guint i = 0; i < threads; i++) {
        struct walk_thread *thread = g_new0(struct walk_thread, 1);
        thread->walker = &walker;
        walk_part_init(&thread->part, host, plan, keep);
        thread->descent = walk_descent_new(&thread->part, &others);
        g_ptr_array_add(descents, thread->descent);
        g_ptr_array_add(parts, thread);
    }
    for (guint i = 0; i < plan->starts->len; i++) {
        const struct walk_start *start = g_ptr_array_index(plan->starts, i);
        push(&walker, (struct task){.fd = -1, .path = g_strdup(start->path), .scope = start->scope});
    }
    run_threads(&walker, parts);
    g_cond_clear(&walker.changed);
    g_mutex_clear(&walker.lock);
}
