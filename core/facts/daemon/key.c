/* A key says what it is called in the file, on the command line and in the environment; where it says nothing about the
 * file it is called there as it is here. */
#include "facts/daemon/key.h"

#include "facts/daemon/member.h"
#include "formats/format.h"

#include <string.h>

static const struct daemon_member key_members[] = {
    {"type", 0, MEMBER_OTHER, true},
    {"file", 0, MEMBER_OTHER, false},
    {"flag", offsetof(struct daemon_key, flags), MEMBER_TEXTS, false},
    {"shorthand", 0, MEMBER_OTHER, false},
    {"environment", offsetof(struct daemon_key, environment), MEMBER_TEXT, false},
    {"by", offsetof(struct daemon_key, by), MEMBER_TEXTS, false},
    {"appends", offsetof(struct daemon_key, appends), MEMBER_BOOL, false},
    {"separator", offsetof(struct daemon_key, separator), MEMBER_TEXT, false},
    {"sockets", offsetof(struct daemon_key, sockets), MEMBER_TEXT, false},
    {"invert", offsetof(struct daemon_key, invert), MEMBER_BOOL, false},
    {"zero_is_default", offsetof(struct daemon_key, zero_is_default), MEMBER_BOOL, false},
    {"replaced_by_config", offsetof(struct daemon_key, replaced_by_config), MEMBER_BOOL, false},
    {"default", 0, MEMBER_OTHER, false},
    {.name = NULL},
};

static const struct daemon_member default_members[] = {
    {"value", 0, MEMBER_OTHER, true},
    {"when", 0, MEMBER_OTHER, false},
    {.name = NULL},
};

static const struct daemon_member when_members[] = {
    {"version", offsetof(struct daemon_default, versions), MEMBER_TEXTS, false},
    {"config", 0, MEMBER_OTHER, false},
    {"cgroup", 0, MEMBER_OTHER, false},
    {"os", offsetof(struct daemon_default, os), MEMBER_TEXTS, false},
    {.name = NULL},
};

static void default_free(gpointer data)
{
    struct daemon_default *fallback = data;
    json_object_put(fallback->value);
    g_strfreev(fallback->versions);
    g_strfreev(fallback->os);
    g_free(fallback);
}

void daemon_key_free(struct daemon_key *key)
{
    g_free(key->name);
    g_strfreev(key->file);
    g_free(key->places);
    g_strfreev(key->flags);
    g_free(key->environment);
    g_strfreev(key->by);
    g_free(key->separator);
    g_free(key->sockets);
    g_ptr_array_unref(key->defaults);
    g_free(key);
}

/* ---- defaults ---- */

static bool fill_when(const char *file, const json_object *when, struct daemon_default *fallback, GError **error)
{
    if (!daemon_fill(file, "when", when, when_members, fallback, error))
        return false;
    if (!daemon_conditions_valid(file, tree_member(when, "version"), fallback->versions, error))
        return false;
    const json_object *cgroup = tree_member(when, "cgroup");
    bool version = json_object_is_type(cgroup, json_type_int) && json_object_get_int64(cgroup) >= 1 &&
                   json_object_get_int64(cgroup) <= 2;
    if (cgroup && !version)
        return daemon_refuse(file, tree_mark(cgroup), error, "\"cgroup\" must be 1 or 2");
    fallback->cgroup = cgroup ? json_object_get_int(cgroup) : 0;
    const json_object *config = tree_member(when, "config");
    if (!config)
        return true;
    if (!json_object_is_type(config, json_type_boolean))
        return daemon_refuse(file, tree_mark(config), error, "\"config\" must be true or false");
    fallback->config = json_object_get_boolean(config);
    return true;
}

static struct daemon_default *add_default(struct daemon_key *key, const json_object *value)
{
    struct daemon_default *fallback = g_new0(struct daemon_default, 1);
    fallback->value = tree_copy(value);
    fallback->config = -1;
    g_ptr_array_add(key->defaults, fallback);
    return fallback;
}

/* A list of mappings that all have "value" is a choice; any other value is the default itself. */
static bool is_choice(const json_object *node)
{
    if (!json_object_is_type(node, json_type_array) || json_object_array_length(node) == 0)
        return false;
    for (size_t i = 0; i < json_object_array_length(node); i++)
        if (!json_object_object_get_ex(json_object_array_get_idx(node, i), "value", NULL))
            return false;
    return true;
}

static bool fill_defaults(const char *file, const json_object *node, struct daemon_key *key, GError **error)
{
    if (!json_object_object_get_ex(node, "default", NULL))
        return true;
    const json_object *choices = tree_member(node, "default");
    if (!is_choice(choices)) {
        add_default(key, choices);
        return true;
    }
    for (size_t i = 0; i < json_object_array_length(choices); i++) {
        const json_object *choice = json_object_array_get_idx(choices, i);
        struct daemon_default *fallback = add_default(key, tree_member(choice, "value"));
        if (!daemon_fill(file, "default", choice, default_members, fallback, error))
            return false;
        const json_object *when = tree_member(choice, "when");
        if (when && !fill_when(file, when, fallback, error))
            return false;
    }
    return true;
}

/* ---- type and places ---- */

/* The types that a daemon's key may have. */
static bool key_type_parse(const char *name, enum value_type *out)
{
    static const enum value_type types[] = {VALUE_STRING, VALUE_BOOL, VALUE_NUMBER, VALUE_SIZE, VALUE_DURATION,
                                            VALUE_MODE,   VALUE_SET,  VALUE_LIST,   VALUE_MAP};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (!g_str_equal(value_type_name(types[i]), name))
            continue;
        *out = types[i];
        return true;
    }
    return false;
}

