#include "cli/named.h"

#include "engine/select.h"
#include "model/error.h"
#include "model/suggest.h"

static bool meets(const struct content *content, const char *pattern)
{
    for (guint i = 0; i < content->rules->len; i++)
        if (select_pattern_covers(pattern, g_ptr_array_index(content->rules, i)))
            return true;
    return false;
}

/* What `plumbline list` shows several rules by, where the name stands for them: a module, a glob or a beginning. */
static char *list_of(const struct content *content, const char *name)
{
    g_autofree char *module = g_strconcat("module:", name, NULL), *beginning = g_strconcat(name, "*", NULL);
    if (meets(content, module))
        return g_strdup_printf(" --module %s", name);
    return *name && meets(content, beginning) ? g_strdup_printf(" '%s'", beginning) : g_strdup("");
}

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
    g_autofree char *clause = suggest_clause_in(name, ids), *list = list_of(content, name);
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "there is no rule \"%s\"%s; plumbline list%s shows them", name, clause,
                list);
    return NULL;
}
