#include "facts/kernel/modprobe.h"

#include "facts/file/confdirs.h"
#include "facts/file/lines.h"
#include "facts/kernel/cmdline.h"
#include "facts/kernel/kconfig.h"
#include "host/path.h"
#include "model/error.h"

#include <fnmatch.h>

static void rule_free(gpointer data)
{
    struct modprobe_rule *rule = data;
    g_free(rule->name);
    g_free(rule->command);
    g_free(rule->path);
    g_free(rule);
}

static void modprobe_free(gpointer data)
{
    struct modprobe *modprobe = data;
    g_ptr_array_unref(modprobe->installs);
    g_ptr_array_unref(modprobe->blacklists);
    g_ptr_array_unref(modprobe->errors);
    g_free(modprobe);
}

char *modprobe_name(const char *name)
{
    char *copy = g_strdup(name);
    /* Not inside [a-z] of a glob. */
    bool bracket = false;
    for (char *c = copy; *c; c++) {
        if (*c == '[' || *c == ']')
            bracket = *c == '[';
        else if (*c == '-' && !bracket)
            *c = '_';
    }
    return copy;
}

static void add_rule(GPtrArray *list, const char *name, const char *command, const char *path, unsigned line)
{
    struct modprobe_rule *rule = g_new0(struct modprobe_rule, 1);
    rule->name = modprobe_name(name);
    rule->command = g_strdup(command);
    rule->path = g_strdup(path);
    rule->line = line;
    g_ptr_array_add(list, rule);
}

static void add_line(struct modprobe *modprobe, char *line, const char *path, unsigned number)
{
    char *cursor = line;
    const char *word = word_next(&cursor);
    if (!word || *word == '#')
        return;
    const char *name = word_next(&cursor);
    if (!name)
        return;
    if (g_str_equal(word, "blacklist"))
        add_rule(modprobe->blacklists, name, NULL, path, number);
    else if (g_str_equal(word, "install"))
        add_rule(modprobe->installs, name, g_strstrip(cursor), path, number);
}

static void add_file(struct host *host, struct modprobe *modprobe, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (!text) {
        if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(modprobe->errors, g_steal_pointer(&error));
        return;
    }
    g_autoptr(GString) whole = g_string_new(NULL);
    char *cursor = text;
    unsigned number = 0, first = 1;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        size_t n = strlen(line);
        bool goes_on = n > 0 && line[n - 1] == '\\';
        number++;
        g_string_append_len(whole, line, (gssize)(goes_on ? n - 1 : n));
        if (goes_on)
            continue;
        add_line(modprobe, whole->str, path, first);
        g_string_truncate(whole, 0);
        first = number + 1;
    }
    add_line(modprobe, whole->str, path, first);
}

static void add_cmdline(struct host *host, struct modprobe *modprobe)
{
    const GPtrArray *args = cmdline_get(host)->args;
    for (guint i = 0; i < args->len; i++) {
        const struct cmdline_arg *arg = args->pdata[i];
        if (!arg->value || !cmdline_same_name(arg->name, "modprobe.blacklist"))
            continue;
        g_auto(GStrv) names = g_strsplit(arg->value, ",", 1000);
        for (char **name = names; *name; name++)
            add_rule(modprobe->blacklists, *name, NULL, "/proc/cmdline", 1);
    }
}

static gpointer make_modprobe(struct host *host, gpointer data)
{
    (void)data;
    static const char *const dirs[] = {"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
                                       "/usr/lib/modprobe.d", "/lib/modprobe.d", NULL};
    struct modprobe *modprobe = g_new0(struct modprobe, 1);
    modprobe->installs = g_ptr_array_new_with_free_func(rule_free);
    modprobe->blacklists = g_ptr_array_new_with_free_func(rule_free);
    modprobe->errors = confdirs_errors_new();
    g_auto(GStrv) files = confdirs_files(host, dirs, ".conf", modprobe->errors);
    for (char **file = files; *file; file++)
        add_file(host, modprobe, *file);
    add_cmdline(host, modprobe);
    return modprobe;
}

const struct modprobe *modprobe_get(struct host *host)
{
    return host_memo(host, "modprobe", make_modprobe, NULL, modprobe_free);
}

const struct modprobe_rule *modprobe_find_install(const struct modprobe *modprobe, const char *name)
{
    for (guint i = 0; i < modprobe->installs->len; i++) {
        const struct modprobe_rule *rule = modprobe->installs->pdata[i];
        if (fnmatch(rule->name, name, 0) == 0)
            return rule;
    }
    return NULL;
}

const struct modprobe_rule *modprobe_find_blacklist(const struct modprobe *modprobe, const char *name)
{
    for (guint i = 0; i < modprobe->blacklists->len; i++) {
        const struct modprobe_rule *rule = modprobe->blacklists->pdata[i];
        if (g_str_equal(rule->name, name))
            return rule;
    }
    return NULL;
}

