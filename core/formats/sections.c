#include "formats/sections.h"

#include <string.h>

json_object *sections_open(struct parse_budget *budget, json_object *root, const char *name, struct tree_mark mark)
{
    json_object *section = tree_member(root, name);
    if (section)
        return section;
    if (!parse_spend(budget, 1, mark))
        return NULL;
    section = parse_object(mark);
    json_object_object_add(root, name, section);
    return section;
}

char *sections_header(const char *p)
{
    const char *end = strrchr(p, ']');
    if (!end)
        return NULL;
    char *name = g_strndup(p + 1, (gsize)(end - p - 1));
    return g_strstrip(name);
}
