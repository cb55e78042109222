#include "cli/writer.h"

#include "cli/message.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "model/error.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* Reports may hold what root alone may know about the host. */
#define REPORT_MODE 0600
#define PIECE       ((guint32)64 << 10)
/* Of one report; nobody fills the disk through here. */
#define REPORT_MAX ((gsize)1 << 30)
/* Beyond --timeout, in which an audit ends by itself and still tells what it knows. */
#define GRACE_SECONDS 30

enum frame_kind { FRAME_BYTES, FRAME_END, FRAME_SETTLED };

struct writer_frame {
    guint32 kind, index, n;
};

/* One report on its way. */
struct slot {
    const struct output *output;
    struct report_file *file; /* NULL: standard output, or it could not be opened */
    gsize size;               /* what came of it */
    bool settled;             /* written, or said that it was not */
    bool failed;              /* said that it was not */
};

struct writer {
    GArray *slots; /* struct slot */
    GPtrArray *folders;
    struct report_options view;
    gint64 deadline; /* monotonic; 0: none */
    bool failed;
    sigset_t before;
    int signals;
    pid_t judge;
};

/* ---- opening ---- */

static void say_failed(struct writer *writer, struct slot *slot, const GError *error)
{
    message("the %s report was not written: %s", slot->output->report->name, error->message);
    g_clear_pointer(&slot->file, report_file_free);
    slot->settled = slot->failed = true;
    writer->failed = true;
}

static void add_slot(struct writer *writer, const struct output *output)
{
    struct slot slot = {.output = output};
    g_autoptr(GError) error = NULL;
    if (output->path) {
        slot.file = report_file_open(output->path, REPORT_MODE, &error);
        g_ptr_array_add(writer->folders, g_path_get_dirname(output->path));
    }
    if (error)
        say_failed(writer, &slot, error);
    g_array_append_val(writer->slots, slot);
}

struct writer *writer_new(const GPtrArray *outputs, const struct options *options)
{
    struct writer *writer = g_new0(struct writer, 1);
    writer->slots = g_array_new(FALSE, TRUE, sizeof(struct slot));
    writer->folders = g_ptr_array_new_with_free_func(g_free);
    writer->view = terminal_options(options, STDOUT_FILENO);
    writer->signals = -1;
    if (options->timeout > 0)
        writer->deadline = g_get_monotonic_time() + (options->timeout + GRACE_SECONDS) * G_USEC_PER_SEC;
    for (guint i = 0; i < outputs->len; i++)
        add_slot(writer, g_ptr_array_index(outputs, i));
    g_ptr_array_add(writer->folders, NULL);
    return writer;
}

void writer_free(struct writer *writer)
{
    for (guint i = 0; i < writer->slots->len; i++)
        g_clear_pointer(&g_array_index(writer->slots, struct slot, i).file, report_file_free);
    if (writer->signals >= 0)
        close(writer->signals);
    g_array_unref(writer->slots);
    g_ptr_array_unref(writer->folders);
    g_free(writer);
}

const char *const *writer_folders(const struct writer *writer)
{
    return (const char *const *)(const void *)writer->folders->pdata;
}

/* All that end a process without being its own fault; what is ignored (nohup) goes on being ignored. */
void writer_block_signals(struct writer *writer)
{
    static const int ends[] = {SIGINT,  SIGTERM, SIGHUP,    SIGQUIT, SIGALRM, SIGUSR1,
                               SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR};
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGCHLD);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        struct sigaction action;
        if (sigaction(ends[i], NULL, &action) < 0 || action.sa_handler != SIG_IGN)
            sigaddset(&ending, ends[i]);
    }
    sigprocmask(SIG_BLOCK, &ending, &writer->before);
    writer->signals = signalfd(-1, &ending, SFD_CLOEXEC);
}

void writer_unblock_signals(const struct writer *writer)
{
    sigprocmask(SIG_SETMASK, &writer->before, NULL);
}

/* ---- waiting for the judge, which may be anybody's by now ---- */

/* Milliseconds until the judge has to be done; -1: for ever. */
static int time_left(const struct writer *writer)
{
    gint64 left = writer->deadline ? (writer->deadline - g_get_monotonic_time()) / 1000 : -1;
    return writer->deadline ? (int)CLAMP(left, 0, G_MAXINT) : -1;
}

