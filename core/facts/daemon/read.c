/* Strict reading of checks/daemons/NAME.yaml into struct daemon. It knows nothing about processes and hosts. */
#include "facts/daemon/read.h"

#include "facts/daemon/key.h"
#include "facts/daemon/member.h"
#include "facts/daemon/peer.h"
#include "formats/format.h"

#include <string.h>

static const struct member program_members[] = {
    {"comm", "texts", false, "names of the process as the kernel shows it, cut at 15 bytes",
     offsetof(struct daemon_program, comm)},
    {"name", "texts", false, "base names of the program, or of the first word of the command line",
     offsetof(struct daemon_program, name)},
    {"argument", "texts", false,
     "what the second word of the command line must be, as kubelet in a program that holds several",
     offsetof(struct daemon_program, argument)},
    {"embedded", "bool", false,
     "another program that runs the daemon inside itself: its command line says nothing about it",
     offsetof(struct daemon_program, embedded)},
    {"launches", "bool", false,
     "another program that starts the daemon with a command line that no unit shows; a process of it is not the daemon",
     offsetof(struct daemon_program, launches)},
    {"arguments", "text", false, "of an embedded one: the file that holds the daemon's flags",
     offsetof(struct daemon_program, arguments)},
    {"variables", "texts", false, "NAME=value: what ${NAME} stands for in that file",
     offsetof(struct daemon_program, variables)},
    {.name = NULL},
};

static const struct member config_members[] = {
    {"flag", "texts", false, "flags that name the file, long names without dashes or one letter",
     offsetof(struct daemon_config, flags)},
    {"environment", "text", false, "variable that names the file where no flag does",
     offsetof(struct daemon_config, environment)},
    {"path", "texts", false, "where it is otherwise; the first that exists is read",
     offsetof(struct daemon_config, paths)},
    {"user_path", "text", false,
     "the file below ~/.config that is read instead of path where it does not run as root; of a tool: of each account "
     "that has it",
     offsetof(struct daemon_config, user_path)},
    {"path_when_stopped", "texts", false, "read only when no process runs: a file that a unit usually names",
     offsetof(struct daemon_config, stopped_paths)},
    {"format", "text", true, "a format of mappings or sections (FORMATS)", offsetof(struct daemon_config, format)},
    {"replaces_flags", "bool", false, "a file that was named makes the daemon ignore its other flags",
     offsetof(struct daemon_config, replaces_flags)},
    {"replaces_environment", "bool", false, "and its environment",
     offsetof(struct daemon_config, replaces_environment)},
    {"known", "texts", false,
     "names beside those of the keys and flags that a file may hold: with any other name, or with a key of another "
     "type, the daemon refuses the file",
     offsetof(struct daemon_config, known)},
    {"keys_fold", "bool", false, "it matches keys without case, although readers of the format do not in general",
     offsetof(struct daemon_config, keys_fold)},
    {"imports", "text", false,
     "key of a file that lists globs of further files; in a format without lists it names one file or glob, and a "
     "directory there is an error",
     offsetof(struct daemon_config, imports)},
    {"imports_keep", "bool", false,
     "0, an empty text and false in an imported file leave what was set before, and lists are joined; not inside of "
     "sections",
     offsetof(struct daemon_config, imports_keep)},
    {"file_version", "text", false, "key of the file's own version, which is 1 where it is missing",
     offsetof(struct daemon_config, file_version)},
    {"sections", "map of list of @place", false,
     "sections that were renamed: a name, and the places where such a section lies; keys say @NAME.key", MEMBER_APART},
    {"sections_replaced", "texts", false,
     "versions of the daemon in which a section of an imported file takes the place of the whole earlier one",
     offsetof(struct daemon_config, sections_replaced)},
    {"dropin_flag", "texts", false, "flags that name a directory of drop-ins",
     offsetof(struct daemon_config, dropin_flags)},
    {"dropin_pattern", "text", false, "glob below that directory; *.conf without it",
     offsetof(struct daemon_config, dropin_pattern)},
    {"dropins", "texts", false, "globs of files that are read after the main one, used where no flag names a directory",
     offsetof(struct daemon_config, dropins)},
    {"dropins_mask", "bool", false,
     "they are read in the order of their file names, and a name that an earlier glob found hides later ones, as "
     "systemd does",
     offsetof(struct daemon_config, dropins_mask)},
    {"root_dropins", "texts", false, "globs that only root's own calls of a tool read, after dropins",
     offsetof(struct daemon_config, root_dropins)},
    {"user_dropins", "texts", false,
     "globs below ~/.config, read last: every account that has such a file is an instance",
     offsetof(struct daemon_config, user_dropins)},
    {.name = NULL},
};

