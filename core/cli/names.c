#include "cli/names.h"

#include "cli/dirs.h"
#include "engine/content.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *option, *kind;
} kinds[] = {
    {"profile", "profiles"}, {"rule", "rules"}, {"skip", "rules"},
    {"only", "rules"},       {"tag", "tags"},   {"reference", "references"},
};

const char *names_of_option(const char *option)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].option, option))
            return kinds[i].kind;
    return NULL;
}

bool names_known(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].kind, kind))
            return true;
    return false;
}

static void add_tags(GHashTable *names, const struct content *content)
{
    for (guint i = 0; i < content->rules->len; i++) {
        const GPtrArray *tags = ((const struct rule *)g_ptr_array_index(content->rules, i))->tags;
        for (guint j = 0; j < tags->len; j++)
            g_hash_table_add(names, g_ptr_array_index(tags, j));
    }
}

static void add_names(GHashTable *names, const char *kind, const struct content *content)
{
    bool profiles = g_str_equal(kind, "profiles"), rules = g_str_equal(kind, "rules");
    for (guint i = 0; profiles && i < content->profiles->len; i++)
        g_hash_table_add(names, ((struct profile *)g_ptr_array_index(content->profiles, i))->id);
    for (guint i = 0; rules && i < content->rules->len; i++)
        g_hash_table_add(names, ((struct rule *)g_ptr_array_index(content->rules, i))->id);
    for (guint i = 0; g_str_equal(kind, "references") && i < content->benchmarks->len; i++)
        g_hash_table_add(names, ((struct benchmark *)g_ptr_array_index(content->benchmarks, i))->id);
    if (g_str_equal(kind, "tags"))
        add_tags(names, content);
}

bool names_print(const char *kind, const struct options *options, GError **error)
{
    pl_auto(content) content = dirs_load(options, NULL, false, error);
    if (!content)
        return false;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    add_names(names, kind, content);
    GList *sorted = g_list_sort(g_hash_table_get_keys(names), (GCompareFunc)strcmp);
    for (const GList *name = sorted; name; name = name->next)
        puts(name->data);
    g_list_free(sorted);
    return true;
}
