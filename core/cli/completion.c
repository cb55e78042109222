/* plumbline completion: scripts for three shells, from the command and option tables. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/names.h"
#include "model/suggest.h"

#include <stdio.h>

static bool takes(const struct command *command, const struct option_spec *spec)
{
    return (command->groups & spec->group) && !(spec->traits & OPTION_HIDDEN);
}

static bool is_file(const struct option_spec *spec)
{
    return spec->kind == G_OPTION_ARG_FILENAME || spec->kind == G_OPTION_ARG_FILENAME_ARRAY;
}

static void print_names(const struct command *command)
{
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if (takes(command, spec))
            printf(" --%s%s", spec->name, spec->argument ? "=" : "");
}

/* "--rule" or "--profile|-p" */
static char *bash_label(const struct option_spec *spec)
{
    return spec->letter ? g_strdup_printf("--%s|-%c", spec->name, spec->letter) : g_strdup_printf("--%s", spec->name);
}

/* Two options may have one name where two commands have them: the first that knows its values wins. */
static void bash_values(void)
{
    for (const struct option_spec *spec = options_table(); spec->name; spec++) {
        g_autofree char *label = bash_label(spec);
        if (spec->traits & OPTION_HIDDEN)
            continue;
        if (spec->choices)
            printf("    %s) _plumbline_pick '%s' \"$value\"; return ;;\n", label, spec->choices);
        else if (spec->names)
            printf("    %s) _plumbline_pick \"$(\"${COMP_WORDS[0]}\" completion %s 2>/dev/null)\" \"$value\"; return "
                   ";;\n",
                   label, spec->names);
        else if (is_file(spec))
            printf("    %s) COMPREPLY=($(compgen -f -- \"$value\")); return ;;\n", label);
        else if (spec->argument)
            printf("    %s) return ;;\n", label);
    }
}

static void bash_command(const struct command *command)
{
    printf("    %s)\n        [[ $word == -* ]] && COMPREPLY=($(compgen -W '", command->name);
    print_names(command);
    fputs("' -- \"$word\"))\n", stdout);
    if (command->words && names_known(command->words))
        printf("        [[ $word != -* ]] && _plumbline_pick \"$(\"${COMP_WORDS[0]}\" completion %s 2>/dev/null)\" "
               "\"$word\"\n",
               command->words);
    else if (command->words)
        printf("        [[ $word != -* ]] && _plumbline_pick '%s' \"$word\"\n", command->words);
    fputs("        ;;\n", stdout);
}

static void bash(void)
{
    fputs("# bash completion of plumbline: source it, or install it as completions/plumbline\n"
          "# One of the words, after the last comma of a list.\n"
          "_plumbline_pick()\n{\n"
          "    local head=\n"
          "    [[ $2 == *,* ]] && head=${2%,*},\n"
          "    COMPREPLY=($(compgen -P \"$head\" -W \"$1\" -- \"${2#\"$head\"}\"))\n}\n"
          "_plumbline()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} option= value=\n"
          "    if [[ $word == '=' ]]; then option=$before\n"
          "    elif [[ $before == '=' ]]; then option=${COMP_WORDS[COMP_CWORD-2]} value=$word\n"
          "    elif [[ $before == -* && $word != -* ]]; then option=$before value=$word; fi\n"
          "    case $option in\n",
          stdout);
    bash_values();
    fputs("    esac\n    if [[ $COMP_CWORD -eq 1 ]]; then\n        COMPREPLY=($(compgen -W '", stdout);
    for (const struct command *command = command_table(); command->name; command++)
        printf("%s ", command->name);
    fputs("--help --version' -- \"$word\")); return\n    fi\n    case ${COMP_WORDS[1]} in\n", stdout);
    for (const struct command *command = command_table(); command->name; command++)
        bash_command(command);
    fputs("    esac\n    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
          "    [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n}\n"
          "complete -F _plumbline plumbline\n",
          stdout);
}

