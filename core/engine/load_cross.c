/* What only all files together show. Nothing here refuses a module: these are warnings for the author, and errors of
 * profiles that name what nobody declares. */
#include "engine/because.h"
#include "engine/load.h"
#include "engine/select.h"
#include "engine/values.h"
#include "model/suggest.h"

#include <string.h>

static bool meets_a_rule(const struct content *content, const char *pattern)
{
    for (guint i = 0; i < content->rules->len; i++)
        if (select_pattern_covers(pattern, g_ptr_array_index(content->rules, i)))
            return true;
    return false;
}

static void check_patterns(const struct content *content, const struct profile *profile, const GPtrArray *patterns,
                           struct complaints *to)
{
    for (guint i = 0; i < patterns->len; i++) {
        const char *pattern = g_ptr_array_index(patterns, i);
        if (!meets_a_rule(content, pattern))
            complain_at(to, profile->at, DIAGNOSTIC_WARNING, "the pattern \"%s\" meets no rule", pattern);
    }
}

static void check_profile_values(const struct content *content, const struct profile *profile, struct complaints *to)
{
    json_object_object_foreach (profile->values, name, value) {
        const struct value_declaration *declaration = content_value(content, name);
        if (!declaration && !content->partial)
            complain_at(to, complaints_position(to, value), DIAGNOSTIC_WARNING, "no module declares the value \"%s\"",
                        name);
        else if (declaration && !values_same_kind(declaration->fallback, value))
            complain(to, value, "the value \"%s\" must be %s, as its default is", name,
                     values_kind(declaration->fallback));
    }
}

static void check_profile(const struct content *content, const struct profile *profile)
{
    struct complaints to = {.file = profile->at.file, .list = content->diagnostics};
    if (!content->partial) {
        check_patterns(content, profile, profile->include, &to);
        check_patterns(content, profile, profile->exclude, &to);
    }
    check_profile_values(content, profile, &to);
}

static char *suggest_control(const struct benchmark *benchmark, const char *id)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < benchmark->controls->len; i++)
        g_ptr_array_add(ids, ((struct control *)g_ptr_array_index(benchmark->controls, i))->id);
    return suggest_clause_in(id, ids);
}

/* A reference that states no level has that of its control. */
static void check_level(const struct rule *rule, struct reference *reference, const struct control *control,
                        struct complaints *to)
{
    if (!reference->level || reference->inherited) {
        reference->level = control->level;
        reference->inherited = true;
        return;
    }
    if (reference->level != control->level && control->level)
        complain_at(to, rule->at, DIAGNOSTIC_WARNING, "rule %s: %s %s is of level %d, not %d", rule->id,
                    reference->benchmark, reference->control, control->level, reference->level);
    else if (reference->level != control->level)
        complain_at(to, rule->at, DIAGNOSTIC_WARNING, "rule %s: %s %s has no level", rule->id, reference->benchmark,
                    reference->control);
}

/* Letters and digits in lower case, without what separates them. */
static char *squeeze(const char *id)
{
    GString *out = g_string_new(NULL);
    for (; *id; id++)
        if (g_ascii_isalnum(*id))
            g_string_append_c(out, g_ascii_tolower(*id));
    return g_string_free(out, FALSE);
}

static bool is_slip(const char *id, const char *known)
{
    g_autofree char *a = squeeze(id), *b = squeeze(known);
    size_t n = strlen(id), m = strlen(known);
    bool cut = n < m ? strncmp(id, known, n) == 0 && known[n] == '.' : strncmp(id, known, m) == 0 && id[m] == '.';
    return cut || g_str_equal(a, b) || suggest_distance(a, b) == 1;
}

/* A benchmark without a file is free, but one that differs from a known one by a trailing part, by case or by a
 * separator is a slip, and its mapping would be lost. */
static void check_benchmark(const struct content *content, const struct rule *rule, const struct reference *reference,
                            struct complaints *to)
{
    for (guint i = 0; i < content->benchmarks->len; i++) {
        const char *known = ((const struct benchmark *)g_ptr_array_index(content->benchmarks, i))->id;
        if (is_slip(reference->benchmark, known)) {
            complain_at(to, rule->at, DIAGNOSTIC_WARNING, "rule %s: no benchmark is called %s (did you mean %s?)",
                        rule->id, reference->benchmark, known);
            return;
        }
    }
}

/* A benchmark without a file is free; one with a file must have the control. */
static void check_references(const struct content *content, const struct rule *rule)
{
    struct complaints to = {.file = rule->at.file, .list = content->diagnostics};
    for (guint i = 0; i < rule->references->len; i++) {
        struct reference *reference = g_ptr_array_index(rule->references, i);
        const struct benchmark *benchmark = content_benchmark(content, reference->benchmark);
        const struct control *control = benchmark ? benchmark_control(benchmark, reference->control) : NULL;
        if (control)
            check_level(rule, reference, control, &to);
        if (!benchmark)
            check_benchmark(content, rule, reference, &to);
        if (!benchmark || control)
            continue;
        g_autofree char *clause = suggest_control(benchmark, reference->control);
        complain_at(&to, rule->at, DIAGNOSTIC_WARNING, "rule %s: %s has no control %s%s", rule->id,
                    reference->benchmark, reference->control, clause);
    }
}

void load_cross_check(struct content *content)
{
    for (guint i = 0; i < content->rules->len; i++)
        check_references(content, g_ptr_array_index(content->rules, i));
    for (guint i = 0; i < content->profiles->len; i++)
        check_profile(content, g_ptr_array_index(content->profiles, i));
    load_check_implied(content);
    because_check(content);
}
