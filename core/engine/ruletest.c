/* Runs test files in parallel and adds them up. Knows which kinds of case a rule needs. */
#include "engine/ruletest.h"

#include "engine/members.h"
#include "engine/ruletest_case.h"
#include "model/jobs.h"
#include "model/name_glob.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

#define THREADS_MAX 8

struct suite {
    const struct content *content;
    const struct ruletest_options *options;
    struct ruletest_report *report;
    GHashTable *kinds;   /* rule id -> kinds of case over all files */
    GHashTable *modules; /* module -> first file that tests it */
    GMutex mutex;
};

void ruletest_report_free(struct ruletest_report *report)
{
    if (!report)
        return;
    g_ptr_array_unref(report->failures);
    g_ptr_array_unref(report->findings);
    g_free(report);
}

/* Why a module is not there: it may have been refused. */
static void complain_module(struct test_file *file, struct complaints *to, const char *name)
{
    g_autofree char *suffix = g_strdup_printf("/%s.yaml", name);
    const GPtrArray *diagnostics = file->content->diagnostics;
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *diagnostic = g_ptr_array_index(diagnostics, i);
        if (diagnostic->level != DIAGNOSTIC_ERROR || !g_str_has_suffix(diagnostic->at.file, suffix))
            continue;
        g_autofree char *text = diagnostic_text(diagnostic);
        complain(to, tree_member(file->tree, "module"), "module %s was refused: %s", name, text);
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < file->content->modules->len; i++)
        g_ptr_array_add(names, ((struct module *)g_ptr_array_index(file->content->modules, i))->name);
    g_autofree char *clause = suggest_clause_in(name, names);
    complain(to, tree_member(file->tree, "module"), "no module \"%s\" is loaded%s", name, clause);
}

static void run_cases(struct test_file *file)
{
    struct complaints to = {.file = file->path, .list = file->diagnostics, .near = file->tree};
    members_check(&to, file->tree, "a test file", test_file_members);
    if (!json_object_is_type(file->tree, json_type_object))
        return;
    const char *name = member_text(&to, file->tree, "module", true);
    const json_object *cases = tree_member(file->tree, "cases");
    file->module = name ? content_module(file->content, name) : NULL;
    if (name && !file->module)
        complain_module(file, &to, name);
    if (!json_object_is_type(cases, json_type_array))
        complain(&to, cases ? cases : file->tree, "\"cases\" must be a list");
    size_t n = json_object_is_type(cases, json_type_array) ? json_object_array_length(cases) : 0;
    for (size_t i = 0; file->module && i < n; i++)
        test_case_run(file, json_object_array_get_idx(cases, i));
}

/* A host that many cases build upon is wrong in each of them: said once. */
static bool is_said(const struct test_file *file, const struct diagnostic *diagnostic)
{
    for (guint i = 0; i < file->failures->len; i++) {
        const struct ruletest_failure *failure = g_ptr_array_index(file->failures, i);
        if (failure->line == diagnostic->at.line && failure->column == diagnostic->at.column &&
            g_str_equal(failure->message, diagnostic->message))
            return true;
    }
    return false;
}

static void report_diagnostics(struct test_file *file)
{
    for (guint i = 0; i < file->diagnostics->len; i++) {
        const struct diagnostic *diagnostic = g_ptr_array_index(file->diagnostics, i);
        if (is_said(file, diagnostic))
            continue;
        test_failure(file, MAX(diagnostic->at.line, 1), NULL, NULL, diagnostic->message);
        struct ruletest_failure *failure = g_ptr_array_index(file->failures, file->failures->len - 1);
        failure->column = MAX(diagnostic->at.column, 1);
    }
}

static void add_kinds(struct suite *suite, const struct test_file *file)
{
    GHashTableIter iter;
    gpointer id = NULL, kinds = NULL;
    g_hash_table_iter_init(&iter, file->kinds);
    while (g_hash_table_iter_next(&iter, &id, &kinds)) {
        guint all = GPOINTER_TO_UINT(g_hash_table_lookup(suite->kinds, id)) | GPOINTER_TO_UINT(kinds);
        g_hash_table_insert(suite->kinds, id, GUINT_TO_POINTER(all));
    }
    gpointer module = (gpointer)(uintptr_t)file->module;
    const char *first = module ? g_hash_table_lookup(suite->modules, module) : NULL;
    if (module && (!first || strcmp(file->path, first) < 0))
        g_hash_table_insert(suite->modules, module, (gpointer)(uintptr_t)file->path);
}

/* Takes over what the file came to; the only place where threads meet. */
static void add_up(struct suite *suite, struct test_file *file)
{
    g_mutex_lock(&suite->mutex);
    struct ruletest_report *report = suite->report;
    report->files++;
    report->cases += file->cases;
    report->passed += file->passed;
    report->failed += file->failed;
    for (guint i = 0; i < file->failures->len; i++)
        g_ptr_array_add(report->failures, g_ptr_array_index(file->failures, i));
    g_ptr_array_extend_and_steal(report->findings, file->findings);
    add_kinds(suite, file);
    g_mutex_unlock(&suite->mutex);
}

