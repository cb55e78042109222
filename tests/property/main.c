/* The property: knowing less never makes a verdict better, and never a wrong one.
 *
 * Every case of the rule tests is judged again and again, each time with one fault in its host: a place that is asked
 * for is denied, gives EIO, is over its bound, is a FIFO, or vanishes between the listing and the lookup; its list or
 * content ends early with an error or is over its bound only the second time; its link or its attributes alone fail;
 * one call of the file layer fails, each in turn; an answer over HTTP or the kernel's audit rules are not to be had.
 * What is only not known (all but FIFO and vanished) may turn a verdict into unknown or error and into nothing else. A
 * FIFO is a fact: it may also fail. What vanished is unknown, error, or as if it had never been there. And where a
 * verdict became unknown or error, its reason names the place. known.h lists what is excused, and why. */
#include "cases.h"
#include "fault_fs.h"
#include "known.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/content.h"
#include "engine/ruletest.h"
#include "host/path.h"
#include "host/private.h"
#include "model/tree.h"

struct run {
    const struct content *content;
    GHashTable *seen; /* "RULE/VERDICT" -> number of cases */
    guint per_verdict;
    guint shard, shards, index;
    guint cases, judged;
    GHashTable *changes; /* "fail->pass" -> number */
    guint excused, broken, allowed;
    FILE *out;
};

/* One case. */
struct trial {
    struct run *run;
    const struct ruletest_case *one;
    struct host *base;
    enum verdict verdict; /* without a fault */
};

static const char *const fault_names[] = {
    [FAULT_NONE] = "none",   [FAULT_DENIED] = "denied",   [FAULT_EIO] = "EIO",           [FAULT_BIG] = "too big",
    [FAULT_FIFO] = "FIFO",   [FAULT_REMOVED] = "removed", [FAULT_VANISHED] = "vanished", [FAULT_NTH] = "call",
    [FAULT_SHORT] = "short", [FAULT_LINK] = "link",       [FAULT_XATTR] = "xattr",       [FAULT_GROWS] = "grows",
};

/* What is being judged, for the handler of a crash. */
static char current[512];

static void crashed(int number)
{
    (void)!write(STDERR_FILENO, current, strlen(current));
    signal(number, SIG_DFL);
    raise(number);
}

/* A fresh host, without cache and memory, over the case's files. */
static struct host *host_with(const struct trial *trial, const struct fault *fault, struct fault_record *record)
{
    struct host *host = host_new_with_fs(fault_fs_new(trial->base->fs, fault, record), "/");
    host->live = trial->base->live;
    host->privileged = trial->base->privileged;
    host->http = tree_copy(trial->base->http);
    host->audit = tree_copy(trial->base->audit);
    const GPtrArray *images = host_images(trial->base);
    for (guint i = 0; images && i < images->len; i++)
        host_add_image(host, ((struct host_image *)g_ptr_array_index(images, i))->name);
    return host;
}

/* Takes the host. */
static enum verdict judge(const struct trial *trial, struct host *host, char **reason)
{
    trial->run->judged++;
    enum verdict verdict = ruletest_judge(trial->run->content, trial->one, host, reason, NULL);
    host_free(host);
    return verdict;
}

static bool is_unsure(enum verdict verdict)
{
    return verdict == VERDICT_UNKNOWN || verdict == VERDICT_ERROR;
}

/* What would be said if the place had never been there. */
static enum verdict without(const struct trial *trial, const char *path)
{
    struct fault fault = {.kind = FAULT_REMOVED, .path = path};
    return judge(trial, host_with(trial, &fault, NULL), NULL);
}

static bool is_fair(const struct trial *trial, const struct fault *fault, enum verdict now)
{
    if (now == trial->verdict || is_unsure(now))
        return true;
    if (fault->kind == FAULT_FIFO)
        return now == VERDICT_FAIL;
    return fault->kind == FAULT_VANISHED && now == without(trial, fault->path);
}

