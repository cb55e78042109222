#include "cli/names.h"

#include "cli/dirs.h"
#include "engine/content.h"

#include <stdio.h>
#include <string.h>

static void add_profiles(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->profiles->len; i++)
        g_hash_table_add(names, ((struct profile *)g_ptr_array_index(content->profiles, i))->id);
}

static void add_rules(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->rules->len; i++)
        g_hash_table_add(names, ((struct rule *)g_ptr_array_index(content->rules, i))->id);
}

static void add_questions(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->rules->len; i++) {
        struct rule *rule = g_ptr_array_index(content->rules, i);
        if (rule->manual)
            g_hash_table_add(names, rule->id);
    }
}

static void add_modules(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->modules->len; i++)
        g_hash_table_add(names, ((struct module *)g_ptr_array_index(content->modules, i))->name);
}

static void add_tags(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->rules->len; i++) {
        const GPtrArray *tags = ((const struct rule *)g_ptr_array_index(content->rules, i))->tags;
        for (guint j = 0; j < tags->len; j++)
            g_hash_table_add(names, g_ptr_array_index(tags, j));
    }
}

static void add_references(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->benchmarks->len; i++)
        g_hash_table_add(names, ((struct benchmark *)g_ptr_array_index(content->benchmarks, i))->id);
    /* Not every benchmark has a list of its controls. */
    for (guint i = 0; i < content->rules->len; i++) {
        const GPtrArray *own = ((const struct rule *)g_ptr_array_index(content->rules, i))->references;
        for (guint j = 0; j < own->len; j++)
            g_hash_table_add(names, ((struct reference *)g_ptr_array_index(own, j))->benchmark);
    }
}

/* They need no rules. */
static void add_probes(GHashTable *names, const struct content *content)
{
    (void)content;
    size_t n = 0;
    const struct probe *const *all = probe_all(&n);
    for (size_t i = 0; i < n; i++)
        g_hash_table_add(names, (gpointer)(guintptr)all[i]->name);
}

static const struct {
    const char *kind;
    void (*add)(GHashTable *names, const struct content *content);
} kinds[] = {
    {"modules", add_modules}, {"probes", add_probes},         {"profiles", add_profiles}, {"questions", add_questions},
    {"rules", add_rules},     {"references", add_references}, {"tags", add_tags},
};

bool names_known(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].kind, kind))
            return true;
    return false;
}

bool names_print(const char *kind, const struct options *options, GError **error)
{
    bool needs = !g_str_equal(kind, "probes");
    pl_auto(content) content = needs ? dirs_load(options, NULL, false, error) : NULL;
    if (needs && !content)
        return false;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].kind, kind))
            kinds[i].add(names, content);
    GList *sorted = g_list_sort(g_hash_table_get_keys(names), (GCompareFunc)strcmp);
    for (const GList *name = sorted; name; name = name->next)
        puts(name->data);
    g_list_free(sorted);
    return true;
}
