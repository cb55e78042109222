#include "cli/unknown.h"

#include "cli/foreign.h"
#include "cli/options_words.h"
#include "model/suggest.h"

#include <string.h>

/* Names of the commands that have an option, between commas; NULL: none. */
static char *commands_with(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct command *command = command_table(); command->name; command++) {
        g_autofree char *value = NULL;
        if (options_row(command->groups, name, &value))
            g_ptr_array_add(names, (gpointer)(guintptr)command->name);
    }
    g_ptr_array_add(names, NULL);
    return names->len > 1 ? g_strjoinv(", ", (char **)names->pdata) : NULL;
}

/* The name of a long option in a text that begins with one; NULL. Caller frees. */
static char *option_name(const char *text)
{
    return g_str_has_prefix(text, "--") ? g_strndup(text + 2, strcspn(text + 2, "= ")) : NULL;
}

/* Where the command lacks the option of the hint, the hint begins with one that has it. */
static char *hint_for(const struct command *command, const struct foreign *row, const char *value)
{
    g_autofree char *name = row->ours ? option_name(row->ours) : NULL;
    bool own = !name || (command && options_find(command->groups, name));
    g_autofree char *owners = own ? NULL : commands_with(name);
    if (owners) {
        owners[strcspn(owners, ",")] = '\0';
        g_autofree char *whole = g_strconcat(owners, " ", row->ours, NULL);
        const struct foreign longer = {.ours = whole};
        return foreign_hint(&longer, value);
    }
    return foreign_hint(row, value);
}

static char *near_option(const struct command *command, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if ((command->groups & spec->group) && !(spec->traits & OPTION_HIDDEN))
            g_ptr_array_add(names, (gpointer)(guintptr)spec->name);
    const char *near = suggest_nearest_in(name, names);
    return near ? g_strdup_printf("; did you mean --%s?", near)
                : g_strdup_printf("; plumbline %s --help lists them", command->name);
}

/* What follows a word and is no option; NULL. */
static const char *value_after(char *const *word)
{
    return word[1] && word[1][0] != '-' ? word[1] : NULL;
}

/* The word that GLib complained about, and its value, NULL. */
static const char *find_word(const char *glib, char *const *words, const char **value)
{
    for (char *const *word = words; *word; word++) {
        if ((*word)[0] != '-' || !g_str_has_suffix(glib, *word))
            continue;
        const char *equals = strchr(*word, '=');
        *value = equals ? equals + 1 : value_after(word);
        return *word;
    }
    return NULL;
}

char *unknown_option(const struct command *command, const char *glib, char *const *words)
{
    const char *value = NULL, *word = find_word(glib, words, &value);
    if (!word)
        return NULL;
    g_autofree char *typed = g_strndup(word, strcspn(word, "="));
    g_autofree char *name = option_name(typed);
    g_autofree char *others = name ? commands_with(name) : NULL;
    const struct foreign *row = foreign_find(FOREIGN_OPTION, command->name, typed);
    if (others && (!row || g_str_equal(row->place, "*")))
        return g_strdup_printf("%s has no option %s, which is one of: %s", command->name, typed, others);
    g_autofree char *hint = row ? hint_for(command, row, value) : near_option(command, name ? name : typed);
    return g_strdup_printf("%s has no option %s%s", command->name, typed, hint);
}

/* The command that follows, else the one that is meant by whoever names none. */
static const struct command *command_meant(int argc, char **argv)
{
    const struct command *command = NULL;
    for (int i = 2; i < argc && !command; i++)
        command = command_find(argv[i]);
    return command ? command : command_find("audit");
}

/* The command that a known option in front belongs to: the one that follows, else the first that has it; NULL. Caller
 * frees. */
static char *owner_of(const struct command *command, const char *name)
{
    g_autofree char *value = NULL;
    if (!name || options_row(command->groups, name, &value))
        return g_strdup(command->name);
    char *owners = commands_with(name);
    if (owners)
        owners[strcspn(owners, ",")] = '\0';
    return owners;
}

/* An option in front of the command. */
static char *early_option(int argc, char **argv)
{
    const struct command *command = command_meant(argc, argv);
    const char *word = argv[1], *equals = strchr(word, '=');
    g_autofree char *typed = g_strndup(word, strcspn(word, "=")), *name = option_name(typed), *value = NULL;
    const struct foreign *row = foreign_find(FOREIGN_OPTION, command->name, typed);
    if (row && !(name && options_row(command->groups, name, &value))) {
        g_autofree char *hint = hint_for(NULL, row, equals ? equals + 1 : value_after(argv + 1));
        return g_strdup_printf("the command comes first, and there is no option %s%s", typed, hint);
    }
    g_autofree char *owner = owner_of(command, name);
    return owner ? g_strdup_printf("the command comes first: plumbline %s %s", owner, typed)
                 : g_strdup_printf("the command comes first, and there is no option %s: plumbline --help", typed);
}

char *unknown_command(int argc, char **argv)
{
    const char *name = argv[1], *next = value_after(argv + 1);
    if (name[0] == '-' && name[1])
        return early_option(argc, argv);
    const struct foreign *row = foreign_find(FOREIGN_COMMAND, "", name);
    if (row) {
        g_autofree char *hint = foreign_hint(row, next);
        return g_strdup_printf("there is no command \"%s\"%s", name, hint);
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct command *command = command_table(); command->name; command++)
        g_ptr_array_add(names, (gpointer)(guintptr)command->name);
    const char *near = suggest_nearest_in(name, names);
    return near ? g_strdup_printf("there is no command \"%s\"; did you mean \"%s\"?", name, near)
                : g_strdup_printf("there is no command \"%s\"; plumbline --help lists them", name);
}

char *unknown_argument(const struct command *command, char *const *arguments)
{
    const struct foreign *row = foreign_find(FOREIGN_ARGUMENT, command->name, arguments[0]);
    if (!row)
        return NULL;
    g_autofree char *hint = foreign_hint(row, arguments[1]);
    return g_strdup_printf("%s has no rule \"%s\"%s", command->name, arguments[0], hint);
}
