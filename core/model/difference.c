#include "model/difference.h"

struct difference *difference_new(void)
{
    struct difference *difference = g_new0(struct difference, 1);
    difference->notes = g_ptr_array_new_with_free_func(g_free);
    difference->added = g_ptr_array_new_with_free_func(change_free);
    difference->fixed = g_ptr_array_new_with_free_func(change_free);
    difference->still = g_ptr_array_new_with_free_func(change_free);
    difference->unjudged = g_ptr_array_new_with_free_func(change_free);
    difference->left_out = g_ptr_array_new_with_free_func(g_free);
    return difference;
}

void difference_free(struct difference *difference)
{
    if (!difference)
        return;
    g_free(difference->since);
    g_ptr_array_unref(difference->notes);
    g_ptr_array_unref(difference->added);
    g_ptr_array_unref(difference->fixed);
    g_ptr_array_unref(difference->still);
    g_ptr_array_unref(difference->unjudged);
    g_ptr_array_unref(difference->left_out);
    g_free(difference);
}

void change_free(gpointer data)
{
    struct change *change = data;
    g_free(change->rule);
    g_free(change->title);
    g_free(change->before);
    g_free(change->after);
    g_free(change->subject);
    g_free(change->finding);
    g_free(change->reason);
    g_free(change);
}

bool difference_is_empty(const struct difference *difference)
{
    return !difference->added->len && !difference->fixed->len && !difference->unjudged->len;
}

static bool names(const GPtrArray *changes, const char *rule)
{
    for (guint i = 0; i < changes->len; i++)
        if (g_strcmp0(((const struct change *)g_ptr_array_index(changes, i))->rule, rule) == 0)
            return true;
    return false;
}

bool difference_names(const struct difference *difference, const char *rule)
{
    return names(difference->added, rule) || names(difference->unjudged, rule);
}
