/* What a mail says of an audit that does not meet its demands: which rules, by name, and where the rest stands. The
 * verdict line is above it. */
#include "reports/text.h"

#define NAMES_MAX 20 /* of failures, and of what could not be judged */

static bool is_blind(const struct result *result)
{
    return result->verdict == VERDICT_ERROR || result->verdict == VERDICT_UNKNOWN;
}

/* The failures that count are what --fail-on says; where it says none, all. Worst first. */
static GPtrArray *demanded(const struct audit *audit)
{
    enum severity from = SEVERITY_INFO;
    if (audit->gate.fail_on && !g_str_equal(audit->gate.fail_on, "none"))
        severity_parse(audit->gate.fail_on, &from);
    GPtrArray *rules = view_failures(audit);
    for (guint i = rules->len; i-- > 0;)
        if (((const struct result *)rules->pdata[i])->severity < from)
            g_ptr_array_remove_index(rules, i);
    bool options = g_strcmp0(audit->gate.fail_on, severity_name(SEVERITY_INFO)) == 0;
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        bool differs = options && view_state_of(result) == VIEW_DIFFERS;
        if (differs || (is_blind(result) && result->severity >= from))
            g_ptr_array_add(rules, result);
    }
    return rules;
}

static void put_rule(struct text *text, const struct result *result)
{
    text_state(text, view_state_of(result));
    text_printf(text, TEXT_PLAIN, " %-8s ", severity_name(result->severity));
    text_put(text, TEXT_BOLD, result->rule ? result->rule : "?");
    text_put_cut(text, TEXT_PLAIN, "  ", 0);
    const char *more = is_blind(result) ? result->reason : result->title;
    text_put_cut(text, TEXT_PLAIN, more ? more : "", 0);
    text_newline(text);
}

static void put_rules(struct text *text, const GPtrArray *rules, bool blind)
{
    guint shown = 0, more = 0;
    for (guint i = 0; i < rules->len; i++) {
        const struct result *result = rules->pdata[i];
        if (is_blind(result) != blind)
            continue;
        if (shown++ < NAMES_MAX)
            put_rule(text, result);
        else
            more++;
    }
    if (!more)
        return;
    text_printf(text, TEXT_DIM, "and %u more %s", more, blind ? "that could not be judged" : "failed");
    text_newline(text);
}

void text_short(struct text *text, const struct audit *audit)
{
    g_autoptr(GPtrArray) rules = demanded(audit);
    put_rules(text, rules, false);
    put_rules(text, rules, true);
    for (guint i = 0; i < MIN(audit->errors->len, NAMES_MAX); i++) {
        const struct run_error *error = audit->errors->pdata[i];
        text_printf(text, TEXT_WARN, "%s: %s", error->where ? error->where : "?", error->message ? error->message : "");
        text_newline(text);
    }
    if (audit->errors->len > NAMES_MAX) {
        text_printf(text, TEXT_DIM, "and %u more errors", audit->errors->len - NAMES_MAX);
        text_newline(text);
    }
}

void text_files(struct text *text, const char *const *files)
{
    for (; files && *files; files++) {
        text_put(text, TEXT_DIM, "report: ");
        text_put(text, TEXT_PLAIN, *files);
        text_newline(text);
    }
}
