/* Knows how near two words are. Knows nothing of what they mean. */
#include "model/suggest.h"

#include <string.h>

#define WORD_MAX 64

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    return MIN(a, MIN(b, c));
}

/* One row of the matrix: `before` and `last` are the two rows above. */
static void fill_row(const char *a, size_t i, const char *b, size_t n, const unsigned *before, const unsigned *last,
                     unsigned *row)
{
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= n; j++) {
        char ca = g_ascii_tolower(a[i - 1]), cb = g_ascii_tolower(b[j - 1]);
        row[j] = min3(row[j - 1] + 1, last[j] + 1, last[j - 1] + (ca != cb));
        bool swapped = i > 1 && j > 1 && ca == g_ascii_tolower(b[j - 2]) && g_ascii_tolower(a[i - 2]) == cb;
        if (swapped)
            row[j] = MIN(row[j], before[j - 2] + 1);
    }
}

unsigned suggest_distance(const char *a, const char *b)
{
    unsigned rows[3][WORD_MAX + 1] = {{0}};
    size_t m = strnlen(a, WORD_MAX), n = strnlen(b, WORD_MAX);
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++)
        fill_row(a, i, b, n, rows[(i + 1) % 3], rows[(i - 1) % 3], rows[i % 3]);
    return rows[m % 3][n];
}

static void consider(const char *word, const char *candidate, const char **best, unsigned *best_distance)
{
    size_t longer = MIN(MAX(strlen(word), strlen(candidate)), WORD_MAX);
    unsigned distance = suggest_distance(word, candidate);
    if (distance > MAX(longer / 3, 1) || distance >= *best_distance || distance >= longer)
        return;
    *best = candidate;
    *best_distance = distance;
}

const char *suggest_nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    unsigned distance = G_MAXUINT;
    for (; candidates && *candidates; candidates++)
        consider(word, *candidates, &best, &distance);
    return best;
}

const char *suggest_nearest_in(const char *word, const GPtrArray *candidates)
{
    const char *best = NULL;
    unsigned distance = G_MAXUINT;
    for (guint i = 0; candidates && i < candidates->len; i++)
        consider(word, g_ptr_array_index(candidates, i), &best, &distance);
    return best;
}

static char *clause(const char *nearest)
{
    return nearest ? g_strdup_printf(" (did you mean %s?)", nearest) : g_strdup("");
}

char *suggest_clause(const char *word, const char *const *candidates)
{
    return clause(suggest_nearest(word, candidates));
}

/* How many of the words between dashes another name has, whole. */
static unsigned shared_words(char *const *words, const char *name)
{
    g_auto(GStrv) own = g_strsplit(name, "-", -1);
    unsigned n = 0;
    for (; *words; words++)
        n += **words && g_strv_contains((const char *const *)own, *words);
    return n;
}

/* The name with the most words of this one, in any order: at least two, and more than half. */
static const char *nearest_by_words(const char *name, const GPtrArray *candidates)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    g_auto(GStrv) words = g_strsplit_set(folded, "-_ .", -1);
    unsigned best = MAX(1, g_strv_length(words) / 2);
    const char *found = NULL;
    for (guint i = 0; candidates && i < candidates->len; i++) {
        unsigned n = shared_words(words, g_ptr_array_index(candidates, i));
        if (n > best) {
            best = n;
            found = g_ptr_array_index(candidates, i);
        }
    }
    return found;
}

char *suggest_clause_in(const char *word, const GPtrArray *candidates)
{
    const char *near = suggest_nearest_in(word, candidates);
    return clause(near ? near : nearest_by_words(word, candidates));
}

static bool begins(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

const char *suggest_whole_in(const char *word, const GPtrArray *candidates)
{
    const char *stem = NULL;
    for (guint i = 0; *word && candidates && i < candidates->len; i++) {
        const char *candidate = g_ptr_array_index(candidates, i);
        if (g_ascii_strcasecmp(word, candidate) == 0)
            return candidate;
        if (begins(candidate, word) && (!stem || begins(stem, candidate)))
            stem = candidate;
    }
    for (guint i = 0; stem && i < candidates->len; i++)
        if (begins(g_ptr_array_index(candidates, i), word) && !begins(g_ptr_array_index(candidates, i), stem))
            return NULL;
    return stem;
}
