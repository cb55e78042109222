/* dockerd looks each key up among its flags and settings, then fills a structure of Go: both refuse more than JSON
 * does. The kubelet, and what else reads by Kubernetes' own decoder, matches keys by case and lets unknown ones pass.
 */
#include "facts/daemon/accept.h"

#include "formats/format.h"
#include "formats/json_names.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

static bool refuse(const char *path, const json_object *node, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static bool refuse(const char *path, const json_object *node, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s:%u: %s", path, tree_mark(node).line, what);
    return false;
}

/* ---- keys ---- */

static bool begins_path(const char *dotted, const char *key)
{
    size_t n = strlen(key);
    return strncmp(dotted, key, n) == 0 && (dotted[n] == '\0' || dotted[n] == '.');
}

static bool is_key_of(const struct daemon_key *known, const char *key)
{
    for (char **file = known->file; file && *file; file++)
        if (begins_path(*file, key))
            return true;
    return known->flags && g_strv_contains((const char *const *)known->flags, key);
}

static bool is_known(const struct daemon *daemon, const char *key)
{
    if (g_strv_contains((const char *const *)daemon->config.known, key))
        return true;
    GHashTableIter iter;
    gpointer known = NULL;
    g_hash_table_iter_init(&iter, daemon->keys);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        if (is_key_of(known, key))
            return true;
    return false;
}

/* ---- types ---- */

static bool holds_texts(const json_object *map)
{
    json_object_object_foreach (map, key, value) {
        (void)key;
        if (tree_is_number(value) || json_object_is_type(value, json_type_boolean))
            return false;
    }
    return true;
}

static bool lists_texts(const json_object *list)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *value = json_object_array_get_idx(list, i);
        if (!json_object_is_type(value, json_type_string) && !json_object_is_type(value, json_type_object))
            return false;
    }
    return true;
}

/* Null sets nothing, whatever the type is. */
static bool is_of_type(const json_object *node, enum value_type type)
{
    switch (node ? type : VALUE_ANY) {
    case VALUE_BOOL:
        return json_object_is_type(node, json_type_boolean);
    case VALUE_NUMBER:
        return tree_is_number(node);
    case VALUE_STRING:
        return json_object_is_type(node, json_type_string);
    case VALUE_SIZE:
        return json_object_is_type(node, json_type_string) || json_object_is_type(node, json_type_int);
    case VALUE_LIST:
    case VALUE_SET:
        return json_object_is_type(node, json_type_array) && lists_texts(node);
    case VALUE_MAP:
        return json_object_is_type(node, json_type_object) && holds_texts(node);
    case VALUE_ANY:
    case VALUE_DURATION:
    case VALUE_MODE:
    case VALUE_VERSION:
    case VALUE_TYPE_COUNT:
        break;
    }
    return true;
}

static bool has_types(const struct daemon_key *key, const json_object *tree, const char *path, GError **error)
{
    for (char **file = key->file; file && *file; file++) {
        json_object *node = NULL;
        if (tree_get(tree, *file, &node) && !is_of_type(node, key->type))
            return refuse(path, node, error, "%s is no %s: the daemon refuses the file", *file,
                          value_type_name(key->type));
    }
    return true;
}

/* ---- all ---- */

static bool is_strict(const struct daemon *daemon, const json_object *tree, const char *path, GError **error)
{
    if (!json_object_is_type(tree, json_type_object))
        return refuse(path, tree, error, "it is no object: the daemon refuses the file");
    json_object_object_foreach (tree, key, value) {
        if (!is_known(daemon, key))
            return refuse(path, value, error, "the daemon does not know %s and refuses the file", key);
    }
    GHashTableIter iter;
    gpointer known = NULL;
    g_hash_table_iter_init(&iter, daemon->keys);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        if (!has_types(known, tree, path, error))
            return false;
    return true;
}

static bool is_plain(const struct daemon *daemon, const json_object *tree, const char *path, GError **error)
{
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, daemon->keys);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct daemon_key *key = value;
        for (char **file = key->file; file && *file; file++) {
            g_autofree char *other = json_names_respelled(tree, *file);
            if (other)
                return refuse(path, tree, error, "%s differs from %s only by case, and the daemon may take it", other,
                              *file);
        }
    }
    return true;
}

bool daemon_accepts(const struct daemon *daemon, const json_object *tree, const char *path, GError **error)
{
    bool folds = daemon->config.keys_fold || format_find(daemon->config.format)->folds;
    if (daemon->config.known && !is_strict(daemon, tree, path, error))
        return false;
    return !folds || is_plain(daemon, tree, path, error);
}
