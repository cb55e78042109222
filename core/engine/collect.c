/* Runs probes on a few threads. Knows what a probe needs and says so in its place when that is not there. */
#include "engine/collect.h"

#include "host/notes.h"

#include <string.h>

#define THREADS_MAX 8
/* Some wait for engines to answer, or for another that looks at the same thing; these leave no processor idle. */
#define WAITING 2U

struct work {
    const struct collecting *collecting;
    GMutex mutex;
    GCond changed;
    unsigned done, total;
    const char *last; /* probe of the last one that was done */
};

/* What the engine answers for a probe that cannot run here. */
static bool answer_needs(const struct collecting *collecting, const struct probe *probe, struct items *items)
{
    if ((probe->needs & NEEDS_LIVE) && !host_is_live(collecting->host)) {
        items_problem(items, PROBLEM_OFFLINE, NULL, "%s needs the running machine, and this is a directory",
                      probe->name);
        return true;
    }
    if ((probe->needs & NEEDS_ROOT) && !host_is_privileged(collecting->host)) {
        items_problem(items, PROBLEM_UNKNOWN, "run as root", "%s needs root", probe->name);
        return true;
    }
    if ((probe->needs & NEEDS_NETWORK) && !collecting->network) {
        items_problem(items, PROBLEM_UNKNOWN, "allow it with --network", "%s needs the network", probe->name);
        return true;
    }
    return false;
}

static void cap_items(struct items *items, const struct probe *probe)
{
    if (items->list->len <= ITEMS_MAX)
        return;
    guint surplus = items->list->len - ITEMS_MAX;
    g_ptr_array_set_size(items->list, ITEMS_MAX);
    items_problem(items, PROBLEM_ERROR, NULL, "%s found more than %d things; %u were left out", probe->name, ITEMS_MAX,
                  surplus);
}

/* A look that failed without anybody asking why may have hidden something or changed a value. */
static void run_probe(const struct probe *probe, const struct probe_context *context, const json_object *object,
                      struct items *items)
{
    pl_auto(host_notes) notes = host_notes_new();
    struct host_notes *before = host_notes_swap(notes);
    probe->collect(context, object, items);
    host_notes_swap(before);
    const GPtrArray *failures = host_notes_list(notes);
    for (guint i = 0; i < failures->len; i++)
        items_doubt_from_error(items, g_ptr_array_index(failures, i));
}

static void collect_one(const struct collecting *collecting, struct collected *collected)
{
    struct items *items = items_new();
    if (!answer_needs(collecting, collected->probe, items)) {
        struct probe_context context = {.host = collecting->host, .daemons = collecting->daemons};
        run_probe(collected->probe, &context, collected->object, items);
        cap_items(items, collected->probe);
    }
    collected->items = items;
}

static void run_job(gpointer data, gpointer user)
{
    struct collected *collected = data;
    struct work *work = user;
    collect_one(work->collecting, collected);
    g_mutex_lock(&work->mutex);
    work->done++;
    work->last = collected->probe->name;
    if (work->collecting->progress || work->done == work->total)
        g_cond_signal(&work->changed);
    g_mutex_unlock(&work->mutex);
}

static void tell(const struct work *work, unsigned done, const char *what)
{
    if (work->collecting->progress)
        work->collecting->progress(work->collecting->progress_data, done, work->total, what);
}

/* The caller's thread tells the progress, so that it is never told from two threads. */
static void wait_all(struct work *work, unsigned target)
{
    unsigned done = 0;
    g_mutex_lock(&work->mutex);
    while (work->done < target) {
        g_cond_wait(&work->changed, &work->mutex);
        done = work->done;
        const char *last = work->last;
        g_mutex_unlock(&work->mutex);
        tell(work, done, last);
        g_mutex_lock(&work->mutex);
    }
    g_mutex_unlock(&work->mutex);
    /* The end is told even when all was done before this thread could wait. */
    if (done != target)
        tell(work, target, work->last);
}

static unsigned thread_count(unsigned wanted)
{
    return wanted ? MIN(wanted, 64) : MIN(g_get_num_processors() + WAITING, THREADS_MAX);
}

static void run_all(struct work *work, const GPtrArray *jobs)
{
    unsigned threads = thread_count(work->collecting->threads), target = work->done + jobs->len;
    work->total = target;
    if (threads <= 1 || jobs->len <= 1) {
        for (guint i = 0; i < jobs->len; i++) {
            run_job(g_ptr_array_index(jobs, i), work);
            tell(work, work->done, work->last);
        }
        return;
    }
    GThreadPool *pool = g_thread_pool_new(run_job, work, (gint)threads, FALSE, NULL);
    for (guint i = 0; i < jobs->len; i++)
        g_thread_pool_push(pool, g_ptr_array_index(jobs, i), NULL);
    wait_all(work, target);
    g_thread_pool_free(pool, FALSE, TRUE);
}

/* Appends what the check asks and nobody has asked yet. */
static void add_jobs(GPtrArray *jobs, GHashTable *queued, const struct bound_check *check)
{
    if (!check)
        return;
    if (check->kind != CHECK_TEST) {
        for (guint i = 0; i < check->children->len; i++)
            add_jobs(jobs, queued, g_ptr_array_index(check->children, i));
        return;
    }
    for (guint i = 0; i < check->test->collected->len; i++) {
        struct collected *collected = g_ptr_array_index(check->test->collected, i);
        if (!collected->items && g_hash_table_add(queued, collected))
            g_ptr_array_add(jobs, collected);
    }
}

/* The probe that takes longest should not be the last to start. */
static int walk_first(const void *a, const void *b)
{
    const struct collected *left = *(const struct collected *const *)a, *right = *(const struct collected *const *)b;
    int l = g_str_equal(left->probe->name, "filesystem-scan"), r = g_str_equal(right->probe->name, "filesystem-scan");
    return r - l;
}

void collect(struct plan *plan, const struct collecting *collecting, collect_wanted wanted)
{
    struct work work = {.collecting = collecting};
    g_mutex_init(&work.mutex);
    g_cond_init(&work.changed);
    g_autoptr(GPtrArray) first = g_ptr_array_new();
    g_autoptr(GPtrArray) second = g_ptr_array_new();
    g_autoptr(GHashTable) queued = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < plan->rules->len; i++)
        add_jobs(first, queued, ((struct bound_rule *)g_ptr_array_index(plan->rules, i))->applies);
    run_all(&work, first);
    for (guint i = 0; i < plan->rules->len; i++) {
        const struct bound_rule *rule = g_ptr_array_index(plan->rules, i);
        if (!rule->applies || !wanted || wanted(rule, collecting->host))
            add_jobs(second, queued, rule->check);
    }
    g_ptr_array_sort(second, walk_first);
    run_all(&work, second);
    g_mutex_clear(&work.mutex);
    g_cond_clear(&work.changed);
}
