/* Runs probes on a few threads. Knows what a probe needs and says so in its place when that is not there. */
#include "engine/collect.h"

#include "host/notes.h"

#include <string.h>

#define THREADS_MAX 8
/* Some wait for engines to answer, or for another that looks at the same thing; these leave no processor idle. */
#define WAITING 2U

/* What the threads share. The run may be over before all of them are: one that hangs in a call to the kernel keeps it
 * for as long as the program lives. */
struct collect_work {
    struct collecting collecting;
    GMutex mutex;
    GCond changed;
    GPtrArray *jobs; /* struct collected, none of them done before */
    guint next;      /* the first that nobody has begun */
    unsigned done, workers;
    const struct collected *ahead; /* one of the jobs that is not waited for yet, NULL */
    const char *last;              /* probe of the last one that was done */
    bool closed;                   /* the caller has gone: the last worker frees this */
    bool over;                     /* the time is up: nothing more is begun, and what is still found comes too late */
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
        items_problem(items, PROBLEM_UNKNOWN, RUN_AS_ROOT, "%s needs root", probe->name);
        return true;
    }
    if ((probe->needs & NEEDS_NETWORK) && !collecting->network) {
        items_problem(items, PROBLEM_UNKNOWN, "allow it with --network", "%s needs the network", probe->name);
        return true;
    }
    return false;
}

/* items_add() says what it leaves out; a probe that stopped at the bound by itself may have left out more. */
static void doubt_full(struct items *items, const struct probe *probe)
{
    if (items->list->len >= ITEMS_MAX && !items->full)
        items_problem(items, PROBLEM_ERROR, NULL, "%s found %d things, the most that it looks for; there may be more",
                      probe->name, ITEMS_MAX);
}

/* A lookup that failed without anybody asking why may have hidden something or changed a value. */
static void run_probe(const struct probe *probe, const struct fact_context *context, const json_object *object,
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

static struct items *collect_one(const struct collecting *collecting, const struct collected *collected)
{
    struct items *items = items_new();
    items->offline = !host_is_live(collecting->host);
    const struct probe *probe = collected->probe;
    if (!answer_needs(collecting, probe, items)) {
        struct fact_context context = {.host = collecting->host, .daemons = collecting->daemons};
        /* Nothing of the plan may be touched behind this: whoever comes back late may find it gone. */
        run_probe(probe, &context, collected->object, items);
        doubt_full(items, probe);
    }
    return items;
}

static bool is_late(const struct collect_work *work)
{
    return work->collecting.deadline && g_get_monotonic_time() >= work->collecting.deadline;
}

/* With the mutex held, but not while it looks. False: there is nothing left to begin. */
static bool collect_next(struct collect_work *work)
{
    work->over = work->over || is_late(work);
    if (work->over || work->next >= work->jobs->len)
        return false;
    struct collected *collected = g_ptr_array_index(work->jobs, work->next++);
    g_mutex_unlock(&work->mutex);
    gint64 begun = g_get_monotonic_time();
    struct items *items = collect_one(&work->collecting, collected);
    g_mutex_lock(&work->mutex);
    if (work->over) {
        items_free(items);
        return false;
    }
    collected->items = items;
    collected->duration_us = g_get_monotonic_time() - begun;
    work->done++;
    work->last = collected->probe->name;
    return true;
}

static void work_free(struct collect_work *work)
{
    g_ptr_array_unref(work->jobs);
    g_mutex_clear(&work->mutex);
    g_cond_clear(&work->changed);
    g_free(work);
}

static gpointer work_on(gpointer data)
{
    struct collect_work *work = data;
    g_mutex_lock(&work->mutex);
    while (collect_next(work))
        g_cond_signal(&work->changed);
    work->workers--;
    bool last = work->closed && !work->workers;
    g_cond_signal(&work->changed);
    g_mutex_unlock(&work->mutex);
    if (last)
        work_free(work);
    return NULL;
}

/* With the mutex held, but not while it tells. */
static void tell(struct collect_work *work)
{
    unsigned done = work->done, total = work->jobs->len;
    const char *last = work->last;
    if (!work->collecting.progress)
        return;
    g_mutex_unlock(&work->mutex);
    work->collecting.progress(work->collecting.progress_data, done, total, last);
    g_mutex_lock(&work->mutex);
}

/* Nothing is left to be done but what was begun ahead. */
static bool is_ahead_alone(const struct collect_work *work)
{
    return work->ahead && work->done + !work->ahead->items >= work->jobs->len;
}

/* The caller's thread tells the progress, so that it is never told from two threads, and looks at the clock. */
static void wait_all(struct collect_work *work, unsigned told)
{
    while (work->workers && !work->over && !is_ahead_alone(work)) {
        if (work->done != told) {
            told = work->done;
            tell(work);
        } else if (!work->collecting.deadline) {
            g_cond_wait(&work->changed, &work->mutex);
        } else if (!g_cond_wait_until(&work->changed, &work->mutex, work->collecting.deadline)) {
            work->over = true;
        }
    }
    if (work->done != told)
        tell(work);
}

static unsigned thread_count(unsigned wanted)
{
    return wanted ? MIN(wanted, 64) : MIN(g_get_num_processors() + WAITING, THREADS_MAX);
}

static void add_late(const struct collect_work *work, struct collected *collected)
{
    collected->items = items_new();
    items_problem(collected->items, PROBLEM_ERROR, "allow more time with --timeout",
                  "%s was not done when the time for the audit was over (%u s)", collected->probe->name,
                  work->collecting.seconds);
}

/* With the mutex held. */
static void begin(struct collect_work *work)
{
    unsigned threads = thread_count(work->collecting.threads);
    guint left = work->jobs->len - work->next;
    for (; !work->over && left && work->workers < threads; left--, work->workers++) {
        GThread *thread = g_thread_try_new("collect", work_on, work, NULL);
        if (!thread)
            break;
        g_thread_unref(thread);
    }
}

static void run_all(struct collect_work *work, const GPtrArray *jobs)
{
    g_mutex_lock(&work->mutex);
    g_ptr_array_extend(work->jobs, (GPtrArray *)(uintptr_t)jobs, NULL, NULL);
    unsigned told = work->done;
    begin(work);
    /* Where no thread can be had this one does the work, and looks at the clock only between two jobs. */
    while (!work->workers && collect_next(work)) {
        tell(work);
        told = work->done;
    }
    wait_all(work, told);
    for (guint i = 0; work->over && i < work->jobs->len; i++) {
        struct collected *collected = g_ptr_array_index(work->jobs, i);
        if (!collected->items)
            add_late(work, collected);
    }
    g_mutex_unlock(&work->mutex);
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
        if (g_hash_table_add(queued, collected) && !collected->items)
            g_ptr_array_add(jobs, collected);
    }
}

