#include "cli/dirs.h"

#include "cli/message.h"
#include "model/error.h"

char *dirs_stock(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup("/nonexistent");
    char *candidates[] = {
        g_build_filename(folder, "..", "share", "plumbline", "checks", NULL),
        g_build_filename(folder, "..", "..", "checks", NULL),
        g_strdup(PLUMBLINE_CHECKS_DIR),
    };
    char *found = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        g_autofree char *profile = g_build_filename(candidates[i], "profiles", "auto.yaml", NULL);
        if (!found && g_file_test(profile, G_FILE_TEST_IS_REGULAR))
            found = g_canonicalize_filename(candidates[i], NULL);
        g_free(candidates[i]);
    }
    return found;
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
    return content_load_layers((const char *const *)dirs->pdata, layers, error);
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
    return !given(options->rules) && !given(options->skip) && !given(options->references) && !given(options->tags) &&
           !given(options->sets) && !given(options->checks) && !options->waivers;
}

struct content *dirs_load_chosen(const struct options *options, GError **error)
{
    const char *const *layers = only_layers(options) ? (const char *const *)options->layers : NULL;
    struct content *content = load(options, NULL, layers, error);
    say_diagnostics(content);
    return content;
}
