/* Chooses rules: profiles first, then what the command line narrows. Knows names and patterns, nothing of checks. */
#include "engine/select.h"

#include "engine/values.h"
#include "model/audit.h"
#include "model/error.h"
#include "model/name_glob.h"
#include "model/suggest.h"
#include "model/tree.h"
#include "probes/probe.h"

#include <string.h>

#define DEFAULT_PROFILE "auto"

void chosen_free(struct chosen *chosen)
{
    if (!chosen)
        return;
    g_ptr_array_unref(chosen->rules);
    g_ptr_array_unref(chosen->profiles);
    json_object_put(chosen->values);
    g_free(chosen);
}

static bool has_tag(const struct rule *rule, const char *pattern)
{
    for (guint i = 0; i < rule->tags->len; i++)
        if (name_matches(pattern, g_ptr_array_index(rule->tags, i)))
            return true;
    return false;
}

/* "BENCHMARK[:CONTROL][ L1]": level 2 of a benchmark holds level 1. */
struct wanted_reference {
    const char *benchmark, *control; /* patterns; control NULL: every one */
    int level;                       /* 0: every one */
};

/* Cuts a copy of the pattern into its parts, which point into it. */
static struct wanted_reference split_reference(char *pattern)
{
    struct wanted_reference wanted = {.benchmark = pattern};
    size_t n = strlen(pattern);
    if (n > 3 && pattern[n - 3] == ' ' && pattern[n - 2] == 'L' && strchr("12", pattern[n - 1])) {
        wanted.level = pattern[n - 1] - '0';
        pattern[n - 3] = '\0';
    }
    char *colon = strchr(pattern, ':');
    if (colon) {
        *colon = '\0';
        wanted.control = colon + 1;
    }
    return wanted;
}

static bool covers_reference(const struct wanted_reference *wanted, const struct reference *reference)
{
    return name_matches(wanted->benchmark, reference->benchmark) &&
           (!wanted->control || name_matches(wanted->control, reference->control)) &&
           (!wanted->level || (reference->level > 0 && reference->level <= wanted->level));
}

static bool has_reference(const struct rule *rule, const char *pattern)
{
    g_autofree char *copy = g_strdup(pattern);
    const struct wanted_reference wanted = split_reference(copy);
    for (guint i = 0; i < rule->references->len; i++)
        if (covers_reference(&wanted, g_ptr_array_index(rule->references, i)))
            return true;
    return false;
}

static bool in_layer(const struct rule *rule, const char *pattern)
{
    return name_matches(pattern, layer_name(rule->module->layer));
}

static bool in_module(const struct rule *rule, const char *pattern)
{
    return name_matches(pattern, rule->module->name);
}

static bool in_family(const struct rule *rule, const char *pattern)
{
    return rule->family && name_matches(pattern, rule->family);
}

static bool at_level(const struct rule *rule, const char *level)
{
    g_autofree char *any = g_strdup_printf("* L%s", level);
    return has_reference(rule, any);
}

/* The bounds of "high", "high..", "..low", "low..high"; false when a word is no severity. */
static bool parse_range(const char *text, enum severity *low, enum severity *high)
{
    const char *dots = strstr(text, "..");
    *low = SEVERITY_INFO;
    *high = SEVERITY_CRITICAL;
    if (!dots) {
        bool good = severity_parse(text, low);
        *high = *low;
        return good;
    }
    g_autofree char *first = g_strndup(text, (gsize)(dots - text));
    if ((*first && !severity_parse(first, low)) || (dots[2] && !severity_parse(dots + 2, high)))
        return false;
    if (*low > *high) {
        enum severity other = *low;
        *low = *high;
        *high = other;
    }
    return true;
}

static bool in_severity(const struct rule *rule, const char *range)
{
    enum severity low = SEVERITY_INFO, high = SEVERITY_INFO;
    return parse_range(range, &low, &high) && rule->severity >= low && rule->severity <= high;
}

static const struct {
    const char *prefix;
    bool (*covers)(const struct rule *rule, const char *pattern);
} kinds[] = {
    {"layer:", in_layer},   {"tag:", has_tag},    {"reference:", has_reference}, {"module:", in_module},
    {"family:", in_family}, {"level:", at_level}, {"severity:", in_severity},
};

bool select_pattern_covers(const char *pattern, const struct rule *rule)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(pattern, kinds[i].prefix))
            return kinds[i].covers(rule, pattern + strlen(kinds[i].prefix));
    return name_matches(pattern, rule->id);
}

