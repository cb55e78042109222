/* plumbline completion: scripts for three shells, from the command and option tables. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/names.h"
#include "model/suggest.h"

#include <stdio.h>

static bool takes(const struct command *command, const struct option_spec *spec)
{
    return command->groups & spec->group;
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

static void bash_values(void)
{
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if (spec->choices)
            printf("    --%s) COMPREPLY=($(compgen -W '%s' -- \"$value\")); return ;;\n", spec->name, spec->choices);
        else if (names_of_option(spec->name))
            printf("    --%s) COMPREPLY=($(compgen -W \"$(\"${COMP_WORDS[0]}\" completion %s 2>/dev/null)\" -- "
                   "\"$value\"));"
                   " return ;;\n",
                   spec->name, names_of_option(spec->name));
        else if (is_file(spec))
            printf("    --%s) COMPREPLY=($(compgen -f -- \"$value\")); return ;;\n", spec->name);
}

static void bash(void)
{
    fputs("# bash completion of plumbline: source it, or install it as completions/plumbline\n"
          "_plumbline()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} option= value=\n"
          "    if [[ $word == '=' ]]; then option=$before\n"
          "    elif [[ $before == '=' ]]; then option=${COMP_WORDS[COMP_CWORD-2]} value=$word\n"
          "    elif [[ $before == --* && $word != -* ]]; then option=$before value=$word; fi\n"
          "    case $option in\n",
          stdout);
    bash_values();
    fputs("    esac\n    if [[ $COMP_CWORD -eq 1 ]]; then\n        COMPREPLY=($(compgen -W '", stdout);
    for (const struct command *command = command_table(); command->name; command++)
        printf("%s ", command->name);
    fputs("--help --version' -- \"$word\")); return\n    fi\n    case ${COMP_WORDS[1]} in\n", stdout);
    for (const struct command *command = command_table(); command->name; command++) {
        printf("    %s) COMPREPLY=($(compgen -W '", command->name);
        print_names(command);
        const char *more =
            g_str_equal(command->name, "explain") ? "'\"$(\"${COMP_WORDS[0]}\" completion rules 2>/dev/null)\"'" : "";
        printf(" %s' -- \"$word\")) ;;\n", more);
    }
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

static void zsh_option(const struct option_spec *spec)
{
    g_autofree char *help = zsh_text(spec->help);
    bool many = spec->kind == G_OPTION_ARG_STRING_ARRAY || spec->kind == G_OPTION_ARG_FILENAME_ARRAY;
    printf(" \\\n        '%s--%s%s[%s]", many ? "*" : "", spec->name, spec->argument ? "=" : "", help);
    if (spec->argument)
        printf(":%s:%s%s%s", spec->name, spec->choices ? "(" : "", spec->choices ? spec->choices : "",
               spec->choices ? ")" : "");
    if (names_of_option(spec->name))
        printf("{compadd -- $(plumbline completion %s 2>/dev/null)}", names_of_option(spec->name));
    else if (is_file(spec))
        fputs("_files", stdout);
    fputs("'", stdout);
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
        if (g_str_equal(command->name, "explain"))
            fputs(" \\\n        '*:rule:{compadd -- $(plumbline completion rules 2>/dev/null)}' ;;\n", stdout);
        else
            fputs(" \\\n        '*:argument:_files' ;;\n", stdout);
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
    if (spec->choices)
        printf(" -a '%s'", spec->choices);
    else if (names_of_option(spec->name))
        printf(" -a '(plumbline completion %s 2>/dev/null)'", names_of_option(spec->name));
    printf(" -d '%s'\n", help);
}

static void fish(void)
{
    for (const struct command *command = command_table(); command->name; command++) {
        g_autofree char *summary = fish_text(command->summary);
        printf("complete -c plumbline -n __fish_use_subcommand -a %s -d '%s'\n", command->name, summary);
        for (const struct option_spec *spec = options_table(); spec->name; spec++)
            if (takes(command, spec))
                fish_option(command, spec);
    }
    puts("complete -c plumbline -n '__fish_seen_subcommand_from explain' -f -a '(plumbline completion rules "
         "2>/dev/null)'");
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
        if (g_str_equal(shells[i].name, wanted)) {
            shells[i].print();
            return EXIT_MET;
        }
    }
    if (wanted && names_known(wanted)) {
        g_autoptr(GError) error = NULL;
        if (names_print(wanted, options, &error))
            return EXIT_MET;
        message("%s", error->message);
        return EXIT_USAGE;
    }
    const char *near = wanted ? suggest_nearest(wanted, names) : NULL;
    message("completion takes a shell: bash, zsh or fish%s%s%s", near ? "; did you mean " : "", near ? near : "",
            near ? "?" : "");
    return EXIT_USAGE;
}