static void count(GHashTable *table, const char *key)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
    g_hash_table_insert(table, g_strdup(key), GUINT_TO_POINTER(n + 1));
}

static void report(const struct trial *trial, const char *change, const char *fault, const char *place,
                   const char *reason)
{
    struct run *run = trial->run;
    if (known(change, trial->one->rule->id, fault, place)) {
        run->excused++;
        return;
    }
    run->broken++;
    count(run->changes, change);
    if (run->out)
        fprintf(run->out, "%s\t%s\t%s\t%s\t%s:%u\t%s\n", change, trial->one->rule->id, fault, place, trial->one->file,
                trial->one->line, reason ? reason : "");
}

/* The reason says where it was: by the place's path, its last part (where the path was asked for through a process or a
 * link), or the folder that it lies in. What is below /proc and /sys has words of its own (the process, the control
 * group); there any reason will do. */
static bool names_place(const char *reason, const char *place)
{
    if (!reason || g_str_equal(place, "/"))
        return reason != NULL;
    if (g_str_has_prefix(place, "/proc") || g_str_has_prefix(place, "/sys"))
        return true;
    /* Another name of the place, through a process. */
    if (strstr(reason, "/proc/"))
        return true;
    g_autofree char *folder = g_path_get_dirname(place);
    return strstr(reason, host_base_name(place)) || (folder[1] && strstr(reason, folder));
}

static void compare(const struct trial *trial, const struct fault *fault, const char *name, const char *place,
                    enum verdict now, const char *reason)
{
    g_autofree char *change =
        g_strdup_printf("%s->%s", verdict_name(trial->verdict), now < VERDICT_COUNT ? verdict_name(now) : "nothing");
    if (!is_fair(trial, fault, now))
        report(trial, change, name, place, reason);
    else if (now != trial->verdict && fault->path && fault->kind != FAULT_VANISHED && is_unsure(now) &&
             !names_place(reason, place))
        report(trial, "unnamed", name, place, reason);
}

static void try_fault(const struct trial *trial, const struct fault *fault, const char *place)
{
    const char *name = fault_names[fault->kind];
    g_snprintf(current, sizeof current, "crashed: %s:%u %s, %s %s\n", trial->one->file, trial->one->line,
               trial->one->rule->id, name, place);
    g_autofree char *reason = NULL;
    enum verdict now = judge(trial, host_with(trial, fault, NULL), &reason);
    compare(trial, fault, name, place, now, reason);
}

static bool is_process(const char *path)
{
    return g_str_has_prefix(path, "/proc/") && strspn(path + 6, "0123456789") == strlen(path + 6);
}

/* The faults that fit a place of this kind, FAULT_NONE at the end. */
static const enum fault_kind *fitting(const struct trial *trial, const char *path)
{
    static const enum fault_kind absent[] = {FAULT_EIO, FAULT_NONE};
    static const enum fault_kind folder[] = {FAULT_DENIED, FAULT_EIO,   FAULT_BIG, FAULT_SHORT,
                                             FAULT_GROWS,  FAULT_XATTR, FAULT_NONE};
    static const enum fault_kind process[] = {FAULT_DENIED, FAULT_EIO, FAULT_VANISHED, FAULT_NONE};
    static const enum fault_kind made_up[] = {FAULT_DENIED, FAULT_EIO, FAULT_BIG, FAULT_SHORT, FAULT_GROWS, FAULT_NONE};
    static const enum fault_kind file[] = {FAULT_DENIED, FAULT_EIO,   FAULT_BIG,   FAULT_FIFO, FAULT_VANISHED,
                                           FAULT_SHORT,  FAULT_GROWS, FAULT_XATTR, FAULT_NONE};
    static const enum fault_kind link[] = {FAULT_DENIED, FAULT_EIO, FAULT_LINK, FAULT_NONE};
    struct host_stat st;
    if (trial->base->fs->ops->stat(trial->base->fs, path, false, &st) != 0)
        return absent;
    if (S_ISDIR(st.mode))
        return is_process(path) ? process : folder;
    if (S_ISLNK(st.mode))
        return link;
    return g_str_has_prefix(path, "/proc/") || g_str_has_prefix(path, "/sys/") ? made_up : file;
}

