/* Judges a stated host by all stock rules, live, as a rule test does with one rule: what hosts.py compares with the
 * golden verdicts. usage: host_verdicts CHECKS HOST     HOST is a host of rule tests, as JSON.
 * A line a rule: id, verdict, severity, the rule that explains its failure or nothing, and what hindered it, between
 * tabs. */
#include "engine/engine.h"
#include "host/host.h"
#include "model/cleanup.h"
#include "model/error.h"
#include "model/verdict.h"

#include <stdio.h>

/* A day after the stated machine booted. */
#define NOW (1700000000 + 86400)

static struct audit *judge(const struct content *content, const char *path, GError **error)
{
    pl_autojson json_object *stated = json_object_from_file(path);
    if (!stated) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: %s", path, json_util_get_last_err());
        return NULL;
    }
    struct host *host = host_new_inline(stated, NULL, error);
    if (!host)
        return NULL;
    const struct selection all = {.network = false};
    const struct gate none = {.none = true};
    const struct engine_run run = {
        .content = content, .host = host, .selection = &all, .gate = &none, .threads = 2, .now = NOW};
    struct audit *audit = engine_audit(&run, error);
    host_free(host);
    return audit;
}

/* What hindered a rule: its own reason, else that of the first item which has one. */
static const char *reason_of(const struct result *result)
{
    if (result->reason)
        return result->reason;
    for (guint i = 0; i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        if (item->reason)
            return item->reason;
    }
    return "";
}

static void print_results(const struct audit *audit)
{
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        g_autofree char *reason = g_strdelimit(g_strdup(reason_of(result)), "\t\n", ' ');
        printf("%s\t%s\t%s\t%s\t%s\n", result->rule, verdict_name(result->verdict), severity_name(result->severity),
               result->because ? result->because : "", reason);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s CHECKS HOST\n", argv[0]);
        return 2;
    }
    g_autoptr(GError) error = NULL;
    const char *const folders[] = {argv[1], NULL};
    pl_auto(content) content = content_load(folders, &error);
    pl_auto(audit) audit = content ? judge(content, argv[2], &error) : NULL;
    if (!audit) {
        fprintf(stderr, "%s: %s\n", argv[2], error->message);
        return 2;
    }
    print_results(audit);
    return 0;
}
