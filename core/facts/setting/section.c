/* containerd renamed the sections of its plugins with versions 2 and 3 of its file, and until containerd 2.0 an
 * imported file's section took the whole place of the earlier one's. */
#include "facts/setting/section.h"

#include "model/tree.h"

/* An import without a version is of its main file's; a main file without one is version 1. */
static char *file_version(const struct daemon *daemon, const struct daemon_instance *instance, guint index)
{
    const struct daemon_document *own = g_ptr_array_index(instance->documents, index);
    const struct daemon_document *first = g_ptr_array_index(instance->documents, 0);
    const json_object *version = tree_member(own->tree, daemon->config.file_version);
    if (!version)
        version = tree_member(first->tree, daemon->config.file_version);
    return version ? tree_text(version) : g_strdup("1");
}

enum holds setting_place_holds(const struct daemon *daemon, const struct daemon_instance *instance, guint index,
                               const struct daemon_place *place)
{
    g_autofree char *version = daemon->config.file_version ? file_version(daemon, instance, index) : NULL;
    enum holds file = version ? setting_versions_hold(place->files, version) : HOLDS_YES;
    if (file == HOLDS_NO)
        return HOLDS_NO;
    return setting_versions_hold(place->programs, instance->version);
}

enum holds setting_section_replaced(const struct daemon *daemon, const struct daemon_key *key,
                                    const struct daemon_instance *instance, guint index)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    if (!index || !key->places || !daemon->config.sections_replaced)
        return HOLDS_NO;
    for (guint i = 0; key->file[i]; i++) {
        const struct daemon_place *place = key->places[i];
        bool there = place && setting_place_holds(daemon, instance, index, place) != HOLDS_NO &&
                     tree_at(document->tree, place->path);
        if (there)
            return setting_versions_hold(daemon->config.sections_replaced, instance->version);
    }
    return HOLDS_NO;
}
