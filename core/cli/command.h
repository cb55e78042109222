/* Subcommands: one file each, one row each in command.c. */
#pragma once

#include "cli/options.h"

/* Exit codes (DESIGN, section 8). */
enum exit_code { EXIT_MET = 0, EXIT_NOT_MET = 1, EXIT_USAGE = 2, EXIT_INCOMPLETE = 3 };

struct command {
    const char *name;
    const char *arguments; /* synopsis of what is no option; NULL: none is taken */
    const char *summary;
    const char *text;  /* a few lines more for `COMMAND --help` */
    unsigned groups;   /* enum option_group */
    const char *words; /* for completion of arguments: what `plumbline completion` calls them ("rules"), or the words
                        * themselves; NULL: files, where it takes any */
    enum exit_code (*run)(struct options *options);
};

/* In any letter case. */
const struct command *command_find(const char *name);
/* All commands in the order of help; ends with a NULL name. */
const struct command *command_table(void);

enum exit_code command_audit(struct options *options);
enum exit_code command_list(struct options *options);
enum exit_code command_explain(struct options *options);
enum exit_code command_probes(struct options *options);
enum exit_code command_lint(struct options *options);
enum exit_code command_test(struct options *options);
enum exit_code command_report(struct options *options);
enum exit_code command_waive(struct options *options);
enum exit_code command_attest(struct options *options);
enum exit_code command_diff(struct options *options);
enum exit_code command_fix(struct options *options);
enum exit_code command_completion(struct options *options);
