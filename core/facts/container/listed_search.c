#include "facts/container/listed_search.h"

#include "facts/container/record.h"
#include "model/error.h"

void listed_problem(const struct container_listed_search *search, GError *error)
{
    g_prefix_error(&error, "which containers there are beside those that run is not known: ");
    g_ptr_array_add(search->found->problems, problem_of_error(error));
    g_error_free(error);
}

bool listed_is_full(const struct container_listed_search *search, const char *where)
{
    if (search->found->list->len < LISTED_MAX)
        return false;
    listed_problem(search, g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more than %d", where, LISTED_MAX));
    return true;
}

struct container_listed *listed_new(const char *id, const char *runtime, struct container_record *record,
                                    enum container_state state)
{
    struct container_listed *listed = g_new0(struct container_listed, 1);
    struct container *container = &listed->container;
    container->state = state;
    container->id = g_strdup(id);
    container->name = g_utf8_make_valid(record->name ? record->name : id, record->name ? -1 : 12);
    container->runtime = runtime;
    container->processes = g_ptr_array_new();
    container->record = record;
    return listed;
}
