/* A key says what it is called in the file, on the command line and in the environment; where it says nothing about the
 * file it is called there as it is here. */
#include "facts/daemon/key.h"

#include "formats/format.h"

#include <string.h>

const struct member daemon_key_members[] = {
    {"type", "one of string bool number size duration mode set list map", true, "what its value is", MEMBER_APART},
    {"file", "texts or false", false,
     "dotted paths in the file (PATHS), the first that is there counts; false: it is not in the file; without it the "
     "key's own name",
     MEMBER_APART},
    {"flag", "texts", false, "long names of flags, without dashes", offsetof(struct daemon_key, flags)},
    {"shorthand", "text", false, "its one-letter flag", MEMBER_APART},
    {"environment", "text", false, "variable that sets it", offsetof(struct daemon_key, environment)},
    {"by", "texts", false,
     "of a map: a list of tables in the file becomes a map by the first of these members that a table has",
     offsetof(struct daemon_key, by)},
    {"appends", "bool", false,
     "of a list or set: one that holds a table append=true adds to what came before, else it replaces it",
     offsetof(struct daemon_key, appends)},
    {"separator", "text", false, "splits one text into the members of a list, set or map",
     offsetof(struct daemon_key, separator)},
    {"sockets", "text", false,
     "of a list or set: how a member begins that stands for the sockets that systemd opens for it",
     offsetof(struct daemon_key, sockets)},
    {"invert", "bool", false, "the flag means the opposite of the key", offsetof(struct daemon_key, invert)},
    {"zero_is_default", "bool", false, "0, an empty text and false in the file mean that it is not set",
     offsetof(struct daemon_key, zero_is_default)},
    {"replaced_by_config", "bool", false, "the flag is ignored where a configuration file is used",
     offsetof(struct daemon_key, replaced_by_config)},
    {"default", "scalar or null or list of scalar or mapping or list of @default", false,
     "what it is where nobody sets it: a value (null: unset), or choices, of which the first that holds counts; a key "
     "without it is unknown where nobody sets it",
     MEMBER_APART},
    {.name = NULL},
};

const struct member daemon_default_members[] = {
    {"value", "any or null", true, "the default", MEMBER_APART},
    {"when", "@when", false, "when it holds; always without it", MEMBER_APART},
    {.name = NULL},
};

