/* Knows what people may have meant. Chooses nothing. */
#include "engine/select_check.h"

#include "engine/select.h"
#include "engine/select_match.h"
#include "model/error.h"
#include "model/name_glob.h"
#include "model/suggest.h"

#include <stdint.h>
#include <string.h>

/* Names that fit into one line are all told. */
#define NAMES_TOLD 24
/* Of those that begin with what was typed. */
#define NAMES_MEANT 4

static bool meets(const struct content *content, rule_test test, const char *pattern)
{
    for (guint i = 0; i < content->rules->len; i++)
        if (test(g_ptr_array_index(content->rules, i), pattern))
            return true;
    return false;
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
        if (test == select_by_id)
            add_word(words, seen, rule->id);
        if (test == select_by_module)
            add_word(words, seen, rule->module->name);
        for (guint j = 0; test == select_by_tag && j < rule->tags->len; j++)
            add_word(words, seen, g_ptr_array_index(rule->tags, j));
        for (guint j = 0; test == select_by_reference && j < rule->references->len; j++)
            add_word(words, seen, ((struct reference *)g_ptr_array_index(rule->references, j))->benchmark);
    }
    return words;
}

static char *list_clause(const GPtrArray *words)
{
    if (!words->len || words->len > NAMES_TOLD)
        return g_strdup("");
    GString *out = g_string_new("; there are ");
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(out, "%s%s", i ? ", " : "", (const char *)g_ptr_array_index(words, i));
    return g_string_free(out, FALSE);
}

/* " (did you mean x-1 or x-2?)" of the names that begin with the word before its colon; NULL: none, or too many. `lead`
 * stands before the names. */
static char *several_meanings(const char *pattern, const GPtrArray *words, const char *lead)
{
    g_autofree char *word = g_strndup(pattern, strcspn(pattern, ": "));
    g_autoptr(GString) out = g_string_new(NULL);
    unsigned n = 0;
    for (guint i = 0; *word && i < words->len; i++) {
        const char *name = g_ptr_array_index(words, i);
        if (g_ascii_strncasecmp(name, word, strlen(word)) == 0 && n++ < NAMES_MEANT)
            g_string_append_printf(out, "%s%s", out->len ? " or " : "", name);
    }
    return n && n <= NAMES_MEANT ? g_strdup_printf(" (did you mean %s%s?)", lead, out->str) : NULL;
}

/* A module, the beginning of ids, or a control without its benchmark: said as it would have to be typed. */
static char *other_meaning(const struct content *content, rule_test test, const char *pattern)
{
    g_autofree char *beginning = g_strconcat(pattern, "*", NULL), *control = g_strconcat("*:", pattern, NULL);
    if (test == select_by_id && *pattern && meets(content, test, beginning))
        return meets(content, select_by_module, pattern)
                   ? g_strdup_printf(" (did you mean '%s', or --module %s?)", beginning, pattern)
                   : g_strdup_printf(" (did you mean '%s'?)", beginning);
    if (test == select_by_id && meets(content, select_by_module, pattern))
        return g_strdup_printf(" (did you mean --module %s?)", pattern);
    if (test == select_by_id && meets(content, select_by_tag, pattern))
        return g_strdup_printf(" (did you mean --tag %s?)", pattern);
    if (test == select_by_reference && meets(content, test, control))
        return g_strdup_printf(" (did you mean '%s'?)", control);
    return NULL;
}

/* Every pattern must meet a rule, else it is a typo. */
static bool check_kind(const struct content *content, const char *const *patterns, rule_test test, const char *option,
                       GError **error)
{
    for (; patterns && *patterns; patterns++) {
        if (meets(content, test, *patterns))
            continue;
        g_autoptr(GPtrArray) words = words_of(content, test);
        g_autofree char *other = other_meaning(content, test, *patterns);
        if (!other && test != select_by_id)
            other = several_meanings(*patterns, words, "");
        g_autofree char *clause = other ? g_strdup("") : suggest_clause_in(*patterns, words);
        g_autofree char *list = list_clause(words);
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "%s %s: no rule has it%s%s%s", option, *patterns,
                    other ? other : "", clause, list);
        return false;
    }
    return true;
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

static bool check_severity(const char *ranges, GError **error)
{
    bool chosen[SEVERITY_COUNT];
    if (!ranges || select_ranges_parse(ranges, chosen))
        return true;
    const char *names[SEVERITY_COUNT + 1] = {NULL};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        names[i] = severity_name((enum severity)i);
    g_autofree char *clause = suggest_clause(ranges, names);
    g_set_error(
        error, PL_ERROR, PL_ERROR_USAGE,
        "--severity %s: not a severity or range%s; as \"high\", \"high..\", \"low..medium\" or \"high,critical\"",
        ranges, clause);
    return false;
}

char **select_references(const struct content *content, const char *const *references)
{
    g_autoptr(GPtrArray) names = words_of(content, select_by_reference);
    GPtrArray *whole = g_ptr_array_new();
    for (; references && *references; references++) {
        size_t n = strcspn(*references, ": ");
        g_autofree char *benchmark = g_strndup(*references, n);
        const char *name = meets(content, select_by_reference, *references) ? NULL : suggest_whole_in(benchmark, names);
        g_ptr_array_add(whole, g_strconcat(name ? name : benchmark, *references + n, NULL));
    }
    g_ptr_array_add(whole, NULL);
    return (char **)g_ptr_array_free(whole, FALSE);
}

bool select_check(const struct content *content, const struct selection *selection, GError **error)
{
    return check_layers(selection->layers, error) && check_severity(selection->severity, error) &&
           check_kind(content, selection->rules, select_by_id, "--rule", error) &&
           check_kind(content, selection->skip, select_by_id, "--skip", error) &&
           check_kind(content, selection->modules, select_by_module, "--module", error) &&
           check_kind(content, selection->references, select_by_reference, "--reference", error) &&
           check_kind(content, selection->tags, select_by_tag, "--tag", error);
}

const struct profile *select_profile(const struct content *content, const char *id, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < content->profiles->len; i++)
        g_ptr_array_add(ids, ((struct profile *)g_ptr_array_index(content->profiles, i))->id);
    const char *whole = suggest_whole_in(id, ids);
    if (whole)
        return content_profile(content, whole);
    g_autoptr(GPtrArray) benchmarks = words_of(content, select_by_reference);
    g_autofree char *benchmark = several_meanings(id, benchmarks, "--reference ");
    g_autofree char *clause = benchmark ? g_strdup(benchmark) : suggest_clause_in(id, ids);
    g_ptr_array_add(ids, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)ids->pdata);
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--profile %s: no such profile%s; there are %s", id, clause, list);
    return NULL;
}
