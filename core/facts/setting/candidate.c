/* Candidates own what they hold. */
#include "facts/setting/candidate.h"

static void candidate_free(gpointer data)
{
    struct setting_candidate *candidate = data;
    g_free(candidate->path);
    json_object_put(candidate->value);
    problem_free(candidate->why);
    g_free(candidate);
}

GPtrArray *candidates_new(void)
{
    return g_ptr_array_new_with_free_func(candidate_free);
}

struct setting_candidate *candidates_add(GPtrArray *candidates, const char *origin, const char *path,
                                         json_object *value, struct problem *why)
{
    struct setting_candidate *candidate = g_new0(struct setting_candidate, 1);
    candidate->origin = origin;
    candidate->path = g_strdup(path);
    candidate->value = value;
    candidate->why = why;
    g_ptr_array_add(candidates, candidate);
    return candidate;
}

struct setting_candidate *candidates_winner(const GPtrArray *candidates)
{
    return candidates->len ? g_ptr_array_index(candidates, candidates->len - 1) : NULL;
}

bool setting_gathers(const struct daemon_key *key)
{
    return key->type == VALUE_LIST || key->type == VALUE_SET || key->type == VALUE_MAP;
}
