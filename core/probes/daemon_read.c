/* Strict reading of checks/daemons/NAME.yaml into struct daemon.
 *
 * Each mapping is declared as a table of members, so that an unknown name, a wrong type or a missing member is one
 * message with file, line and column. It knows nothing about processes and hosts. */
#include "probes/daemon_read.h"

#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

enum member_kind { MEMBER_TEXT, MEMBER_TEXTS, MEMBER_BOOL, MEMBER_OTHER };

struct member {
    const char *name;
    size_t offset;
    enum member_kind kind;
    bool required;
};

static const struct member program_members[] = {
    {"comm", offsetof(struct daemon_program, comm), MEMBER_TEXTS, false},
    {"name", offsetof(struct daemon_program, name), MEMBER_TEXTS, false},
    {"argument", offsetof(struct daemon_program, argument), MEMBER_TEXTS, false},
    {"embedded", offsetof(struct daemon_program, embedded), MEMBER_BOOL, false},
    {"arguments", offsetof(struct daemon_program, arguments), MEMBER_TEXT, false},
    {"variables", offsetof(struct daemon_program, variables), MEMBER_TEXTS, false},
    {.name = NULL},
};

static const struct member config_members[] = {
    {"flag", offsetof(struct daemon_config, flags), MEMBER_TEXTS, false},
    {"environment", offsetof(struct daemon_config, environment), MEMBER_TEXT, false},
    {"path", offsetof(struct daemon_config, paths), MEMBER_TEXTS, false},
    {"user_path", offsetof(struct daemon_config, user_path), MEMBER_TEXT, false},
    {"path_when_stopped", offsetof(struct daemon_config, stopped_paths), MEMBER_TEXTS, false},
    {"format", offsetof(struct daemon_config, format), MEMBER_TEXT, true},
    {"replaces_flags", offsetof(struct daemon_config, replaces_flags), MEMBER_BOOL, false},
    {"replaces_environment", offsetof(struct daemon_config, replaces_environment), MEMBER_BOOL, false},
    {"imports", offsetof(struct daemon_config, imports), MEMBER_TEXT, false},
    {"imports_keep", offsetof(struct daemon_config, imports_keep), MEMBER_BOOL, false},
    {"file_version", offsetof(struct daemon_config, file_version), MEMBER_TEXT, false},
    {"sections", 0, MEMBER_OTHER, false},
    {"sections_replaced", offsetof(struct daemon_config, sections_replaced), MEMBER_TEXTS, false},
    {"dropin_flag", offsetof(struct daemon_config, dropin_flags), MEMBER_TEXTS, false},
    {"dropin_pattern", offsetof(struct daemon_config, dropin_pattern), MEMBER_TEXT, false},
    {"dropins", offsetof(struct daemon_config, dropins), MEMBER_TEXTS, false},
    {"dropins_mask", offsetof(struct daemon_config, dropins_mask), MEMBER_BOOL, false},
    {"root_dropins", offsetof(struct daemon_config, root_dropins), MEMBER_TEXTS, false},
    {"user_dropins", offsetof(struct daemon_config, user_dropins), MEMBER_TEXTS, false},
    {.name = NULL},
};

static const struct member place_members[] = {
    {"path", offsetof(struct daemon_place, path), MEMBER_TEXT, true},
    {"file", offsetof(struct daemon_place, files), MEMBER_TEXTS, false},
    {"version", offsetof(struct daemon_place, programs), MEMBER_TEXTS, false},
    {.name = NULL},
};

static const struct member key_members[] = {
    {"type", 0, MEMBER_OTHER, true},
    {"file", 0, MEMBER_OTHER, false},
    {"flag", offsetof(struct daemon_key, flags), MEMBER_TEXTS, false},
    {"shorthand", 0, MEMBER_OTHER, false},
    {"environment", offsetof(struct daemon_key, environment), MEMBER_TEXT, false},
    {"by", offsetof(struct daemon_key, by), MEMBER_TEXTS, false},
    {"appends", offsetof(struct daemon_key, appends), MEMBER_BOOL, false},
    {"separator", offsetof(struct daemon_key, separator), MEMBER_TEXT, false},
    {"invert", offsetof(struct daemon_key, invert), MEMBER_BOOL, false},
    {"zero_is_default", offsetof(struct daemon_key, zero_is_default), MEMBER_BOOL, false},
    {"replaced_by_config", offsetof(struct daemon_key, replaced_by_config), MEMBER_BOOL, false},
    {"default", 0, MEMBER_OTHER, false},
    {.name = NULL},
};

