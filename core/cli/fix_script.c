/* Knows what a reader of a script has to be told. Neither the shell nor Ansible. */
#include "cli/fix_script.h"

#include "model/visible.h"

#include <string.h>

/* Of the objects of one step. */
#define FINDINGS_SHOWN 5

/* Everything in it is seen by whoever reads the script. */
static const char *readable(const char *text)
{
    g_autofree char *visible = visible_text(text, VISIBLE_BLOCK);
    return text && *text && g_str_equal(visible, text) ? text : NULL;
}

/* A rule whose commands leave a word to the reader ("chmod go-w FILE"): nothing of them can be run as it stands. */
static bool leaves_blanks(const char *text)
{
    static const char words[] =
        "\\b(FILE|USER|HOME|DIRECTORY|GROUP|NEWID|UNIT|PROFILE|IMAGE|CONTAINER|SOCKET|PROGRAM|NAME|NETWORK|VOLUME|NODE|"
        "PLUGIN|REGISTRY|SERVICE|INTERFACE|MODULE|PACKAGE|ADDRESS)\\b(?![=:])";
    return text && g_regex_match_simple(words, text, 0, 0);
}

const char *fix_step_commands(const struct fix_script *script, const struct result *result, bool ansible)
{
    const char *forward = readable(ansible ? result->fix.ansible : result->fix.shell);
    if (leaves_blanks(forward))
        forward = NULL;
    /* What was not done by these commands is not taken back by them. */
    if (script->undo)
        return !ansible && forward ? readable(result->fix.undo) : NULL;
    return forward;
}

bool fix_step_held(const struct fix_script *script, const struct result *result)
{
    return result->fix.warning && !script->risky;
}

char *fix_step_name(const struct result *result)
{
    static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._";
    return g_strcanon(g_strdup(result->rule), plain, '_');
}

void fix_print_comment(const char *indent, const char *label, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; text && *line; line++) {
        g_autofree char *valid = visible_valid(*line);
        g_autofree char *inert = visible_text(valid, VISIBLE_LINE);
        if (line == lines)
            printf("%s# %s%s\n", indent, label, inert);
        else
            printf("%s#   %s\n", indent, inert);
    }
}

static void print_one_line(const char *indent, const char *label, const char *text)
{
    g_autofree char *valid = visible_valid(text);
    g_autofree char *inert = visible_text(valid, VISIBLE_LINE);
    fix_print_comment(indent, label, inert);
}

void fix_print_lines(const char *indent, bool comment, const char *text)
{
    bool more = true;
    for (const char *line = text; more; line += strcspn(line, "\n") + 1) {
        size_t n = strcspn(line, "\n");
        more = line[n] != '\0';
        printf("%s%s%.*s\n", n || comment ? indent : "", comment ? "# " : "", (int)n, line);
    }
}

static bool is_found(const struct item_result *item)
{
    return item->verdict == VERDICT_FAIL && !item->waived && !item->because;
}

static void print_findings(const struct result *result, const char *indent)
{
    guint found = 0;
    for (guint i = 0; i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        if (is_found(item) && found++ < FINDINGS_SHOWN)
            print_one_line(indent, "found: ", item->finding ? item->finding : item->subject);
    }
    if (!found)
        print_one_line(indent, "found: ", result->finding);
    if (found > FINDINGS_SHOWN)
        printf("%s# and %u more\n", indent, found - FINDINGS_SHOWN);
}

void fix_print_words(const struct fix_script *script, const struct result *result, const char *indent)
{
    g_autofree char *head =
        g_strdup_printf("[%s] %s: %s", severity_name(result->severity), result->rule, result->title);
    printf("\n");
    print_one_line(indent, "", head);
    print_findings(result, indent);
    fix_print_comment(indent, script->undo ? "what was advised: " : "fix: ", result->fix.text);
    fix_print_comment(indent, "WARNING: ", result->fix.warning);
}

struct numbers {
    guint live, held, by_hand;
};

static struct numbers count(const struct fix_script *script, bool ansible)
{
    struct numbers numbers = {0};
    for (guint i = 0; i < script->steps->len; i++) {
        const struct result *result = g_ptr_array_index(script->steps, i);
        bool has = fix_step_commands(script, result, false) || (ansible && fix_step_commands(script, result, true));
        *(!has ? &numbers.by_hand : fix_step_held(script, result) ? &numbers.held : &numbers.live) += 1;
    }
    return numbers;
}

void fix_print_head(const struct fix_script *script, bool ansible, const char *const *way)
{
    const struct audit *audit = script->audit;
    const struct numbers numbers = count(script, ansible);
    g_autofree char *host =
        g_strdup_printf("%s %s (%s), audited %s by plumbline %s", script->undo ? "Takes back the fixes of" : "Fixes of",
                        audit->host.name, audit->host.os, audit->started, audit->version);
    print_one_line("", "", host);
    if (!audit->host.live)
        printf("# The audit was of a system that did not run: run this inside of it (chroot).\n");
    printf("# %u steps, %s first; %u more with a warning are commented out; %u at the end are for your hands.\n",
           numbers.live, script->undo ? "the last" : "the worst", numbers.held, numbers.by_hand);
    printf("# Nothing of it was run. Read every step. One that fails stops no other and is counted. It may run twice.\n"
           "# Where a WARNING stands, see that it does not hit you, then take the # away.\n");
    for (; *way; way++)
        printf("# %s\n", *way);
}

void fix_print_by_hand(const struct fix_script *script, bool ansible)
{
    bool any = false;
    for (guint i = 0; i < script->steps->len; i++) {
        const struct result *result = g_ptr_array_index(script->steps, i);
        if (fix_step_commands(script, result, false) || (ansible && fix_step_commands(script, result, true)))
            continue;
        if (!any)
            printf("\n# ---- By hand: no commands are known that %s ----\n",
                   script->undo ? "take these back" : "mend these");
        any = true;
        fix_print_words(script, result, "");
    }
}
