/* plumbline audit: the main job. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/selection.h"
#include "model/error.h"
#include "sandbox/sandbox.h"

#include <sys/resource.h>

/* What is read may hold secrets: no core dump of it. */
static void forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

static enum exit_code code_of(const GError *error)
{
    bool usage = g_error_matches(error, PL_ERROR, PL_ERROR_USAGE) || g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT);
    return usage ? EXIT_USAGE : EXIT_INCOMPLETE;
}

static bool parse_gate(const struct options *options, struct gate *gate, GError **error)
{
    *gate = (struct gate){
        .fail_on = SEVERITY_MEDIUM,
        .min_score = options->min_score,
        .min_coverage = options->min_coverage,
        .allow_unknown = options->allow_unknown,
    };
    if (options->min_score > 100 || options->min_coverage > 100) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE, "--min-score and --min-coverage are between 0 and 100");
        return false;
    }
    if (options->fail_on && g_str_equal(options->fail_on, "none"))
        gate->none = true;
    else if (options->fail_on)
        severity_parse(options->fail_on, &gate->fail_on);
    return true;
}

static struct audit *judge(const struct options *options, const struct gate *gate, struct sandbox_state *sandbox,
                           GError **error)
{
    pl_auto(content) content = dirs_load(options, NULL, true, error);
    if (!content)
        return NULL;
    pl_auto(host) host = host_new(options->root, error);
    if (!host) {
        g_prefix_error(error, "--root: ");
        return NULL;
    }
    struct progress progress;
    progress_init(&progress, options->progress);
    const struct selection selection = selection_of(options);
    const struct engine_run run = {
        .content = content,
        .host = host,
        .selection = &selection,
        .waivers = options->waivers,
        .gate = gate,
        .threads = options->threads > 0 ? (unsigned)options->threads : 0,
        .progress = progress_step,
        .progress_data = &progress,
    };
    struct audit *audit = engine_audit(&run, error);
    progress_end(&progress);
    if (audit) {
        audit->sandbox = *sandbox;
        *sandbox = (struct sandbox_state){0};
    }
    return audit;
}

enum exit_code command_audit(struct options *options)
{
    g_autoptr(GError) error = NULL;
    struct gate gate;
    g_autoptr(GPtrArray) outputs = parse_gate(options, &gate, &error) ? outputs_parse(options, &error) : NULL;
    if (!outputs) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    forbid_core_dumps();
    g_auto(GStrv) folders = outputs_folders(outputs);
    const struct sandbox_plan plan = {.write_dirs = (const char *const *)folders, .network = true};
    struct sandbox_state sandbox = {0};
    if (!sandbox_enter(&plan, &sandbox, &error)) {
        message("%s", error->message);
        return EXIT_INCOMPLETE;
    }
    pl_auto(audit) audit = judge(options, &gate, &sandbox, &error);
    g_free(sandbox.capabilities);
    g_free(sandbox.note);
    if (!audit) {
        message("%s", error->message);
        return code_of(error);
    }
    return outputs_write(outputs, audit, options) ? (enum exit_code)audit->gate.exit_code : EXIT_INCOMPLETE;
}
