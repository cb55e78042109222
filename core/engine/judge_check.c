/* A tree of tests: what its parts come to together. */
#include "engine/outcome.h"

/* A test of what runs, on a root from which nothing does. */
static bool is_left_out(const struct bound_check *check)
{
    if (check->kind != CHECK_TEST || !check->test->test->live)
        return false;
    const struct collected *collected = g_ptr_array_index(check->test->collected, 0);
    return collected->items && collected->items->offline;
}

static struct outcome *judge_children(const struct bound_check *check, bool privileged,
                                      const struct judge_instance *instance)
{
    GPtrArray *children = g_ptr_array_new_with_free_func(outcome_free);
    for (guint i = 0; i < check->children->len; i++) {
        const struct bound_check *child = g_ptr_array_index(check->children, i);
        if (!is_left_out(child))
            g_ptr_array_add(children, judge_check_of(child, privileged, instance));
    }
    return outcome_combine(check->kind, children);
}

struct outcome *judge_check_of(const struct bound_check *check, bool privileged, const struct judge_instance *instance)
{
    return check->kind == CHECK_TEST ? judge_test(check->test, privileged, instance)
                                     : judge_children(check, privileged, instance);
}

struct outcome *judge_check(const struct bound_check *check, bool privileged)
{
    return judge_check_of(check, privileged, NULL);
}
