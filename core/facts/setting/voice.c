/* Voices own what they hold. */
#include "facts/setting/voice.h"

static void voice_free(gpointer data)
{
    struct voice *voice = data;
    g_free(voice->path);
    json_object_put(voice->value);
    g_free(voice->why);
    g_free(voice);
}

GPtrArray *voices_new(void)
{
    return g_ptr_array_new_with_free_func(voice_free);
}

struct voice *voices_add(GPtrArray *voices, const char *origin, const char *path, json_object *value, char *why)
{
    struct voice *voice = g_new0(struct voice, 1);
    voice->origin = origin;
    voice->path = g_strdup(path);
    voice->value = value;
    voice->why = why;
    g_ptr_array_add(voices, voice);
    return voice;
}

struct voice *voices_winner(const GPtrArray *voices)
{
    return voices->len ? g_ptr_array_index(voices, voices->len - 1) : NULL;
}

bool setting_gathers(const struct daemon_key *key)
{
    return key->type == VALUE_LIST || key->type == VALUE_SET || key->type == VALUE_MAP;
}
