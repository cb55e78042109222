/* When a file of a later directory may take the place of an earlier one: when it says so. A name that clashes by
 * accident would silence the rules that had it. */
#include "engine/load.h"

#include "model/tree.h"

char *load_take_replaces(json_object *tree, struct complaints *to)
{
    if (!json_object_is_type(tree, json_type_object))
        return NULL;
    const char *name = member_text(to, tree, "replaces", false);
    char *copy = g_strdup(name);
    json_object_object_del(tree, "replaces");
    return copy;
}

bool load_may_place(bool taken, const struct load_place *place, struct complaints *to)
{
    struct position at = {.file = to->file, .line = 1, .column = 1};
    if (place->replaces && !g_str_equal(place->replaces, place->name)) {
        complain_at(to, at, DIAGNOSTIC_ERROR, "replaces \"%s\", but a file replaces what has its own name, \"%s\"",
                    place->replaces, place->name);
        return false;
    }
    if (taken && !place->replaces) {
        complain_at(to, at, DIAGNOSTIC_ERROR,
                    "an earlier directory has a %s \"%s%s\", which stays: choose another name, or say \"replaces: %s\"",
                    place->kind, place->folder, place->name, place->name);
        return false;
    }
    if (taken)
        complain_at(to, at, DIAGNOSTIC_NOTE, "replaces the %s \"%s%s\" of an earlier directory", place->kind,
                    place->folder, place->name);
    return true;
}
