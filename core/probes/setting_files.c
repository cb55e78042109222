/* A key is looked for in each file by itself: its section may have another name there, an imported file may replace
 * that section or only add to it, and a null takes a branch away. Where a version that is not known would decide, there
 * is a voice without a value. */
#include "probes/setting_files.h"

#include "model/tree.h"
#include "probes/setting_section.h"
#include "probes/setting_value.h"

#include <string.h>

enum presence { NODE_ABSENT, NODE_NULL, NODE_THERE };

/* A null anywhere on the way takes the whole branch away (JSON merge patch). */
static enum presence find_node(const json_object *tree, const char *path, const json_object **out)
{
    json_object *node = NULL;
    json_object *root = (json_object *)(uintptr_t)tree; /* tree_get() only reads */
    if (tree_get(root, path, &node)) {
        *out = node;
        return node ? NODE_THERE : NODE_NULL;
    }
    g_autofree char *shorter = g_strdup(path);
    for (char *dot = strrchr(shorter, '.'); dot; dot = strrchr(shorter, '.')) {
        *dot = '\0';
        if (dot > shorter && dot[-1] == '\\')
            continue;
        if (tree_get(root, shorter, &node))
            return node ? NODE_ABSENT : NODE_NULL;
    }
    return NODE_ABSENT;
}

/* Where a key was found in a file. */
struct spot {
    const json_object *node;
    const struct daemon_place *place; /* NULL outside of sections */
    bool doubtful;                    /* whether the daemon reads that place is not known */
};

static enum presence find_key(const struct daemon *daemon, const struct daemon_key *key,
                              const struct daemon_instance *instance, guint index, struct spot *spot)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    enum presence best = NODE_ABSENT;
    for (guint i = 0; key->file && key->file[i]; i++) {
        const struct daemon_place *place = key->places ? key->places[i] : NULL;
        enum holds holds = place ? setting_place_holds(daemon, instance, index, place) : HOLDS_YES;
        const json_object *node = NULL;
        enum presence presence = holds == HOLDS_NO ? NODE_ABSENT : find_node(document->tree, key->file[i], &node);
        if (presence == NODE_THERE) {
            *spot = (struct spot){node, place, holds == HOLDS_UNKNOWN};
            return presence;
        }
        if (presence == NODE_NULL)
            best = NODE_NULL;
    }
    return best;
}

/* Formats that keep repeated assignments as a list: the last one counts for a scalar. */
static struct tree_mark node_mark(const struct daemon_key *key, const json_object *node)
{
    bool repeated = json_object_is_type(node, json_type_array) && json_object_array_length(node) > 0;
    if (repeated && !setting_gathers(key))
        node = json_object_array_get_idx(node, json_object_array_length(node) - 1);
    return tree_mark(node);
}

/* Takes the tables out of a list; one that holds append says what lists do from here on (containers.conf(5)). */
static json_object *take_tables(json_object *list, bool *adding)
{
    json_object *texts = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *element = json_object_array_get_idx(list, i), *append = NULL;
        if (!json_object_is_type(element, json_type_object))
            json_object_array_add(texts, tree_copy(element));
        else if (json_object_object_get_ex(element, "append", &append))
            *adding = json_object_get_boolean(append);
    }
    json_object_put(list);
    return texts;
}

static void doubt(GPtrArray *voices, const struct daemon_document *document, const char *why)
{
    voices_add(voices, "drop-in", document->path, NULL, g_strdup_printf("%s: %s", document->path, why));
}

/* An import's list, put to what the files before it list. */
static json_object *joined_list(const struct daemon_key *key, const GPtrArray *voices, json_object *value)
{
    const struct voice *before = voices_winner(voices);
    if (!before || !before->value || key->type == VALUE_MAP || !setting_gathers(key))
        return value;
    return setting_value_join(tree_copy(before->value), value);
}

static void hear_node(const struct daemon *daemon, const struct daemon_key *key, const struct daemon_document *document,
                      const struct spot *spot, bool later, GPtrArray *voices, bool *adding)
{
    char *why = NULL;
    json_object *value = spot->node ? setting_value(key, spot->node, &why) : NULL;
    if (key->appends && json_object_is_type(value, json_type_array))
        value = take_tables(value, adding);
    bool keeps = later && daemon->config.imports_keep && !spot->place;
    if (keeps && value && setting_value_is_zero(value)) {
        json_object_put(value);
        return;
    }
    bool unset = !why && (!value || (key->zero_is_default && setting_value_is_zero(value)));
    if (unset) { /* takes back what earlier files said */
        json_object_put(value);
        g_ptr_array_set_size(voices, 0);
        return;
    }
    struct tree_mark mark = node_mark(key, spot->node);
    if (keeps)
        value = joined_list(key, voices, value);
    struct voice *voice = voices_add(voices, document->dropin ? "drop-in" : "file", document->path, value, why);
    voice->line = mark.key_line ? mark.key_line : mark.line;
    voice->adds = *adding;
}

static void hear_document(const struct daemon *daemon, const struct daemon_key *key,
                          const struct daemon_instance *instance, guint index, GPtrArray *voices, bool *adding)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    enum holds replaced = voices->len ? setting_section_replaced(daemon, key, instance, index) : HOLDS_NO;
    if (replaced == HOLDS_YES)
        g_ptr_array_set_size(voices, 0);
    struct spot spot = {NULL, NULL, false};
    enum presence presence = find_key(daemon, key, instance, index, &spot);
    if (presence != NODE_ABSENT && !spot.doubtful)
        hear_node(daemon, key, document, &spot, index > 0, voices, adding);
    if (presence != NODE_ABSENT && spot.doubtful)
        doubt(voices, document, "the version that would tell whether this section is read is not known");
    else if (replaced == HOLDS_UNKNOWN && (presence == NODE_ABSENT || key->type == VALUE_MAP))
        doubt(voices, document,
              "the version that would tell whether its section replaces the earlier one is not known");
}

void setting_hear_files(const struct setting_asked *asked, GPtrArray *voices)
{
    bool adding = false;
    for (guint i = 0; i < asked->instance->documents->len; i++)
        hear_document(asked->daemon, asked->key, asked->instance, i, voices, &adding);
}
