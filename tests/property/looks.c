/* The property of a single lookup: what a probe could not see, it says.
 *
 * main.c judges rules, and a verdict hides much: a field that nobody expects, a place that another one stands for. Here
 * each lookup of each rule test's case is repeated with one fault in its host, and compared item by item. Whatever
 * differs from what was seen without the fault must be told: by a problem, by a note, or by the field being unread.
 * What vanished and FIFOs are other machines, and left to main.c. */
#include "cases.h"
#include "fault_fs.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/content.h"
#include "engine/plan.h"
#include "engine/ruletest.h"
#include "host/notes.h"
#include "host/private.h"
#include "model/tree.h"

struct run {
    const struct content *content;
    GHashTable *shapes; /* "PROBE PARAMETERS" -> number of looks */
    GHashTable *looks;  /* the looks themselves, "PROBE OBJECT" -> number of cases */
    guint per_shape, shard, shards, index;
    guint looked, silent, allowed;
};

/* One lookup in one case. */
struct trial {
    struct run *run;
    const struct ruletest_case *one;
    const struct collected *asked;
    struct host *base;
};

/* What a lookup told. */
struct told {
    struct items *items;
    GHashTable *by_subject; /* "SUBJECT #n" -> struct item */
    GString *hindrances;    /* every problem and note, a line each */
};

static void told_clear(struct told *told)
{
    items_free(told->items);
    g_hash_table_unref(told->by_subject);
    g_string_free(told->hindrances, TRUE);
}

/* The same thing may have another name where less of it was seen: a path through a process is the path, a process of
 * which the name is not known is its number, and a container then has another of its names. */
static char *lasting_name(const char *subject)
{
    const char *pid = strstr(subject, "(pid ");
    g_autoptr(GString) name = g_string_new(pid ? pid : subject);
    for (gsize from = 0; from < name->len;) {
        const char *at = strstr(name->str + from, "/proc/"), *root = at ? strstr(at, "/root/") : NULL;
        if (!root)
            break;
        gsize start = (gsize)(at - name->str), length = (gsize)(root - at) + strlen("/root");
        bool process = strspn(at + strlen("/proc/"), "0123456789") + strlen("/proc//root") == length;
        if (process)
            g_string_erase(name, (gssize)start, (gssize)length);
        from = process ? start : start + 1;
    }
    return g_strdup(name->str);
}

static void index_items(struct told *told, bool containers)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < told->items->list->len; i++) {
        struct item *item = g_ptr_array_index(told->items->list, i);
        g_autofree char *name = containers ? g_strdup("container") : lasting_name(item->subject);
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));
        g_hash_table_insert(told->by_subject, g_strdup_printf("%s #%u", name, n), item);
        g_hash_table_insert(counts, g_steal_pointer(&name), GUINT_TO_POINTER(n + 1));
    }
}

static void look(const struct trial *trial, struct host *host, struct told *told)
{
    const struct fact_context context = {.host = host, .daemons = trial->run->content->daemons};
    pl_auto(host_notes) notes = host_notes_new();
    struct host_notes *before = host_notes_swap(notes);
    *told = (struct told){items_new(), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), g_string_new("")};
    trial->asked->probe->collect(&context, trial->asked->object, told->items);
    host_notes_swap(before);
    for (guint i = 0; i < told->items->problems->len; i++)
        g_string_append_printf(told->hindrances, "%s\n",
                               ((const struct problem *)g_ptr_array_index(told->items->problems, i))->reason);
    const GPtrArray *failures = host_notes_list(notes);
    for (guint i = 0; i < failures->len; i++)
        g_string_append_printf(told->hindrances, "%s\n", ((const GError *)g_ptr_array_index(failures, i))->message);
    index_items(told, g_str_equal(trial->asked->probe->name, "container"));
    trial->run->looked++;
}

static bool is_unread(const struct item *item, const char *field)
{
    if (!item->unread)
        return false;
    if (g_hash_table_contains(item->unread, field))
        return true;
    /* One member of a map: "with.NAME". */
    g_autofree char *inside = g_strconcat(field, ".", NULL);
    GHashTableIter iter;
    gpointer name = NULL;
    g_hash_table_iter_init(&iter, item->unread);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_str_has_prefix(name, inside))
            return true;
    return false;
}

static bool is_same(json_object *value, json_object *other)
{
    if (json_object_equal(value, other))
        return true;
    g_autofree char *text = tree_canonical(value), *other_text = tree_canonical(other);
    g_autofree char *a = lasting_name(text), *b = lasting_name(other_text);
    return g_str_equal(a, b);
}

/* The first field that is another one and does not say why; NULL: none. Borrowed. */
static const char *changed_field(const struct item *before, const struct item *now)
{
    json_object_object_foreach (before->fields, name, value) {
        json_object *other = NULL;
        bool there = json_object_object_get_ex(now->fields, name, &other);
        if (is_unread(now, name) || (is_unread(before, name) && !there))
            continue;
        if (!there || !is_same(value, other))
            return name;
    }
    json_object_object_foreach (now->fields, extra, unused) {
        (void)unused;
        if (!json_object_object_get_ex(before->fields, extra, NULL) && !is_unread(now, extra))
            return extra;
    }
    return NULL;
}

