#include "engine/field.h"

#include "model/tree.h"

#include <string.h>

static const json_object *step(const json_object *node, const char *name)
{
    json_object *value = NULL;
    return tree_has(node, name, &value) ? value : NULL;
}

/* Member names may hold dots of their own ("Service.User" below "properties"): every split is tried. */
static const json_object *field_in(const json_object *node, const char *path)
{
    const json_object *found = step(node, path);
    for (const char *dot = strchr(path, '.'); dot && !found; dot = strchr(dot + 1, '.')) {
        g_autofree char *head = g_strndup(path, (gsize)(dot - path));
        const json_object *inner = step(node, head);
        if (inner)
            found = field_in(inner, dot + 1);
    }
    return found;
}

const json_object *item_field(const struct item *item, const char *path)
{
    return field_in(item->fields, path);
}

const struct problem *item_field_hindrance(const struct item *item, const char *path)
{
    if (!item->unread)
        return NULL;
    if (!strchr(path, '.'))
        return item_hindrance(item, path);
    g_autofree char *head = g_strdup(path);
    for (;;) {
        const struct problem *problem = item_hindrance(item, head);
        char *dot = strrchr(head, '.');
        if (problem || !dot)
            return problem;
        *dot = '\0';
    }
}
