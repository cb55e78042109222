/* plumbline audit: the main job. */
#include "host/audit.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/demands.h"
#include "cli/dirs.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/saved.h"
#include "cli/selection.h"
#include "cli/separate.h"
#include "cli/standard_output.h"
#include "engine/difference.h"
#include "facts/image/list.h"
#include "host/http_library.h"
#include "host/process.h"
#include "model/error.h"
#include "probes/probe.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <sys/stat.h>

/* Before anything was judged: what was named on the command line cannot be used, or there is no confinement. */
static enum exit_code code_of(const GError *error)
{
    return g_error_matches(error, PL_ERROR, PL_ERROR_UNSUPPORTED) ? EXIT_INCOMPLETE : EXIT_USAGE;
}

/* What one audit works on. */
struct audit_subject {
    struct host *host;
    struct content *content;
    struct audit *audit, *baseline; /* NULL: none to compare with */
};

/* The program ends after the audit: the kernel frees faster. Debug builds free, for those that look for leaks. */
#ifdef NDEBUG
static const bool frees = false;
#else
static const bool frees = true;
#endif

static void subject_clear(struct audit_subject *subject)
{
    if (!frees)
        return;
    audit_free(subject->audit);
    audit_free(subject->baseline);
    content_free(subject->content);
    host_free(subject->host);
}

static bool judge(struct audit_subject *subject, const struct options *options, const struct gate *gate, GError **error)
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
        .ends = !frees,
    };
    subject->audit = engine_audit(&run, error);
    progress_end(&progress);
    return subject->audit != NULL;
}

/* An image that was asked for and is not there, or is none, leaves the audit incomplete. */
static void add_image_errors(struct audit *audit, struct host *host, const struct gate *gate)
{
    const struct fact_context context = {.host = host}; /* images that were named need no daemon */
    const struct images *images = host_images(host) ? images_of(&context) : NULL;
    for (guint i = 0; images && i < images->problems->len; i++) {
        const struct problem *problem = images->problems->pdata[i];
        g_ptr_array_add(audit->errors, run_error_new("--image", problem->reason));
    }
    if (images && images->problems->len)
        engine_gate(audit, gate);
}

struct job {
    const struct gate *gate;
    const char *baseline; /* path of the audit to compare with; NULL: none */
    GBytes *bytes;        /* of it; NULL: there is none yet */
};

/* The host is opened, and the kernel asked for its audit rules, which takes a capability that the sandbox does not
 * leave, before the first byte that others wrote is read. */
static bool open_host(struct audit_subject *subject, const struct judge_side *side, GError **error)
{
    const struct options *options = side->options;
    if (!host_has_handles(error))
        return false;
    subject->host = host_new_of(side->root, error);
    if (!subject->host)
        return false;
    if (side->root->note)
        message("note: %s", side->root->note);
    if (host_has_foreign_kernel(subject->host))
        message("note: %s is judged as a system that does not run: the /proc and /sys in it are not its own",
                host_root(subject->host));
    for (char **image = options->images; image && *image; image++)
        host_add_image(subject->host, *image);
    host_audit(subject->host);
    /* Without it the kernel's texts say the same. */
    if (root_is_here(side->root))
        host_use_process_library(subject->host, NULL);
    /* Whoever asks somebody without it is told what is missing. */
    if (options->network || http_library_is_likely(subject->host))
        http_library_load(NULL);
    return true;
}

/* What it says is believed before the host is judged: a file that is none need not wait for that. */
static bool read_baseline(struct audit_subject *subject, const struct job *job, GError **error)
{
    if (!job->bytes)
        return true;
    subject->baseline = saved_parse(job->bytes, job->baseline, error);
    if (subject->baseline)
        return true;
    g_prefix_error(error, "--baseline ");
    return false;
}

static void compare(struct audit_subject *subject, const struct gate *gate)
{
    if (!subject->baseline)
        return;
    subject->audit->difference = difference_between(subject->baseline, subject->audit);
    engine_gate(subject->audit, gate);
}