/* One item of which things are not known stands for those that would be there ("crio" for "crio: 0"). */
static bool stands_for(const struct told *before, const struct told *now, const char *subject)
{
    GHashTableIter iter;
    gpointer name = NULL, item = NULL;
    g_hash_table_iter_init(&iter, now->by_subject);
    while (g_hash_table_iter_next(&iter, &name, &item)) {
        gsize n = strcspn(name, " ");
        if (!g_hash_table_contains(before->by_subject, name) && ((const struct item *)item)->unread &&
            strncmp(name, subject, n) == 0 && subject[n] == ':')
            return true;
    }
    return false;
}

/* What changed without a word; NULL: nothing. Caller frees. */
static char *silent_change(const struct told *before, const struct told *now)
{
    if (!g_str_equal(before->hindrances->str, now->hindrances->str) && now->hindrances->len)
        return NULL;
    GHashTableIter iter;
    gpointer subject = NULL, item = NULL;
    g_hash_table_iter_init(&iter, before->by_subject);
    while (g_hash_table_iter_next(&iter, &subject, &item)) {
        const struct item *other = g_hash_table_lookup(now->by_subject, subject);
        if (!other && stands_for(before, now, subject))
            continue;
        if (!other)
            return g_strdup_printf("no item %s", (const char *)subject);
        const char *field = changed_field(item, other);
        if (field)
            return g_strdup_printf("%s of %s", field, (const char *)subject);
    }
    g_hash_table_iter_init(&iter, now->by_subject);
    while (g_hash_table_iter_next(&iter, &subject, &item))
        if (!g_hash_table_contains(before->by_subject, subject) && !((const struct item *)item)->unread)
            return g_strdup_printf("new item %s", (const char *)subject);
    return NULL;
}

/* Changes that are facts. */
static const struct excuse {
    const char *probe, *fault, *place, *change, *why;
} excuses[] = {
    {"file", "too big", "*", "size of *", "the file is empty then: its size is a fact"},
    {"container", "*", "/var/lib/docker*", "name of *", "without its record a container goes by another of its names"},
    {"container", "*", "/var/lib/containers*", "name of *", "the same of Podman"},
    {"container", "call", "*", "name of *", "the same"},
    {"container", "*", "unix:*", "name of *", "the same, where its engine cannot be asked"},
    {"daemon", "denied", "/proc/*/root", "config of *", "the file that could not be opened is named"},
    {"docker", "*", "unix:*", "no item *", "where the engine cannot be asked, files and flags that are in force stand"},
    {"docker", "call", "*", "no item *", "the same, where its socket cannot be looked at"},
    {"docker", "call", "*", "engine of *", "the same: it has no socket then"},
    {"audit-rule", "audit", "kernel", "reason of *", "it tells of what was seen"},
    {NULL, NULL, NULL, NULL, NULL},
};

static bool is_excused(const char *probe, const char *fault, const char *place, const char *change)
{
    for (const struct excuse *excuse = excuses; excuse->probe; excuse++)
        if (!fnmatch(excuse->probe, probe, 0) && !fnmatch(excuse->fault, fault, 0) &&
            !fnmatch(excuse->place, place, 0) && !fnmatch(excuse->change, change, 0))
            return true;
    return false;
}

/* ---- faults ---- */

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
static void compare(const struct trial *trial, const struct told *before, struct host *host, const char *name,
                    const char *place)
{
    struct told now;
    look(trial, host, &now);
    g_autofree char *change = silent_change(before, &now);
    if (change && !is_excused(trial->asked->probe->name, name, place, change)) {
        trial->run->silent++;
        printf("%s\t%s\t%s\t%s\t%s:%u\n", trial->asked->key, name, place, change, trial->one->file, trial->one->line);
    }
    told_clear(&now);
    host_free(host);
}

static void try_fault(const struct trial *trial, const struct told *before, const struct fault *fault, const char *name,
                      const char *place)
{
    compare(trial, before, host_with(trial, fault, NULL), name, place);
}

/* What an engine or a service does not answer, and the kernel's audit rules. */
static void try_answers(const struct trial *trial, const struct told *before)
{
    static const char *const answers[] = {"{\"error\":\"timeout\"}", "{\"error\":\"denied\"}", "{\"error\":\"limit\"}",
                                          "{\"status\":500}"};
    static const struct fault none = {.kind = FAULT_NONE};
    json_object_object_foreach (trial->base->http, url, answer) {
        for (size_t i = 0; i < G_N_ELEMENTS(answers) && !tree_string(answer, "error"); i++) {
            struct host *host = host_with(trial, &none, NULL);
            json_object_object_add(host->http, url, json_tokener_parse(answers[i]));
            compare(trial, before, host, answers[i], url);
        }
    }
    if (!trial->base->audit || tree_string(trial->base->audit, "error"))
        return;
    struct host *host = host_with(trial, &none, NULL);
    json_object_put(host->audit);
    host->audit = json_tokener_parse("{\"error\":\"Input/output error\"}");
    compare(trial, before, host, "audit", "kernel");
}

