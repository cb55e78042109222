#include "model/member.h"

#include "model/suggest.h"

static GPtrArray *names_of(const struct member *members)
{
    GPtrArray *names = g_ptr_array_new();
    for (; members->name; members++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)members->name);
    return names;
}

const struct member *member_find(const struct member *members, const char *name)
{
    for (; members->name; members++)
        if (g_str_equal(members->name, name))
            return members;
    return NULL;
}

char *member_suggest(const struct member *members, const char *name)
{
    g_autoptr(GPtrArray) names = names_of(members);
    return suggest_clause_in(name, names);
}

char *member_names(const struct member *members)
{
    g_autoptr(GPtrArray) names = names_of(members);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}
