/* Knows what one rule is called, and what patterns on that mean. */
#include "engine/select_match.h"

#include "engine/select.h"
#include "model/name_glob.h"

#include <string.h>

bool select_by_tag(const struct rule *rule, const char *pattern)
{
    for (guint i = 0; i < rule->tags->len; i++)
        if (name_matches_folded(pattern, g_ptr_array_index(rule->tags, i)))
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
    if (n > 3 && pattern[n - 3] == ' ' && g_ascii_toupper(pattern[n - 2]) == 'L' && strchr("12", pattern[n - 1])) {
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
    return name_matches_folded(wanted->benchmark, reference->benchmark) &&
           (!wanted->control || name_matches_folded(wanted->control, reference->control)) &&
           (!wanted->level || (reference->level > 0 && reference->level <= wanted->level));
}

bool select_by_reference(const struct rule *rule, const char *pattern)
{
    g_autofree char *copy = g_strdup(pattern);
    const struct wanted_reference wanted = split_reference(copy);
    for (guint i = 0; i < rule->references->len; i++)
        if (covers_reference(&wanted, g_ptr_array_index(rule->references, i)))
            return true;
    return false;
}

bool select_by_layer(const struct rule *rule, const char *pattern)
{
    return name_matches_folded(pattern, layer_name(rule->module->layer));
}

static bool in_place(const struct rule *rule, const char *pattern)
{
    g_autofree char *place = g_strdup_printf("%s/%s", layer_name(rule->module->layer), rule->module->name);
    return name_matches_folded(pattern, place);
}

bool select_by_module(const struct rule *rule, const char *pattern)
{
    return strchr(pattern, '/') ? in_place(rule, pattern) : name_matches_folded(pattern, rule->module->name);
}

bool select_by_id(const struct rule *rule, const char *pattern)
{
    return strchr(pattern, '/') ? in_place(rule, pattern) : name_matches_folded(pattern, rule->id);
}

static bool in_family(const struct rule *rule, const char *pattern)
{
    return rule->family && name_matches_folded(pattern, rule->family);
}

static bool at_level(const struct rule *rule, const char *level)
{
    g_autofree char *any = g_strdup_printf("* L%s", level);
    return select_by_reference(rule, any);
}

static bool parse_severity(const char *text, enum severity *out)
{
    g_autofree char *folded = g_ascii_strdown(text, -1);
    return severity_parse(folded, out);
}

/* The bounds of "high", "high..", "..low", "low..high"; false when a word is no severity. */
static bool parse_range(const char *text, enum severity *low, enum severity *high)
{
    const char *dots = strstr(text, "..");
    *low = SEVERITY_INFO;
    *high = SEVERITY_CRITICAL;
    if (!dots) {
        bool good = parse_severity(text, low);
        *high = *low;
        return good;
    }
    g_autofree char *first = g_strndup(text, (gsize)(dots - text));
    if ((*first && !parse_severity(first, low)) || (dots[2] && !parse_severity(dots + 2, high)))
        return false;
    if (*low > *high) {
        enum severity other = *low;
        *low = *high;
        *high = other;
    }
    return true;
}

bool select_ranges_parse(const char *ranges, bool chosen[SEVERITY_COUNT])
{
    g_auto(GStrv) parts = g_strsplit(ranges, ",", -1);
    for (int i = 0; i < SEVERITY_COUNT; i++)
        chosen[i] = false;
    for (char **part = parts; *part; part++) {
        enum severity low = SEVERITY_INFO, high = SEVERITY_INFO;
        if (!parse_range(g_strstrip(*part), &low, &high))
            return false;
        for (enum severity i = low; i <= high; i++)
            chosen[i] = true;
    }
    return *parts != NULL;
}

bool select_by_severity(const struct rule *rule, const char *ranges)
{
    bool chosen[SEVERITY_COUNT];
    return select_ranges_parse(ranges, chosen) && chosen[rule->severity];
}

static const struct {
    const char *prefix;
    bool (*covers)(const struct rule *rule, const char *pattern);
} kinds[] = {
    {"layer:", select_by_layer},       {"tag:", select_by_tag}, {"reference:", select_by_reference},
    {"module:", select_by_module},     {"family:", in_family},  {"level:", at_level},
    {"severity:", select_by_severity},
};

bool select_pattern_covers(const char *pattern, const struct rule *rule)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(pattern, kinds[i].prefix))
            return kinds[i].covers(rule, pattern + strlen(kinds[i].prefix));
    return name_matches_folded(pattern, rule->id);
}
