/* The whole way on inline hosts: select, collect, judge, waive, score, gate; and what probes need. */
#include "model/audit.h"
#include "engine/collect.h"
#include "engine/judge.h"
#include "engine_test.h"
#include "probes/common/object.h"

static char *folder;
static struct content *content;

#define CONFIG(key) "{config: {path: /etc/a.conf, format: keyvalue, key: " key "}, expect: {value: $want}}"

static int open_content(void **state)
{
    (void)state;
    folder = folder_new();
    g_free(folder_write(folder, "cloud/m.yaml",
                        MODULE("m", "cloud") "values: {want: {default: \"yes\", title: V}}\nrules:\n" RULE(
                            "good", "high", "  check: " CONFIG("GOOD") "\n")
                            RULE("bad", "medium", "  check: " CONFIG("BAD") "\n")
                                RULE("other", "low",
                                     "  check: {config: {path: /etc/a.conf, format: keyvalue, key: BAD}, existence: "
                                     "none}\n  applies: {file: {path: /etc/nothing}}\n")));
    g_free(folder_write(folder, "cloud/b.yaml", "module: b\n"));
    g_free(folder_write(folder, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    content = folder_load(folder);
    return 0;
}

static int close_content(void **state)
{
    (void)state;
    content_free(content);
    remove_tree(folder);
    g_free(folder);
    return 0;
}

static struct host *host_of(const char *spec)
{
    pl_autojson json_object *tree = yaml(spec);
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(tree, NULL, &error);
    if (!host)
        fail_msg("%s", error->message);
    return host;
}

#define HOST                                                                                                           \
    "{files: {/etc/a.conf: \"GOOD=yes\\nBAD=no\\n\", /etc/machine-id: \"0123\\n\", /etc/os-release: "                  \
    "\"PRETTY_NAME=\\\"Debian X\\\"\\n\"}, sysctls: {kernel.hostname: box}, kernel: {release: 6.1.0}}"

static unsigned told;

static void progress(void *data, unsigned done, unsigned total, const char *what)
{
    (void)data;
    (void)what;
    assert_true(done <= total);
    told++;
}

static const struct result *result_of(const struct audit *audit, const char *id)
{
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        if (g_str_equal(result->rule, id))
            return result;
    }
    fail_msg("no result of %s", id);
    return NULL;
}

static void whole(void **state)
{
    (void)state;
    pl_auto(host) host = host_of(HOST);
    struct gate gate = {.fail_on = SEVERITY_MEDIUM, .min_score = -1, .min_coverage = -1};
    struct engine_run run = {.content = content, .host = host, .gate = &gate, .now = 1800000000, .progress = progress};
    g_autoptr(GError) error = NULL;
    pl_auto(audit) audit = engine_audit(&run, &error);
    assert_non_null(audit);
    assert_string_equal(audit->started, "2027-01-15T08:00:00Z");
    assert_string_equal(audit->host.os, "Debian X");
    assert_string_equal(audit->host.name, "box");
    assert_string_equal(audit->host.kernel, "6.1.0");
    assert_int_equal(strlen(audit->host.id), 32);
    assert_null(strstr(audit->host.id, "0123\n"));
    assert_true(audit->host.privileged);
    assert_int_equal(audit->results->len, 3);
    assert_int_equal(result_of(audit, "good")->verdict, VERDICT_PASS);
    assert_int_equal(result_of(audit, "bad")->verdict, VERDICT_FAIL);
    const struct result *other = result_of(audit, "other");
    assert_int_equal(other->verdict, VERDICT_NOTAPPLICABLE);
    assert_string_equal(other->reason, "/etc/nothing is not there");
    const struct item_result *item = g_ptr_array_index(result_of(audit, "bad")->items, 0);
    assert_string_equal(item->source.path, "/etc/a.conf");
    assert_int_equal(item->source.line, 2);
    assert_string_equal(tree_string(item->observed, "value"), "no");
    assert_string_equal(item->expected, "value is yes");
    assert_int_equal(audit->gate.exit_code, 2);
    assert_true(audit->errors->len > 0);
    assert_contains(audit->gate.why, "in rule files, first at ");
    assert_contains(audit->gate.why, "1 of medium or above failed");
    assert_true(told >= 2);
}

static void values_and_waivers(void **state)
{
    (void)state;
    pl_auto(host) host = host_of(HOST);
    const char *const sets[] = {"want=no", NULL};
    const char *const rules[] = {"good", "bad", NULL};
    const struct selection selection = {.sets = sets, .rules = rules};
    g_autofree char *waivers =
        folder_write(folder, "w.yaml", "waivers: [{rule: good, reason: R, owner: O, until: 2027-06-01}]\n");
    struct engine_run run = {
        .content = content, .host = host, .selection = &selection, .waivers = waivers, .now = 1800000000, .threads = 1};
    pl_auto(audit) audit = engine_audit(&run, NULL);
    assert_int_equal(audit->left_out, 1);
    assert_true(result_is_waived(result_of(audit, "good")));
    assert_int_equal(result_of(audit, "bad")->verdict, VERDICT_PASS);
    assert_int_equal(audit->values->len, 1);
    assert_string_equal(((struct fact *)g_ptr_array_index(audit->values, 0))->value, "no");
    assert_int_equal(audit->score.waived, 1);
    assert_int_equal(audit->waivers->len, 1);
}

static void refused(void **state)
{
    (void)state;
    pl_auto(host) host = host_of(HOST);
    const char *const layers[] = {"clod", NULL};
    const struct selection selection = {.layers = layers};
    g_autoptr(GError) error = NULL;
    struct engine_run run = {.content = content, .host = host, .selection = &selection};
    assert_null(engine_audit(&run, &error));
    assert_int_equal(error->code, PL_ERROR_USAGE);
    g_clear_error(&error);
    run.selection = NULL;
    run.waivers = "/nonexistent/w.yaml";
    assert_null(engine_audit(&run, &error));
    assert_int_equal(error->code, PL_ERROR_ABSENT);
}

/* A probe that counts nothing and returns many. */
static void flood(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)context;
    for (gint64 i = 0; i < object_int(object, "count", 1); i++)
        items_add(items, "x");
}