/* The signal that asks this process to end goes to the judge as an end without appeal, then to itself. */
static void take_signal(struct writer *writer)
{
    struct signalfd_siginfo info = {0};
    if (read(writer->signals, &info, sizeof info) != (ssize_t)sizeof info || info.ssi_signo == SIGCHLD)
        return;
    kill(writer->judge, SIGKILL);
    for (guint i = 0; i < writer->slots->len; i++)
        g_clear_pointer(&g_array_index(writer->slots, struct slot, i).file, report_file_free);
    writer_unblock_signals(writer);
    raise((int)info.ssi_signo);
}

/* Until there is something to read, or with -1 until a signal came. False when the time is over. */
static bool wait_for(struct writer *writer, int socket)
{
    struct pollfd at[] = {{.fd = writer->signals, .events = POLLIN}, {.fd = socket, .events = POLLIN}};
    for (;;) {
        int left = time_left(writer);
        int ready = poll(at, G_N_ELEMENTS(at), left);
        if (ready == 0 && left == 0)
            return false;
        bool signalled = ready > 0 && at[0].revents;
        if (signalled)
            take_signal(writer);
        if (ready > 0 && (at[1].revents || (signalled && socket < 0)))
            return true;
    }
}

enum taken { TAKEN_ALL, TAKEN_END, TAKEN_LATE };

