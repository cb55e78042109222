#include "cli/dirs.h"

#include "cli/message.h"
#include "cli/trust.h"
#include "model/error.h"

#include <sys/stat.h>

/* Something that only root or the caller can have put there. */
static bool is_ours(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_uid == 0 || st.st_uid == geteuid());
}

static bool has_rules(const char *folder)
{
    g_autofree char *profile = g_build_filename(folder, "profiles", "auto.yaml", NULL);
    return g_file_test(profile, G_FILE_TEST_IS_REGULAR);
}

char *dirs_stock(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup("/nonexistent");
    g_autofree char *cache = g_build_filename(folder, "CMakeCache.txt", NULL);
    char *candidates[] = {
        g_build_filename(folder, "..", "share", "plumbline", "checks", NULL),
        /* build/dev/plumbline of a source tree: known by what CMake left beside it */
        is_ours(cache) ? g_build_filename(folder, "..", "..", "checks", NULL) : NULL,
        g_strdup(PLUMBLINE_CHECKS_DIR),
    };
    char *found = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        if (!found && candidates[i] && has_rules(candidates[i]))
            found = g_canonicalize_filename(candidates[i], NULL);
        g_free(candidates[i]);
    }
    return found;
}

/* The stock rules compiled, beside the program of a build or beside the folder; NULL when there are none that are ours:
 * a program may lie where others put files. */
static char *compiled_of(const char *stock)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup("/nonexistent");
    char *candidates[] = {g_build_filename(folder, "checks.compiled", NULL), g_strconcat(stock, ".compiled", NULL)};
    char *found = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        if (!found && is_ours(candidates[i]))
            found = g_steal_pointer(&candidates[i]);
        g_free(candidates[i]);
    }
    return found;
}

/* A confined process is no longer who it was: what trust means was asked before. */
bool dirs_trust(const struct options *options, GError **error)
{
    g_autofree char *stock = options->only_checks ? NULL : dirs_stock();
    g_autofree char *compiled = stock ? compiled_of(stock) : NULL;
    bool ok = (!stock || trust_path(stock, error)) && (!compiled || trust_path(compiled, error));
    for (char **dir = options->checks; ok && dir && *dir; dir++)
        ok = trust_path(*dir, error);
    return ok && (!options->waivers || trust_path(options->waivers, error));
}

static struct content *load(const struct options *options, char **more, const char *const *layers, GError **error)
{
    g_autoptr(GPtrArray) dirs = g_ptr_array_new_with_free_func(g_free);
    char *stock = options->only_checks ? NULL : dirs_stock();
    if (stock)
        g_ptr_array_add(dirs, stock);
    for (char **dir = options->checks; dir && *dir; dir++)
        g_ptr_array_add(dirs, g_canonicalize_filename(*dir, NULL));
    for (char **dir = more; dir && *dir; dir++)
        g_ptr_array_add(dirs, g_canonicalize_filename(*dir, NULL));
    if (!dirs->len) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE,
                            "no rules: the stock ones are not installed; name a folder with --checks DIR");
        return NULL;
    }
    g_ptr_array_add(dirs, NULL);
    g_autofree char *compiled = stock ? compiled_of(stock) : NULL;
    const struct content_sources sources = {(const char *const *)dirs->pdata, compiled, layers};
    return content_load_from(&sources, error);
}

static void say_diagnostics(const struct content *content)
{
    const GPtrArray *diagnostics = content ? content_diagnostics(content) : NULL;
    for (guint i = 0; diagnostics && i < diagnostics->len; i++) {
        g_autofree char *text = diagnostic_text(g_ptr_array_index(diagnostics, i));
        message("%s", text);
    }
}

struct content *dirs_load(const struct options *options, char **more, bool say, GError **error)
{
    struct content *content = load(options, more, NULL, error);
    if (say)
        say_diagnostics(content);
    return content;
}

static bool given(char *const *list)
{
    return list && *list;
}

/* Any of these may name a rule, a tag or a value of another layer, and more rules may clash with it. */
static bool only_layers(const struct options *options)
{
    return !given(options->rules) && !given(options->skip) && !given(options->modules) && !given(options->references) &&
           !given(options->tags) && !given(options->sets) && !given(options->checks) && !options->waivers;
}

struct content *dirs_load_chosen(const struct options *options, GError **error)
{
    const char *const *layers = only_layers(options) ? (const char *const *)options->layers : NULL;
    struct content *content = load(options, NULL, layers, error);
    say_diagnostics(content);
    return content;
}
