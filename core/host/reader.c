#include "host/reader.h"

#include "host/private.h"

struct reader {
    GThread *thread;
    GMutex lock;
    GCond changed;
    bool (*confine)(GError **error);
    GError *error;
    bool ready, failed, stop;
    GQueue jobs; /* struct job */
};

struct job {
    void (*run)(gpointer data);
    gpointer data;
    GCond finished; /* one each: nobody is woken for another's job */
    bool done;
};

static void work(struct reader *reader)
{
    g_mutex_lock(&reader->lock);
    for (;;) {
        struct job *job = g_queue_pop_head(&reader->jobs);
        if (job) {
            g_mutex_unlock(&reader->lock);
            job->run(job->data);
            g_mutex_lock(&reader->lock);
            job->done = true;
            g_cond_signal(&job->finished);
        } else if (reader->stop) {
            break;
        } else {
            g_cond_wait(&reader->changed, &reader->lock);
        }
    }
    g_mutex_unlock(&reader->lock);
}

static gpointer reader_main(gpointer data)
{
    struct reader *reader = data;
    bool ok = !reader->confine || reader->confine(&reader->error);
    g_mutex_lock(&reader->lock);
    reader->ready = true;
    reader->failed = !ok;
    g_cond_broadcast(&reader->changed);
    g_mutex_unlock(&reader->lock);
    if (ok)
        work(reader);
    return NULL;
}

static void reader_free(struct reader *reader)
{
    g_mutex_lock(&reader->lock);
    reader->stop = true;
    g_cond_broadcast(&reader->changed);
    g_mutex_unlock(&reader->lock);
    if (reader->thread)
        g_thread_join(reader->thread);
    g_clear_error(&reader->error);
    g_cond_clear(&reader->changed);
    g_mutex_clear(&reader->lock);
    g_free(reader);
}

bool host_start_reader(struct host *host, bool (*confine)(GError **error), GError **error)
{
    if (!host->machine || host->reader)
        return true;
    struct reader *reader = g_new0(struct reader, 1);
    reader->confine = confine;
    g_mutex_init(&reader->lock);
    g_cond_init(&reader->changed);
    g_queue_init(&reader->jobs);
    reader->thread = g_thread_try_new("proc-reader", reader_main, reader, &reader->error);
    if (!reader->thread) {
        g_propagate_prefixed_error(error, g_steal_pointer(&reader->error), "no thread to read processes with: ");
        reader_free(reader);
        return false;
    }
    g_mutex_lock(&reader->lock);
    while (!reader->ready)
        g_cond_wait(&reader->changed, &reader->lock);
    bool failed = reader->failed;
    g_mutex_unlock(&reader->lock);
    if (!failed) {
        host->reader = reader;
        fs_real_set_reader(host->fs, reader);
        return true;
    }
    if (reader->error)
        g_propagate_error(error, g_steal_pointer(&reader->error));
    reader_free(reader);
    return false;
}

void host_stop_reader(struct host *host)
{
    if (host->reader)
        reader_free(host->reader);
    host->reader = NULL;
}

bool reader_is_self(const struct reader *reader)
{
    return reader && g_thread_self() == reader->thread;
}

void reader_run(struct reader *reader, void (*run)(gpointer data), gpointer data)
{
    if (!reader || reader_is_self(reader)) {
        run(data);
        return;
    }
    struct job job = {.run = run, .data = data};
    g_cond_init(&job.finished);
    g_mutex_lock(&reader->lock);
    g_queue_push_tail(&reader->jobs, &job);
    g_cond_signal(&reader->changed);
    while (!job.done)
        g_cond_wait(&job.finished, &reader->lock);
    g_mutex_unlock(&reader->lock);
    g_cond_clear(&job.finished);
}

void host_look(struct host *host, void (*look)(gpointer data), gpointer data)
{
    reader_run(host->reader, look, data);
}

struct ahead {
    struct host *host;
    const GPtrArray *paths;
};

static void read_ahead(gpointer data)
{
    const struct ahead *ahead = data;
    for (guint i = 0; i < ahead->paths->len; i++) {
        GBytes *bytes = host_read(ahead->host, g_ptr_array_index(ahead->paths, i), NULL);
        g_clear_pointer(&bytes, g_bytes_unref); /* it stays in the cache */
    }
}

void host_read_ahead(struct host *host, const GPtrArray *paths)
{
    struct ahead ahead = {host, paths};
    if (host->reader)
        reader_run(host->reader, read_ahead, &ahead);
}