static bool any_covers(const GPtrArray *patterns, const struct rule *rule)
{
    for (guint i = 0; i < patterns->len; i++)
        if (select_pattern_covers(g_ptr_array_index(patterns, i), rule))
            return true;
    return false;
}

typedef bool (*rule_test)(const struct rule *rule, const char *pattern);

static bool id_matches(const struct rule *rule, const char *pattern)
{
    return name_matches(pattern, rule->id);
}

/* No vector: everything. */
static bool any_of(const char *const *patterns, rule_test test, const struct rule *rule)
{
    if (!patterns || !*patterns)
        return true;
    for (; *patterns; patterns++)
        if (test(rule, *patterns))
            return true;
    return false;
}

/* Every pattern must meet a rule, else it is a typo. */
static bool check_patterns(const struct content *content, const char *const *patterns, rule_test test,
                           const char *option, GPtrArray *words, GError **error)
{
    for (; patterns && *patterns; patterns++) {
        bool met = false;
        for (guint i = 0; !met && i < content->rules->len; i++)
            met = test(g_ptr_array_index(content->rules, i), *patterns);
        if (met)
            continue;
        g_autofree char *clause = suggest_clause_in(*patterns, words);
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "%s %s: no rule has it%s", option, *patterns, clause);
        return false;
    }
    return true;
}

static void add_word(GPtrArray *words, GHashTable *seen, const char *word)
{
    if (g_hash_table_add(seen, (gpointer)(uintptr_t)word))
        g_ptr_array_add(words, (gpointer)(uintptr_t)word);
}

/* What a pattern of one kind could have meant, borrowed from the content. */
static GPtrArray *words_of(const struct content *content, rule_test test)
{
    GPtrArray *words = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < content->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(content->rules, i);
        if (test == id_matches)
            add_word(words, seen, rule->id);
        for (guint j = 0; test == has_tag && j < rule->tags->len; j++)
            add_word(words, seen, g_ptr_array_index(rule->tags, j));
        for (guint j = 0; test == has_reference && j < rule->references->len; j++)
            add_word(words, seen, ((struct reference *)g_ptr_array_index(rule->references, j))->benchmark);
    }
    return words;
}

static bool check_kind(const struct content *content, const char *const *patterns, rule_test test, const char *option,
                       GError **error)
{
    if (!patterns || !*patterns)
        return true;
    g_autoptr(GPtrArray) words = words_of(content, test);
    return check_patterns(content, patterns, test, option, words, error);
}

static bool check_layers(const char *const *layers, GError **error)
{
    const char *names[LAYER_COUNT + 1] = {NULL};
    enum layer layer = LAYER_CODE;
    for (int i = 0; i < LAYER_COUNT; i++)
        names[i] = layer_name((enum layer)i);
    for (; layers && *layers; layers++) {
        if (layer_parse(*layers, &layer))
            continue;
        g_autofree char *clause = suggest_clause(*layers, names);
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                    "--layer %s: no such layer%s; there are code, container, cluster, cloud", *layers, clause);
        return false;
    }
    return true;
}

static bool check_severity(const char *range, GError **error)
{
    enum severity low = SEVERITY_INFO, high = SEVERITY_INFO;
    if (!range || parse_range(range, &low, &high))
        return true;
    const char *names[SEVERITY_COUNT + 1] = {NULL};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        names[i] = severity_name((enum severity)i);
    g_autofree char *clause = suggest_clause(range, names);
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                "--severity %s: not a severity or range%s; as \"high\", \"high..\" or \"low..medium\"", range, clause);
    return false;
}

static bool check_selection(const struct content *content, const struct selection *selection, GError **error)
{
    return check_layers(selection->layers, error) && check_severity(selection->severity, error) &&
           check_kind(content, selection->rules, id_matches, "--rule", error) &&
           check_kind(content, selection->skip, id_matches, "--skip", error) &&
           check_kind(content, selection->references, has_reference, "--reference", error) &&
           check_kind(content, selection->tags, has_tag, "--tag", error);
}

static const struct profile *find_profile(const struct content *content, const char *id, GError **error)
{
    const struct profile *profile = content_profile(content, id);
    if (profile)
        return profile;
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < content->profiles->len; i++)
        g_ptr_array_add(ids, ((struct profile *)g_ptr_array_index(content->profiles, i))->id);
    g_ptr_array_add(ids, NULL);
    g_autofree char *clause = suggest_clause(id, (const char *const *)ids->pdata);
    g_autofree char *list = g_strjoinv(", ", (char **)ids->pdata);
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--profile %s: no such profile%s; there are %s", id, clause, list);
    return NULL;
}

/* Profiles in the order given; later values win. Where none is asked for and the stock ones are left out, every rule is
 * chosen. */