static const struct member default_members[] = {
    {"value", 0, MEMBER_OTHER, true},
    {"when", 0, MEMBER_OTHER, false},
    {.name = NULL},
};

static const struct member when_members[] = {
    {"version", offsetof(struct daemon_default, versions), MEMBER_TEXTS, false},
    {"config", 0, MEMBER_OTHER, false},
    {"cgroup", 0, MEMBER_OTHER, false},
    {"os", offsetof(struct daemon_default, os), MEMBER_TEXTS, false},
    {.name = NULL},
};

static const struct member daemon_members[] = {
    {"daemon", offsetof(struct daemon, name), MEMBER_TEXT, true},
    {"title", offsetof(struct daemon, title), MEMBER_TEXT, true},
    {"programs", 0, MEMBER_OTHER, false},
    {"tools", offsetof(struct daemon, tools), MEMBER_TEXTS, false},
    {"flags", 0, MEMBER_OTHER, false},
    {"underscores", offsetof(struct daemon, underscores), MEMBER_BOOL, false},
    {"environment", offsetof(struct daemon, environment), MEMBER_TEXT, false},
    {"images", offsetof(struct daemon, images), MEMBER_TEXTS, false},
    {"packages", offsetof(struct daemon, packages), MEMBER_TEXTS, false},
    {"config", 0, MEMBER_OTHER, false},
    {"keys", 0, MEMBER_OTHER, true},
    {.name = NULL},
};

static void program_free(gpointer data)
{
    struct daemon_program *program = data;
    g_strfreev(program->comm);
    g_strfreev(program->name);
    g_strfreev(program->argument);
    g_free(program->arguments);
    g_strfreev(program->variables);
    g_free(program);
}

static void place_free(gpointer data)
{
    struct daemon_place *place = data;
    g_free(place->path);
    g_strfreev(place->files);
    g_strfreev(place->programs);
    g_free(place);
}

static void default_free(gpointer data)
{
    struct daemon_default *fallback = data;
    json_object_put(fallback->value);
    g_strfreev(fallback->versions);
    g_strfreev(fallback->os);
    g_free(fallback);
}

static void key_free(gpointer data)
{
    struct daemon_key *key = data;
    g_free(key->name);
    g_strfreev(key->file);
    g_free(key->places);
    g_strfreev(key->flags);
    g_free(key->environment);
    g_strfreev(key->by);
    g_free(key->separator);
    g_ptr_array_unref(key->defaults);
    g_free(key);
}

static void config_clear(struct daemon_config *config)
{
    g_strfreev(config->flags);
    g_free(config->environment);
    g_strfreev(config->paths);
    g_strfreev(config->stopped_paths);
    g_free(config->user_path);
    g_free(config->format);
    g_free(config->imports);
    g_free(config->file_version);
    g_clear_pointer(&config->sections, g_hash_table_unref);
    g_strfreev(config->sections_replaced);
    g_strfreev(config->dropin_flags);
    g_free(config->dropin_pattern);
    g_strfreev(config->dropins);
    g_strfreev(config->root_dropins);
    g_strfreev(config->user_dropins);
}

void daemon_free(struct daemon *daemon)
{
    g_free(daemon->name);
    g_free(daemon->title);
    g_ptr_array_unref(daemon->programs);
    g_strfreev(daemon->tools);
    g_free(daemon->environment);
    g_strfreev(daemon->packages);
    g_strfreev(daemon->images);
    config_clear(&daemon->config);
    g_hash_table_unref(daemon->keys);
    g_free(daemon);
}

static bool refuse(const char *file, struct tree_mark mark, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool refuse(const char *file, struct tree_mark mark, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%s:%u:%u: %s", file, mark.key_line ? mark.key_line : mark.line,
                mark.key_line ? mark.key_column : mark.column, message);
    return false;
}

