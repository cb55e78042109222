/* The whole way: select, collect, judge, waive, score, gate. */
#include "engine/engine.h"

#include "engine/ability.h"
#include "engine/audited_host.h"
#include "engine/because.h"
#include "engine/collect.h"
#include "engine/content.h"
#include "engine/judge.h"
#include "engine/plan.h"
#include "engine/score.h"
#include "engine/select.h"
#include "engine/waivers.h"
#include "facts/system/os_release.h"
#include "model/audit.h"
#include "model/tree.h"

/* Of those that a report keeps (ITEMS_KEPT). They are examples. */
#define PASSING_KEPT 100
/* Seconds that one silent file system may take of an audit's time. */
#define PATIENCE_MAX 20U
/* Threads that judge, and rules that they are ahead. */
#define JUDGES_MAX   4U
#define JUDGED_AHEAD 12U

static void add_errors(struct audit *audit, const struct content *content)
{
    for (guint i = 0; i < content->diagnostics->len; i++) {
        const struct diagnostic *diagnostic = g_ptr_array_index(content->diagnostics, i);
        if (diagnostic->level != DIAGNOSTIC_ERROR)
            continue;
        g_autofree char *where = diagnostic->at.line ? g_strdup_printf("%s:%u:%u", diagnostic->at.file,
                                                                       diagnostic->at.line, diagnostic->at.column)
                                                     : g_strdup(diagnostic->at.file);
        g_ptr_array_add(audit->errors, run_error_new(where, diagnostic->message));
    }
}

/* Values that differ from every default of their name. */
static void add_values(struct audit *audit, const struct content *content, const json_object *values)
{
    json_object_object_foreach (values, name, value) {
        const struct value_declaration *declaration = content_value(content, name);
        if (!declaration || tree_equal(declaration->fallback, value))
            continue;
        struct fact *fact = g_new0(struct fact, 1);
        fact->name = g_strdup(name);
        fact->value = tree_text(value);
        g_ptr_array_add(audit->values, fact);
    }
}

/* Rules are judged some ahead of what the caller's thread makes of them, no more: each holds a row for every item. */
struct judge_queue {
    const struct plan *plan;
    bool privileged;
    GPtrArray *threads; /* GThread: those that judge beside the caller's */
    GMutex mutex;
    GCond judged, taken;
    struct result **results; /* NULL: not yet */
    guint next, took;        /* rules: the first that nobody has begun, the first that the caller wants */
    bool waiting;            /* the caller waits for the rule that it wants */
    guint idle;              /* threads that are as far ahead as they may */
};

static bool may_judge(struct judge_queue *queue)
{
    while (queue->next < queue->plan->rules->len && queue->next >= queue->took + JUDGED_AHEAD) {
        queue->idle++;
        g_cond_wait(&queue->taken, &queue->mutex);
        queue->idle--;
    }
    return queue->next < queue->plan->rules->len;
}

/* With the mutex held, but not while it judges. */
static void judge_next(struct judge_queue *queue)
{
    guint i = queue->next++;
    g_mutex_unlock(&queue->mutex);
    struct result *result = judge_rule(g_ptr_array_index(queue->plan->rules, i), queue->privileged);
    g_mutex_lock(&queue->mutex);
    queue->results[i] = result;
    if (queue->waiting && i == queue->took)
        g_cond_signal(&queue->judged);
}

static gpointer judge_ahead(gpointer data)
{
    struct judge_queue *queue = data;
    g_mutex_lock(&queue->mutex);
    while (may_judge(queue))
        judge_next(queue);
    g_mutex_unlock(&queue->mutex);
    return NULL;
}

/* The next result in the order of the plan; what nobody has begun the caller judges itself. */
static struct result *take(struct judge_queue *queue)
{
    g_mutex_lock(&queue->mutex);
    guint i = queue->took;
    if (queue->next == i)
        judge_next(queue);
    queue->waiting = true;
    while (!queue->results[i])
        g_cond_wait(&queue->judged, &queue->mutex);
    queue->waiting = false;
    queue->took++;
    if (queue->idle)
        g_cond_broadcast(&queue->taken);
    g_mutex_unlock(&queue->mutex);
    return queue->results[i];
}

static void queue_start(struct judge_queue *queue, unsigned threads)
{
    guint n = threads ? threads : g_get_num_processors();
    g_mutex_init(&queue->mutex);
    g_cond_init(&queue->judged);
    g_cond_init(&queue->taken);
    queue->results = g_new0(struct result *, queue->plan->rules->len);
    queue->threads = g_ptr_array_new();
    for (guint i = 1; i < MIN(n, JUDGES_MAX); i++) {
        GThread *thread = g_thread_try_new("judge", judge_ahead, queue, NULL);
        if (thread)
            g_ptr_array_add(queue->threads, thread);
    }
}

static void queue_end(struct judge_queue *queue)
{
    for (guint i = 0; i < queue->threads->len; i++)
        g_thread_join(g_ptr_array_index(queue->threads, i));
    g_ptr_array_unref(queue->threads);
    g_free(queue->results);
    g_cond_clear(&queue->judged);
    g_cond_clear(&queue->taken);
    g_mutex_clear(&queue->mutex);
}