const struct member daemon_when_members[] = {
    {"version", "texts", false, "conditions on the daemon's version, all of which hold: [\">=1.27\", \"<2\"]",
     offsetof(struct daemon_default, versions)},
    {"config", "bool", false, "only with a configuration file, or only without one", MEMBER_APART},
    {"cgroup", "one of 1 2", false, "only with this version of control groups", MEMBER_APART},
    {"os", "texts", false, "only where os-release has one of these as ID or in ID_LIKE",
     offsetof(struct daemon_default, os)},
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

static bool fill_when(struct daemon_faults *to, const json_object *when, struct daemon_default *fallback)
{
    bool good = daemon_fill(to, "when", when, daemon_when_members, fallback);
    good &= daemon_conditions_valid(to, tree_member(when, "version"), fallback->versions);
    const json_object *cgroup = tree_member(when, "cgroup"), *config = tree_member(when, "config");
    bool version = json_object_is_type(cgroup, json_type_int) && json_object_get_int64(cgroup) >= 1 &&
                   json_object_get_int64(cgroup) <= 2;
    if (cgroup && !version)
        good = daemon_refuse(to, tree_mark(cgroup), "\"cgroup\" must be 1 or 2");
    fallback->cgroup = version ? json_object_get_int(cgroup) : 0;
    if (config && !json_object_is_type(config, json_type_boolean))
        good = daemon_refuse(to, tree_mark(config), "\"config\" must be true or false");
    if (config)
        fallback->config = json_object_get_boolean(config);
    return good;
}

static struct daemon_default *add_default(struct daemon_key *key, const json_object *value)
{
    struct daemon_default *fallback = g_new0(struct daemon_default, 1);
    fallback->value = tree_copy(value);
    fallback->config = -1;
    g_ptr_array_add(key->defaults, fallback);
    return fallback;
}

/* A list that holds mappings is a choice; any other value is the default itself. */
static bool is_choice(const json_object *node)
{
    bool array = json_object_is_type(node, json_type_array);
    for (size_t i = 0; array && i < json_object_array_length(node); i++)
        if (json_object_is_type(json_object_array_get_idx(node, i), json_type_object))
            return true;
    return false;
}

/* Is it what a key of this type can be? null: unset. */
static bool default_fits(enum value_type type, const json_object *value)
{
    bool scalar = !json_object_is_type(value, json_type_array) && !json_object_is_type(value, json_type_object);
    if (!value || type == VALUE_ANY)
        return true;
    if (type == VALUE_BOOL)
        return json_object_is_type(value, json_type_boolean);
    if (type == VALUE_NUMBER)
        return tree_is_number(value);
    if (type == VALUE_LIST || type == VALUE_SET)
        return json_object_is_type(value, json_type_array);
    return type == VALUE_MAP ? json_object_is_type(value, json_type_object) : scalar;
}

/* A value of another type would be compared as what it is not. */
static bool check_default(struct daemon_faults *to, const json_object *node, const struct daemon_key *key,
                          const json_object *value)
{
    return default_fits(key->type, value) ||
           daemon_refuse(to, tree_mark(value ? value : node), "a default of %s must be of its type, %s", key->name,
                         value_type_name(key->type));
}

static bool fill_defaults(struct daemon_faults *to, const json_object *node, struct daemon_key *key)
{
    if (!json_object_object_get_ex(node, "default", NULL))
        return true;
    const json_object *choices = tree_member(node, "default");
    if (!is_choice(choices)) {
        add_default(key, choices);
        return check_default(to, node, key, choices);
    }
    bool good = true;
    for (size_t i = 0; i < json_object_array_length(choices); i++) {
        const json_object *choice = json_object_array_get_idx(choices, i);
        struct daemon_default *fallback = add_default(key, tree_member(choice, "value"));
        const json_object *when = tree_member(choice, "when");
        good &= daemon_fill(to, "default", choice, daemon_default_members, fallback);
        good &= check_default(to, choice, key, tree_member(choice, "value"));
        good &= !when || fill_when(to, when, fallback);
    }
    return good;
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

static bool expand_sections(struct daemon_faults *to, const json_object *value, const struct daemon_config *config,
                            struct daemon_key *key)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) places = g_ptr_array_new();
    bool any = false;
    for (char **text = key->file; *text; text++) {
        bool section = **text == '@';
        any |= section;
        if (section && !add_section_paths(config, *text, paths, places))
            return daemon_refuse(to, tree_mark(value), "\"%s\": there is no such section in \"config\"", *text);
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
static bool check_paths(struct daemon_faults *to, const json_object *node, const struct daemon_config *config,
                        const struct daemon_key *key)
{
    const struct format *format = config && config->format ? format_find(config->format) : NULL;
    for (char **path = key->file; path && *path && format && format->shape == FORMAT_SECTIONS; path++)
        if (!strchr(*path, '.'))
            return daemon_refuse(to, tree_mark(node),
                                 "in the format \"%s\" \"%s\" is a section: the path of a key is SECTION.KEY",
                                 config->format, *path);
    return true;
}

/* "file": a path, a list of alternatives, or false; without it the key's own name, when the daemon has a file. */
static bool fill_key_file(struct daemon_faults *to, const json_object *node, const struct daemon_config *config,
                          struct daemon_key *key)
{
    const json_object *value = tree_member(node, "file");
    if (json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value))
        return true;
    if (value && !config)
        return daemon_refuse(to, tree_mark(value), "the daemon has no \"config\" that could hold this key");
    if (!value) {
        key->file = config ? g_strsplit(key->name, "\n", 1) : NULL;
        return check_paths(to, node, config, key);
    }
    key->file = daemon_texts(value);
    if (!key->file)
        return daemon_refuse(to, tree_mark(value), "\"file\" must be a path, paths, or false");
    return expand_sections(to, value, config, key) && check_paths(to, value, config, key);
}

static bool fill_type(struct daemon_faults *to, const json_object *node, struct daemon_key *key)
{
    const json_object *type = tree_member(node, "type");
    g_autofree char *name = daemon_text(type);
    const bool many = name && (g_str_equal(name, "list") || g_str_equal(name, "set"));
    bool good = true;
    if (!type)
        return false; /* told with the members */
    if (!name || !key_type_parse(name, &key->type))
        return daemon_refuse(to, tree_mark(type),
                             "\"type\" must be string, bool, number, size, duration, mode, set, list or map");
    if (key->by && key->type != VALUE_MAP)
        good = daemon_refuse(to, tree_mark(tree_member(node, "by")), "\"by\" is for keys of type map");
    if (key->sockets && !many)
        good = daemon_refuse(to, tree_mark(tree_member(node, "sockets")), "\"sockets\" is for lists and sets");
    if (key->appends && !many)
        good = daemon_refuse(to, tree_mark(tree_member(node, "appends")), "\"appends\" is for lists and sets");
    return good;
}

static bool fill_shorthand(struct daemon_faults *to, const json_object *node, struct daemon_key *key)
{
    const json_object *shorthand = tree_member(node, "shorthand");
    const char *letter = tree_string(node, "shorthand");
    if (!shorthand)
        return true;
    if (!letter || !g_ascii_isalnum(letter[0]) || letter[1])
        return daemon_refuse(to, tree_mark(shorthand), "\"shorthand\" must be one letter");
    key->shorthand = letter[0];
    return true;
}

static bool fill_key(struct daemon_faults *to, const json_object *node, const struct daemon_config *config,
                     struct daemon_key *key)
{
    bool good = daemon_fill(to, key->name, node, daemon_key_members, key);
    if (!json_object_is_type(node, json_type_object))
        return false;
    good &= fill_type(to, node, key);
    good &= fill_shorthand(to, node, key);
    good &= fill_key_file(to, node, config, key);
    good &= fill_defaults(to, node, key);
    /* A text or list that is unset by default is unset when it is empty, too. */
    const struct daemon_default *only = key->defaults->len == 1 ? g_ptr_array_index(key->defaults, 0) : NULL;
    bool texts = key->type == VALUE_STRING || key->type == VALUE_LIST || key->type == VALUE_SET;
    key->zero_is_default |= texts && only && !only->value;
    return good;
}

struct daemon_key *daemon_key_read(struct daemon_faults *to, const char *name, const json_object *node,
                                   const struct daemon_config *config)
{
    pl_auto(daemon_key) key = g_new0(struct daemon_key, 1);
    key->name = g_strdup(name);
    key->defaults = g_ptr_array_new_with_free_func(default_free);
    return fill_key(to, node, config, key) ? g_steal_pointer(&key) : NULL;
}
