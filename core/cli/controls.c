#include "cli/controls.h"

#include "model/name_glob.h"

#include <stdio.h>
#include <string.h>

/* One control of one benchmark; `known` is NULL where the benchmark has no list of controls. */
struct found {
    const char *benchmark, *id; /* borrowed from the content, as `known` and the rules are */
    const struct control *known;
    GPtrArray *rules; /* const struct rule * */
};

struct wanted {
    char *benchmark, *control; /* pattern or beginning, folded; pattern */
};

static void found_free(gpointer data)
{
    struct found *found = data;
    g_ptr_array_unref(found->rules);
    g_free(found);
}

static bool is_wanted(const struct wanted *wanted, const char *benchmark, const char *control)
{
    bool begins = g_ascii_strncasecmp(benchmark, wanted->benchmark, strlen(wanted->benchmark)) == 0;
    return (begins || name_matches_folded(wanted->benchmark, benchmark)) &&
           name_matches_folded(wanted->control, control);
}

static struct found *find_or_add(GPtrArray *list, const char *benchmark, const char *id)
{
    for (guint i = 0; i < list->len; i++) {
        struct found *found = g_ptr_array_index(list, i);
        if (g_str_equal(found->benchmark, benchmark) && g_str_equal(found->id, id))
            return found;
    }
    struct found *found = g_new0(struct found, 1);
    *found = (struct found){benchmark, id, NULL, g_ptr_array_new()};
    g_ptr_array_add(list, found);
    return found;
}

static void add_known(GPtrArray *list, const struct content *content, const struct wanted *wanted)
{
    for (guint i = 0; i < content->benchmarks->len; i++) {
        const struct benchmark *benchmark = g_ptr_array_index(content->benchmarks, i);
        for (guint j = 0; j < benchmark->controls->len; j++) {
            const struct control *control = g_ptr_array_index(benchmark->controls, j);
            if (is_wanted(wanted, benchmark->id, control->id))
                find_or_add(list, benchmark->id, control->id)->known = control;
        }
    }
}

static void add_rules(GPtrArray *list, const struct content *content, const struct wanted *wanted)
{
    for (guint i = 0; i < content->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(content->rules, i);
        for (guint j = 0; j < rule->references->len; j++) {
            const struct reference *reference = g_ptr_array_index(rule->references, j);
            if (is_wanted(wanted, reference->benchmark, reference->control))
                g_ptr_array_add(find_or_add(list, reference->benchmark, reference->control)->rules,
                                (gpointer)(guintptr)rule);
        }
    }
}

static gint by_benchmark(gconstpointer a, gconstpointer b)
{
    const struct found *one = *(const struct found *const *)a, *other = *(const struct found *const *)b;
    int order = strcmp(one->benchmark, other->benchmark);
    return order ? order : strcmp(one->id, other->id);
}

static bool same_rules(const struct found *one, const struct found *other)
{
    bool same = one->rules->len == other->rules->len;
    for (guint i = 0; same && i < one->rules->len; i++)
        same = one->rules->pdata[i] == other->rules->pdata[i];
    return same;
}

static void print_heading(const struct found *found)
{
    const struct control *known = found->known;
    printf("%s %s%s%s\n", found->benchmark, found->id, known && known->title ? ": " : "",
           known && known->title ? known->title : "");
    if (known && known->met)
        printf("  met: %s\n", known->met);
    if (known && known->as)
        printf("  judged as %s\n", known->as);
}

static void print_rules(const struct found *found)
{
    for (guint i = 0; i < found->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(found->rules, i);
        printf("  %-9s %-44s %s\n", severity_name(rule->severity), rule->id, rule->title);
    }
}

bool controls_print(const struct content *content, const char *name)
{
    const char *colon = strchr(name, ':');
    g_autofree char *benchmark = colon ? g_strndup(name, (gsize)(colon - name)) : g_strdup("");
    g_autofree char *control = g_strdup(colon ? colon + 1 : name);
    const struct wanted wanted = {benchmark, control};
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(found_free);
    add_known(list, content, &wanted);
    add_rules(list, content, &wanted);
    g_ptr_array_sort(list, by_benchmark);
    for (guint i = 0; i < list->len; i++) {
        const struct found *found = g_ptr_array_index(list, i);
        print_heading(found);
        /* Editions of one benchmark mostly have the same rules. */
        bool more = i + 1 < list->len && same_rules(found, g_ptr_array_index(list, i + 1));
        if (!more)
            print_rules(found);
    }
    return list->len > 0;
}