/* The audit with confinement in force from before the first byte of the host is judged. */
static bool confine_and_judge(struct judge_side *side, struct audit_subject *subject, const struct job *job,
                              GError **error)
{
    struct sandbox_state sandbox = {0};
    if (!open_host(subject, side, error))
        return false;
    side->host = subject->host;
    if (side->confine(side, &sandbox, error) && read_baseline(subject, job, error) &&
        judge(subject, side->options, job->gate, error)) {
        add_image_errors(subject->audit, subject->host, job->gate);
        subject->audit->sandbox = sandbox;
        compare(subject, job->gate);
        return true;
    }
    sandbox_state_clear(&sandbox);
    return false;
}

static enum exit_code run_judge(struct judge_side *side, gpointer data)
{
    const struct job *job = data;
    g_autoptr(GError) error = NULL;
    struct audit_subject subject = {NULL};
    enum exit_code code = EXIT_INCOMPLETE;
    if (!confine_and_judge(side, &subject, job, &error)) {
        message("%s", error->message);
        code = code_of(error);
    } else if (outputs_write(side->outputs, subject.audit, side->options, false)) {
        code = (enum exit_code)subject.audit->gate.exit_code;
    }
    /* Threads that hang must not meet what the end of a program takes apart. */
    if (subject.audit && subject.audit->left)
        _exit(output_flush() ? (int)code : EXIT_INCOMPLETE);
    subject_clear(&subject);
    return code;
}

/* What people type who mean an image by its name: said before anything is looked at. What is there and cannot be read
 * is an error of the audit. */
static bool check_images(const struct options *options, GError **error)
{
    struct stat st;
    for (char **image = options->images; image && *image; image++) {
        if (stat(*image, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
            continue;
        g_autofree char *base = g_path_get_basename(*image);
        base[strcspn(base, ":@")] = '\0';
        bool file = g_str_has_suffix(*image, ".tar") || **image == '/' || **image == '.';
        if (file)
            g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--image %s: there is no such file or folder", *image);
        else
            g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                        "--image %s: there is no such file, and --image takes a path, not a name: docker save %s "
                        "-o %s.tar, then --image %s.tar",
                        *image, *image, base, base);
        return false;
    }
    return true;
}

/* The first night there is no earlier audit: that is said, and everything counts. */
static bool open_baseline(const struct options *options, GBytes **bytes, GError **error)
{
    g_autoptr(GError) absent = NULL;
    if (!options->baseline && options->fail_on_new) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_USAGE, "--fail-on-new needs --baseline FILE.json");
        return false;
    }
    *bytes = options->baseline ? saved_read(options->baseline, &absent) : NULL;
    if (g_error_matches(absent, PL_ERROR, PL_ERROR_ABSENT)) {
        message("note: --baseline %s is not there yet: nothing is compared, and every failure counts",
                options->baseline);
        return true;
    }
    if (!absent)
        return true;
    g_propagate_prefixed_error(error, g_steal_pointer(&absent), "--baseline ");
    return false;
}

enum exit_code command_audit(struct options *options)
{
    if (options->show_config) {
        config_show(options);
        return EXIT_MET;
    }
    g_autoptr(GError) error = NULL;
    struct gate gate;
    g_autoptr(GBytes) baseline = NULL;
    g_autoptr(GPtrArray) outputs = demands_parse(options, &gate, &error) && open_baseline(options, &baseline, &error)
                                       ? outputs_parse(options, &error)
                                       : NULL;
    if (!outputs || !check_images(options, &error) || !dirs_trust(options, &error)) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    root_join(options->root);
    pl_auto(root) root = root_open(options->root, &error);
    if (!root) {
        message("%s%s", options->root ? "--root: " : "", error->message);
        return code_of(error);
    }
    struct job job = {.gate = &gate, .baseline = options->baseline, .bytes = baseline};
    return separate(options, outputs, root, run_judge, &job);
}
