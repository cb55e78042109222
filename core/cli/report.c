/* plumbline report: a saved audit in other formats. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/saved.h"
#include "cli/separate.h"
#include "model/cleanup.h"
#include "sandbox/sandbox.h"

static enum exit_code render(struct judge_side *side, gpointer data)
{
    g_autoptr(GError) error = NULL;
    struct sandbox_state sandbox = {0};
    bool confined = side->confine(side, &sandbox, &error);
    sandbox_state_clear(&sandbox);
    pl_auto(audit) audit = confined ? saved_audit(data, &error) : NULL;
    if (!audit) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    return outputs_write(side->outputs, audit, side->options, true) ? EXIT_MET : EXIT_INCOMPLETE;
}

enum exit_code command_report(struct options *options)
{
    g_autoptr(GError) error = NULL;
    if (!options->arguments || options->arguments[1]) {
        message("report takes one JSON report: plumbline report FILE.json --output html=report.html");
        return EXIT_USAGE;
    }
    g_autoptr(GPtrArray) outputs = outputs_parse(options, &error);
    if (!outputs) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    return separate(options, outputs, NULL, render, options->arguments[0]);
}