/* Places of a section, and of one key in it: "@cri.enable_selinux". */
static bool add_section_paths(const struct daemon_config *config, const char *text, GPtrArray *paths, GPtrArray *places)
{
    const char *dot = strchr(text, '.');
    g_autofree char *name = dot ? g_strndup(text + 1, (gsize)(dot - text - 1)) : g_strdup(text + 1);
    const GPtrArray *section = config->sections ? g_hash_table_lookup(config->sections, name) : NULL;
    for (guint i = 0; section && i < section->len; i++) {
        struct daemon_place *place = g_ptr_array_index(section, i);
        g_ptr_array_add(paths, g_strconcat(place->path, dot, NULL));
        g_ptr_array_add(places, place);
    }
    return section != NULL;
}

static bool expand_sections(const char *file, const json_object *value, const struct daemon_config *config,
                            struct daemon_key *key, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) places = g_ptr_array_new();
    bool any = false;
    for (char **text = key->file; *text; text++) {
        bool section = **text == '@';
        any |= section;
        if (section && !add_section_paths(config, *text, paths, places))
            return daemon_refuse(file, tree_mark(value), error, "\"%s\": there is no such section in \"config\"",
                                 *text);
        if (section)
            continue;
        g_ptr_array_add(paths, g_strdup(*text));
        g_ptr_array_add(places, NULL);
    }
    if (!any)
        return true;
    g_ptr_array_add(paths, NULL);
    g_strfreev(key->file);
    key->file = (char **)g_ptr_array_steal(paths, NULL);
    key->places = (const struct daemon_place **)(void *)g_ptr_array_steal(places, NULL);
    return true;
}

/* In a format of sections a path of one name is a section, which is never a setting. */
static bool check_paths(const char *file, const json_object *node, const struct daemon_config *config,
                        const struct daemon_key *key, GError **error)
{
    const struct format *format = config ? format_find(config->format) : NULL;
    for (char **path = key->file; path && *path && format && format->shape == FORMAT_SECTIONS; path++)
        if (!strchr(*path, '.'))
            return daemon_refuse(file, tree_mark(node), error,
                                 "in the format \"%s\" \"%s\" is a section: the path of a key is SECTION.KEY",
                                 config->format, *path);
    return true;
}

/* "file": a path, a list of alternatives, or false; without it the key's own name, when the daemon has a file. */
static bool fill_key_file(const char *file, const json_object *node, const struct daemon_config *config,
                          struct daemon_key *key, GError **error)
{
    const json_object *value = tree_member(node, "file");
    if (json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value))
        return true;
    if (value && !config)
        return daemon_refuse(file, tree_mark(value), error, "the daemon has no \"config\" that could hold this key");
    if (!value) {
        key->file = config ? g_strsplit(key->name, "\n", 1) : NULL;
        return check_paths(file, node, config, key, error);
    }
    key->file = daemon_texts(value);
    if (!key->file)
        return daemon_refuse(file, tree_mark(value), error, "\"file\" must be a path, paths, or false");
    return expand_sections(file, value, config, key, error) && check_paths(file, value, config, key, error);
}

static bool fill_type(const char *file, const json_object *node, struct daemon_key *key, GError **error)
{
    const json_object *type = tree_member(node, "type");
    g_autofree char *name = daemon_text(type);
    if (!name || !key_type_parse(name, &key->type))
        return daemon_refuse(file, tree_mark(type ? type : node), error,
                             "\"type\" must be string, bool, number, size, duration, mode, set, list or map");
    if (key->by && key->type != VALUE_MAP)
        return daemon_refuse(file, tree_mark(tree_member(node, "by")), error, "\"by\" is for keys of type map");
    if (key->sockets && key->type != VALUE_LIST && key->type != VALUE_SET)
        return daemon_refuse(file, tree_mark(tree_member(node, "sockets")), error, "\"sockets\" is for lists and sets");
    if (key->appends && key->type != VALUE_LIST && key->type != VALUE_SET)
        return daemon_refuse(file, tree_mark(tree_member(node, "appends")), error, "\"appends\" is for lists and sets");
    return true;
}

static bool fill_shorthand(const char *file, const json_object *node, struct daemon_key *key, GError **error)
{
    const json_object *shorthand = tree_member(node, "shorthand");
    const char *letter = tree_string(node, "shorthand");
    if (!shorthand)
        return true;
    if (!letter || !g_ascii_isalnum(letter[0]) || letter[1])
        return daemon_refuse(file, tree_mark(shorthand), error, "\"shorthand\" must be one letter");
    key->shorthand = letter[0];
    return true;
}

static bool fill_key(const char *file, const json_object *node, const struct daemon_config *config,
                     struct daemon_key *key, GError **error)
{
    if (!daemon_fill(file, key->name, node, key_members, key, error) || !fill_type(file, node, key, error) ||
        !fill_shorthand(file, node, key, error) || !fill_key_file(file, node, config, key, error) ||
        !fill_defaults(file, node, key, error))
        return false;
    /* A text or list that is unset by default is unset when it is empty, too. */
    const struct daemon_default *only = key->defaults->len == 1 ? g_ptr_array_index(key->defaults, 0) : NULL;
    bool texts = key->type == VALUE_STRING || key->type == VALUE_LIST || key->type == VALUE_SET;
    key->zero_is_default |= texts && only && !only->value;
    return true;
}

struct daemon_key *daemon_key_read(const char *file, const char *name, const json_object *node,
                                   const struct daemon_config *config, GError **error)
{
    pl_auto(daemon_key) key = g_new0(struct daemon_key, 1);
    key->name = g_strdup(name);
    key->defaults = g_ptr_array_new_with_free_func(default_free);
    return fill_key(file, node, config, key, error) ? g_steal_pointer(&key) : NULL;
}