/* Whether a fault of the kind changes an answer to something that was asked of the place. Of the short ones, which
 * differ from EIO only in what goes on, one place of several is enough in a rule. */
static bool matters(enum fault_kind kind, guint ops, const char *path)
{
    static const guint content = 1U << OP_CONTENT | 1U << OP_LIST, passed = 1U << OP_PASSED;
    static const guint of[] = {
        [FAULT_DENIED] = content | passed | 1U << OP_LINK | 1U << OP_ATTRIBUTE,
        [FAULT_BIG] = content | 1U << OP_STAT,
        [FAULT_SHORT] = content,
        [FAULT_LINK] = 1U << OP_LINK,
        [FAULT_XATTR] = 1U << OP_ATTRIBUTE,
        [FAULT_GROWS] = 1U << OP_AGAIN,
    };
    guint needed = kind < G_N_ELEMENTS(of) && of[kind] ? of[kind] : ~0U;
    return ops & needed && (kind != FAULT_SHORT || g_str_hash(path) % 3 == 0);
}

static void try_places(const struct trial *trial, const struct fault_record *record)
{
    guint n = 0;
    g_autofree char **paths = (char **)g_hash_table_get_keys_as_array(record->paths, &n);
    qsort(paths, n, sizeof *paths, cases_by_text);
    for (guint i = 0; i < n; i++) {
        guint ops = GPOINTER_TO_UINT(g_hash_table_lookup(record->paths, paths[i]));
        for (const enum fault_kind *kind = fitting(trial, paths[i]); *kind != FAULT_NONE; kind++) {
            if (!matters(*kind, ops, paths[i]))
                continue;
            struct fault fault = {.kind = *kind, .path = paths[i]};
            try_fault(trial, &fault, paths[i]);
        }
    }
}

static void try_calls(const struct trial *trial, const struct fault_record *record)
{
    for (unsigned i = 1; i <= record->calls; i++) {
        g_autofree char *place = g_strdup_printf("%u", i);
        struct fault fault = {.kind = FAULT_NTH, .nth = i};
        try_fault(trial, &fault, place);
    }
}

static void judge_answer(const struct trial *trial, struct host *host, const char *fault, const char *place)
{
    static const struct fault none = {.kind = FAULT_NONE};
    g_autofree char *reason = NULL;
    enum verdict now = judge(trial, host, &reason);
    compare(trial, &none, fault, place, now, reason);
}

static void try_answers(const struct trial *trial)
{
    static const char *const errors[] = {"timeout", "denied", "limit"};
    static const struct fault none = {.kind = FAULT_NONE};
    json_object_object_foreach (trial->base->http, url, answer) {
        for (size_t i = 0; i < G_N_ELEMENTS(errors) && !tree_string(answer, "error"); i++) {
            struct host *host = host_with(trial, &none, NULL);
            json_object *failed = json_object_new_object();
            json_object_object_add(failed, "error", json_object_new_string(errors[i]));
            json_object_object_add(host->http, url, failed);
            judge_answer(trial, host, errors[i], url);
        }
    }
    if (!trial->base->audit || tree_string(trial->base->audit, "error"))
        return;
    struct host *host = host_with(trial, &none, NULL);
    json_object_put(host->audit);
    host->audit = json_object_new_object();
    json_object_object_add(host->audit, "error", json_object_new_string("Input/output error"));
    judge_answer(trial, host, "audit", "kernel");
}

/* Whether the sample and the shard hold the case. The rules of a family ask the same of another place: they are one. */
static bool is_chosen(struct run *run, const struct ruletest_case *one)
{
    const char *name = one->rule->family ? one->rule->family : one->rule->id;
    g_autofree char *key = g_strdup_printf("%s/%s", name, verdict_name(one->expect));
    guint seen = GPOINTER_TO_UINT(g_hash_table_lookup(run->seen, key));
    if (run->per_verdict && seen >= run->per_verdict)
        return false;
    g_hash_table_insert(run->seen, g_steal_pointer(&key), GUINT_TO_POINTER(seen + 1));
    return run->index++ % run->shards == run->shard;
}

