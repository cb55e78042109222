/* Files of checks/: a module of rules, a daemon, a profile and a benchmark, as somebody's --checks may hold them. What
 * is refused was complained about; what is accepted can be bound, collected on a small host and judged. */
#include "look.h"

#include "engine/collect.h"
#include "engine/judge.h"
#include "engine/load.h"
#include "engine/plan.h"

enum { MODULE, DAEMON, PROFILE, BENCHMARK, PARTS };

static void add_daemon(struct content *content, const struct fuzz_part *part)
{
    pl_autojson json_object *tree = fuzz_yaml(part);
    g_autoptr(GError) error = NULL;
    if (tree && daemons_add(content->daemons, "daemons/fuzz.yaml", tree, &error) == (error != NULL))
        abort();
}

static void add_module(struct content *content, const struct fuzz_part *part, struct complaints *to)
{
    pl_autojson json_object *tree = fuzz_yaml(part);
    struct module *module = tree ? load_module(tree, LAYER_CLOUD, "fuzz", content->daemons, to) : NULL;
    if (tree && !module && !to->errors)
        abort();
    if (!module)
        return;
    g_ptr_array_add(content->modules, module);
    for (guint i = 0; i < module->rules->len; i++) {
        struct rule *rule = g_ptr_array_index(module->rules, i);
        if (g_hash_table_insert(content->by_id, rule->id, rule))
            g_ptr_array_add(content->rules, rule);
    }
}

static void add_lists(struct content *content, const struct fuzz_part *parts, struct complaints *to)
{
    pl_autojson json_object *profile_tree = fuzz_yaml(&parts[PROFILE]), *list_tree = fuzz_yaml(&parts[BENCHMARK]);
    struct profile *profile = profile_tree ? load_profile(profile_tree, "fuzz", to) : NULL;
    struct benchmark *benchmark = list_tree ? load_benchmark(list_tree, "fuzz", to) : NULL;
    if (profile)
        g_ptr_array_add(content->profiles, profile);
    if (benchmark)
        g_ptr_array_add(content->benchmarks, benchmark);
    load_cross_check(content);
}

static void judge(const struct content *content)
{
    g_autoptr(GError) error = NULL;
    pl_auto(plan) plan = plan_make(content, content->rules, NULL, &error);
    if ((plan == NULL) != (error != NULL))
        abort();
    if (!plan)
        return;
    pl_auto(host) host = fuzz_host(fuzz_stated("files: {/etc/x: \"a b\\n\", /etc/passwd: \"root:x:0:0::/:/bin/sh\"}"));
    collect(plan, &(const struct collecting){.host = host, .daemons = content->daemons, .threads = 1}, judge_wanted);
    for (guint i = 0; i < plan->rules->len; i++) {
        const struct bound_rule *rule = g_ptr_array_index(plan->rules, i);
        struct result *result = judge_rule(rule, true);
        evidence_fill(result, rule, PACKAGES_APT);
        if (result->verdict >= VERDICT_COUNT || (result->reason && !g_utf8_validate(result->reason, -1, NULL)))
            abort();
        result_free(result);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[PARTS];
    fuzz_cut(data, size, parts, PARTS);
    pl_auto(content) content = content_new();
    struct complaints to = {.file = "fuzz.yaml", .list = content->diagnostics};
    add_daemon(content, &parts[DAEMON]);
    add_module(content, &parts[MODULE], &to);
    add_lists(content, parts, &to);
    for (guint i = 0; i < content->diagnostics->len; i++) {
        g_autofree char *text = diagnostic_text(g_ptr_array_index(content->diagnostics, i));
        fuzz_check_text(text);
    }
    judge(content);
    return 0;
}
