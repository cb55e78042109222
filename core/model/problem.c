#include "model/problem.h"

#include "model/error.h"
#include "model/visible.h"

struct problem *problem_new(enum problem_kind kind, const char *remediation, const char *reason)
{
    struct problem *problem = g_new0(struct problem, 1);
    problem->kind = kind;
    problem->reason = visible_valid(reason);
    problem->remediation = g_strdup(remediation);
    return problem;
}

struct problem *problem_of_error(const GError *error)
{
    if (!error)
        return NULL;
    if (g_error_matches(error, PL_ERROR, PL_ERROR_DENIED))
        return problem_new(PROBLEM_UNKNOWN, RUN_AS_ROOT, error->message);
    bool none = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    return problem_new(none ? PROBLEM_UNKNOWN : PROBLEM_ERROR, NULL, error->message);
}

struct problem *problem_of_expected(const GError *error)
{
    struct problem *problem = problem_of_error(error);
    return g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) ? problem_as(problem, PROBLEM_ERROR) : problem;
}

struct problem *problem_of_unanswered(const GError *error)
{
    struct problem *problem = problem_of_error(error);
    return g_error_matches(error, PL_ERROR, PL_ERROR_READ) ? problem_as(problem, PROBLEM_UNKNOWN) : problem;
}

struct problem *problem_as(struct problem *problem, enum problem_kind kind)
{
    problem->kind = kind;
    return problem;
}

GError *problem_to_error(const struct problem *problem)
{
    bool denied = g_strcmp0(problem->remediation, RUN_AS_ROOT) == 0;
    return g_error_new_literal(PL_ERROR, denied ? PL_ERROR_DENIED : PL_ERROR_READ, problem->reason);
}

struct problem *problem_unknown(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    return problem_new(PROBLEM_UNKNOWN, NULL, reason);
}

struct problem *problem_damaged(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    return problem_new(PROBLEM_ERROR, NULL, reason);
}

struct problem *problem_of(struct problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *spoilt = g_strdup_vprintf(format, args);
    va_end(args);
    if (!problem)
        return problem_new(PROBLEM_UNKNOWN, NULL, spoilt);
    g_autofree char *reason = problem->reason, *valid = visible_valid(spoilt);
    problem->reason = g_strdup_printf("%s: %s", valid, reason);
    return problem;
}

void problem_keep(struct problem **first, struct problem *problem)
{
    if (*first)
        problem_free(problem);
    else
        *first = problem;
}

struct problem *problem_copy(const struct problem *problem)
{
    if (!problem)
        return NULL;
    struct problem *copy = problem_new(problem->kind, problem->remediation, problem->reason);
    copy->doubt = problem->doubt;
    return copy;
}

void problem_free(struct problem *problem)
{
    if (!problem)
        return;
    g_free(problem->reason);
    g_free(problem->remediation);
    g_free(problem);
}

static void free_problem(gpointer problem)
{
    problem_free(problem);
}

GPtrArray *problems_new(void)
{
    return g_ptr_array_new_with_free_func(free_problem);
}

static struct problem *add(GPtrArray *problems, struct problem *problem)
{
    g_ptr_array_add(problems, problem);
    return problem;
}

struct problem *problems_add(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *reason)
{
    return add(problems, problem_new(kind, remediation, reason));
}

void problems_add_format(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    problems_add(problems, kind, remediation, reason);
}

void problems_take(GPtrArray *problems, struct problem *problem)
{
    g_ptr_array_add(problems, problem);
}

struct problem *problems_add_error(GPtrArray *problems, const GError *error)
{
    if (!error || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        return NULL;
    return add(problems, problem_of_error(error));
}

void problems_copy(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        add(to, problem_copy(g_ptr_array_index(from, i)));
}