static void visit(const struct ruletest_case *one, gpointer data)
{
    struct run *run = data;
    struct trial trial = {.run = run, .one = one};
    if (!is_chosen(run, one))
        return;
    trial.base = host_new_inline(one->host, NULL, NULL);
    if (!trial.base)
        return;
    run->cases++;
    struct fault none = {.kind = FAULT_NONE};
    struct fault_record record = {.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    trial.verdict = judge(&trial, host_with(&trial, &none, &record), NULL);
    try_places(&trial, &record);
    try_calls(&trial, &record);
    try_answers(&trial);
    g_hash_table_unref(record.paths);
    host_free(trial.base);
}

static int summary(struct run *run)
{
    guint n = 0;
    g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(run->changes, &n);
    qsort(keys, n, sizeof *keys, cases_by_text);
    for (guint i = 0; i < n; i++)
        printf("%6u %s\n", GPOINTER_TO_UINT(g_hash_table_lookup(run->changes, keys[i])), keys[i]);
    printf("%u cases judged %u times: %u broken, %u excused\n", run->cases, run->judged, run->broken, run->excused);
    return run->broken > run->allowed || !run->cases ? 1 : 0;
}

struct arguments {
    char *checks, *tests, *out, *shard;
    char **rules;
    int sample, allowed;
};

static bool take_arguments(struct arguments *arguments, int argc, char **argv)
{
    GOptionEntry entries[] = {
        {"checks", 0, 0, G_OPTION_ARG_FILENAME, &arguments->checks, "folder of rules", "DIR"},
        {"tests", 0, 0, G_OPTION_ARG_FILENAME, &arguments->tests, "folder of rule tests", "DIR"},
        {"sample", 0, 0, G_OPTION_ARG_INT, &arguments->sample, "cases a rule (or family) and verdict; 0: all", "N"},
        {"shard", 0, 0, G_OPTION_ARG_STRING, &arguments->shard, "this part of so many, from 0", "I/N"},
        {"rule", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->rules, "only these", "GLOB"},
        {"allow", 0, 0, G_OPTION_ARG_INT, &arguments->allowed, "so many breaches, until they are mended", "N"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &arguments->out, "every breach as a line", "FILE"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("- no fault makes a verdict better");
    g_option_context_add_main_entries(context, entries, NULL);
    bool ok = g_option_context_parse(context, &argc, &argv, &error) && arguments->checks && arguments->tests;
    if (!ok)
        fprintf(stderr, "%s\n", error ? error->message : "--checks and --tests are needed");
    return ok;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.sample = 0};
    struct run run = {.shards = 1, .out = stdout};
    if (!take_arguments(&arguments, argc, argv))
        return 2;
    if (arguments.shard && (sscanf(arguments.shard, "%u/%u", &run.shard, &run.shards) != 2 || !run.shards))
        return 2;
    g_autoptr(GError) error = NULL;
    const char *const dirs[] = {arguments.checks, NULL};
    pl_auto(content) content = content_load(dirs, &error);
    if (!content) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    signal(SIGSEGV, crashed);
    signal(SIGABRT, crashed);
    g_autoptr(GPtrArray) files = cases_find(arguments.tests);
    run.content = content;
    run.allowed = (guint)MAX(arguments.allowed, 0);
    run.per_verdict = (guint)MAX(arguments.sample, 0);
    run.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    run.changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (arguments.out)
        run.out = fopen(arguments.out, "w");
    const struct ruletest_options options = {
        .rules = (const char *const *)arguments.rules, .threads = 1, .visit = visit, .visit_data = &run};
    ruletest_report_free(ruletest_run(content, (const char *const *)files->pdata, &options));
    return summary(&run);
}
