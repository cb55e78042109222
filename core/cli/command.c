#include "cli/command.h"

static const struct command table[] = {
    {"audit", "[RULE...]", "Judge this host, or the system below --root, and report",
     "RULE is a rule, a glob, or LAYER/MODULE. Without --output the text report goes to standard output; its last\n"
     "line, which a terminal gets when reports go to files alone, says why the exit code is what it is.",
     OPTIONS_OUTPUT | OPTIONS_HOST | OPTIONS_SELECTION | OPTIONS_CHOICE | OPTIONS_GATE | OPTIONS_BASELINE |
         OPTIONS_CONTENT | OPTIONS_CONFIG | OPTIONS_SHOW_CONFIG | OPTIONS_COMMON,
     "rules", command_audit},
    {"list", "[RULE...]", "List the rules that an audit would judge", NULL,
     OPTIONS_LISTS | OPTIONS_JSON | OPTIONS_SELECTION | OPTIONS_CHOICE | OPTIONS_CONTENT | OPTIONS_CONFIG |
         OPTIONS_COMMON,
     "rules", command_list},
    {"explain", "[RULE|CONTROL]", "What a rule demands, why, how it is judged and mended",
     "Of a benchmark's control (5.4, cis-docker:5.4): its rules.",
     OPTIONS_AUDIT_FILE | OPTIONS_CONTENT | OPTIONS_CONFIG | OPTIONS_COMMON, "rules", command_explain},
    {"waive", "RULE", "Print a waiver of a rule's failures, to paste into the file of --waivers", NULL,
     OPTIONS_DECISION | OPTIONS_ITEM | OPTIONS_CONTENT | OPTIONS_CONFIG | OPTIONS_COMMON, "rules", command_waive},
    {"attest", "RULE", "Print an answer to a rule's question, to paste into the file of --waivers", NULL,
     OPTIONS_DECISION | OPTIONS_ANSWER | OPTIONS_CONTENT | OPTIONS_CONFIG | OPTIONS_COMMON, "questions",
     command_attest},
    {"probes", "[PROBE...]", "What can be observed, for authors of rules", NULL,
     OPTIONS_JSON | OPTIONS_MAN | OPTIONS_COMMON, "probes", command_probes},
    {"lint", "[DIR...]", "Check rule folders for mistakes", "Exit 2 when something is wrong.",
     OPTIONS_CONTENT | OPTIONS_COMMON, NULL, command_lint},
    {"test", "FILE...", "Run rule tests", "Exit 1 when a case fails or a rule lacks a case, 2 when a file is wrong.",
     OPTIONS_TREES | OPTIONS_CONTENT | OPTIONS_COMMON, NULL, command_test},
    {"report", "FILE.json", "Render a saved JSON report in other formats",
     "Exit 0 when they were written: the exit code that the text report tells of is the audit's own.",
     OPTIONS_OUTPUT | OPTIONS_COMMON, NULL, command_report},
    {"diff", "OLD.json NEW.json", "What differs between two saved audits: new, fixed, no longer judged",
     "The text tells the difference alone; other formats are the report of NEW.json with the difference in it.\n"
     "Exit 0 unless a demand is made (--fail-on-new, --fail-on ...) and not met.",
     OPTIONS_OUTPUT | OPTIONS_GATE | OPTIONS_COMMON, NULL, command_diff},
    {"fix", "AUDIT.json [RULE...]", "Print a script or playbook that mends what failed, to read and run yourself",
     "It runs nothing. What is waived, and what follows from another failure, is left out.\n"
     "Steps that can lock people out are commented out, their warning above them.",
     OPTIONS_FIX | OPTIONS_CHOICE | OPTIONS_COMMON, NULL, command_fix},
    {"completion", "bash|zsh|fish", "Print a completion script for a shell", NULL, OPTIONS_COMMON, "bash zsh fish",
     command_completion},
    {.name = NULL},
};

const struct command *command_table(void)
{
    return table;
}

const struct command *command_find(const char *name)
{
    for (const struct command *command = table; command->name; command++)
        if (g_ascii_strcasecmp(command->name, name) == 0)
            return command;
    return NULL;
}