bool modprobe_is_nothing(const char *command)
{
    g_autofree char *copy = g_strdup(command);
    char *cursor = copy;
    const char *word = word_next(&cursor);
    if (!word || strpbrk(word, ";&|`$()<>'\"\\*?#"))
        return false;
    const char *base = host_base_name(word);
    bool path_allowed = g_str_equal(base, "true") || g_str_equal(base, "false");
    bool builtin = g_str_equal(word, ":") || g_str_equal(word, "exit");
    if (!path_allowed && !builtin)
        return false;
    /* Anything after a comment sign is the shell's comment; operators before it would run something else. */
    char *comment = strstr(cursor, " #");
    if (comment)
        *comment = '\0';
    return *cursor == '#' || !strpbrk(cursor, ";&|`$()<>\n");
}

static void kernel_modules_free(gpointer data)
{
    struct kernel_modules *modules = data;
    g_free(modules->release);
    g_hash_table_unref(modules->running);
    g_hash_table_unref(modules->available);
    g_hash_table_unref(modules->builtin);
    g_hash_table_unref(modules->loaded);
    g_ptr_array_unref(modules->errors);
    g_free(modules);
}

/* "kernel/fs/cramfs/cramfs.ko.xz" -> "cramfs"; NULL when this is no module file. */
static char *name_of_file(const char *file)
{
    g_autofree char *base = g_path_get_basename(file);
    char *dot = strstr(base, ".ko");
    if (!dot || dot == base)
        return NULL;
    *dot = '\0';
    return modprobe_name(base);
}

static char *read_or_note(struct host *host, const char *path, GPtrArray *errors)
{
    g_autoptr(GError) error = NULL;
    char *text = host_read_text(host, path, &error);
    if (!text && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        g_ptr_array_add(errors, g_steal_pointer(&error));
    return text;
}

/* modules.dep: "FILE: DEPENDENCIES"; modules.builtin: "FILE". */
static bool add_files(struct host *host, const char *path, GHashTable *set, GPtrArray *errors)
{
    g_autofree char *text = read_or_note(host, path, errors);
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        line[strcspn(line, ": \t")] = '\0';
        char *name = name_of_file(line);
        if (name)
            g_hash_table_add(set, name);
    }
    return text != NULL;
}

static void add_kernel(struct host *host, struct kernel_modules *modules, const char *dir, const char *release)
{
    bool running = modules->release && g_str_equal(release, modules->release);
    g_autofree char *dep = g_build_filename(dir, release, "modules.dep", NULL);
    if (add_files(host, dep, modules->available, modules->errors)) {
        modules->kernels++;
        modules->running_dep |= running;
    }
    if (running)
        add_files(host, dep, modules->running, modules->errors);
    if (modules->release && !running)
        return;
    g_autofree char *builtin = g_build_filename(dir, release, "modules.builtin", NULL);
    if (add_files(host, builtin, modules->builtin, modules->errors)) {
        modules->any_builtin = true;
        modules->running_builtin |= running;
    }
}

static void read_kernels(struct host *host, struct kernel_modules *modules)
{
    static const char *const dirs[] = {"/usr/lib/modules", "/lib/modules"};
    g_autofree char *first = host_resolve(host, dirs[0], NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
        g_autofree char *real = host_resolve(host, dirs[i], NULL);
        if (!real || (i > 0 && first && g_str_equal(first, real)))
            continue;
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) names = host_list(host, dirs[i], &error);
        if (!names && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(modules->errors, g_steal_pointer(&error));
        for (char **name = names; name && *name; name++)
            add_kernel(host, modules, dirs[i], *name);
    }
}

static void read_loaded(struct host *host, struct kernel_modules *modules)
{
    guint before = modules->errors->len;
    g_autofree char *text = read_or_note(host, "/proc/modules", modules->errors);
    modules->has_table = text != NULL;
    /* Only a kernel that runs, and whose /proc is there, can be said to have no modules. */
    const char *configured = g_hash_table_lookup(kconfig_get(host)->symbols, "CONFIG_MODULES");
    modules->no_support = !text && modules->errors->len == before && g_strcmp0(configured, "y") != 0 &&
                          (host_is_live(host) || host_exists(host, "/proc/version")) && host_exists(host, "/proc/self");
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        line[strcspn(line, " ")] = '\0';
        if (*line)
            g_hash_table_add(modules->loaded, modprobe_name(line));
    }
}

static gpointer make_kernel_modules(struct host *host, gpointer data)
{
    (void)data;
    struct kernel_modules *modules = g_new0(struct kernel_modules, 1);
    modules->release = kconfig_running_release(host);
    modules->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    modules->available = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    modules->builtin = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    modules->loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    modules->errors = confdirs_errors_new();
    read_loaded(host, modules);
    read_kernels(host, modules);
    return modules;
}

const struct kernel_modules *kernel_modules_get(struct host *host)
{
    return host_memo(host, "kernel-modules", make_kernel_modules, NULL, kernel_modules_free);
}
