/* What of an engine's answers is no one else's business: passwords in addresses ("http://user:secret@proxy", which
 * Docker masks in /info, but only there) the values of environment variables, and a swarm's tokens. */
#include "probes/docker/clean.h"

#include "model/secret.h"
#include "model/tree.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

json_object *docker_masked(const char *text)
{
    g_autofree char *hidden = secret_hide(text, SECRET_SENTENCE);
    return tree_new_text(hidden ? hidden : text);
}

static json_object *variable_names(const json_object *array)
{
    json_object *names = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(array); i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(array, i));
        text[strcspn(text, "=")] = '\0';
        json_object_array_add(names, json_object_new_string(text));
    }
    return names;
}

/* Whoever has one joins the swarm. */
static json_object *hidden_tokens(const json_object *value)
{
    g_autofree char *text = tree_text(value);
    g_autofree char *shown = secret_placeholder(strlen(text));
    return json_object_new_string(shown);
}

json_object *docker_clean(const json_object *node, const char *name) // NOLINT(misc-no-recursion)
{
    if (json_object_is_type(node, json_type_string))
        return docker_masked(json_object_get_string((json_object *)(uintptr_t)node)); /* of a string it only reads */
    if (json_object_is_type(node, json_type_array)) {
        if (name && g_str_equal(name, "Env"))
            return variable_names(node);
        json_object *copy = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(node); i++)
            json_object_array_add(copy, docker_clean(json_object_array_get_idx(node, i), NULL));
        return copy;
    }
    if (!json_object_is_type(node, json_type_object))
        return tree_copy(node);
    json_object *copy = json_object_new_object();
    json_object_object_foreach (node, key, value) {
        bool tokens = g_str_equal(key, "JoinTokens");
        json_object_object_add(copy, key, tokens ? hidden_tokens(value) : docker_clean(value, key));
    }
    return copy;
}