/* How long the rule's own looking took; what was charged to an earlier rule is taken. */
static gint64 charge(const struct bound_check *check)
{
    gint64 sum = 0;
    for (guint i = 0; check->children && i < check->children->len; i++)
        sum += charge(g_ptr_array_index(check->children, i));
    for (guint i = 0; check->test && i < check->test->collected->len; i++) {
        struct collected *collected = g_ptr_array_index(check->test->collected, i);
        sum += collected->duration_us;
        collected->duration_us = 0;
    }
    return sum;
}

static void judge_all(struct audit *audit, struct judge_queue *queue, struct waivers *waivers,
                      const struct engine_run *run)
{
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, run->content);
    const struct os_release *os = os_release_get(run->host, NULL);
    enum package_manager packages = fix_packages((const char *const *)os->like);
    queue_start(queue, run->threads);
    for (guint i = 0; i < queue->plan->rules->len; i++) {
        struct result *result = take(queue);
        if (waivers)
            waivers_apply(waivers, result);
        result_count(result);
        abilities_take(abilities, result, ITEMS_KEPT, PASSING_KEPT);
        const struct bound_rule *rule = g_ptr_array_index(queue->plan->rules, i);
        evidence_fill(result, rule, packages);
        result->duration_us = charge(rule->check) + (rule->applies ? charge(rule->applies) : 0);
        g_ptr_array_add(audit->results, result);
    }
    queue_end(queue);
    abilities_finish(abilities);
    if (waivers)
        waivers_report(waivers, audit);
}

static void add_choice(struct audit *audit, const struct chosen *chosen, const struct content *content)
{
    audit->left_out = chosen->left_out;
    for (guint i = 0; i < chosen->profiles->len; i++)
        g_ptr_array_add(audit->profiles, g_strdup(g_ptr_array_index(chosen->profiles, i)));
    add_values(audit, content, chosen->values);
}

static void add_start(struct audit *audit, gint64 now)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now);
    audit->version = g_strdup(PLUMBLINE_VERSION);
    audit->started = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("1970-01-01T00:00:00Z");
}

static void note_time(struct audit *audit, enum collect_end end, unsigned seconds)
{
    audit->left = end == COLLECT_LEFT;
    if (end == COLLECT_DONE)
        return;
    g_autofree char *text = g_strdup_printf("the %u seconds were over before everything was looked at", seconds);
    g_ptr_array_add(audit->errors, run_error_new(AUDIT_TIMEOUT, text));
}

static void note_silent(struct audit *audit, struct host *host)
{
    g_auto(GStrv) places = host_silent(host);
    for (char **place = places; *place; place++)
        g_ptr_array_add(audit->errors, run_error_new(*place, "the file system does not answer"));
}

struct audit *engine_audit(const struct engine_run *run, GError **error)
{
    gint64 begun = g_get_monotonic_time();
    gint64 now = run->now ? run->now : g_get_real_time() / G_USEC_PER_SEC;
    pl_auto(waivers) waivers = run->waivers ? waivers_read(run->waivers, run->content, now, error) : NULL;
    if (run->waivers && !waivers)
        return NULL;
    pl_auto(chosen) chosen = select_rules(run->content, run->selection, error);
    if (!chosen)
        return NULL;
    pl_auto(plan) plan = plan_make(run->content, chosen->rules, chosen->values, error);
    if (!plan)
        return NULL;
    if (run->timeout)
        host_set_patience(run->host, CLAMP(run->timeout / 4, 1, PATIENCE_MAX));
    struct collecting collecting = {.host = run->host,
                                    .daemons = run->content->daemons,
                                    .network = run->selection && run->selection->network,
                                    .threads = run->threads,
                                    .deadline = run->timeout ? begun + run->timeout * G_USEC_PER_SEC : 0,
                                    .seconds = run->timeout,
                                    .progress = run->progress,
                                    .progress_data = run->progress_data};
    struct audit *audit = audit_new();
    add_start(audit, now);
    /* Before there are other threads: libproc2 keeps buffers of the thread that asks it for processes first, and frees
     * none when that one ends. */
    audited_host_fill(audit, run->host);
    add_errors(audit, run->content);
    add_choice(audit, chosen, run->content);
    enum collect_end end = collect(plan, &collecting, judge_wanted);
    note_time(audit, end, run->timeout);
    note_silent(audit, run->host);
    struct judge_queue queue = {.plan = plan, .privileged = host_is_privileged(run->host)};
    judge_all(audit, &queue, waivers, run);
    because_fold(audit, run->content);
    score_audit(audit);
    engine_gate(audit, run->gate);
    audit_hide_secrets(audit);
    audit->duration_ms = (g_get_monotonic_time() - begun) / 1000;
    if (audit->left || run->ends) /* threads that hang still look at it */
        plan = NULL;
    return audit;
}
