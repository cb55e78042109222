/* plumbline lint: every mistake in rule folders, with its place. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "engine/content.h"

#include <stdio.h>

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
    printf("%u modules, %u rules, %u profiles: %u mistakes\n", content->modules->len, content->rules->len,
           content->profiles->len, mistakes);
    return mistakes ? EXIT_USAGE : EXIT_MET;
}
