/* plumbline audit: the main job. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/selection.h"
#include "host/reader.h"
#include "model/error.h"
#include "probes/image_list.h"
#include "probes/probe.h"
#include "sandbox/sandbox.h"

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
    if (options->timeout < 0) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE, "--timeout is a number of seconds, 0 for none");
        return false;
    }
    if (options->fail_on && g_str_equal(options->fail_on, "none"))
        gate->none = true;
    else if (options->fail_on)
        severity_parse(options->fail_on, &gate->fail_on);
    return true;
}

/* What one audit works on. */
struct subject {
    struct host *host;
    struct content *content;
    struct audit *audit;
};

static void subject_clear(struct subject *subject)
{
#ifdef NDEBUG
    /* The program ends now: the kernel frees faster. Debug builds free, for those that look for leaks. */
    (void)subject;
#else
    audit_free(subject->audit);
    content_free(subject->content);
    host_free(subject->host);
#endif
}

static bool judge(struct subject *subject, const struct options *options, const struct gate *gate, GError **error)
{
    subject->content = dirs_load_chosen(options, error);
    if (!subject->content)
        return false;
    struct progress progress;
    progress_init(&progress, options->progress);
    const struct selection selection = selection_of(options);
    const struct engine_run run = {
        .content = subject->content,
        .host = subject->host,
        .selection = &selection,
        .waivers = options->waivers,
        .gate = gate,
        .threads = options->threads > 0 ? (unsigned)options->threads : 0,
        .timeout = (unsigned)MAX(options->timeout, 0),
        .progress = progress.lines || progress.terminal ? progress_step : NULL,
        .progress_data = &progress,
    };
    subject->audit = engine_audit(&run, error);
    progress_end(&progress);
    return subject->audit != NULL;
}

/* An image that was asked for and is not there, or is none, leaves the audit incomplete. */
static void add_image_errors(struct audit *audit, struct host *host, const struct gate *gate)
{
    const struct probe_context context = {.host = host}; /* images that were named need no daemon */
    const struct images *images = host_images(host) ? images_of(&context) : NULL;
    for (guint i = 0; images && i < images->problems->len; i++) {
        const struct image_problem *problem = images->problems->pdata[i];
        g_ptr_array_add(audit->errors, run_error_new("--image", problem->reason));
    }
    if (images && images->problems->len)
        engine_gate(audit, gate);
}

/* The one thread that stays out of the Landlock domain: the kernel hides other processes from those inside. */
static bool start_reader(gpointer data, GError **error)
{
    return host_start_reader(data, sandbox_confine_reader, error);
}

/* The audit with confinement in force from before the first byte of the host is judged. */
static bool confine_and_judge(struct subject *subject, const struct options *options, const struct gate *gate,
                              const GPtrArray *outputs, GError **error)
{
    subject->host = host_new(options->root, error);
    if (!subject->host) {
        g_prefix_error(error, "--root: ");
        return false;
    }
    for (char **image = options->images; image && *image; image++)
        host_add_image(subject->host, *image);
    g_auto(GStrv) folders = outputs_folders(outputs);
    const struct sandbox_plan plan = {
        .write_dirs = (const char *const *)folders,
        .network = true,
        .before_landlock = start_reader,
        .data = subject->host,
    };
    struct sandbox_state sandbox = {0};
    if (sandbox_enter(&plan, &sandbox, error) && judge(subject, options, gate, error)) {
        add_image_errors(subject->audit, subject->host, gate);
        subject->audit->sandbox = sandbox;
        return true;
    }
    g_free(sandbox.capabilities);
    g_free(sandbox.note);
    return false;
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
    struct subject subject = {NULL};
    enum exit_code code = EXIT_INCOMPLETE;
    if (!confine_and_judge(&subject, options, &gate, outputs, &error)) {
        message("%s", error->message);
        code = code_of(error);
    } else if (outputs_write(outputs, subject.audit, options)) {
        code = (enum exit_code)subject.audit->gate.exit_code;
    }
    /* Threads that hang must not meet what the end of a program takes apart. */
    if (subject.audit && subject.audit->left)
        _exit(output_flush() ? (int)code : EXIT_INCOMPLETE);
    subject_clear(&subject);
    return code;
}
