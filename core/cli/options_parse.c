/* Reads a whole command line: its words, then the defaults that a file has, then what the values mean. */
#include "cli/command.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/options_words.h"

/* A command that selects rules takes them as arguments too. */
static void take_rules(struct options *options)
{
    GPtrArray *rules = g_ptr_array_new();
    for (char **rule = options->rules; rule && *rule; rule++)
        g_ptr_array_add(rules, g_strdup(*rule));
    for (char **rule = options->arguments; rule && *rule; rule++)
        g_ptr_array_add(rules, g_strdup(*rule));
    if (!rules->len) {
        g_ptr_array_unref(rules);
        return;
    }
    g_ptr_array_add(rules, NULL);
    g_strfreev(options->rules);
    options->rules = (char **)g_ptr_array_free(rules, FALSE);
}

bool options_parse(struct options *options, const struct command *command, int argc, char **argv, GError **error)
{
    *options = (struct options){.command = command, .min_score = -1, .min_coverage = -1, .timeout = TIMEOUT_DEFAULT};
    if (!options_parse_more(options, argc, argv, error))
        return false;
    if (options->help || options->version)
        return true;
    if (command->groups & OPTIONS_SELECTION)
        take_rules(options);
    return config_apply(options, error) && options_words(options, error);
}
