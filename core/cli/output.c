#include "cli/output.h"

#include "cli/command.h"
#include "cli/message.h"
#include "cli/options_words.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "cli/writer.h"
#include "model/error.h"
#include "model/suggest.h"

#include <stdio.h>

/* Reports may hold what root alone may know about the host. */
#define REPORT_MODE 0600
/* About what a report takes, and each row of it. */
#define ROOM_AT_FIRST ((gsize)1 << 20)
#define ROW_SIZE      ((gsize)288)

static void output_free(gpointer data)
{
    struct output *output = data;
    g_free(output->path);
    g_free(output);
}

static bool is_text(const struct output *output)
{
    return g_str_equal(output->report->name, "text");
}

static const struct report *find_report(const char *name, GError **error)
{
    const struct report *report = report_find(name);
    if (report)
        return report;
    size_t count = 0;
    const struct report *const *all = report_all(&count);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(names, (gpointer)(guintptr)all[i]->name);
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    const char *near = suggest_nearest(name, (const char *const *)names->pdata);
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--output: there is no format \"%s\"%s%s%s; there are %s", name,
                near ? "; did you mean " : "", near ? near : "", near ? "?" : "", list);
    return NULL;
}

/* Whether a report can go to standard output beside those that were asked for before; false with error. */
static bool check_stdout(const GPtrArray *outputs, const char *name, GError **error)
{
    for (guint i = 0; i < outputs->len; i++) {
        const struct output *other = g_ptr_array_index(outputs, i);
        if (!other->path) {
            g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                        "--output: %s and %s cannot both go to standard output; name a file: --output %s=FILE",
                        other->report->name, name, name);
            return false;
        }
    }
    if (g_str_equal(name, "html") && isatty(STDOUT_FILENO)) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                    "--output html: a terminal cannot show it; name a file: "
                    "--output html=report.html");
        return false;
    }
    return true;
}

/* A format by any of its names; as it was typed where there is none. Caller frees. */
static char *format_word(const char *word)
{
    return options_word(options_find(OPTIONS_OUTPUT, "output"), word);
}

static char *format_of_extension(const char *path)
{
    const char *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
    g_autofree char *format = dot && dot != path && dot[1] ? format_word(dot + 1) : NULL;
    return format && report_find(format) ? g_steal_pointer(&format) : NULL;
}

/* FORMAT:FILE, as other programs have it: what it would be here; NULL. Caller frees. */
static char *colon_hint(const char *spec)
{
    const char *colon = strchr(spec, ':');
    g_autofree char *before = colon ? g_strndup(spec, (gsize)(colon - spec)) : NULL;
    g_autofree char *format = before ? format_word(before) : NULL;
    return format && report_find(format) ? g_strdup_printf("%s=%s", format, colon + 1) : NULL;
}

/* A word that names no format: a file whose format `format` says, or its extension. */
static bool split_file(const char *spec, const char *format, char **name, char **path, GError **error)
{
    g_autofree char *hint = colon_hint(spec);
    if (hint) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--output %s: did you mean --output %s?", spec, hint);
        return false;
    }
    *name = format ? g_strdup(format) : format_of_extension(spec);
    if (*name)
        *path = g_strdup(spec);
    else
        *name = format_word(spec);
    return true;
}

/* FORMAT[=FILE] in its parts; path NULL: standard output. The format may be none of ours. */
static bool split_spec(const char *spec, const char *format, char **name, char **path, GError **error)
{
    const char *equals = strchr(spec, '=');
    g_autofree char *first = equals ? g_strndup(spec, (gsize)(equals - spec)) : g_strdup(spec);
    g_autofree char *word = format_word(first);
    if (!report_find(word) && (format || !equals))
        return split_file(spec, format, name, path, error);
    *name = g_steal_pointer(&word);
    *path = equals ? g_strdup(equals + 1) : NULL;
    if (!equals || equals[1])
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--output %s: a file name must follow the =", spec);
    return false;
}

