/* The command line is stronger than the environment, which is stronger than files; a daemon's description says who is
 * not listened to when a file was named. */
#include "facts/setting/gather.h"

#include "facts/setting/files.h"
#include "facts/setting/value.h"

static json_object *invert(json_object *value)
{
    if (!json_object_is_type(value, json_type_boolean))
        return value;
    json_object *inverted = json_object_new_boolean(!json_object_get_boolean(value));
    json_object_put(value);
    return inverted;
}

/* Scalars: each flag replaces the one before; lists and maps gather. */
static void gather_flags(const struct daemon_key *key, const struct flag_values *flags, GPtrArray *candidates)
{
    struct setting_candidate *gathered = NULL;
    for (guint i = 0; i < flags->list->len; i++) {
        const struct flag_value *flag = g_ptr_array_index(flags->list, i);
        if (flag->key != key)
            continue;
        struct problem *why = NULL;
        json_object *value = setting_value_text(key, flag->text, &why);
        bool empty = key->zero_is_default && value && setting_value_is_zero(value) && !*flag->text;
        if (empty) { /* back to the default, whatever the files say */
            json_object_put(value);
            g_ptr_array_set_size(candidates, 0);
            gathered = NULL;
            continue;
        }
        if (!value && !why)
            why = problem_damaged("the flag is empty");
        if (key->invert)
            value = invert(value);
        if (setting_gathers(key) && gathered && gathered->value && value) {
            gathered->value = setting_value_join(gathered->value, value);
            continue;
        }
        gathered = candidates_add(candidates, "flag", NULL, value, why);
    }
}

static char *variable_name(const struct daemon *daemon, const struct daemon_key *key)
{
    if (key->environment)
        return g_strdup(key->environment);
    if (!daemon->environment || !key->flags)
        return NULL;
    g_autofree char *upper = g_ascii_strup(key->flags[0], -1);
    return g_strconcat(daemon->environment, g_strdelimit(upper, "-", '_'), NULL);
}

/* *unread when the environment could count and cannot be read. */
static void gather_environment(const struct setting_asked *asked, GPtrArray *candidates, struct problem **unread)
{
    const struct daemon_key *key = asked->key;
    g_autofree char *name = variable_name(asked->daemon, key);
    g_autofree char *text = name ? daemon_environment(asked->host, asked->instance, name, unread) : NULL;
    if (!text)
        return;
    struct problem *why = NULL;
    json_object *value = setting_value_text(key, text, &why);
    if (value || why)
        candidates_add(candidates, "environment", NULL, key->invert ? invert(value) : value, why);
}

void setting_candidates(const struct setting_asked *asked, GPtrArray *candidates, struct problem **unread)
{
    const struct daemon_config *config = &asked->daemon->config;
    const struct daemon_instance *instance = asked->instance;
    bool named = instance->config_named;
    setting_gather_files(asked, candidates);
    if (!(named && config->replaces_environment))
        gather_environment(asked, candidates, unread);
    bool ignored = named && (config->replaces_flags || asked->key->replaced_by_config);
    if (instance->flags && !ignored)
        gather_flags(asked->key, instance->flags, candidates);
}
