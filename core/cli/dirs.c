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

struct content *dirs_load(const struct options *options, char **more, bool say, GError **error)
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
    struct content *content = content_load((const char *const *)dirs->pdata, error);
    const GPtrArray *diagnostics = content ? content_diagnostics(content) : NULL;
    for (guint i = 0; say && diagnostics && i < diagnostics->len; i++) {
        g_autofree char *text = diagnostic_text(g_ptr_array_index(diagnostics, i));
        message("%s", text);
    }
    return content;
}