/* A text, or a number or bool written without quotes, as text; NULL for anything else. */
static char *scalar_text(const json_object *node)
{
    bool scalar = node && !json_object_is_type(node, json_type_object) && !json_object_is_type(node, json_type_array);
    return scalar ? tree_text(node) : NULL;
}

/* One text or a list of texts; NULL for anything else and for an empty list. */
static char **scalar_texts(const json_object *node)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    bool array = json_object_is_type(node, json_type_array);
    size_t n = array ? json_object_array_length(node) : 1;
    for (size_t i = 0; i < n; i++) {
        char *text = scalar_text(array ? json_object_array_get_idx(node, i) : node);
        if (!text)
            return NULL;
        g_ptr_array_add(list, text);
    }
    if (!list->len)
        return NULL;
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_steal(list, NULL);
}

static bool fill_member(const char *file, const struct member *member, const json_object *value, void *out,
                        GError **error)
{
    char *at = (char *)out + member->offset;
    switch (member->kind) {
    case MEMBER_TEXT:
        *(char **)(void *)at = scalar_text(value);
        return *(char **)(void *)at || refuse(file, tree_mark(value), error, "\"%s\" must be a text", member->name);
    case MEMBER_TEXTS:
        *(char ***)(void *)at = scalar_texts(value);
        return *(char ***)(void *)at ||
               refuse(file, tree_mark(value), error, "\"%s\" must be a text or a list of texts", member->name);
    case MEMBER_BOOL:
        if (!json_object_is_type(value, json_type_boolean))
            return refuse(file, tree_mark(value), error, "\"%s\" must be true or false", member->name);
        *(bool *)(void *)at = json_object_get_boolean(value);
        return true;
    case MEMBER_OTHER:
        return true;
    }
    return true;
}

static const struct member *member_find(const struct member *members, const char *name)
{
    for (; members->name; members++)
        if (g_str_equal(members->name, name))
            return members;
    return NULL;
}

static char *member_names(const struct member *members)
{
    GString *names = g_string_new(NULL);
    for (; members->name; members++)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", members->name);
    return g_string_free(names, FALSE);
}

/* Fills `out` from a mapping as `members` declare it. */
static bool fill(const char *file, const char *what, const json_object *node, const struct member *members, void *out,
                 GError **error)
{
    if (!json_object_is_type(node, json_type_object))
        return refuse(file, tree_mark(node), error, "%s must be a mapping", what);
    json_object_object_foreach (node, name, value) {
        const struct member *member = member_find(members, name);
        g_autofree char *known = member_names(members);
        if (!member)
            return refuse(file, tree_mark(value ? value : node), error, "%s has no member \"%s\"; known: %s", what,
                          name, known);
        if (!fill_member(file, member, value, out, error))
            return false;
    }
    for (const struct member *member = members; member->name; member++)
        if (member->required && !json_object_object_get_ex(node, member->name, NULL))
            return refuse(file, tree_mark(node), error, "%s needs \"%s\"", what, member->name);
    return true;
}

static bool version_condition_valid(const char *condition)
{
    size_t n = strspn(condition, "<>=");
    g_autofree char *op = g_strndup(condition, n);
    static const char *const ops[] = {">=", "<=", "<", ">", "=", NULL};
    return g_strv_contains(ops, op) && g_ascii_isdigit(condition[n]);
}

static bool conditions_valid(const char *file, const json_object *node, char **conditions, GError **error)
{
    for (; conditions && *conditions; conditions++)
        if (!version_condition_valid(*conditions))
            return refuse(file, tree_mark(node), error, "\"%s\" is no version condition such as \">=1.27\"",
                          *conditions);
    return true;
}

