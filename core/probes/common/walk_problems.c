#include "probes/common/walk_problems.h"

#include <string.h>

/* Places whose names a reason shows. */
#define SHOWN_MAX 5U

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    while (length && directory[length - 1] == '/')
        length--;
    return strncmp(path, directory, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

bool walk_is_meant(const char *path, char *const *below)
{
    if (!below || !*below)
        return true;
    for (; *below; below++)
        if (is_below(path, *below))
            return true;
    return false;
}

bool walk_may_be_meant(const char *directory, char *const *below)
{
    if (walk_is_meant(directory, below))
        return true;
    for (; *below; below++)
        if (is_below(*below, directory))
            return true;
    return false;
}

struct places {
    GString *names;
    guint64 count;
};

static void add_place(struct places *places, const struct walk_gap *gap)
{
    if (places->count++ >= SHOWN_MAX)
        return;
    g_autofree char *path = g_filename_display_name(gap->path);
    if (!places->names)
        places->names = g_string_new(NULL);
    g_string_append_printf(places->names, "%s%s (%s)", places->names->len ? ", " : "", path, gap->text);
}

static void tell(struct host *host, struct places *places, enum walk_gap_why why, struct items *items)
{
    static const char *const texts[] = {
        [WALK_GAP_DENIED] = "could not be read",
        [WALK_GAP_FAILED] = "could not be read",
        [WALK_GAP_LEFT] = "is not searched",
        [WALK_GAP_BOUND] = "holds more than is kept",
    };
    if (!places->count)
        return;
    bool denied = why == WALK_GAP_DENIED, left = why == WALK_GAP_LEFT;
    const char *remediation = denied && !host_is_privileged(host) ? RUN_AS_ROOT : NULL;
    guint64 hidden = places->count - MIN(places->count, SHOWN_MAX);
    g_autofree char *rest = hidden ? g_strdup_printf(" and %" G_GUINT64_FORMAT " more", hidden) : g_strdup("");
    const char *names = places->names ? places->names->str : "places without a name";
    items_problem(items, denied || left ? PROBLEM_UNKNOWN : PROBLEM_ERROR, remediation, "%s: %s%s", texts[why], names,
                  rest);
    if (places->names)
        g_string_free(places->names, TRUE);
}

void walk_add_problems(struct host *host, const struct walk *walk, unsigned kinds, char *const *below,
                       struct items *items)
{
    struct places places[WALK_GAP_BOUND + 1] = {{NULL, 0}};
    for (guint i = 0; i < walk->gaps->len; i++) {
        const struct walk_gap *gap = g_ptr_array_index(walk->gaps, i);
        if (gap->kinds & kinds && walk_may_be_meant(gap->path, below))
            add_place(&places[gap->why], gap);
    }
    if (walk->more_gaps && walk->more_kinds & kinds)
        places[WALK_GAP_FAILED].count += walk->more_gaps;
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        tell(host, &places[i], (enum walk_gap_why)i, items);
}