static const struct probe_param params[] = {{.name = "count", .type = VALUE_NUMBER, .text = ""}, {.name = NULL}};
static const struct probe_field fields[] = {{.name = NULL}};
static const struct probe live = {"live", "", params, fields, NEEDS_LIVE, NULL, flood};
static const struct probe root = {"root", "", params, fields, NEEDS_ROOT, NULL, flood};
static const struct probe network = {"network", "", params, fields, NEEDS_NETWORK, NULL, flood};
static const struct probe plain = {"plain", "", params, fields, NEEDS_NOTHING, NULL, flood};

static unsigned looks; /* in the order of the run */

static void count_look(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    g_autofree char *name = g_strdup_printf("%u", looks++);
    items_add(items, name);
}

static const struct probe quick = {.name = "quick", .params = params, .fields = fields, .collect = count_look};
static const struct probe walk = {
    .name = "walk", .params = params, .fields = fields, .collect = count_look, .cost = COST_WALK};

static struct plan *plan_of(const struct probe *probe, unsigned objects, int count)
{
    struct plan *plan = g_new0(struct plan, 1);
    struct bound_rule *rule = g_new0(struct bound_rule, 1);
    static const struct test test = {.existence = EXISTENCE_ANY};
    plan->rules = g_ptr_array_new();
    plan->collected = g_hash_table_new(NULL, NULL);
    rule->check = g_new0(struct bound_check, 1);
    rule->check->kind = CHECK_TEST;
    rule->check->test = g_new0(struct bound_test, 1);
    rule->check->test->test = &test;
    rule->check->test->objects = g_ptr_array_new();
    rule->check->test->expectations = g_ptr_array_new();
    rule->check->test->collected = g_ptr_array_new();
    for (unsigned i = 0; i < objects; i++) {
        struct collected *collected = g_new0(struct collected, 1);
        collected->probe = probe;
        collected->object = json_object_new_object();
        json_object_object_add(collected->object, "count", json_object_new_int(count < 0 ? (int)i : count));
        g_ptr_array_add(rule->check->test->collected, collected);
    }
    g_ptr_array_add(plan->rules, rule);
    return plan;
}