/* It may stop in the middle: nobody waits for it without an end. */
static enum taken take_all(struct writer *writer, int socket, void *buffer, gsize n)
{
    char *at = buffer;
    while (n) {
        if (!wait_for(writer, socket))
            return TAKEN_LATE;
        ssize_t got = recv(socket, at, n, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return TAKEN_END;
        at += got;
        n -= (gsize)got;
    }
    return TAKEN_ALL;
}

/* ---- taking reports ---- */

static void add_bytes(struct writer *writer, struct slot *slot, const char *bytes, gsize n)
{
    g_autoptr(GError) error = NULL;
    slot->size += n;
    if (slot->file && slot->size > REPORT_MAX)
        g_set_error(&error, PL_ERROR, PL_ERROR_LIMIT, "it is longer than %u MiB", (unsigned)(REPORT_MAX >> 20));
    if (slot->file && (error || !report_file_add(slot->file, bytes, n, &error)))
        say_failed(writer, slot, error);
}

static void finish(struct writer *writer, struct slot *slot)
{
    g_autoptr(GError) error = NULL;
    if (slot->file && !report_file_commit(slot->file, &error)) {
        say_failed(writer, slot, error);
        return;
    }
    g_clear_pointer(&slot->file, report_file_free);
    slot->settled = true;
}

/* The judge is told, so that what it writes next can say how this went. */
static bool answer_end(struct writer *writer, struct slot *slot, int socket)
{
    if (!slot->settled)
        finish(writer, slot);
    char written = slot->failed ? 0 : 1;
    return send(socket, &written, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

static enum taken take_frame(struct writer *writer, int socket)
{
    static char bytes[PIECE];
    struct writer_frame frame = {.n = 0};
    enum taken taken = take_all(writer, socket, &frame, sizeof frame);
    bool sound = frame.index < writer->slots->len && frame.n <= PIECE;
    if (taken == TAKEN_ALL && !sound)
        kill(writer->judge, SIGKILL); /* it never sends such a thing: whoever did is not waited for */
    if (taken != TAKEN_ALL || !sound)
        return taken == TAKEN_LATE ? TAKEN_LATE : TAKEN_END;
    taken = take_all(writer, socket, bytes, frame.n);
    if (taken != TAKEN_ALL)
        return taken;
    struct slot *slot = &g_array_index(writer->slots, struct slot, frame.index);
    if (frame.kind == FRAME_BYTES)
        add_bytes(writer, slot, bytes, frame.n);
    else if (frame.kind != FRAME_END)
        slot->settled = true;
    else
        return answer_end(writer, slot, socket) ? TAKEN_ALL : TAKEN_END;
    return TAKEN_ALL;
}

/* ---- a judge that did not come to its end ---- */

static struct audit *broken_audit(const char *why)
{
    struct audit *audit = audit_new();
    audit->score_version = SCORE_VERSION;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    audit->version = g_strdup(PLUMBLINE_VERSION);
    audit->started = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    audit->gate.fail_on = g_strdup("none");
    audit->gate.exit_code = EXIT_INCOMPLETE;
    audit->gate.why = g_strdup(why);
    g_ptr_array_add(audit->errors, run_error_new("plumbline", why));
    return audit;
}

static void write_broken(struct writer *writer, struct slot *slot, const struct audit *audit)
{
    const struct report_options plain = {.utf8 = true};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    const struct output *output = slot->output;
    if (!output->report->render(audit, output->path ? &plain : &writer->view, text, &error))
        say_failed(writer, slot, error);
    else if (!output->path)
        output_write(text->str, text->len);
    else if (slot->file)
        add_bytes(writer, slot, text->str, text->len);
    if (!slot->settled)
        finish(writer, slot);
}

/* What began to arrive is not a report: it starts anew. */
static void start_again(struct writer *writer, struct slot *slot)
{
    g_autoptr(GError) error = NULL;
    if (slot->file && !report_file_restart(slot->file, &error))
        say_failed(writer, slot, error);
}

static enum exit_code give_up(struct writer *writer, const char *why)
{
    pl_auto(audit) audit = broken_audit(why);
    message("%s", why);
    for (guint i = 0; i < writer->slots->len; i++) {
        struct slot *slot = &g_array_index(writer->slots, struct slot, i);
        if (!slot->settled)
            start_again(writer, slot);
        if (!slot->settled)
            write_broken(writer, slot, audit);
    }
    return EXIT_INCOMPLETE;
}

/* ---- watching ---- */

/* False when the time is over. */
static bool take_reports(struct writer *writer, int socket)
{
    enum taken taken = TAKEN_ALL;
    while (taken == TAKEN_ALL)
        taken = take_frame(writer, socket);
    return taken == TAKEN_END;
}

/* It may say nothing more and stay. False when the time is over. */
static bool see_it_end(struct writer *writer, int *status)
{
    int how = writer->signals < 0 ? 0 : WNOHANG; /* without word of its end it is waited for */
    while (waitpid(writer->judge, status, how) == 0)
        if (!wait_for(writer, -1))
            return false;
    return true;
}

static bool all_settled(const struct writer *writer)
{
    for (guint i = 0; i < writer->slots->len; i++)
        if (!g_array_index(writer->slots, struct slot, i).settled)
            return false;
    return true;
}

static enum exit_code judge_was_ended(struct writer *writer, int by)
{
    if (by == SIGPIPE && all_settled(writer))
        output_end_by_pipe(); /* its report was for somebody who went away */
    g_autofree char *why =
        g_strdup_printf("the process that judges was ended by signal %d (%s); nothing was judged", by, g_strsignal(by));
    return give_up(writer, why);
}

enum exit_code writer_watch(struct writer *writer, int socket, pid_t judge)
{
    int status = 0;
    writer->judge = judge;
    bool in_time = take_reports(writer, socket) && see_it_end(writer, &status);
    if (!in_time) {
        kill(judge, SIGKILL);
        waitpid(judge, &status, 0);
        return give_up(writer, "the audit did not end in its time and was stopped; nothing was judged");
    }
    if (WIFSIGNALED(status))
        return judge_was_ended(writer, WTERMSIG(status));
    int code = WEXITSTATUS(status);
    bool claims_done = code == EXIT_MET || code == EXIT_NOT_MET;
    if (code > EXIT_INCOMPLETE || (claims_done && !all_settled(writer)))
        return give_up(writer, "the process that judges ended before its reports were whole; nothing was judged");
    return writer->failed && code < EXIT_USAGE ? EXIT_INCOMPLETE : (enum exit_code)code;
}

/* ---- the judge's side ---- */

static bool read_all(int fd, void *buffer, gsize n)
{
    char *at = buffer;
    while (n) {
        ssize_t got = read(fd, at, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        n -= (gsize)got;
    }
    return true;
}

static bool write_all(int fd, const void *bytes, gsize n)
{
    const char *at = bytes;
    while (n) {
        ssize_t written = write(fd, at, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        n -= (gsize)written;
    }
    return true;
}

static bool send_frame(int socket, enum frame_kind kind, guint index, const char *bytes, gsize n)
{
    const struct writer_frame frame = {.kind = kind, .index = index, .n = (guint32)n};
    return write_all(socket, &frame, sizeof frame) && write_all(socket, bytes, n);
}

bool writer_send(int socket, guint index, const char *bytes, gsize n)
{
    bool ok = true;
    for (gsize at = 0; ok && at < n; at += PIECE)
        ok = send_frame(socket, FRAME_BYTES, index, bytes + at, MIN(PIECE, n - at));
    char written = 0;
    return ok && send_frame(socket, FRAME_END, index, NULL, 0) && read_all(socket, &written, 1) && written;
}

bool writer_settle(int socket, guint index)
{
    return send_frame(socket, FRAME_SETTLED, index, NULL, 0);
}