static bool add_output(GPtrArray *outputs, const char *spec, const char *format, GError **error)
{
    g_autofree char *name = NULL, *path = NULL;
    if (!split_spec(spec, format, &name, &path, error))
        return false;
    const struct report *report = find_report(name, error);
    bool to_stdout = !path || g_str_equal(path, "-");
    if (!report || (to_stdout && !check_stdout(outputs, name, error)))
        return false;
    struct output *output = g_new0(struct output, 1);
    output->report = report;
    output->writer = -1;
    output->path = to_stdout ? NULL : g_steal_pointer(&path);
    g_ptr_array_add(outputs, output);
    return true;
}

/* Is what follows a comma an output of its own? The name of a file may hold commas. */
static bool begins_output(const char *text)
{
    g_autofree char *first = g_strndup(text, strcspn(text, "=,"));
    g_autofree char *format = format_word(g_strstrip(first));
    return report_find(format) != NULL;
}

static bool add_outputs(GPtrArray *outputs, const char *list, const char *format, GError **error)
{
    for (const char *at = list; at;) {
        const char *end = strchr(at, ',');
        while (end && !begins_output(end + 1))
            end = strchr(end + 1, ',');
        g_autofree char *one = end ? g_strndup(at, (gsize)(end - at)) : g_strdup(at);
        if (!add_output(outputs, g_strstrip(one), format, error))
            return false;
        at = end ? end + 1 : NULL;
    }
    return true;
}

/* False for a word that names no part. */
static bool read_shown(const struct options *options, bool shown[SHOW_COUNT], GError **error)
{
    for (char **list = options->show; list && *list; list++) {
        g_auto(GStrv) words = g_strsplit(*list, ",", -1);
        for (char **word = words; *word; word++) {
            enum text_show part = report_show_find(g_strstrip(*word));
            if (part == SHOW_COUNT) {
                g_autofree char *known = report_show_words();
                g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--show: \"%s\" is none of %s", *word, known);
                return false;
            }
            shown[part] = true;
        }
    }
    return true;
}

GPtrArray *outputs_parse(const struct options *options, GError **error)
{
    bool shown[SHOW_COUNT] = {false};
    if (!read_shown(options, shown, error))
        return NULL;
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func(output_free);
    g_autofree char *format = options->format ? format_word(options->format) : NULL;
    if (format && !report_find(format) && !strpbrk(format, "=,.")) {
        find_report(format, error);
        return NULL;
    }
    if (!options->outputs && !add_outputs(outputs, options->format ? options->format : "text", NULL, error))
        return NULL;
    for (char **spec = options->outputs; spec && *spec; spec++)
        if (!add_outputs(outputs, *spec, format, error))
            return NULL;
    return g_steal_pointer(&outputs);
}

static bool write_one(const struct output *output, guint index, const struct audit *audit,
                      const struct report_options *view, GError **error)
{
    /* Room from the start: a text of some megabytes that grows by doubling leaves as much behind in holes. */
    gsize rows = 0;
    for (guint i = 0; i < audit->results->len; i++)
        rows += ((const struct result *)g_ptr_array_index(audit->results, i))->items->len;
    g_autoptr(GString) text = g_string_sized_new(ROOM_AT_FIRST + rows * ROW_SIZE);
    /* A file gets a report without the terminal's colours and width. */
    const struct report_options plain = {.utf8 = true,
                                         .verbose = view->verbose,
                                         .quiet = view->quiet,
                                         .names = view->names,
                                         .show = view->show,
                                         .difference = view->difference};
    if (!output->report->render(audit, output->path ? &plain : view, text, error))
        return false;
    if (output->writer < 0 && output->path)
        return report_write(output->path, text->str, text->len, REPORT_MODE, error);
    if (output->path)
        return writer_send(output->writer, index, text->str, text->len); /* which says why not */
    output_write(text->str, text->len);
    return true;
}

