/* The gate: does the audit meet the demands, and which sentence says why. Works on the audit alone, so that a saved one
 * is judged again the same way. A run error with a line ("FILE:LINE:COLUMN") is broken content, exit 2; one without is
 * a file that could not be read at all, exit 3. */
#include "engine/engine.h"

#include "model/audit.h"

#include <math.h>
#include <string.h>

/* 57 of 100 is 57 %, whatever binary fractions say. */
#define TOLERANCE 1e-9

enum { EXIT_MET = 0, EXIT_NOT_MET = 1, EXIT_CONTENT = 2, EXIT_INCOMPLETE = 3 };

/* Does "FILE:LINE:COLUMN" end with two numbers? */
static bool has_line(const char *where)
{
    const char *p = where + strlen(where);
    for (int part = 0; part < 2; part++) {
        const char *end = p;
        while (p > where && g_ascii_isdigit(p[-1]))
            p--;
        if (p == end || p == where || p[-1] != ':')
            return false;
        p--;
    }
    return true;
}

static unsigned count_results(const struct audit *audit, enum severity from, bool failed)
{
    unsigned count = 0;
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        bool blind = result->verdict == VERDICT_ERROR || result->verdict == VERDICT_UNKNOWN;
        bool counts = failed ? result->verdict == VERDICT_FAIL && !result->waived && !result->because : blind;
        count += counts && result->severity >= from;
    }
    return count;
}