static bool fill_when(const char *file, const json_object *when, struct daemon_default *fallback, GError **error)
{
    if (!fill(file, "when", when, when_members, fallback, error))
        return false;
    if (!conditions_valid(file, tree_member(when, "version"), fallback->versions, error))
        return false;
    const json_object *cgroup = tree_member(when, "cgroup");
    bool version = json_object_is_type(cgroup, json_type_int) && json_object_get_int64(cgroup) >= 1 &&
                   json_object_get_int64(cgroup) <= 2;
    if (cgroup && !version)
        return refuse(file, tree_mark(cgroup), error, "\"cgroup\" must be 1 or 2");
    fallback->cgroup = cgroup ? json_object_get_int(cgroup) : 0;
    const json_object *config = tree_member(when, "config");
    if (!config)
        return true;
    if (!json_object_is_type(config, json_type_boolean))
        return refuse(file, tree_mark(config), error, "\"config\" must be true or false");
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
        if (!fill(file, "default", choice, default_members, fallback, error))
            return false;
        const json_object *when = tree_member(choice, "when");
        if (when && !fill_when(file, when, fallback, error))
            return false;
    }
    return true;
}

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
            return refuse(file, tree_mark(value), error, "\"%s\": there is no such section in \"config\"", *text);
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

/* "file": a path, a list of alternatives, or false; without it the key's own name, when the daemon has a file. */
static bool fill_key_file(const char *file, const json_object *node, const struct daemon_config *config,
                          struct daemon_key *key, GError **error)
{
    const json_object *value = tree_member(node, "file");
    if (json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value))
        return true;
    if (value && !config)
        return refuse(file, tree_mark(value), error, "the daemon has no \"config\" that could hold this key");
    if (!value) {
        key->file = config ? g_strsplit(key->name, "\n", 1) : NULL;
        return true;
    }
    key->file = scalar_texts(value);
    if (!key->file)
        return refuse(file, tree_mark(value), error, "\"file\" must be a path, paths, or false");
    return expand_sections(file, value, config, key, error);
}

static bool fill_key(const char *file, const json_object *node, const struct daemon_config *config,
                     struct daemon_key *key, GError **error)
{
    if (!fill(file, key->name, node, key_members, key, error))
        return false;
    const json_object *type = tree_member(node, "type");
    g_autofree char *type_name = scalar_text(type);
    if (!type_name || !key_type_parse(type_name, &key->type))
        return refuse(file, tree_mark(type ? type : node), error,
                      "\"type\" must be string, bool, number, size, duration, mode, set, list or map");
    const char *shorthand = tree_string(node, "shorthand");
    if (tree_member(node, "shorthand") && (!shorthand || !g_ascii_isalnum(shorthand[0]) || shorthand[1]))
        return refuse(file, tree_mark(tree_member(node, "shorthand")), error, "\"shorthand\" must be one letter");
    if (shorthand)
        key->shorthand = shorthand[0];
    if (key->by && key->type != VALUE_MAP)
        return refuse(file, tree_mark(tree_member(node, "by")), error, "\"by\" is for keys of type map");
    if (key->appends && key->type != VALUE_LIST && key->type != VALUE_SET)
        return refuse(file, tree_mark(tree_member(node, "appends")), error, "\"appends\" is for lists and sets");
    if (!fill_key_file(file, node, config, key, error) || !fill_defaults(file, node, key, error))
        return false;
    /* A text or list that is unset by default is unset when it is empty, too. */
    const struct daemon_default *only = key->defaults->len == 1 ? g_ptr_array_index(key->defaults, 0) : NULL;
    bool texts = key->type == VALUE_STRING || key->type == VALUE_LIST || key->type == VALUE_SET;
    key->zero_is_default |= texts && only && !only->value;
    return true;
}

static struct daemon_key *key_new(const char *name)
{
    struct daemon_key *key = g_new0(struct daemon_key, 1);
    key->name = g_strdup(name);
    key->defaults = g_ptr_array_new_with_free_func(default_free);
    return key;
}

static bool fill_keys(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    json_object *keys = tree_member(tree, "keys");
    if (!keys || !json_object_is_type(keys, json_type_object))
        return refuse(file, tree_mark(keys ? keys : tree), error, "\"keys\" must be a mapping of key names");
    const struct daemon_config *config = tree_member(tree, "config") ? &daemon->config : NULL;
    json_object_object_foreach (keys, name, node) {
        struct daemon_key *key = key_new(name);
        g_hash_table_insert(daemon->keys, key->name, key);
        if (!fill_key(file, node ? node : keys, config, key, error))
            return false;
    }
    return true;
}