static bool take_profiles(struct chosen *chosen, const struct content *content, const char *const *ids,
                          GPtrArray *profiles, GError **error)
{
    static const char *const fallback[] = {DEFAULT_PROFILE, NULL};
    bool asked = ids && *ids;
    if (!asked && !content_profile(content, DEFAULT_PROFILE))
        return true;
    for (ids = asked ? ids : fallback; *ids; ids++) {
        const struct profile *profile = find_profile(content, *ids, error);
        if (!profile)
            return false;
        g_ptr_array_add(profiles, (gpointer)(uintptr_t)profile);
        g_ptr_array_add(chosen->profiles, g_strdup(profile->id));
        json_object_object_foreach (profile->values, name, value) {
            if (content_value(content, name))
                json_object_object_add(chosen->values, name, tree_copy(value));
        }
    }
    return true;
}

static char *suggest_value(const struct content *content, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < content->modules->len; i++) {
        const struct module *module = g_ptr_array_index(content->modules, i);
        for (guint j = 0; j < module->values->len; j++)
            g_ptr_array_add(names, ((struct value_declaration *)g_ptr_array_index(module->values, j))->name);
    }
    return suggest_clause_in(name, names);
}

static bool take_set(struct chosen *chosen, const struct content *content, const char *set, GError **error)
{
    const char *equals = strchr(set, '=');
    if (!equals || equals == set) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--set %s: want NAME=VALUE", set);
        return false;
    }
    g_autofree char *name = g_strndup(set, (gsize)(equals - set));
    const struct value_declaration *declaration = content_value(content, name);
    if (!declaration) {
        g_autofree char *clause = suggest_value(content, name);
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--set %s: no rule has a value of that name%s", name, clause);
        return false;
    }
    json_object *value = values_parse_like(declaration->fallback, name, equals + 1, error);
    if (value)
        json_object_object_add(chosen->values, name, value);
    return value != NULL;
}

static bool in_profiles(const GPtrArray *profiles, const struct rule *rule)
{
    if (!profiles->len)
        return true;
    for (guint i = 0; i < profiles->len; i++) {
        const struct profile *profile = g_ptr_array_index(profiles, i);
        if (any_covers(profile->include, rule) && !any_covers(profile->exclude, rule))
            return true;
    }
    return false;
}

/* Do all tests of a check use one of these probes? */
static bool uses_only(const struct check *check, const char *const *probes)
{
    if (!check)
        return true;
    if (check->kind == CHECK_TEST)
        return g_strv_contains(probes, check->test->probe->name);
    for (guint i = 0; i < check->children->len; i++)
        if (!uses_only(check->children->pdata[i], probes))
            return false;
    return true;
}

static bool is_left_out(const struct selection *selection, const struct rule *rule)
{
    const char *const *probes = selection->probes;
    if (probes && (!uses_only(rule_applies(rule), probes) || !uses_only(rule_check(rule), probes)))
        return true;
    return selection->skip && *selection->skip && any_of(selection->skip, id_matches, rule);
}

static bool is_chosen(const struct selection *selection, const GPtrArray *profiles, const struct rule *rule)
{
    return !is_left_out(selection, rule) && in_profiles(profiles, rule) && any_of(selection->layers, in_layer, rule) &&
           any_of(selection->rules, id_matches, rule) && any_of(selection->references, has_reference, rule) &&
           any_of(selection->tags, has_tag, rule) && (!selection->severity || in_severity(rule, selection->severity));
}

struct chosen *select_rules(const struct content *content, const struct selection *selection, GError **error)
{
    static const struct selection everything = {0};
    pl_auto(chosen) chosen = g_new0(struct chosen, 1);
    g_autoptr(GPtrArray) profiles = g_ptr_array_new();
    chosen->rules = g_ptr_array_new();
    chosen->profiles = g_ptr_array_new_with_free_func(g_free);
    chosen->values = json_object_new_object();
    selection = selection ? selection : &everything;
    if (!take_profiles(chosen, content, selection->profiles, profiles, error) ||
        !check_selection(content, selection, error))
        return NULL;
    for (const char *const *set = selection->sets; set && *set; set++)
        if (!take_set(chosen, content, *set, error))
            return NULL;
    for (guint i = 0; i < content->rules->len; i++) {
        struct rule *rule = g_ptr_array_index(content->rules, i);
        if (is_chosen(selection, profiles, rule))
            g_ptr_array_add(chosen->rules, rule);
        else if (any_of(selection->layers, in_layer, rule))
            chosen->left_out++;
    }
    return g_steal_pointer(&chosen);
}
