/* What plumbline fix prints: the fixes of a saved audit, to be read and run by a person. Text of the host stands in
 * comments alone, each on one line of visible characters. Everything goes to standard output. */
#pragma once

#include "model/audit.h"

#include <stdio.h>

struct fix_script {
    const struct audit *audit;
    GPtrArray *steps; /* const struct result *, borrowed, worst first */
    bool undo;        /* what takes the steps back instead */
    bool risky;       /* steps with a warning are live */
};

void fix_script_shell(const struct fix_script *script);
void fix_script_ansible(const struct fix_script *script);

/* ---- what both formats say ---- */

/* The commands of a step; NULL: it has none, or none that a reader could see whole. `ansible`: its tasks. */
const char *fix_step_commands(const struct fix_script *script, const struct result *result, bool ansible);
/* Is it printed as a comment, because it has a warning? */
bool fix_step_held(const struct fix_script *script, const struct result *result);
/* Which system, when, how many steps; `way` is how it is run. */
void fix_print_head(const struct fix_script *script, bool ansible, const char *const *way);
/* "# [high] RULE: TITLE", what was found, what is done, the warning. */
void fix_print_words(const struct fix_script *script, const struct result *result, const char *indent);
/* "# LABEL: TEXT", a comment a line of the text; nothing for NULL. */
void fix_print_comment(const char *indent, const char *label, const char *text);
/* Lines of commands behind an indent, and as comments. */
void fix_print_lines(const char *indent, bool comment, const char *text);
/* Steps without commands, in words. */
void fix_print_by_hand(const struct fix_script *script, bool ansible);
/* A rule's id as a word of a script. Caller frees. */
char *fix_step_name(const struct result *result);
