/* The table of formats, the guess by file name, and the one parse a file and host. */
#include "formats/format.h"

#include "host/notes.h"
#include "host/room.h"
#include "model/error.h"
#include "model/suggest.h"

#include <fnmatch.h>

#define FORMAT(symbol) extern const struct format format_##symbol;
#include "formats/formats.def"
#undef FORMAT

static const struct format *const formats[] = {
#define FORMAT(symbol) &format_##symbol,
#include "formats/formats.def"
#undef FORMAT
};

/* The first pattern that fits the whole path wins; a * crosses slashes. */
static const struct {
    const char *pattern, *format;
} guesses[] = {
    {"*.yaml", "yaml"},
    {"*.yml", "yaml"},
    {"*.json", "json"},
    {"*.toml", "toml"},
    {"*/containers/*.conf", "toml"},
    {"*/crio/*.conf", "toml"},
    {"*/crio.conf", "toml"},
    {"*/crio.conf.d/*", "toml"},
    {"*.xml", "xml"},
    {"*/dbus-1/*.conf", "xml"},
    {"*/sshd_config", "sshd"},
    {"*/sshd_config.d/*", "sshd"},
    {"*/systemd/*.conf", "systemd"},
    {"*.service", "systemd"},
    {"*.socket", "systemd"},
    {"*.timer", "systemd"},
    {"*.mount", "systemd"},
    {"*.automount", "systemd"},
    {"*.target", "systemd"},
    {"*.path", "systemd"},
    {"*.slice", "systemd"},
    {"*.scope", "systemd"},
    {"*.swap", "systemd"},
    {"*.network", "systemd"},
    {"*.netdev", "systemd"},
    {"*.container", "systemd"},
    {"*/sysctl.conf", "sysctl"},
    {"*/sysctl.d/*", "sysctl"},
    {"*/passwd", "colon"},
    {"*/passwd-", "colon"},
    {"*/shadow", "colon"},
    {"*/shadow-", "colon"},
    {"*/group", "colon"},
    {"*/group-", "colon"},
    {"*/gshadow", "colon"},
    {"*/gshadow-", "colon"},
    {"*/fstab", "lines"},
    {"*/modprobe.d/*", "lines"},
    {"*/modules-load.d/*", "lines"},
    {"*/pam.d/*", "lines"},
    {"*/limits.conf", "lines"},
    {"*/limits.d/*", "lines"},
    {"*/hosts.allow", "lines"},
    {"*/hosts.deny", "lines"},
    {"*.ini", "ini"},
    {"*.cnf", "ini"},
    {"*.cfg", "ini"},
    {"*/dconf/*", "ini"},
    {"*/gdm*/custom.conf", "ini"},
    {"*/NetworkManager/*", "ini"},
    {"*.desktop", "ini"},
    {"*/login.defs", "login-defs"},
    {"*/os-release", "keyvalue"},
    {"*/default/*", "keyvalue"},
    {"*/sysconfig/*", "keyvalue"},
    {"*.env", "keyvalue"},
    {"*.conf", "keyvalue"},
};

const struct format *const *format_all(size_t *count)
{
    *count = G_N_ELEMENTS(formats);
    return formats;
}

static const struct {
    const char *name, *text;
} shapes[] = {
    [FORMAT_MAPPING] = {"mapping", "a path of names leads to a value"},
    [FORMAT_SECTIONS] = {"sections", "a path is SECTION.KEY, and a name alone is a section"},
    [FORMAT_LIST] = {"list", "a path begins with *, and no daemon has its keys there"},
    [FORMAT_ELEMENT] = {"element", "a path begins with name, attributes, text or children, and no daemon has its keys "
                                   "there"},
};

static const char *const repeats_texts[] = {
    [REPEATS_ONE] = "has one value",
    [REPEATS_ARRAY] = "has a list of its values",
    [REPEATS_RESET] = "has a list of its values, where an empty one takes back those before it",
};

const char *format_shape_name(enum format_shape shape)
{
    return shapes[shape].name;
}

const char *format_shape_text(enum format_shape shape)
{
    return shapes[shape].text;
}

const char *format_repeats_text(enum format_repeats repeats)
{
    return repeats_texts[repeats];
}

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (g_str_equal(formats[i]->name, name))
            return formats[i];
    return NULL;
}

const struct format *format_named(const char *name, GError **error)
{
    const struct format *format = format_find(name);
    const char *names[G_N_ELEMENTS(formats) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        names[i] = formats[i]->name;
    if (format)
        return format;
    g_autofree char *clause = suggest_clause(name, names);
    g_autofree char *known = g_strjoinv(", ", (char **)(uintptr_t)names);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "there is no format \"%s\"%s; known: %s", name, clause, known);
    return NULL;
}

const struct format *format_guess(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(guesses); i++)
        if (fnmatch(guesses[i].pattern, path, 0) == 0)
            return format_find(guesses[i].format);
    return NULL;
}

/* What one parse came to: a tree or an error. */
struct parsed {
    json_object *tree;
    GError *error;
};

struct request {
    const char *path;
    const struct format *format;
};

static void parsed_free(gpointer data)
{
    struct parsed *parsed = data;
    json_object_put(parsed->tree);
    g_clear_error(&parsed->error);
    g_free(parsed);
}

static gpointer make_parsed(struct host *host, gpointer data)
{
    const struct request *request = data;
    struct parsed *parsed = g_new0(struct parsed, 1);
    g_autoptr(GBytes) bytes = host_read(host, request->path, &parsed->error);
    if (!bytes)
        return parsed;
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    parsed->tree = request->format->parse(request->path, text ? text : "", n, &parsed->error);
    if (!parsed->tree && !parsed->error)
        g_set_error(&parsed->error, PL_ERROR, PL_ERROR_PARSE, "%s: no tree", request->path);
    if (parsed->tree && !host_room_take(host, request->path, tree_weight(parsed->tree), &parsed->error))
        g_clear_pointer(&parsed->tree, json_object_put);
    return parsed;
}

json_object *format_read(struct host *host, const char *path, const struct format *format, GError **error)
{
    g_autofree char *key = g_strdup_printf("format:%s:%s", format->name, path);
    struct request request = {.path = path, .format = format};
    const struct parsed *parsed = host_memo(host, key, make_parsed, &request, parsed_free);
    if (parsed->error && error)
        *error = g_error_copy(parsed->error);
    else if (parsed->error)
        host_note(g_error_copy(parsed->error));
    return parsed->tree;
}