/* What one run writes, and how far it got. */
struct output_writing {
    const GPtrArray *outputs;
    struct audit *audit;
    struct report_options view;
    GPtrArray *files; /* char *, borrowed: written */
    bool saved;       /* the audit ran before, and its exit code is its own */
    bool failed;
};

/* The exit code is 3 from now on, and a text report that follows says so. */
static void note_failure(struct output_writing *writing, const struct output *output)
{
    struct audit *audit = writing->audit;
    writing->failed = true;
    if (writing->saved)
        return;
    g_autofree char *why = audit->gate.why;
    audit->gate.why =
        g_strdup_printf("the %s report was not written%s%s", output->report->name, why ? "; " : "", why ? why : "");
    audit->gate.exit_code = EXIT_INCOMPLETE;
}

/* Those that are a text, or are none; to a file or to standard output. */
static void write_some(struct output_writing *writing, bool texts, bool to_files)
{
    for (guint i = 0; i < writing->outputs->len; i++) {
        const struct output *output = g_ptr_array_index(writing->outputs, i);
        if (is_text(output) != texts || (output->path != NULL) != to_files)
            continue;
        g_autoptr(GError) error = NULL;
        if (!write_one(output, i, writing->audit, &writing->view, &error)) {
            if (error)
                message("the %s report was not written: %s", output->report->name, error->message);
            note_failure(writing, output);
        } else if (output->path) {
            g_ptr_array_add(writing->files, output->path);
        }
    }
}

static bool has_text(const GPtrArray *outputs)
{
    bool text = false;
    for (guint i = 0; i < outputs->len; i++) {
        const struct output *output = g_ptr_array_index(outputs, i);
        text = text || (is_text(output) && !output->path);
    }
    return text;
}

/* Whoever sits at a terminal is told the verdict and the files, on standard error: standard output may be a report. */
static void tell_terminal(const struct output_writing *writing, const struct options *options)
{
    if (!isatty(STDERR_FILENO) || (options->quiet && writing->audit->gate.exit_code == 0))
        return;
    struct report_options view = terminal_options(options, STDERR_FILENO);
    view.quiet = true;
    view.files = (const char *const *)writing->files->pdata;
    g_autoptr(GString) text = g_string_new(NULL);
    if (report_find("text")->render(writing->audit, &view, text, NULL))
        fputs(text->str, stderr);
}

/* Nothing more comes for any of them. */
static bool settle(const GPtrArray *outputs, bool done)
{
    for (guint i = 0; i < outputs->len; i++) {
        const struct output *output = g_ptr_array_index(outputs, i);
        if (output->writer >= 0)
            writer_settle(output->writer, i);
    }
    return done;
}

bool outputs_write(const GPtrArray *outputs, struct audit *audit, const struct options *options, bool saved)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    struct output_writing writing = {.outputs = outputs,
                                     .audit = audit,
                                     .view = terminal_options(options, STDOUT_FILENO),
                                     .files = files,
                                     .saved = saved};
    bool shown[SHOW_COUNT] = {false};
    writing.view.show = options->show && read_shown(options, shown, NULL) ? shown : NULL;
    writing.view.names = options->quiet;
    /* Texts last, so that their last line knows how the others went. */
    write_some(&writing, false, true);
    write_some(&writing, true, true);
    bool told = has_text(outputs);
    bool changed = audit->difference && !difference_is_empty(audit->difference);
    /* Two saved audits that are compared: how the later one ended is not asked. */
    bool met = audit->gate.exit_code == 0 || (saved && options->difference);
    if (options->quiet && met && told && !changed)
        return settle(outputs, true); /* nothing to say */
    g_ptr_array_add(files, NULL);
    writing.view.files = options->quiet ? (const char *const *)files->pdata : NULL;
    write_some(&writing, false, false);
    write_some(&writing, true, false);
    if (!told)
        tell_terminal(&writing, options);
    return settle(outputs, !writing.failed);
}
