/* plumbline lint: every mistake in rule folders, with its place. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "engine/content.h"

#include <stdio.h>

/* Folders that were given: what is counted is theirs, not the stock rules' that they are checked beside. */
struct given {
    GPtrArray *folders; /* char *, with a slash at the end; empty: everything */
};

static bool is_given(const struct given *given, const char *file)
{
    for (guint i = 0; i < given->folders->len; i++)
        if (g_str_has_prefix(file, g_ptr_array_index(given->folders, i)))
            return true;
    return given->folders->len == 0;
}

static void print_counts(const struct content *content, char *const *arguments, unsigned mistakes)
{
    struct given given = {g_ptr_array_new_with_free_func(g_free)};
    unsigned modules = 0, rules = 0, profiles = 0;
    for (; arguments && *arguments; arguments++) {
        g_autofree char *folder = g_canonicalize_filename(*arguments, NULL);
        g_ptr_array_add(given.folders, g_strconcat(folder, "/", NULL));
    }
    for (guint i = 0; i < content->modules->len; i++)
        modules += is_given(&given, ((const struct module *)g_ptr_array_index(content->modules, i))->file);
    for (guint i = 0; i < content->rules->len; i++)
        rules += is_given(&given, ((const struct rule *)g_ptr_array_index(content->rules, i))->at.file);
    for (guint i = 0; i < content->profiles->len; i++)
        profiles += is_given(&given, ((const struct profile *)g_ptr_array_index(content->profiles, i))->at.file);
    printf("%u modules, %u rules, %u profiles: %u mistakes", modules, rules, profiles, mistakes);
    if (modules < content->modules->len)
        printf(" (beside %u modules that were not given)", content->modules->len - modules);
    putchar('\n');
    g_ptr_array_unref(given.folders);
}

enum exit_code command_lint(struct options *options)
{
    g_autoptr(GError) error = NULL;
    pl_auto(content) content = dirs_load(options, options->arguments, false, &error);
    if (!content) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    const GPtrArray *diagnostics = content_diagnostics(content);
    for (guint i = 0; i < diagnostics->len; i++) {
        g_autofree char *text = diagnostic_text(g_ptr_array_index(diagnostics, i));
        g_autofree char *safe = message_safe(text);
        printf("%s\n", safe);
    }
    unsigned mistakes = content_count(content, DIAGNOSTIC_ERROR) + content_count(content, DIAGNOSTIC_WARNING);
    print_counts(content, options->arguments, mistakes);
    return mistakes ? EXIT_USAGE : EXIT_MET;
}
