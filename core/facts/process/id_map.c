/* A line that is no range says nothing: it is passed over. */
#include "facts/process/id_map.h"

#include "model/value.h"

struct id_map_range {
    uint64_t inside, outside, count;
};

/* "         0     100000      65536" */
static bool parse_range(const char *line, struct id_map_range *range)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    uint64_t numbers[3] = {0};
    unsigned n = 0;
    for (char **word = words; *word && n < G_N_ELEMENTS(numbers); word++)
        if (**word && value_parse_u64(*word, UINT32_MAX, &numbers[n]))
            n++;
    *range = (struct id_map_range){numbers[0], numbers[1], numbers[2]};
    return n == G_N_ELEMENTS(numbers) && range->count;
}

bool id_map_inside(const char *map, uint32_t outside, gint64 *inside)
{
    g_auto(GStrv) lines = g_strsplit(map, "\n", -1);
    struct id_map_range range;
    for (char **line = lines; *line; line++) {
        if (!parse_range(*line, &range) || outside < range.outside || outside - range.outside >= range.count)
            continue;
        *inside = (gint64)(range.inside + (outside - range.outside));
        return true;
    }
    return false;
}

bool id_maps_overlap(const char *a, const char *b)
{
    g_auto(GStrv) mine = g_strsplit(a, "\n", -1), theirs = g_strsplit(b, "\n", -1);
    struct id_map_range one, other;
    for (char **m = mine; *m; m++)
        for (char **t = theirs; parse_range(*m, &one) && *t; t++)
            if (parse_range(*t, &other) && one.outside < other.outside + other.count &&
                other.outside < one.outside + one.count)
                return true;
    return false;
}