static const struct member place_members[] = {
    {"path", "text", true, "dotted path of the section", offsetof(struct daemon_place, path)},
    {"file", "texts", false, "conditions on the file's own version, all of which hold: \">=2\"",
     offsetof(struct daemon_place, files)},
    {"version", "texts", false, "conditions on the daemon's version", offsetof(struct daemon_place, programs)},
    {.name = NULL},
};

static const struct member daemon_members[] = {
    {"daemon", "text", true, "the file's name without .yaml; lower case letters, digits and dashes",
     offsetof(struct daemon, name)},
    {"replaces", "text", false, "its own name, where an earlier folder has a daemon of this name", MEMBER_APART},
    {"title", "text", true, "what it is called in texts", offsetof(struct daemon, title)},
    {"programs", "list of @program", false,
     "how its process is recognised; of each one every member that is there must hold", MEMBER_APART},
    {"tools", "texts", false,
     "instead of programs: paths of programs that read their files at every call and leave no process; one instance "
     "stands for the system, and one for every account with files of its own",
     offsetof(struct daemon, tools)},
    {"flags", "one of pflag go getopt", false,
     "how flags are written: --name=value, --name value, -s value (pflag, the default); one dash or two (go); long "
     "names may be cut as well (getopt)",
     MEMBER_APART},
    {"underscores", "bool", false, "--a_b is --a-b", offsetof(struct daemon, underscores)},
    {"copies", "bool", false, "users run copies of their own, which are theirs and are judged where they listen",
     offsetof(struct daemon, copies)},
    {"environment", "text", false, "prefix of variables: the flag a-b is PREFIX_A_B",
     offsetof(struct daemon, environment)},
    {"images", "texts", false, "last names of container images whose tag is its version",
     offsetof(struct daemon, images)},
    {"packages", "texts", false, "packages that carry the program, for its version", offsetof(struct daemon, packages)},
    {"config", "@config", false, "where its configuration lies; without it the daemon has no file", MEMBER_APART},
    {"peers", "list of @peer", false,
     "what whoever connects to its sockets and ports can have done; a description of other programs may have nothing "
     "else",
     MEMBER_APART},
    {"keys", "map of @key", false,
     "every key that can be asked for, by the name that rules use; needed with programs or tools", MEMBER_APART},
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
    g_ptr_array_unref(daemon->peers);
    g_free(daemon);
}

static void key_free(gpointer data)
{
    daemon_key_free(data);
}

static bool fill_keys(struct daemon_faults *to, const json_object *tree, struct daemon *daemon)
{
    json_object *keys = tree_member(tree, "keys");
    if (!keys || !json_object_is_type(keys, json_type_object))
        return daemon_refuse(to, tree_mark(keys ? keys : tree), "\"keys\" must be a mapping of key names");
    const struct daemon_config *config = tree_member(tree, "config") ? &daemon->config : NULL;
    bool good = true;
    json_object_object_foreach (keys, name, node) {
        struct daemon_key *key = daemon_key_read(to, name, node ? node : keys, config);
        if (key)
            g_hash_table_insert(daemon->keys, key->name, key);
        good &= key != NULL;
    }
    return good;
}

/* It tells of sockets alone: no instance of it is looked for. */
static bool is_of_peers(const json_object *tree)
{
    static const char *const others[] = {"programs", "tools", "keys", "config", "flags", "packages", "images"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (tree_member(tree, others[i]))
            return false;
    return tree_member(tree, "peers");
}

static bool fill_programs(struct daemon_faults *to, const json_object *tree, struct daemon *daemon)
{
    const json_object *programs = tree_member(tree, "programs");
    bool good = true;
    if (!programs && (daemon->tools || is_of_peers(tree)))
        return true;
    if (daemon->tools)
        return daemon_refuse(to, tree_mark(programs), "a daemon has \"programs\" or \"tools\", not both");
    if (!json_object_is_type(programs, json_type_array) || json_object_array_length(programs) == 0)
        return daemon_refuse(to, tree_mark(programs ? programs : tree), "\"programs\" must be a list of programs");
    for (size_t i = 0; i < json_object_array_length(programs); i++) {
        struct daemon_program *program = g_new0(struct daemon_program, 1);
        g_ptr_array_add(daemon->programs, program);
        const json_object *node = json_object_array_get_idx(programs, i);
        if (!daemon_fill(to, "program", node, program_members, program))
            good = false;
        else if (!program->comm && !program->name)
            good = daemon_refuse(to, tree_mark(node), "a program needs \"comm\" or \"name\"");
    }
    return good;
}

static bool fill_syntax(struct daemon_faults *to, const json_object *tree, struct daemon *daemon)
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
    return daemon_refuse(to, tree_mark(flags), "\"flags\" must be pflag, go or getopt");
}