static void plan_close(struct plan *plan)
{
    struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
    for (guint i = 0; i < rule->check->test->collected->len; i++) {
        struct collected *collected = g_ptr_array_index(rule->check->test->collected, i);
        json_object_put(collected->object);
        items_free(collected->items);
        g_free(collected);
    }
    bound_check_free(rule->check);
    g_free(rule);
    plan_free(plan);
}

static void needs(void **state)
{
    (void)state;
    static const struct {
        const struct probe *probe;
        const char *host;
        bool network;
        int problem; /* -1: none */
        const char *reason, *remediation;
    } rows[] = {
        {&live, "{}", false, -1, NULL, NULL},
        {&live, "{live: false}", false, PROBLEM_OFFLINE, "live needs the running machine", NULL},
        {&root, "{}", false, -1, NULL, NULL},
        {&root, "{privileged: false}", false, PROBLEM_UNKNOWN, "root needs root", "run as root"},
        {&network, "{}", true, -1, NULL, NULL},
        {&network, "{}", false, PROBLEM_UNKNOWN, "network needs the network", "allow it with --network"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(host) host = host_of(rows[i].host);
        struct plan *plan = plan_of(rows[i].probe, 1, 1);
        struct collecting collecting = {.host = host, .network = rows[i].network, .threads = 1};
        collect(plan, &collecting, NULL);
        const struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
        const struct collected *collected = g_ptr_array_index(rule->check->test->collected, 0);
        assert_int_equal(collected->items->list->len, rows[i].problem < 0);
        if (rows[i].problem >= 0) {
            const struct problem *problem = g_ptr_array_index(collected->items->problems, 0);
            assert_int_equal(problem->kind, rows[i].problem);
            assert_contains(problem->reason, rows[i].reason);
            assert_int_equal(g_strcmp0(problem->remediation, rows[i].remediation), 0);
        }
        plan_close(plan);
    }
}

/* Whatever it is called. */
static void costly_begins_first(void **state)
{
    (void)state;
    pl_auto(host) host = host_of("{}");
    struct plan *plan = plan_of(&quick, 3, 1);
    const struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
    struct collected *last = g_ptr_array_index(rule->check->test->collected, 2);
    last->probe = &walk;
    struct collecting collecting = {.host = host, .threads = 1};
    looks = 0;
    collect(plan, &collecting, NULL);
    assert_string_equal(((const struct item *)g_ptr_array_index(last->items->list, 0))->subject, "0");
    plan_close(plan);
}

static void bounded(void **state)
{
    (void)state;
    pl_auto(host) host = host_of("{}");
    struct plan *plan = plan_of(&plain, 1, ITEMS_MAX + 5);
    struct collecting collecting = {.host = host, .threads = 1};
    collect(plan, &collecting, NULL);
    const struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
    const struct collected *collected = g_ptr_array_index(rule->check->test->collected, 0);
    assert_int_equal(collected->items->list->len, ITEMS_MAX);
    const struct problem *problem = g_ptr_array_index(collected->items->problems, 0);
    assert_int_equal(problem->kind, PROBLEM_ERROR);
    assert_contains(problem->reason, "more than 20000 things: the rest was left out");
    plan_close(plan);
}

/* As many as the bound may be all there are, or what the probe stopped at. */
static void bound_met(void **state)
{
    (void)state;
    pl_auto(host) host = host_of("{}");
    struct plan *plan = plan_of(&plain, 1, ITEMS_MAX);
    struct collecting collecting = {.host = host, .threads = 1};
    collect(plan, &collecting, NULL);
    const struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
    const struct collected *collected = g_ptr_array_index(rule->check->test->collected, 0);
    assert_int_equal(collected->items->list->len, ITEMS_MAX);
    const struct problem *problem = g_ptr_array_index(collected->items->problems, 0);
    assert_int_equal(problem->kind, PROBLEM_ERROR);
    assert_contains(problem->reason, "there may be more");
    plan_close(plan);
}

static void assert_late(const struct plan *plan, guint n)
{
    const struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
    for (guint i = 0; i < n; i++) {
        const struct collected *collected = g_ptr_array_index(rule->check->test->collected, i);
        assert_int_equal(collected->items->list->len, 0);
        const struct problem *problem = g_ptr_array_index(collected->items->problems, 0);
        assert_int_equal(problem->kind, PROBLEM_ERROR);
        assert_contains(problem->reason, "when the time for the audit was over (7 s)");
    }
}

static void out_of_time(void **state)
{
    (void)state;
    pl_auto(host) host = host_of("{}");
    struct plan *plan = plan_of(&plain, 20, -1);
    struct collecting collecting = {.host = host, .threads = 4, .deadline = 1, .seconds = 7};
    assert_int_equal(collect(plan, &collecting, NULL), COLLECT_LATE);
    assert_late(plan, 20);
    plan_close(plan);
}

static struct {
    GMutex mutex;
    GCond changed;
    bool open;
    unsigned inside;
} gate_of_stuck;

/* A lookup that ends when the test lets it. */
static void stuck_collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_add(items, "too late");
    g_mutex_lock(&gate_of_stuck.mutex);
    gate_of_stuck.inside++;
    while (!gate_of_stuck.open)
        g_cond_wait(&gate_of_stuck.changed, &gate_of_stuck.mutex);
    gate_of_stuck.inside--;
    g_cond_broadcast(&gate_of_stuck.changed);
    g_mutex_unlock(&gate_of_stuck.mutex);
}