static int costly_last(const void *a, const void *b)
{
    const struct collected *left = *(const struct collected *const *)a, *right = *(const struct collected *const *)b;
    return (int)left->probe->cost - (int)right->probe->cost;
}

/* One job of the probe that takes longest begins first. Others of this probe wait for what it finds, and would keep
 * threads from the rest: they come last. */
static void put_in_order(GPtrArray *jobs, bool begun)
{
    g_ptr_array_sort(jobs, costly_last);
    guint last = jobs->len - 1;
    if (jobs->len && !begun && ((const struct collected *)g_ptr_array_index(jobs, last))->probe->cost == COST_WALK)
        g_ptr_array_insert(jobs, 0, g_ptr_array_steal_index(jobs, last));
}

/* A job of the probe that takes longest which is wanted whatever conditions of rules say; NULL. */
static struct collected *find_ahead(const struct plan *plan)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    g_autoptr(GHashTable) queued = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < plan->rules->len; i++) {
        const struct bound_rule *rule = g_ptr_array_index(plan->rules, i);
        if (!rule->applies)
            add_jobs(jobs, queued, rule->check);
    }
    for (guint i = 0; i < jobs->len; i++) {
        struct collected *collected = g_ptr_array_index(jobs, i);
        if (collected->probe->cost == COST_WALK)
            return collected;
    }
    return NULL;
}

static struct collect_work *work_new(const struct collecting *collecting)
{
    struct collect_work *work = g_new0(struct collect_work, 1);
    work->collecting = *collecting;
    work->jobs = g_ptr_array_new();
    g_mutex_init(&work->mutex);
    g_cond_init(&work->changed);
    return work;
}

/* What threads that are still there use stays with them. */
static enum collect_end work_end(struct collect_work *work)
{
    g_mutex_lock(&work->mutex);
    bool over = work->over, left = work->workers > 0;
    work->closed = true;
    g_mutex_unlock(&work->mutex);
    if (!left)
        work_free(work);
    return left ? COLLECT_LEFT : over ? COLLECT_LATE : COLLECT_DONE;
}

enum collect_end collect(struct plan *plan, const struct collecting *collecting, collect_wanted wanted)
{
    struct collect_work *work = work_new(collecting);
    g_autoptr(GPtrArray) first = g_ptr_array_new();
    g_autoptr(GPtrArray) second = g_ptr_array_new();
    g_autoptr(GHashTable) queued = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < plan->rules->len; i++)
        add_jobs(first, queued, ((struct bound_rule *)g_ptr_array_index(plan->rules, i))->applies);
    /* One thread alone looks at conditions first. What a condition asks as well is waited for. */
    struct collected *ahead = thread_count(collecting->threads) > 1 ? find_ahead(plan) : NULL;
    if (ahead && g_hash_table_add(queued, ahead)) {
        g_ptr_array_insert(first, 0, ahead);
        work->ahead = ahead;
    }
    run_all(work, first);
    work->ahead = NULL;
    for (guint i = 0; i < plan->rules->len; i++) {
        const struct bound_rule *rule = g_ptr_array_index(plan->rules, i);
        if (!rule->applies || !wanted || wanted(rule, collecting->host))
            add_jobs(second, queued, rule->check);
    }
    put_in_order(second, ahead != NULL);
    run_all(work, second);
    return work_end(work);
}
