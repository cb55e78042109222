/* Reads words into options. Knows no option by name. */
#include "cli/options.h"

#include "cli/command.h"
#include "cli/options_words.h"
#include "cli/unknown.h"
#include "model/error.h"

/* GLib's entries for the command's rows, pointing into `options`. */
static GOptionEntry *make_entries(struct options *options)
{
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    for (const struct option_spec *spec = options_table(); spec->name; spec++) {
        if (!(options->command->groups & spec->group))
            continue;
        GOptionEntry entry = {.long_name = spec->name,
                              .short_name = spec->letter,
                              .arg = spec->kind,
                              .arg_data = (char *)options + spec->offset};
        g_array_append_val(entries, entry);
    }
    GOptionEntry rest = {
        .long_name = G_OPTION_REMAINING, .arg = G_OPTION_ARG_FILENAME_ARRAY, .arg_data = &options->arguments};
    g_array_append_val(entries, rest);
    return (GOptionEntry *)(void *)g_array_free(entries, FALSE);
}

bool options_parse_more(struct options *options, int argc, char **argv, GError **error)
{
    g_autofree GOptionEntry *entries = make_entries(options);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);

    /* GLib reorders the vector that it is given, and frees nothing of it. */
    g_auto(GStrv) words = options_spelled(options, argc, argv, error);
    if (!words)
        return false;
    int left = (int)g_strv_length(words);
    g_autofree char **copy = g_memdup2(words, sizeof *words * (gsize)(left + 1));
    g_autoptr(GError) parse_error = NULL;
    if (g_option_context_parse(context, &left, &copy, &parse_error))
        return true;
    g_autofree char *unknown = g_error_matches(parse_error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)
                                   ? unknown_option(options->command, parse_error->message, words)
                                   : NULL;
    g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE, unknown ? unknown : parse_error->message);
    return false;
}

bool options_given(const struct options *options, const struct option_spec *spec)
{
    const char *base = (const char *)options + spec->offset;
    if (options->denied && g_hash_table_contains(options->denied, spec->name))
        return true;
    if (spec->kind == G_OPTION_ARG_NONE)
        return *(const gboolean *)(const void *)base;
    if (spec->kind == G_OPTION_ARG_INT)
        return *(const int *)(const void *)base != 0;
    if (spec->kind == G_OPTION_ARG_DOUBLE)
        return *(const double *)(const void *)base >= 0;
    return *(void *const *)(const void *)base != NULL;
}

void options_clear(struct options *options)
{
    for (const struct option_spec *spec = options_table(); spec->name; spec++) {
        char *base = (char *)options + spec->offset;
        if (spec->kind == G_OPTION_ARG_STRING || spec->kind == G_OPTION_ARG_FILENAME)
            g_clear_pointer((char **)(void *)base, g_free);
        else if (spec->kind == G_OPTION_ARG_STRING_ARRAY || spec->kind == G_OPTION_ARG_FILENAME_ARRAY)
            g_clear_pointer((char ***)(void *)base, g_strfreev);
    }
    g_clear_pointer(&options->arguments, g_strfreev);
    g_clear_pointer(&options->denied, g_hash_table_unref);
    g_clear_pointer(&options->origins, g_hash_table_unref);
}