static const struct probe stuck = {.name = "stuck", .collect = stuck_collect};

/* The end does not wait for a lookup that hangs, and takes nothing from it when it comes back. */
static void hanging(void **state)
{
    (void)state;
    pl_auto(host) host = host_of("{}");
    struct plan *plan = plan_of(&stuck, 4, -1);
    struct collecting collecting = {
        .host = host, .threads = 2, .deadline = g_get_monotonic_time() + G_USEC_PER_SEC / 5, .seconds = 7};
    assert_int_not_equal(collect(plan, &collecting, NULL), COLLECT_DONE);
    g_mutex_lock(&gate_of_stuck.mutex);
    gate_of_stuck.open = true;
    g_cond_broadcast(&gate_of_stuck.changed);
    while (gate_of_stuck.inside)
        g_cond_wait(&gate_of_stuck.changed, &gate_of_stuck.mutex);
    g_mutex_unlock(&gate_of_stuck.mutex);
    assert_late(plan, 4);
    plan_close(plan);
}

static struct bound_rule *rule_of(const struct plan *plan)
{
    return g_ptr_array_index(plan->rules, 0);
}

static struct collected *only(const struct plan *plan)
{
    return g_ptr_array_index(rule_of(plan)->check->test->collected, 0);
}

static void open_gate(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_add(items, "opened");
    g_mutex_lock(&gate_of_stuck.mutex);
    gate_of_stuck.open = true;
    g_cond_broadcast(&gate_of_stuck.changed);
    g_mutex_unlock(&gate_of_stuck.mutex);
}

static const struct probe opener = {.name = "opener", .collect = open_gate};
static const struct probe stuck_walk = {.name = "stuck-walk", .collect = stuck_collect, .cost = COST_WALK};

static bool looked_at(const struct bound_rule *rule, const struct host *host)
{
    (void)host;
    return ((const struct collected *)g_ptr_array_index(rule->applies->test->collected, 0))->items != NULL;
}

/* Two rules: the first has no condition, that of the second is what `condition` checks. */
static void collect_two(const struct plan *first, const struct plan *second, const struct plan *condition)
{
    pl_auto(host) host = host_of("{}");
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    struct plan both = {.rules = rules};
    struct collecting collecting = {.host = host, .threads = 2};
    g_ptr_array_add(rules, rule_of(first));
    g_ptr_array_add(rules, rule_of(second));
    rule_of(second)->applies = rule_of(condition)->check;
    assert_int_equal(collect(&both, &collecting, looked_at), COLLECT_DONE);
    rule_of(second)->applies = NULL;
}

