#include "cli/command.h"

static const struct command table[] = {
    {"audit", NULL, "Judge this host, or the system below --root, and report",
     "Without --output the text report goes to standard output; its last line says why the exit code is what\n"
     "it is. When reports go to files alone, a terminal gets that line and the names of the files.",
     OPTIONS_OUTPUT | OPTIONS_HOST | OPTIONS_SELECTION | OPTIONS_GATE | OPTIONS_CONTENT | OPTIONS_COMMON,
     command_audit},
    {"list", NULL, "List the rules that an audit would judge", NULL,
     OPTIONS_JSON | OPTIONS_SELECTION | OPTIONS_CONTENT | OPTIONS_COMMON, command_list},
    {"explain", "RULE", "What a rule demands, why, how it is judged and mended", NULL,
     OPTIONS_AUDIT_FILE | OPTIONS_CONTENT | OPTIONS_COMMON, command_explain},
    {"probes", "[PROBE...]", "What can be observed, for authors of rules", NULL,
     OPTIONS_JSON | OPTIONS_MAN | OPTIONS_COMMON, command_probes},
    {"lint", "[DIR...]", "Check rule folders for mistakes", "Exit 2 when something is wrong.",
     OPTIONS_CONTENT | OPTIONS_COMMON, command_lint},
    {"test", "FILE...", "Run rule tests", "Exit 1 when a case fails or a rule lacks a case, 2 when a file is wrong.",
     OPTIONS_TREES | OPTIONS_CONTENT | OPTIONS_COMMON, command_test},
    {"report", "FILE.json", "Render a saved JSON report in other formats",
     "Exit 0 when they were written: the exit code that the text report tells of is the audit's own.",
     OPTIONS_OUTPUT | OPTIONS_COMMON, command_report},
    {"completion", "bash|zsh|fish", "Print a completion script for a shell", NULL, OPTIONS_COMMON, command_completion},
    {.name = NULL},
};

const struct command *command_table(void)
{
    return table;
}

const struct command *command_find(const char *name)
{
    for (const struct command *command = table; command->name; command++)
        if (g_str_equal(command->name, name))
            return command;
    return NULL;
}