static bool fill_programs(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    const json_object *programs = tree_member(tree, "programs");
    if (daemon->tools && !programs)
        return true;
    if (daemon->tools)
        return refuse(file, tree_mark(programs), error, "a daemon has \"programs\" or \"tools\", not both");
    if (!json_object_is_type(programs, json_type_array) || json_object_array_length(programs) == 0)
        return refuse(file, tree_mark(programs ? programs : tree), error, "\"programs\" must be a list of programs");
    for (size_t i = 0; i < json_object_array_length(programs); i++) {
        struct daemon_program *program = g_new0(struct daemon_program, 1);
        g_ptr_array_add(daemon->programs, program);
        const json_object *node = json_object_array_get_idx(programs, i);
        if (!fill(file, "program", node, program_members, program, error))
            return false;
        if (!program->comm && !program->name)
            return refuse(file, tree_mark(node), error, "a program needs \"comm\" or \"name\"");
    }
    return true;
}

static bool fill_syntax(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    static const char *const names[] = {
        [FLAGS_PFLAG] = "pflag", [FLAGS_GO] = "go", [FLAGS_GETOPT] = "getopt", [FLAGS_GETOPT + 1] = NULL};
    const json_object *flags = tree_member(tree, "flags");
    if (!flags)
        return true;
    for (unsigned i = 0; names[i]; i++) {
        if (g_strcmp0(tree_string(tree, "flags"), names[i]) != 0)
            continue;
        daemon->syntax = (enum flag_syntax)i;
        return true;
    }
    return refuse(file, tree_mark(flags), error, "\"flags\" must be pflag, go or getopt");
}

static void places_free(gpointer data)
{
    g_ptr_array_unref(data);
}

static bool fill_places(const char *file, const json_object *list, GPtrArray *places, GError **error)
{
    if (!json_object_is_type(list, json_type_array))
        return refuse(file, tree_mark(list), error, "a section must be a list of places");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *node = json_object_array_get_idx(list, i);
        struct daemon_place *place = g_new0(struct daemon_place, 1);
        g_ptr_array_add(places, place);
        if (!fill(file, "place", node, place_members, place, error) ||
            !conditions_valid(file, node, place->files, error) || !conditions_valid(file, node, place->programs, error))
            return false;
    }
    return true;
}

static bool fill_sections(const char *file, const json_object *config, struct daemon *daemon, GError **error)
{
    json_object *sections = tree_member(config, "sections");
    if (!sections)
        return true;
    if (!json_object_is_type(sections, json_type_object))
        return refuse(file, tree_mark(sections), error, "\"sections\" must be a mapping of names");
    daemon->config.sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, places_free);
    json_object_object_foreach (sections, name, list) {
        GPtrArray *places = g_ptr_array_new_with_free_func(place_free);
        g_hash_table_insert(daemon->config.sections, g_strdup(name), places);
        if (!fill_places(file, list ? list : sections, places, error))
            return false;
    }
    return conditions_valid(file, config, daemon->config.sections_replaced, error);
}

static bool name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && name[n] == '\0';
}

static bool fill_daemon(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    if (!fill(file, "a daemon", tree, daemon_members, daemon, error))
        return false;
    if (!daemon->name || !name_valid(daemon->name))
        return refuse(file, tree_mark(tree_member(tree, "daemon")), error,
                      "\"daemon\" must be lower case letters, digits and dashes");
    const json_object *config = tree_member(tree, "config");
    if (config && !fill(file, "config", config, config_members, &daemon->config, error))
        return false;
    if (config && !format_find(daemon->config.format))
        return refuse(file, tree_mark(tree_member(config, "format")), error, "there is no format \"%s\"",
                      daemon->config.format);
    if (config && !fill_sections(file, config, daemon, error))
        return false;
    return fill_programs(file, tree, daemon, error) && fill_syntax(file, tree, daemon, error) &&
           fill_keys(file, tree, daemon, error);
}

struct daemon *daemon_read(const char *file, const json_object *tree, GError **error)
{
    struct daemon *daemon = g_new0(struct daemon, 1);
    daemon->programs = g_ptr_array_new_with_free_func(program_free);
    daemon->keys = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, key_free);
    if (fill_daemon(file, tree, daemon, error))
        return daemon;
    daemon_free(daemon);
    return NULL;
}
