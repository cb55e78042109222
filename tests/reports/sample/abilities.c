/* Containers and what each could do to the host, judged by hand and put into the table by the engine's own step. */
#include "sample.h"

#include "engine/ability.h"

struct rule {
    const char *rule, *ability, *title;
    enum severity severity;
    unsigned every, first; /* fails for every so many containers, from this one; 0: none */
};

static const struct rule rules[] = {
    {"blast-kernel-modules", "load kernel modules", "No container can load kernel modules", SEVERITY_CRITICAL, 6, 0},
    {"blast-host-files", "write host files", "No container can write files of the host", SEVERITY_CRITICAL, 5, 1},
    {"blast-host-logs", "write host files", "No container can write logs of the host", SEVERITY_MEDIUM, 2, 0},
    {"blast-engine-socket", "reach the engine's socket", "No container reaches the engine's socket", SEVERITY_HIGH, 7,
     3},
    {"blast-memory", "exhaust memory", "Every container has a memory limit", SEVERITY_LOW, 3, 0},
    {"blast-devices", "use host devices", "No container has devices of the host", SEVERITY_HIGH, 0, 0},
};

static const char *const hostile[] = {
    "<img src=x onerror=alert(1)>",
    "\x1b[31mred\x1b[0m",
    "a-container-with-a-name-that-is-much-longer-than-a-terminal-is-wide-and-ends-in-west-1",
    "\xe2\x80\xae"
    "evil",
    "\"' onmouseover=\"alert(4)",
};

static char *name_of(unsigned i)
{
    return i < G_N_ELEMENTS(hostile) ? g_strdup(hostile[i]) : g_strdup_printf("shop-%03u", i);
}

static struct result *new_result(const struct rule *rule)
{
    struct result *result = result_new();
    result->layer = LAYER_CONTAINER;
    result->module = g_strdup("blast-radius");
    result->module_title = g_strdup("What a compromised container could do");
    result->rule = g_strdup(rule->rule);
    result->ability = g_strdup(rule->ability);
    result->title = g_strdup(rule->title);
    result->severity = rule->severity;
    result->verdict = VERDICT_PASS;
    result->rationale = g_strdup("Code in the container then decides over the host.");
    result->fix.text = g_strdup("Start the container without it.");
    g_ptr_array_add(result->references, reference_new("plumbline-container", "plc-run-01", 1));
    g_ptr_array_add(result->references, reference_new("nist-800-190", "4.4.3", 0));
    return result;
}

static struct item_result *new_item(unsigned i, bool fails)
{
    struct item_result *item = item_result_new();
    item->subject = name_of(i);
    item->verdict = fails ? VERDICT_FAIL : VERDICT_PASS;
    item->expected = g_strdup("able is false");
    item->source.process = g_strdup_printf("node (pid %u)", 3000 + i);
    json_object_object_add(item->observed, "able", json_object_new_boolean(fails));
    return item;
}

static struct result *judge(const struct rule *rule, unsigned containers)
{
    struct result *result = new_result(rule);
    for (unsigned i = 0; i < containers; i++) {
        bool fails = rule->every && i % rule->every == rule->first;
        g_ptr_array_add(result->items, new_item(i, fails));
        result->verdict = fails ? VERDICT_FAIL : result->verdict;
    }
    result_count(result);
    return result;
}

static void take(struct audit *audit, struct abilities *abilities, struct result *result)
{
    abilities_take(abilities, result, 1000, 1000);
    g_ptr_array_add(audit->results, result);
}

/* A waived failure, an item that nobody could see, one to which the rule does not apply, and a rule that was hindered.
 */
static void add_odd(struct audit *audit, struct abilities *abilities)
{
    const struct rule metadata = {
        "blast-metadata", "read cloud credentials", "No container reads credentials", SEVERITY_HIGH, 0, 0};
    const struct rule pattern = {
        "blast-core-pattern", "escape by core_pattern", "No container sets core_pattern", SEVERITY_CRITICAL, 0, 0};
    struct result *result = judge(&metadata, 9);
    struct item_result *waived = result->items->pdata[7], *unseen = result->items->pdata[8];
    result->verdict = waived->verdict = VERDICT_FAIL;
    waived->waived = waiver_note_new("the uploader needs them", "platform-team", "2027-01-31");
    result->waived = waiver_note_new("the uploader needs them", "platform-team", "2027-01-31");
    unseen->verdict = VERDICT_UNKNOWN;
    unseen->reason = g_strdup("routes: /proc/3008/net/route: Permission denied");
    take(audit, abilities, result);
    result = judge(&pattern, 0);
    result->verdict = VERDICT_UNKNOWN;
    result->reason = g_strdup("3 processes could not be told from processes of the host");
    result->cause = g_strdup("needs root");
    result->remediation = g_strdup("run as root");
    take(audit, abilities, result);
}

/* One cell of the worst row is there only because of another, where that row has room for it. */
static void add_way(struct audit *audit)
{
    const struct ability_row *row = audit->abilities.rows->pdata[0];
    const struct ability_cell *from = row->cells->pdata[1];
    struct ability_cell *cell = row->cells->pdata[2];
    if (cell->grade != ABILITY_NO || from->grade != ABILITY_CRITICAL)
        return;
    cell->grade = ABILITY_HIGH;
    cell->rule = g_strdup(from->rule);
    cell->item = from->item;
    cell->by = g_strdup("write host files");
}

struct audit *sample_containers(unsigned containers)
{
    struct audit *audit = sample_host();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        take(audit, abilities, judge(&rules[i], containers));
    add_odd(audit, abilities);
    abilities_finish(abilities);
    add_way(audit);
    g_free(audit->gate.why);
    audit->gate.exit_code = 1;
    audit->gate.why = g_strdup("5 of medium or above failed (--fail-on medium)");
    sample_finish(audit);
    return audit;
}
