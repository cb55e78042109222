#include "cli/help.h"

#include <stdio.h>

void help_bare(void)
{
    fputs("plumbline shows whether a host stands true: code, container, cluster and cloud server.\n"
          "\n"
          "  plumbline audit                            judge this host; the verdict on the terminal\n"
          "  plumbline audit -o html=report.html        the same as a page; the terminal gets the verdict\n"
          "  plumbline explain RULE                     what a rule demands, why, and how to mend it\n"
          "  plumbline list                             the rules\n"
          "\n"
          "Exit: 0 demands met, 1 not met, 2 wrong usage or rules, 3 the audit is incomplete.\n"
          "More: plumbline --help, man plumbline\n",
          stdout);
}

void help_general(void)
{
    fputs("Usage: plumbline COMMAND [OPTION...]\n\nCommands:\n", stdout);
    for (const struct command *command = command_table(); command->name; command++)
        printf("  %-12s%s\n", command->name, command->summary);
    fputs("\nOptions of a command: plumbline COMMAND --help\n"
          "Exit codes:           plumbline --help exit\n"
          "Version:              plumbline --version\n"
          "Manual:               man plumbline, man plumbline-checks\n",
          stdout);
}

void help_exit(void)
{
    fputs("Exit codes of plumbline audit\n"
          "  0  the demands are met\n"
          "  1  they are not: a failure at or above --fail-on (default medium), an unknown or error\n"
          "     at or above it (not with --allow-unknown), or below --min-score or --min-coverage\n"
          "  2  wrong usage, or rules, profiles or waivers that cannot be used\n"
          "  3  the audit could not be completed, a report could not be written, or no rule was judged\n"
          "     although something is demanded\n"
          "Waived failures never count. --fail-on none reports only: the last line of the text report,\n"
          "which says which of these it was, then begins with DONE.\n",
          stdout);
}

static void print_option(const struct option_spec *spec)
{
    g_autofree char *left = g_strdup_printf("%s--%s%s%s", spec->letter ? "" : "    ", spec->name,
                                            spec->argument ? "=" : "", spec->argument ? spec->argument : "");
    if (spec->letter)
        printf("  -%c, %-26s %s\n", spec->letter, left, spec->help);
    else
        printf("  %-30s %s\n", left, spec->help);
}

void help_command(const struct command *command)
{
    printf("Usage: plumbline %s [OPTION...]%s%s\n%s.\n", command->name, command->arguments ? " " : "",
           command->arguments ? command->arguments : "", command->summary);
    if (command->text)
        printf("%s\n", command->text);
    const char *last = "";
    for (const struct option_spec *spec = options_table(); spec->name; spec++) {
        if (!(command->groups & spec->group) || (spec->traits & OPTION_HIDDEN))
            continue;
        const char *title = options_group_title(spec->group);
        if (!g_str_equal(title, last))
            printf("\n%s:\n", title);
        last = title;
        print_option(spec);
    }
}
