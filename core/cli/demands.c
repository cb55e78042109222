#include "cli/demands.h"

#include "model/error.h"

bool demands_parse(const struct options *options, struct gate *gate, GError **error)
{
    *gate = (struct gate){
        .fail_on = SEVERITY_MEDIUM,
        .min_score = options->min_score,
        .min_coverage = options->min_coverage,
        .allow_unknown = options->allow_unknown,
        .new_only = options->fail_on_new,
    };
    if (options->min_score > 100 || options->min_coverage > 100) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE, "--min-score and --min-coverage are between 0 and 100");
        return false;
    }
    gate->asked = options->fail_on && !g_str_equal(options->fail_on, "none");
    if (options->fail_on && g_str_equal(options->fail_on, "none"))
        gate->none = true;
    else if (options->fail_on)
        severity_parse(options->fail_on, &gate->fail_on);
    return true;
}
