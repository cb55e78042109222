#include "cli/list_names.h"

#include "cli/dirs.h"
#include "cli/message.h"
#include "engine/select.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

/* A name that can be chosen, what it is, and how many rules it has. */
struct named {
    char *name, *title; /* title NULL: none */
    unsigned rules, controls;
};

static void named_free(gpointer data)
{
    struct named *named = data;
    g_free(named->name);
    g_free(named->title);
    g_free(named);
}

static void add(GPtrArray *list, const char *name, const char *title, unsigned rules, unsigned controls)
{
    struct named *named = g_new0(struct named, 1);
    *named = (struct named){g_strdup(name), g_strdup(title), rules, controls};
    g_ptr_array_add(list, named);
}

static unsigned count(const struct content *content, const char *kind, const char *name)
{
    g_autofree char *pattern = g_strconcat(kind, name, NULL);
    unsigned n = 0;
    for (guint i = 0; i < content->rules->len; i++)
        n += select_pattern_covers(pattern, g_ptr_array_index(content->rules, i));
    return n;
}

static void add_profiles(GPtrArray *list, const struct content *content)
{
    for (guint i = 0; i < content->profiles->len; i++) {
        const struct profile *profile = g_ptr_array_index(content->profiles, i);
        const char *const ids[] = {profile->id, NULL};
        const struct selection selection = {.profiles = ids};
        pl_auto(chosen) chosen = select_rules(content, &selection, NULL);
        add(list, profile->id, profile->title, chosen ? chosen->rules->len : 0, 0);
    }
}

static void add_modules(GPtrArray *list, const struct content *content)
{
    for (guint i = 0; i < content->modules->len; i++) {
        const struct module *module = g_ptr_array_index(content->modules, i);
        g_autofree char *name = g_strdup_printf("%s/%s", layer_name(module->layer), module->name);
        add(list, name, module->title, module->rules->len, 0);
    }
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static void add_once(GPtrArray *names, GHashTable *seen, char *name)
{
    if (g_hash_table_add(seen, name))
        g_ptr_array_add(names, name);
}

/* Those with a list of controls, and those that rules alone name. */
static void add_benchmarks(GPtrArray *list, const struct content *content)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < content->benchmarks->len; i++)
        add_once(names, seen, ((struct benchmark *)g_ptr_array_index(content->benchmarks, i))->id);
    for (guint i = 0; i < content->rules->len; i++) {
        const GPtrArray *own = ((const struct rule *)g_ptr_array_index(content->rules, i))->references;
        for (guint j = 0; j < own->len; j++)
            add_once(names, seen, ((struct reference *)g_ptr_array_index(own, j))->benchmark);
    }
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const struct benchmark *known = content_benchmark(content, name);
        add(list, name, known ? known->title : NULL, count(content, "reference:", name),
            known ? known->controls->len : 0);
    }
}

static void add_tags(GPtrArray *list, const struct content *content)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) tags = g_ptr_array_new();
    for (guint i = 0; i < content->rules->len; i++) {
        const GPtrArray *own = ((const struct rule *)g_ptr_array_index(content->rules, i))->tags;
        for (guint j = 0; j < own->len; j++)
            add_once(tags, seen, g_ptr_array_index(own, j));
    }
    g_ptr_array_sort(tags, by_name);
    for (guint i = 0; i < tags->len; i++)
        add(list, g_ptr_array_index(tags, i), NULL, count(content, "tag:", g_ptr_array_index(tags, i)), 0);
}

static void print_text(const char *kind, const GPtrArray *list)
{
    int width = 12;
    for (guint i = 0; i < list->len; i++)
        width = MAX(width, (int)strlen(((const struct named *)g_ptr_array_index(list, i))->name));
    printf("%s\n", kind);
    for (guint i = 0; i < list->len; i++) {
        const struct named *named = g_ptr_array_index(list, i);
        printf("  %-*s  %5u rule%s", width, named->name, named->rules, named->rules == 1 ? " " : "s");
        if (named->controls)
            printf(", %4u controls", named->controls);
        printf("%s%s\n", named->title ? "  " : "", named->title ? named->title : "");
    }
}

static json_object *to_json(const GPtrArray *list)
{
    json_object *all = json_object_new_array();
    for (guint i = 0; i < list->len; i++) {
        const struct named *named = g_ptr_array_index(list, i);
        json_object *one = json_object_new_object();
        json_object_object_add(one, "name", json_object_new_string(named->name));
        json_object_object_add(one, "title", named->title ? json_object_new_string(named->title) : NULL);
        json_object_object_add(one, "rules", json_object_new_int((int)named->rules));
        if (named->controls)
            json_object_object_add(one, "controls", json_object_new_int((int)named->controls));
        json_object_array_add(all, one);
    }
    return all;
}

/* What `list` can show instead of rules, and the option that chooses rules by one of them. */
static const struct {
    const char *kind, *chooses;
    void (*add)(GPtrArray *list, const struct content *content);
} kinds[] = {{"profiles", "profile", add_profiles},
             {"benchmarks", "reference", add_benchmarks},
             {"modules", "module", add_modules},
             {"tags", "tag", add_tags}};

static bool is_wanted(const struct options *options, size_t kind)
{
    const struct option_spec *spec = options_find(OPTIONS_LISTS, kinds[kind].kind);
    return *(const gboolean *)(const void *)((const char *)options + spec->offset);
}

/* "list --tags strict" means the rules of one. */
static bool refuse_arguments(const struct options *options)
{
    for (size_t i = 0; options->arguments && i < G_N_ELEMENTS(kinds); i++) {
        if (!is_wanted(options, i))
            continue;
        message("list --%s takes no argument; did you mean \"plumbline list --%s %s\"?", kinds[i].kind,
                kinds[i].chooses, options->arguments[0]);
        return true;
    }
    return false;
}

enum exit_code list_names(const struct options *options)
{
    g_autoptr(GError) error = NULL;
    if (refuse_arguments(options))
        return EXIT_USAGE;
    pl_auto(content) content = dirs_load(options, NULL, true, &error);
    if (!content) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    pl_autojson json_object *all = json_object_new_object();
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(named_free);
        if (!is_wanted(options, i))
            continue;
        kinds[i].add(list, content);
        if (options->json)
            json_object_object_add(all, kinds[i].kind, to_json(list));
        else
            print_text(kinds[i].kind, list);
    }
    if (options->json)
        puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    return content_count(content, DIAGNOSTIC_ERROR) ? EXIT_USAGE : EXIT_MET;
}
