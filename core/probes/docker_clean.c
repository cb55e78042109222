/* What of an engine's answers is no one else's business: passwords in addresses ("http://user:secret@proxy", which
 * Docker masks in /info, but only there) the values of environment variables, and a swarm's tokens. */
#include "probes/docker_clean.h"

#include "model/tree.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

json_object *docker_masked(const char *text)
{
    g_autoptr(GString) masked = g_string_new(NULL);
    for (const char *scheme = strstr(text, "://"); scheme; scheme = strstr(text, "://")) {
        const char *user = scheme + strlen("://");
        size_t authority = strcspn(user, "/?# \t\"',");
        const char *at = g_strrstr_len(user, (gssize)authority, "@");
        const char *colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
        g_string_append_len(masked, text, (colon ? colon : user) - text);
        if (colon)
            g_string_append(masked, ":<hidden>");
        text = colon ? at : user;
    }
    g_string_append(masked, text);
    return json_object_new_string_len(masked->str, (int)masked->len);
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
        bool tokens = g_str_equal(key, "JoinTokens"); /* whoever has one joins the swarm */
        json_object_object_add(copy, key, tokens ? json_object_new_string("<hidden>") : docker_clean(value, key));
    }
    return copy;
}
