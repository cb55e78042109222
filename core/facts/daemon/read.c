/* Strict reading of checks/daemons/NAME.yaml into struct daemon. It knows nothing about processes and hosts. */
#include "facts/daemon/read.h"

#include "facts/daemon/key.h"
#include "facts/daemon/member.h"
#include "formats/format.h"

#include <string.h>

static const struct daemon_member program_members[] = {
    {"comm", offsetof(struct daemon_program, comm), MEMBER_TEXTS, false},
    {"name", offsetof(struct daemon_program, name), MEMBER_TEXTS, false},
    {"argument", offsetof(struct daemon_program, argument), MEMBER_TEXTS, false},
    {"embedded", offsetof(struct daemon_program, embedded), MEMBER_BOOL, false},
    {"arguments", offsetof(struct daemon_program, arguments), MEMBER_TEXT, false},
    {"variables", offsetof(struct daemon_program, variables), MEMBER_TEXTS, false},
    {.name = NULL},
};

static const struct daemon_member config_members[] = {
    {"flag", offsetof(struct daemon_config, flags), MEMBER_TEXTS, false},
    {"environment", offsetof(struct daemon_config, environment), MEMBER_TEXT, false},
    {"path", offsetof(struct daemon_config, paths), MEMBER_TEXTS, false},
    {"user_path", offsetof(struct daemon_config, user_path), MEMBER_TEXT, false},
    {"path_when_stopped", offsetof(struct daemon_config, stopped_paths), MEMBER_TEXTS, false},
    {"format", offsetof(struct daemon_config, format), MEMBER_TEXT, true},
    {"replaces_flags", offsetof(struct daemon_config, replaces_flags), MEMBER_BOOL, false},
    {"replaces_environment", offsetof(struct daemon_config, replaces_environment), MEMBER_BOOL, false},
    {"known", offsetof(struct daemon_config, known), MEMBER_TEXTS, false},
    {"keys_fold", offsetof(struct daemon_config, keys_fold), MEMBER_BOOL, false},
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

static const struct daemon_member place_members[] = {
    {"path", offsetof(struct daemon_place, path), MEMBER_TEXT, true},
    {"file", offsetof(struct daemon_place, files), MEMBER_TEXTS, false},
    {"version", offsetof(struct daemon_place, programs), MEMBER_TEXTS, false},
    {.name = NULL},
};

static const struct daemon_member daemon_members[] = {
    {"daemon", offsetof(struct daemon, name), MEMBER_TEXT, true},
    {"title", offsetof(struct daemon, title), MEMBER_TEXT, true},
    {"programs", 0, MEMBER_OTHER, false},
    {"tools", offsetof(struct daemon, tools), MEMBER_TEXTS, false},
    {"flags", 0, MEMBER_OTHER, false},
    {"underscores", offsetof(struct daemon, underscores), MEMBER_BOOL, false},
    {"copies", offsetof(struct daemon, copies), MEMBER_BOOL, false},
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

static void config_clear(struct daemon_config *config)
{
    g_strfreev(config->flags);
    g_free(config->environment);
    g_strfreev(config->paths);
    g_strfreev(config->stopped_paths);
    g_free(config->user_path);
    g_free(config->format);
    g_strfreev(config->known);
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

static void key_free(gpointer data)
{
    daemon_key_free(data);
}

static bool fill_keys(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    json_object *keys = tree_member(tree, "keys");
    if (!keys || !json_object_is_type(keys, json_type_object))
        return daemon_refuse(file, tree_mark(keys ? keys : tree), error, "\"keys\" must be a mapping of key names");
    const struct daemon_config *config = tree_member(tree, "config") ? &daemon->config : NULL;
    json_object_object_foreach (keys, name, node) {
        struct daemon_key *key = daemon_key_read(file, name, node ? node : keys, config, error);
        if (!key)
            return false;
        g_hash_table_insert(daemon->keys, key->name, key);
    }
    return true;
}

static bool fill_programs(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    const json_object *programs = tree_member(tree, "programs");
    if (daemon->tools && !programs)
        return true;
    if (daemon->tools)
        return daemon_refuse(file, tree_mark(programs), error, "a daemon has \"programs\" or \"tools\", not both");
    if (!json_object_is_type(programs, json_type_array) || json_object_array_length(programs) == 0)
        return daemon_refuse(file, tree_mark(programs ? programs : tree), error,
                             "\"programs\" must be a list of programs");
    for (size_t i = 0; i < json_object_array_length(programs); i++) {
        struct daemon_program *program = g_new0(struct daemon_program, 1);
        g_ptr_array_add(daemon->programs, program);
        const json_object *node = json_object_array_get_idx(programs, i);
        if (!daemon_fill(file, "program", node, program_members, program, error))
            return false;
        if (!program->comm && !program->name)
            return daemon_refuse(file, tree_mark(node), error, "a program needs \"comm\" or \"name\"");
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
    return daemon_refuse(file, tree_mark(flags), error, "\"flags\" must be pflag, go or getopt");
}

static void places_free(gpointer data)
{
    g_ptr_array_unref(data);
}

static bool fill_places(const char *file, const json_object *list, GPtrArray *places, GError **error)
{
    if (!json_object_is_type(list, json_type_array))
        return daemon_refuse(file, tree_mark(list), error, "a section must be a list of places");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *node = json_object_array_get_idx(list, i);
        struct daemon_place *place = g_new0(struct daemon_place, 1);
        g_ptr_array_add(places, place);
        if (!daemon_fill(file, "place", node, place_members, place, error) ||
            !daemon_conditions_valid(file, node, place->files, error) ||
            !daemon_conditions_valid(file, node, place->programs, error))
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
        return daemon_refuse(file, tree_mark(sections), error, "\"sections\" must be a mapping of names");
    daemon->config.sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, places_free);
    json_object_object_foreach (sections, name, list) {
        GPtrArray *places = g_ptr_array_new_with_free_func(place_free);
        g_hash_table_insert(daemon->config.sections, g_strdup(name), places);
        if (!fill_places(file, list ? list : sections, places, error))
            return false;
    }
    return daemon_conditions_valid(file, config, daemon->config.sections_replaced, error);
}

static bool name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && name[n] == '\0';
}

/* A key is a path of names: a format whose trees have none would leave every key at its default. */
static bool check_format(const char *file, const json_object *node, const char *name, GError **error)
{
    const struct format *format = format_find(name);
    if (!format)
        return daemon_refuse(file, tree_mark(node), error, "there is no format \"%s\"", name);
    if (format->shape == FORMAT_MAPPING || format->shape == FORMAT_SECTIONS)
        return true;
    return daemon_refuse(file, tree_mark(node), error, "the format \"%s\" has no settings by name: %s", name,
                         format->summary);
}

static bool fill_daemon(const char *file, const json_object *tree, struct daemon *daemon, GError **error)
{
    if (!daemon_fill(file, "a daemon", tree, daemon_members, daemon, error))
        return false;
    if (!daemon->name || !name_valid(daemon->name))
        return daemon_refuse(file, tree_mark(tree_member(tree, "daemon")), error,
                             "\"daemon\" must be lower case letters, digits and dashes");
    const json_object *config = tree_member(tree, "config");
    if (config && !daemon_fill(file, "config", config, config_members, &daemon->config, error))
        return false;
    if (config && !check_format(file, tree_member(config, "format"), daemon->config.format, error))
        return false;
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
