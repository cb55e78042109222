/* plumbline report: a saved audit in other formats. */
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/saved.h"
#include "model/cleanup.h"
#include "sandbox/sandbox.h"

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
    g_auto(GStrv) folders = outputs_folders(outputs);
    const struct sandbox_plan plan = {.write_dirs = (const char *const *)folders};
    struct sandbox_state sandbox = {0};
    bool confined = sandbox_enter(&plan, &sandbox, &error);
    g_free(sandbox.capabilities);
    g_free(sandbox.note);
    pl_auto(audit) audit = confined ? saved_audit(options->arguments[0], &error) : NULL;
    if (!audit) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    return outputs_write(outputs, audit, options, true) ? EXIT_MET : EXIT_INCOMPLETE;
}
