/* The whole way: select, collect, judge, waive, score, gate. */
#include "engine/engine.h"

#include "engine/ability.h"
#include "engine/collect.h"
#include "engine/content.h"
#include "engine/facts.h"
#include "engine/judge.h"
#include "engine/plan.h"
#include "engine/score.h"
#include "engine/select.h"
#include "engine/waivers.h"
#include "model/audit.h"
#include "model/tree.h"

/* A report lists no more items of one rule, but for the evidence of abilities; items_total has the true number. Those
 * that pass are examples. */
#define ITEMS_KEPT   1000
#define PASSING_KEPT 100
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
struct bench {
    const struct plan *plan;
    bool privileged;
    GThreadPool *pool; /* NULL: no other threads */
    GMutex mutex;
    GCond judged;
    struct result **results; /* NULL: not yet */
};

static void judge_one(gpointer data, gpointer user)
{
    struct bench *bench = user;
    guint i = GPOINTER_TO_UINT(data) - 1;
    struct result *result = judge_rule(g_ptr_array_index(bench->plan->rules, i), bench->privileged);
    g_mutex_lock(&bench->mutex);
    bench->results[i] = result;
    g_cond_signal(&bench->judged);
    g_mutex_unlock(&bench->mutex);
}

static void ask(const struct bench *bench, guint i)
{
    if (bench->pool && i < bench->plan->rules->len)
        g_thread_pool_push(bench->pool, GUINT_TO_POINTER(i + 1), NULL);
}

static struct result *take(struct bench *bench, guint i)
{
    if (!bench->pool)
        return judge_rule(g_ptr_array_index(bench->plan->rules, i), bench->privileged);
    g_mutex_lock(&bench->mutex);
    while (!bench->results[i])
        g_cond_wait(&bench->judged, &bench->mutex);
    g_mutex_unlock(&bench->mutex);
    ask(bench, i + JUDGED_AHEAD);
    return bench->results[i];
}

static void bench_start(struct bench *bench, unsigned threads)
{
    guint n = threads ? threads : g_get_num_processors();
    g_mutex_init(&bench->mutex);
    g_cond_init(&bench->judged);
    bench->results = g_new0(struct result *, bench->plan->rules->len);
    if (n > 1)
        bench->pool = g_thread_pool_new(judge_one, bench, (gint)MIN(n, JUDGES_MAX), FALSE, NULL);
    for (guint i = 0; i < JUDGED_AHEAD; i++)
        ask(bench, i);
}

static void bench_end(struct bench *bench)
{
    if (bench->pool)
        g_thread_pool_free(bench->pool, FALSE, TRUE);
    g_free(bench->results);
    g_cond_clear(&bench->judged);
    g_mutex_clear(&bench->mutex);
}

static void judge_all(struct audit *audit, struct bench *bench, struct waivers *waivers, unsigned threads)
{
    pl_auto(abilities) abilities = abilities_new(&audit->abilities);
    bench_start(bench, threads);
    for (guint i = 0; i < bench->plan->rules->len; i++) {
        struct result *result = take(bench, i);
        if (waivers)
            waivers_apply(waivers, result);
        abilities_take(abilities, result, ITEMS_KEPT, PASSING_KEPT);
        evidence_fill(result);
        g_ptr_array_add(audit->results, result);
    }
    bench_end(bench);
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
    struct collecting collecting = {.host = run->host,
                                    .daemons = run->content->daemons,
                                    .network = run->selection && run->selection->network,
                                    .threads = run->threads,
                                    .progress = run->progress,
                                    .progress_data = run->progress_data};
    struct audit *audit = audit_new();
    add_start(audit, now);
    facts_fill(audit, run->host);
    add_errors(audit, run->content);
    add_choice(audit, chosen, run->content);
    collect(plan, &collecting, judge_wanted);
    struct bench bench = {.plan = plan, .privileged = host_is_privileged(run->host)};
    judge_all(audit, &bench, waivers, run->threads);
    score_audit(audit);
    engine_gate(audit, run->gate);
    audit->duration_ms = (g_get_monotonic_time() - begun) / 1000;
    return audit;
}