static void say(GString *why, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(GString *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append(why, why->len ? "; " : "");
    g_string_append_vprintf(why, format, args);
    va_end(args);
}

/* A number with at most one decimal, whatever the locale; rounded down, so that 79.96 does not look like 80. */
static char *number(double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    double cut = floor(value * 10 + 1e-9) / 10;
    bool whole = fabs(cut - round(cut)) < 1e-9;
    return g_strdup(g_ascii_formatd(buffer, sizeof buffer, whole ? "%.0f" : "%.1f", cut));
}

/* Rules of these rows. */
static unsigned count_changes(const GPtrArray *changes, enum severity from, bool open)
{
    unsigned count = 0;
    const char *last = "";
    for (guint i = 0; i < changes->len; i++) {
        const struct change *change = g_ptr_array_index(changes, i);
        bool blind = g_str_equal(change->after, verdict_name(VERDICT_UNKNOWN)) ||
                     g_str_equal(change->after, verdict_name(VERDICT_ERROR)) || change->subject;
        bool counts = change->severity >= from && (!open || blind) && !g_str_equal(last, change->rule);
        count += counts;
        last = counts ? change->rule : last;
    }
    return count;
}

static int demand_changes(const struct audit *audit, const struct gate *gate, GString *why)
{
    const char *name = severity_name(gate->fail_on);
    const char *above = gate->fail_on == SEVERITY_CRITICAL ? "" : " or above";
    unsigned failed = count_changes(audit->difference->added, gate->fail_on, false);
    unsigned blind = count_changes(audit->difference->unjudged, gate->fail_on, true);
    if (failed)
        say(why, "%u of %s%s failed that did not before (--fail-on-new)", failed, name, above);
    if (blind && !gate->allow_unknown)
        say(why, "%u of %s%s cannot be judged any more (--allow-unknown accepts that)", blind, name, above);
    return failed || (blind && !gate->allow_unknown) ? EXIT_NOT_MET : EXIT_MET;
}

static int demand_results(const struct audit *audit, const struct gate *gate, GString *why)
{
    const char *name = severity_name(gate->fail_on);
    const char *above = gate->fail_on == SEVERITY_CRITICAL ? "" : " or above";
    unsigned failed = count_results(audit, gate->fail_on, true), blind = count_results(audit, gate->fail_on, false);
    if (failed)
        say(why, "%u of %s%s failed (--fail-on %s)", failed, name, above, name);
    if (blind && !gate->allow_unknown)
        say(why, "%u of %s%s could not be judged (--allow-unknown accepts that)", blind, name, above);
    return failed || (blind && !gate->allow_unknown) ? EXIT_NOT_MET : EXIT_MET;
}

static int demand_numbers(const struct audit *audit, const struct gate *gate, GString *why)
{
    int code = EXIT_MET;
    double coverage = audit->score.coverage * 100;
    g_autofree char *min_score = number(gate->min_score);
    g_autofree char *min_coverage = number(gate->min_coverage);
    if (gate->min_score >= 0 && !audit->score.known) {
        say(why, "there is no score, and --min-score wants %s", min_score);
        code = EXIT_NOT_MET;
    } else if (gate->min_score >= 0 && audit->score.value < gate->min_score - TOLERANCE) {
        g_autofree char *value = number(audit->score.value);
        say(why, "score %s is below %s (--min-score)", value, min_score);
        code = EXIT_NOT_MET;
    }
    if (gate->min_coverage >= 0 && !score_judged(&audit->score)) {
        say(why, "there is no coverage, and --min-coverage wants %s %%", min_coverage);
        code = EXIT_NOT_MET;
    } else if (gate->min_coverage >= 0 && coverage < gate->min_coverage - TOLERANCE) {
        g_autofree char *value = number(coverage);
        say(why, "coverage %s %% is below %s %% (--min-coverage)", value, min_coverage);
        code = EXIT_NOT_MET;
    }
    return code;
}

/* What hindered the run, by kind. */
struct hindered {
    unsigned content, unread, late;
    const char *first; /* where, of the first two kinds */
};

static struct hindered count_errors(const struct audit *audit)
{
    struct hindered seen = {0};
    for (guint i = 0; i < audit->errors->len; i++) {
        const struct run_error *error = g_ptr_array_index(audit->errors, i);
        if (error->where && g_str_equal(error->where, AUDIT_TIMEOUT)) {
            seen.late++;
            continue;
        }
        bool broken = error->where && has_line(error->where);
        seen.content += broken;
        seen.unread += !broken;
        seen.first = seen.first ? seen.first : error->where;
    }
    return seen;
}

static int demand_errors(const struct audit *audit, GString *why)
{
    struct hindered seen = count_errors(audit);
    if (seen.late)
        say(why, "the audit is incomplete: its time was over (--timeout)");
    if (seen.unread)
        say(why, "the audit is incomplete: %u file%s could not be read, as %s", seen.unread, seen.unread > 1 ? "s" : "",
            seen.first ? seen.first : "?");
    else if (seen.content)
        say(why, "%u error%s in rule files, first at %s", seen.content, seen.content > 1 ? "s" : "", seen.first);
    if (seen.unread || seen.late)
        return EXIT_INCOMPLETE;
    return seen.content ? EXIT_CONTENT : EXIT_MET;
}

/* A demand that is met by nothing is not met, and a report about nothing is none: a wrong name, a wrong root or a
 * missing daemon would look like success. */
static int demand_judged(const struct audit *audit, const struct gate *gate, GString *why)
{
    if (score_judged(&audit->score))
        return EXIT_MET;
    if (audit->results->len)
        say(why, "nothing was judged: none of %u chosen rules could be, or applies here", audit->results->len);
    else
        say(why, "nothing was judged: no rule was chosen");
    return gate->asked || gate->min_score >= 0 || gate->min_coverage >= 0 ? EXIT_NOT_MET : EXIT_INCOMPLETE;
}

static bool is_new_only(const struct audit *audit, const struct gate *gate)
{
    return gate->new_only && audit->difference;
}

static void say_met(const struct audit *audit, const struct gate *gate, GString *why)
{
    if (gate->none) {
        say(why, "nothing is demanded of single rules (--fail-on none)");
        return;
    }
    const char *above = gate->fail_on == SEVERITY_CRITICAL ? "" : " or above";
    say(why, "no %s failure of %s%s", is_new_only(audit, gate) ? "new" : "unwaived", severity_name(gate->fail_on),
        above);
}

void engine_gate(struct audit *audit, const struct gate *gate)
{
    static const struct gate nothing = {.none = true, .min_score = -1, .min_coverage = -1};
    g_autoptr(GString) why = g_string_new(NULL);
    gate = gate ? gate : &nothing;
    int errors = demand_errors(audit, why);
    int results = gate->none                 ? EXIT_MET
                  : is_new_only(audit, gate) ? demand_changes(audit, gate, why)
                                             : demand_results(audit, gate, why);
    int numbers = demand_numbers(audit, gate, why);
    int judged = demand_judged(audit, gate, why);
    int code = MAX(MAX(errors, judged), MAX(results, numbers));
    if (code == EXIT_MET)
        say_met(audit, gate, why);
    g_free(audit->gate.fail_on);
    g_free(audit->gate.why);
    audit->gate.fail_on = g_strdup(gate->none ? "none" : severity_name(gate->fail_on));
    audit->gate.new_only = !gate->none && is_new_only(audit, gate);
    audit->gate.exit_code = code;
    audit->gate.why = g_strdup(why->str);
}
