#include "model/problem.h"

#include "model/error.h"
#include "model/visible.h"

static void problem_free(gpointer data)
{
    struct problem *problem = data;
    g_free(problem->reason);
    g_free(problem->remediation);
    g_free(problem);
}

GPtrArray *problems_new(void)
{
    return g_ptr_array_new_with_free_func(problem_free);
}

struct problem *problems_add(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *reason)
{
    struct problem *problem = g_new0(struct problem, 1);
    problem->kind = kind;
    problem->reason = visible_valid(reason);
    problem->remediation = g_strdup(remediation);
    g_ptr_array_add(problems, problem);
    return problem;
}

void problems_add_format(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    problems_add(problems, kind, remediation, reason);
}

struct problem *problems_add_error(GPtrArray *problems, const GError *error)
{
    if (!error || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        return NULL;
    bool denied = g_error_matches(error, PL_ERROR, PL_ERROR_DENIED);
    return problems_add(problems, denied ? PROBLEM_UNKNOWN : PROBLEM_ERROR, denied ? RUN_AS_ROOT : NULL,
                        error->message);
}

void problems_copy(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++) {
        const struct problem *problem = g_ptr_array_index(from, i);
        problems_add(to, problem->kind, problem->remediation, problem->reason)->doubt = problem->doubt;
    }
}
