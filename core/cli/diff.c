/* plumbline diff: what differs between two saved audits. */
#include "cli/command.h"
#include "cli/demands.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/saved.h"
#include "cli/separate.h"
#include "engine/difference.h"
#include "model/cleanup.h"
#include "sandbox/sandbox.h"

struct diff_job {
    char **paths; /* old, new */
    const struct gate *gate;
    bool demanded; /* the exit code is the gate's */
};

/* The later audit with the difference in it; NULL with error. */
static struct audit *compare(const struct diff_job *job, GError **error)
{
    pl_auto(audit) before = saved_audit(job->paths[0], error);
    struct audit *now = before ? saved_audit(job->paths[1], error) : NULL;
    if (!now)
        return NULL;
    difference_free(now->difference);
    now->difference = difference_between(before, now);
    now->gate.new_only = false;
    if (job->demanded)
        engine_gate(now, job->gate);
    return now;
}

static enum exit_code render(struct judge_side *side, gpointer data)
{
    const struct diff_job *job = data;
    g_autoptr(GError) error = NULL;
    struct sandbox_state sandbox = {0};
    bool confined = side->confine(side, &sandbox, &error);
    sandbox_state_clear(&sandbox);
    pl_auto(audit) now = confined ? compare(job, &error) : NULL;
    if (!now) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    if (!outputs_write(side->outputs, now, side->options, !job->demanded))
        return EXIT_INCOMPLETE;
    return job->demanded ? (enum exit_code)now->gate.exit_code : EXIT_MET;
}

enum exit_code command_diff(struct options *options)
{
    g_autoptr(GError) error = NULL;
    struct gate gate;
    if (!options->arguments || !options->arguments[1] || options->arguments[2]) {
        message("diff takes two JSON reports: plumbline diff OLD.json NEW.json");
        return EXIT_USAGE;
    }
    g_autoptr(GPtrArray) outputs = demands_parse(options, &gate, &error) ? outputs_parse(options, &error) : NULL;
    if (!outputs) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    options->difference = true;
    struct diff_job job = {options->arguments, &gate,
                           gate.asked || gate.new_only || gate.min_score >= 0 || gate.min_coverage >= 0};
    return separate(options, outputs, NULL, render, &job);
}
