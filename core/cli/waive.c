/* plumbline waive, plumbline attest: an entry for a file of --waivers. They write to standard output alone. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "cli/named.h"
#include "model/error.h"
#include "model/visible.h"

#include <stdio.h>

/* What both ask for. */
static bool check_decision(const struct options *options, GError **error)
{
    const struct {
        const char *name, *value, *sample;
        unsigned group;
    } needed[] = {{"answer", options->answer, "pass, fail or notapplicable", OPTIONS_ANSWER},
                  {"reason", options->reason, "why", OPTIONS_DECISION},
                  {"owner", options->owner, "who answers for it", OPTIONS_DECISION},
                  {"until", options->until, "YYYY-MM-DD", OPTIONS_DECISION}};
    const char *command = options->command->name;
    if (!options->arguments || options->arguments[1]) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                    "%s takes one rule: plumbline %s RULE --reason TEXT --owner NAME --until YYYY-MM-DD", command,
                    command);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (!(options->command->groups & needed[i].group) || (needed[i].value && *needed[i].value))
            continue;
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "%s needs --%s: %s", command, needed[i].name, needed[i].sample);
        return false;
    }
    return true;
}

/* The day as waivers_read() takes it, and not over yet. */
static bool check_until(const char *until, GError **error)
{
    g_autofree char *moment = g_strconcat(until, "T23:59:59Z", NULL);
    g_autoptr(GDateTime) end = g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\d$", until, G_REGEX_DOLLAR_ENDONLY, 0)
                                   ? g_date_time_new_from_iso8601(moment, NULL)
                                   : NULL;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    if (!end) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--until %s: not a date as 2027-01-31", until);
        return false;
    }
    if (g_date_time_compare(end, now) >= 0)
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--until %s: the day is over, and the entry would do nothing", until);
    return false;
}

/* A text in YAML's double quotes, on one line. */
static void print_quoted(const char *key, const char *text)
{
    g_autofree char *valid = visible_valid(text);
    g_autofree char *line = visible_text(valid, VISIBLE_LINE);
    printf("  %s: \"", key);
    for (const char *at = line; *at; at++) {
        if (*at == '"' || *at == '\\')
            putchar('\\');
        putchar(*at);
    }
    puts("\"");
}

static bool print_entry(const struct options *options, const char *list, GError **error)
{
    if (!check_decision(options, error) || !check_until(options->until, error))
        return false;
    pl_auto(content) content = dirs_load(options, NULL, true, error);
    const struct rule *rule = content ? named_rule(content, options->arguments[0], error) : NULL;
    if (!rule)
        return false;
    bool attests = options->command->run == command_attest;
    if (attests && !rule->manual) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                    "%s is judged by plumbline: only questions to people are attested (plumbline waive accepts a "
                    "failure)",
                    rule->id);
        return false;
    }
    printf("%s:\n# %s\n", list, rule->title);
    if (rule->manual && attests)
        printf("# %s\n", rule->manual);
    printf("- rule: %s\n", rule->id);
    if (attests)
        printf("  answer: %s\n", options->answer);
    if (options->item)
        print_quoted("item", options->item);
    print_quoted("reason", options->reason);
    print_quoted("owner", options->owner);
    printf("  until: %s\n", options->until);
    return true;
}

static enum exit_code print(const struct options *options, const char *list)
{
    g_autoptr(GError) error = NULL;
    if (print_entry(options, list, &error))
        return EXIT_MET;
    message("%s", error->message);
    return EXIT_USAGE;
}

enum exit_code command_waive(struct options *options)
{
    return print(options, "waivers");
}

enum exit_code command_attest(struct options *options)
{
    return print(options, "attestations");
}