static void try_place(const struct trial *trial, const struct told *before, const char *path)
{
    static const struct {
        enum fault_kind kind;
        const char *name;
        bool there;
    } kinds[] = {{FAULT_DENIED, "denied", true}, {FAULT_EIO, "EIO", false}, {FAULT_BIG, "too big", true}};
    struct host_stat st;
    bool there = trial->base->fs->ops->stat(trial->base->fs, path, false, &st) == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct fault fault = {.kind = kinds[i].kind, .path = path};
        bool fits = kinds[i].kind != FAULT_BIG || S_ISREG(st.mode) || S_ISDIR(st.mode);
        if ((there && fits) || !kinds[i].there)
            try_fault(trial, before, &fault, kinds[i].name, path);
    }
}

static void try_faults(const struct trial *trial, const struct told *before, const struct fault_record *record)
{
    GHashTableIter iter;
    gpointer path = NULL;
    g_hash_table_iter_init(&iter, record->paths);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        try_place(trial, before, path);
    for (unsigned i = 1; i <= record->calls; i++) {
        g_autofree char *place = g_strdup_printf("%u", i);
        const struct fault fault = {.kind = FAULT_NTH, .nth = i};
        try_fault(trial, before, &fault, "call", place);
    }
    try_answers(trial, before);
}

/* ---- which looks ---- */

/* Objects that name the same parameters go through the same code. */
static char *shape_of(const struct collected *asked)
{
    g_autoptr(GString) shape = g_string_new(asked->probe->name);
    json_object_object_foreach (asked->object, name, value) {
        (void)value;
        g_string_append_printf(shape, " %s", name);
    }
    return g_strdup(shape->str);
}

static guint count(GHashTable *table, const char *key)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
    g_hash_table_insert(table, g_strdup(key), GUINT_TO_POINTER(n + 1));
    return n;
}

static void try_look(struct trial *trial)
{
    struct run *run = trial->run;
    g_autofree char *shape = shape_of(trial->asked);
    g_autofree char *found = NULL;
    static const struct fault none = {.kind = FAULT_NONE};
    struct fault_record record = {.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    struct told before;
    struct host *host = host_with(trial, &none, &record);
    look(trial, host, &before);
    /* One case that shows something of each lookup, and one that shows nothing. */
    found = g_strdup_printf("%s %d", trial->asked->key, before.items->list->len > 0);
    bool chosen = count(run->looks, found) == 0 && (!run->per_shape || count(run->shapes, shape) < run->per_shape);
    if (chosen && run->index++ % run->shards == run->shard)
        try_faults(trial, &before, &record);
    told_clear(&before);
    host_free(host);
    g_hash_table_unref(record.paths);
}

static void visit(const struct ruletest_case *one, gpointer data)
{
    struct run *run = data;
    struct trial trial = {.run = run, .one = one, .base = host_new_inline(one->host, NULL, NULL)};
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    g_ptr_array_add(rules, (gpointer)(uintptr_t)one->rule);
    pl_auto(plan) plan = trial.base ? plan_make(run->content, rules, one->set, NULL) : NULL;
    GHashTableIter iter;
    gpointer asked = NULL;
    if (plan)
        g_hash_table_iter_init(&iter, plan->collected);
    while (plan && g_hash_table_iter_next(&iter, NULL, &asked)) {
        trial.asked = asked;
        if (trial.base->live || !(trial.asked->probe->needs & NEEDS_LIVE))
            try_look(&trial);
    }
    host_free(trial.base);
}

int main(int argc, char **argv)
{
    struct run run = {.shards = 1};
    guint allowed = 0;
    if (argc < 6 || argc > 7 || sscanf(argv[3], "%u/%u", &run.shard, &run.shards) != 2 || !run.shards) {
        fprintf(stderr, "looks CHECKS TESTS SHARD/SHARDS PER-SHAPE ALLOWED [RULE]\n");
        return 2;
    }
    run.per_shape = (guint)g_ascii_strtoull(argv[4], NULL, 10);
    allowed = (guint)g_ascii_strtoull(argv[5], NULL, 10);
    const char *const folders[] = {argv[1], NULL}, *const rules[] = {argc > 6 ? argv[6] : NULL, NULL};
    g_autoptr(GError) error = NULL;
    pl_auto(content) content = content_load(folders, &error);
    if (!content) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    g_autoptr(GPtrArray) files = cases_find(argv[2]);
    run.content = content;
    run.shapes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    run.looks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const struct ruletest_options options = {
        .rules = *rules ? rules : NULL, .threads = 1, .visit = visit, .visit_data = &run};
    struct ruletest_report *report = ruletest_run(content, (const char *const *)files->pdata, &options);
    ruletest_report_free(report);
    printf("%u looks of %u kinds: %u silent\n", run.looked, g_hash_table_size(run.shapes), run.silent);
    g_hash_table_unref(run.shapes);
    g_hash_table_unref(run.looks);
    return run.silent > allowed || !run.looked ? 1 : 0;
}
