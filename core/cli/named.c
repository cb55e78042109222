#include "cli/named.h"

#include "model/error.h"
#include "model/suggest.h"

const struct rule *named_rule(const struct content *content, const char *name, GError **error)
{
    const struct rule *rule = content_rule(content, name);
    for (guint i = 0; !rule && i < content->rules->len; i++) {
        const struct rule *other = g_ptr_array_index(content->rules, i);
        rule = g_ascii_strcasecmp(other->id, name) == 0 ? other : NULL;
    }
    if (rule)
        return rule;
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < content->rules->len; i++)
        g_ptr_array_add(ids, ((const struct rule *)g_ptr_array_index(content->rules, i))->id);
    g_autofree char *clause = suggest_clause_in(name, ids);
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "there is no rule \"%s\"%s; plumbline list shows them", name, clause);
    return NULL;
}
