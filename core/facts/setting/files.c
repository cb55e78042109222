/* A key is looked for in each file by itself: its section may have another name there, an imported file may replace
 * that section or only add to it, and a null takes a branch away. Where a version that is not known would decide, there
 * is a candidate without a value. */
#include "facts/setting/files.h"

#include "facts/setting/section.h"
#include "facts/setting/value.h"
#include "model/tree.h"

#include <string.h>

enum presence { NODE_ABSENT, NODE_NULL, NODE_THERE };

/* A null anywhere on the way takes the whole branch away (JSON merge patch). */
static enum presence find_node(const json_object *tree, const char *path, const json_object **out)
{
    json_object *node = NULL;
    if (tree_get(tree, path, &node)) {
        *out = node;
        return node ? NODE_THERE : NODE_NULL;
    }
    g_autofree char *shorter = g_strdup(path);
    for (char *dot = strrchr(shorter, '.'); dot; dot = strrchr(shorter, '.')) {
        *dot = '\0';
        if (dot > shorter && dot[-1] == '\\')
            continue;
        if (tree_get(tree, shorter, &node))
            return node ? NODE_ABSENT : NODE_NULL;
    }
    return NODE_ABSENT;
}

/* Where a key was found in a file. */
struct document_location {
    const json_object *node;
    const struct daemon_place *place; /* NULL outside of sections */
    bool doubtful;                    /* whether the daemon reads that place is not known */
};

static enum presence find_key(const struct daemon *daemon, const struct daemon_key *key,
                              const struct daemon_instance *instance, guint index, struct document_location *location)
{
    const struct daemon_document *document = g_ptr_array_index(instance->documents, index);
    enum presence best = NODE_ABSENT;
    for (guint i = 0; key->file && key->file[i]; i++) {
        const struct daemon_place *place = key->places ? key->places[i] : NULL;
        enum holds holds = place ? setting_place_holds(daemon, instance, index, place) : HOLDS_YES;
        const json_object *node = NULL;
        enum presence presence = holds == HOLDS_NO ? NODE_ABSENT : find_node(document->tree, key->file[i], &node);
        if (presence == NODE_THERE) {
            *location = (struct document_location){node, place, holds == HOLDS_UNKNOWN};
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

/* The files so far. */
struct setting_files_reading {
    const struct setting_asked *asked;
    GPtrArray *candidates;
    bool adding; /* what lists do from here on */
};

static void doubt(GPtrArray *candidates, const struct daemon_document *document, const char *what)
{
    candidates_add(candidates, "drop-in", document->path, NULL,
                   problem_unknown("%s: the version that would tell whether %s is not known", document->path, what));
}

/* An import's list, put to what the files before it list. */
static json_object *joined_list(const struct daemon_key *key, const GPtrArray *candidates, json_object *value)
{
    const struct setting_candidate *before = candidates_winner(candidates);
    if (!before || !before->value || key->type == VALUE_MAP || !setting_gathers(key))
        return value;
    return setting_value_join(tree_copy(before->value), value);
}

/* Takes `value` and `why`. */
static void add_file(struct setting_files_reading *reading, const struct daemon_document *document,
                     const struct document_location *location, json_object *value, struct problem *why)
{
    struct tree_mark mark = node_mark(reading->asked->key, location->node);
    const char *origin = document->dropin ? "drop-in" : "file";
    struct setting_candidate *candidate = candidates_add(reading->candidates, origin, document->path, value, why);
    candidate->line = mark.key_line ? mark.key_line : mark.line;
    candidate->adds = reading->adding;
}

/* `keeps`: a zero leaves what was set before, and lists are joined. */
static void gather_node(struct setting_files_reading *reading, const struct daemon_document *document,
                        const struct document_location *location, bool keeps)
{
    const struct daemon_key *key = reading->asked->key;
    struct problem *why = NULL;
    json_object *value = location->node ? setting_value(key, location->node, &why) : NULL;
    if (key->appends && json_object_is_type(value, json_type_array))
        value = take_tables(value, &reading->adding);
    bool zero = value && setting_value_is_zero(value);
    if (keeps && zero) {
        json_object_put(value);
        return;
    }
    if (!why && (!value || (key->zero_is_default && zero))) { /* takes back what earlier files said */
        json_object_put(value);
        g_ptr_array_set_size(reading->candidates, 0);
        return;
    }
    add_file(reading, document, location, keeps ? joined_list(key, reading->candidates, value) : value, why);
}

static void gather_document(struct setting_files_reading *reading, guint index)
{
    const struct setting_asked *asked = reading->asked;
    const struct daemon_document *document = g_ptr_array_index(asked->instance->documents, index);
    GPtrArray *candidates = reading->candidates;
    enum holds replaced =
        candidates->len ? setting_section_replaced(asked->daemon, asked->key, asked->instance, index) : HOLDS_NO;
    if (replaced == HOLDS_YES)
        g_ptr_array_set_size(candidates, 0);
    struct document_location location = {NULL, NULL, false};
    enum presence presence = find_key(asked->daemon, asked->key, asked->instance, index, &location);
    bool keeps = index > 0 && asked->daemon->config.imports_keep && !location.place;
    if (presence != NODE_ABSENT && !location.doubtful)
        gather_node(reading, document, &location, keeps);
    if (presence != NODE_ABSENT && location.doubtful)
        doubt(candidates, document, "this section is read");
    else if (replaced == HOLDS_UNKNOWN && (presence == NODE_ABSENT || asked->key->type == VALUE_MAP))
        doubt(candidates, document, "its section replaces the earlier one");
}

void setting_gather_files(const struct setting_asked *asked, GPtrArray *candidates)
{
    struct setting_files_reading reading = {asked, candidates, false};
    for (guint i = 0; i < asked->instance->documents->len; i++)
        gather_document(&reading, i);
}