/* A help text inside single quotes and square brackets of a zsh _arguments spec. */
static char *zsh_text(const char *text)
{
    GString *out = g_string_new(NULL);
    for (; *text; text++) {
        if (*text == '\'')
            g_string_append(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':')
            g_string_append_printf(out, "\\%c", *text);
        else
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* What completes a value: words, names that are asked for, or files. */
static void zsh_action(const char *choices, const char *names, bool list, bool file)
{
    const char *with = list ? "_sequence compadd -" : "compadd --";
    if (choices && list)
        printf("{%s %s}", with, choices);
    else if (choices)
        printf("(%s)", choices);
    else if (names)
        printf("{%s $(plumbline completion %s 2>/dev/null)}", with, names);
    else if (file)
        fputs("_files", stdout);
}

static void zsh_option(const struct option_spec *spec)
{
    g_autofree char *help = zsh_text(spec->help);
    bool many = spec->kind == G_OPTION_ARG_STRING_ARRAY || spec->kind == G_OPTION_ARG_FILENAME_ARRAY;
    printf(" \\\n        '%s--%s%s[%s]", many ? "*" : "", spec->name, spec->argument ? "=" : "", help);
    if (spec->argument)
        printf(":%s:", spec->name);
    zsh_action(spec->choices, spec->names, spec->traits & OPTION_COMMAS, is_file(spec));
    fputs("'", stdout);
}

static void zsh_arguments(const struct command *command)
{
    bool names = command->words && names_known(command->words);
    fputs(" \\\n        '*:argument:", stdout);
    zsh_action(names ? NULL : command->words, names ? command->words : NULL, false, true);
    fputs("' ;;\n", stdout);
}

static void zsh(void)
{
    fputs("#compdef plumbline\n_plumbline() {\n    local -a commands\n    commands=(\n", stdout);
    for (const struct command *command = command_table(); command->name; command++) {
        g_autofree char *summary = zsh_text(command->summary);
        printf("        '%s:%s'\n", command->name, summary);
    }
    fputs("    )\n    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
          "    local cmd=$words[2]\n    shift words; (( CURRENT-- ))\n    case $cmd in\n",
          stdout);
    for (const struct command *command = command_table(); command->name; command++) {
        printf("    %s) _arguments", command->name);
        for (const struct option_spec *spec = options_table(); spec->name; spec++)
            if (takes(command, spec))
                zsh_option(spec);
        zsh_arguments(command);
    }
    fputs("    esac\n}\n_plumbline \"$@\"\n", stdout);
}

static char *fish_text(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "'", -1);
    return g_strjoinv("\\'", parts);
}

static void fish_option(const struct command *command, const struct option_spec *spec)
{
    g_autofree char *help = fish_text(spec->help);
    printf("complete -c plumbline -n '__fish_seen_subcommand_from %s' -l %s", command->name, spec->name);
    if (spec->letter)
        printf(" -s %c", spec->letter);
    if (spec->argument)
        fputs(is_file(spec) ? " -r -F" : " -x", stdout);
    if (spec->choices && !(spec->traits & OPTION_COMMAS))
        printf(" -a '%s'", spec->choices);
    else if (spec->choices)
        printf(" -a '(__fish_complete_list , \"string split \\' \\' %s\")'", spec->choices);
    else if (spec->names)
        printf(" -a '(__fish_complete_list , \"plumbline completion %s 2>/dev/null\")'", spec->names);
    printf(" -d '%s'\n", help);
}

static void fish_arguments(const struct command *command)
{
    bool names = command->words && names_known(command->words);
    if (!command->words)
        return;
    printf("complete -c plumbline -n '__fish_seen_subcommand_from %s' -f -a '%s%s%s'\n", command->name,
           names ? "(plumbline completion " : "", command->words, names ? " 2>/dev/null)" : "");
}

static void fish(void)
{
    for (const struct command *command = command_table(); command->name; command++) {
        g_autofree char *summary = fish_text(command->summary);
        printf("complete -c plumbline -n __fish_use_subcommand -a %s -d '%s'\n", command->name, summary);
        for (const struct option_spec *spec = options_table(); spec->name; spec++)
            if (takes(command, spec))
                fish_option(command, spec);
        fish_arguments(command);
    }
}

enum exit_code command_completion(struct options *options)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    static const char *const names[] = {"bash", "zsh", "fish", NULL};
    const char *wanted = options->arguments ? options->arguments[0] : NULL;
    for (size_t i = 0; wanted && i < G_N_ELEMENTS(shells); i++) {
        if (g_ascii_strcasecmp(shells[i].name, wanted) == 0) {
            shells[i].print();
            return EXIT_MET;
        }
    }
    /* Silent: whoever pressed the key sees a shell's prompt. */
    if (wanted && names_known(wanted))
        return names_print(wanted, options, NULL) ? EXIT_MET : EXIT_USAGE;
    const char *near = wanted ? suggest_nearest(wanted, names) : NULL;
    message("completion takes a shell: bash, zsh or fish%s%s%s", near ? "; did you mean " : "", near ? near : "",
            near ? "?" : "");
    return EXIT_USAGE;
}