static void run_file(gpointer data, gpointer user)
{
    struct suite *suite = user;
    g_autoptr(GPtrArray) diagnostics = g_ptr_array_new_with_free_func(diagnostic_free);
    g_autoptr(GPtrArray) failures = g_ptr_array_new();
    GPtrArray *findings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) error = NULL;
    struct test_file file = {.content = suite->content,
                             .options = suite->options,
                             .path = data,
                             .kinds = kinds,
                             .failures = failures,
                             .findings = findings,
                             .diagnostics = diagnostics};
    struct complaints to = {.file = file.path, .list = diagnostics};
    file.tree = content_read_yaml(file.path, &error);
    if (error)
        complain_error(&to, error);
    else
        run_cases(&file);
    report_diagnostics(&file);
    add_up(suite, &file);
    json_object_put(file.tree);
}

static bool is_wanted(const struct ruletest_options *options, const char *id)
{
    if (!options->rules || !*options->rules)
        return true;
    for (const char *const *glob = options->rules; *glob; glob++)
        if (name_matches(*glob, id))
            return true;
    return false;
}

static char *missing_kinds(const struct rule *rule, guint kinds)
{
    const struct {
        guint kind;
        const char *words;
    } wanted[] = {{CASE_PASS, "one that expects pass"},
                  {CASE_FAIL, rule->settles ? "one that expects notchecked" : "one that expects fail"},
                  {CASE_ABSENCE, "one with absence: true"}};
    if ((rule->manual && !rule->settles) || rule->informational)
        return kinds ? NULL : g_strdup("the rule has no case at all");
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!(kinds & wanted[i].kind))
            g_ptr_array_add(words, (gpointer)(uintptr_t)wanted[i].words);
    if (words->len == 0)
        return NULL;
    g_ptr_array_add(words, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)words->pdata);
    return g_strdup_printf("the rule lacks cases: %s", list);
}

static void demand_kinds(struct suite *suite, const struct module *module, const char *path)
{
    for (guint i = 0; i < module->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(module->rules, i);
        if (!is_wanted(suite->options, rule->id))
            continue;
        suite->report->rules++;
        g_autofree char *missing = missing_kinds(rule, GPOINTER_TO_UINT(g_hash_table_lookup(suite->kinds, rule->id)));
        if (!missing)
            continue;
        struct ruletest_failure *failure = g_new0(struct ruletest_failure, 1);
        failure->file = g_strdup(path);
        failure->line = 1;
        failure->rule = g_strdup(rule->id);
        failure->message = g_steal_pointer(&missing);
        g_ptr_array_add(suite->report->failures, failure);
    }
}

static int by_place(const void *a, const void *b)
{
    const struct ruletest_failure *left = *(const struct ruletest_failure *const *)a;
    const struct ruletest_failure *right = *(const struct ruletest_failure *const *)b;
    int d = strcmp(left->file, right->file);
    if (d)
        return d;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    d = g_strcmp0(left->rule, right->rule);
    return d ? d : strcmp(left->message, right->message);
}

static void run_files(struct suite *suite, const char *const *files)
{
    unsigned wanted = suite->options->threads;
    unsigned threads = wanted ? wanted : MIN(g_get_num_processors(), THREADS_MAX);
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    for (; files && *files; files++)
        g_ptr_array_add(jobs, (gpointer)(uintptr_t)g_intern_string(*files));
    jobs_run(jobs, threads, run_file, suite);
}

struct ruletest_report *ruletest_run(const struct content *content, const char *const *files,
                                     const struct ruletest_options *options)
{
    static const struct ruletest_options everything = {0};
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) modules = g_hash_table_new(NULL, NULL);
    struct ruletest_report *report = g_new0(struct ruletest_report, 1);
    report->failures = g_ptr_array_new_with_free_func(ruletest_failure_free);
    report->findings = g_ptr_array_new_with_free_func(g_free);
    struct suite suite = {.content = content,
                          .options = options ? options : &everything,
                          .report = report,
                          .kinds = kinds,
                          .modules = modules};
    g_mutex_init(&suite.mutex);
    run_files(&suite, files);
    g_mutex_clear(&suite.mutex);
    GHashTableIter iter;
    gpointer module = NULL, path = NULL;
    g_hash_table_iter_init(&iter, modules);
    while (g_hash_table_iter_next(&iter, &module, &path))
        demand_kinds(&suite, module, path);
    g_ptr_array_sort(report->failures, by_place);
    g_ptr_array_sort(report->findings, value_order_texts);
    return report;
}