/* The walk here ends when the check of another rule is looked at, after this one's condition: were it waited for, or
 * were all threads kept by what waits for it, nothing would. */
static void nothing_waits_for_the_walk(void **state)
{
    (void)state;
    struct plan *walking = plan_of(&stuck_walk, 3, -1), *other = plan_of(&opener, 1, 1);
    struct plan *condition = plan_of(&quick, 1, 1);
    gate_of_stuck.open = false;
    collect_two(walking, other, condition);
    assert_non_null(only(walking)->items);
    assert_non_null(only(other)->items);
    plan_close(walking);
    plan_close(other);
    plan_close(condition);
}

/* But a condition that asks the same does. */
static void conditions_wait_for_the_walk(void **state)
{
    (void)state;
    struct plan *walking = plan_of(&walk, 1, 1), *other = plan_of(&quick, 1, 1);
    for (int i = 0; i < 50; i++) {
        items_free(g_steal_pointer(&only(walking)->items));
        items_free(g_steal_pointer(&only(other)->items));
        collect_two(walking, other, walking);
        assert_non_null(only(other)->items);
    }
    plan_close(walking);
    plan_close(other);
}

/* The audit is written all the same, and says that it is not whole. */
static void timeout_is_said(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    g_ptr_array_add(audit->errors, run_error_new(AUDIT_TIMEOUT, "the 7 seconds were over"));
    engine_gate(audit, NULL);
    assert_int_equal(audit->gate.exit_code, 3);
    assert_contains(audit->gate.why, "its time was over");
}

/* Every object is collected once and lands in its own place, on eight threads too. */
static void in_parallel(void **state)
{
    (void)state;
    pl_auto(host) host = host_of("{}");
    struct plan *plan = plan_of(&plain, 500, -1);
    struct collecting collecting = {.host = host, .threads = 8, .progress = progress};
    collect(plan, &collecting, NULL);
    const struct bound_rule *rule = g_ptr_array_index(plan->rules, 0);
    for (guint i = 0; i < 500; i++) {
        const struct collected *collected = g_ptr_array_index(rule->check->test->collected, i);
        assert_int_equal(collected->items->list->len, i);
    }
    plan_close(plan);
}

static void shared_objects(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    pl_auto(plan) plan = plan_make(content, content->rules, NULL, &error);
    /* good, bad, other's check (the same object as bad's) and other's applies. */
    assert_int_equal(g_hash_table_size(plan->collected), 3);
}

static void unfit_values(void **state)
{
    (void)state;
    g_autofree char *own = folder_new();
    g_free(folder_write(
        own, "cloud/v.yaml",
        MODULE("v", "cloud") "values: {pattern: {default: a, title: V}}\nrules:\n" RULE(
            "v-1", "low",
            "  check: {config: {path: /x, format: keyvalue, key: K}, expect: {value: {matches: $pattern}}}\n")));
    pl_auto(content) mine = folder_load(own);
    pl_autojson json_object *values = yaml("{pattern: '('}");
    g_autoptr(GError) error = NULL;
    assert_null(plan_make(mine, mine->rules, values, &error));
    assert_int_equal(error->code, PL_ERROR_USAGE);
    assert_contains(error->message, "a changed value does not fit: ");
    assert_contains(error->message, "the pattern does not compile");
    remove_tree(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),
        cmocka_unit_test(values_and_waivers),
        cmocka_unit_test(refused),
        cmocka_unit_test(needs),
        cmocka_unit_test(costly_begins_first),
        cmocka_unit_test(bounded),
        cmocka_unit_test(bound_met),
        cmocka_unit_test(out_of_time),
        cmocka_unit_test(hanging),
        cmocka_unit_test(timeout_is_said),
        cmocka_unit_test(in_parallel),
        cmocka_unit_test(shared_objects),
        cmocka_unit_test(unfit_values),
        cmocka_unit_test(nothing_waits_for_the_walk),
        cmocka_unit_test(conditions_wait_for_the_walk),
    };
    return cmocka_run_group_tests(tests, open_content, close_content);
}