static void places_free(gpointer data)
{
    g_ptr_array_unref(data);
}

static bool fill_places(struct daemon_faults *to, const json_object *list, GPtrArray *places)
{
    bool good = true;
    if (!json_object_is_type(list, json_type_array))
        return daemon_refuse(to, tree_mark(list), "a section must be a list of places");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *node = json_object_array_get_idx(list, i);
        struct daemon_place *place = g_new0(struct daemon_place, 1);
        g_ptr_array_add(places, place);
        good &= daemon_fill(to, "place", node, place_members, place);
        good &= daemon_conditions_valid(to, node, place->files);
        good &= daemon_conditions_valid(to, node, place->programs);
    }
    return good;
}

static bool fill_sections(struct daemon_faults *to, const json_object *config, struct daemon *daemon)
{
    json_object *sections = tree_member(config, "sections");
    if (!sections)
        return true;
    if (!json_object_is_type(sections, json_type_object))
        return daemon_refuse(to, tree_mark(sections), "\"sections\" must be a mapping of names");
    bool good = daemon_conditions_valid(to, config, daemon->config.sections_replaced);
    daemon->config.sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, places_free);
    json_object_object_foreach (sections, name, list) {
        GPtrArray *places = g_ptr_array_new_with_free_func(place_free);
        g_hash_table_insert(daemon->config.sections, g_strdup(name), places);
        good &= fill_places(to, list ? list : sections, places);
    }
    return good;
}

static bool name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && name[n] == '\0';
}

/* A key is a path of names: a format whose trees have none would leave every key at its default. */
static bool check_format(struct daemon_faults *to, const json_object *node, const char *name)
{
    g_autoptr(GError) error = NULL;
    const struct format *format = format_named(name, &error);
    if (!format)
        return daemon_refuse(to, tree_mark(node), "%s", error->message);
    if (format->shape == FORMAT_MAPPING || format->shape == FORMAT_SECTIONS)
        return true;
    return daemon_refuse(to, tree_mark(node), "the format \"%s\" has no settings by name: %s", name, format->summary);
}

static bool fill_config(struct daemon_faults *to, const json_object *config, struct daemon *daemon)
{
    if (!config)
        return true;
    bool good = daemon_fill(to, "config", config, config_members, &daemon->config);
    if (daemon->config.format)
        good &= check_format(to, tree_member(config, "format"), daemon->config.format);
    return fill_sections(to, config, daemon) && good;
}

static bool fill_daemon(struct daemon_faults *to, const json_object *tree, struct daemon *daemon)
{
    bool good = daemon_fill(to, "a daemon", tree, daemon_members, daemon);
    if (!json_object_is_type(tree, json_type_object))
        return false;
    if (daemon->name && !name_valid(daemon->name))
        good = daemon_refuse(to, tree_mark(tree_member(tree, "daemon")),
                             "\"daemon\" must be lower case letters, digits and dashes");
    good &= fill_config(to, tree_member(tree, "config"), daemon);
    good &= fill_programs(to, tree, daemon);
    good &= fill_syntax(to, tree, daemon);
    good &= daemon_peers_read(to, tree_member(tree, "peers"), daemon->peers);
    return (is_of_peers(tree) || fill_keys(to, tree, daemon)) && good;
}

struct daemon *daemon_read(const char *file, const json_object *tree, GPtrArray *faults)
{
    pl_auto(daemon) daemon = g_new0(struct daemon, 1);
    struct daemon_faults to = {file, faults};
    daemon->programs = g_ptr_array_new_with_free_func(program_free);
    daemon->keys = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, key_free);
    daemon->peers = g_ptr_array_new_with_free_func(daemon_peer_free);
    return fill_daemon(&to, tree, daemon) ? g_steal_pointer(&daemon) : NULL;
}

const struct vocabulary *daemon_vocabularies(size_t *count)
{
    static const struct vocabulary all[] = {
        {"daemon", "a daemon", daemon_members}, {"program", "a program", program_members},
        {"config", "config", config_members},   {"place", "a place of a section", place_members},
        {"key", "a key", daemon_key_members},   {"default", "a default", daemon_default_members},
        {"when", "when", daemon_when_members},  {"peer", "a peer", daemon_peer_members},
    };
    *count = G_N_ELEMENTS(all);
    return all;
}
