#include "cli/separate.h"

#include "cli/message.h"
#include "cli/output.h"
#include "cli/standard_output.h"
#include "cli/writer.h"
#include "host/device_programs.h"
#include "host/engine.h"
#include "host/engine_server.h"
#include "host/process.h"
#include "host/reader.h"
#include "host/reader_server.h"
#include "host/wire.h"
#include "model/error.h"
#include "sandbox/guard.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>

/* Threads of the judge wait for each other beyond that, and one that hangs is one less. */
enum { READERS = 4, HELPERS_MAX = READERS + 2 };
#define HELLO_WAIT_US (20 * G_USEC_PER_SEC)

#define REAP_MS 500

/* A process that serves the judge. */
struct helper {
    enum sandbox_role role;
    int judge_end, own_end;
    pid_t pid; /* 0: it could not be started */
};

struct separation {
    const struct options *options;
    const GPtrArray *outputs;
    struct helper helpers[HELPERS_MAX];
    gsize n_helpers;
    int reports[2]; /* the writer's end and the judge's */
};

static bool wants(const struct options *options, const char *confine)
{
    return g_strcmp0(options->confine, confine) == 0;
}

/* No macro of core/banned.h: these processes run no other program, and this is the only place that makes any. */
static pid_t new_process(void)
{
    fflush(NULL);
    return (fork)();
}

/* ---- helpers ---- */

static void run_helper(const struct helper *helper, const struct options *options)
{
    const struct sandbox_plan plan = {.role = helper->role};
    struct sandbox_state state = {0};
    struct wire_hello hello = {.whole = 0};
    g_autoptr(GError) error = NULL;
    sandbox_keep_descriptors(&helper->own_end, 1);
    if (!sandbox_enter(&plan, &state, &error))
        g_strlcpy(hello.note, error->message, sizeof hello.note);
    else if (state.note)
        g_strlcpy(hello.note, state.note, sizeof hello.note);
    hello.whole = !error && sandbox_is_whole(helper->role, &state);
    sandbox_state_clear(&state);
    if (!wire_send(helper->own_end, &hello, sizeof hello, -1))
        return;
    if (helper->role == SANDBOX_READER || helper->role == SANDBOX_DEVICES)
        reader_serve(helper->own_end, helper->role == SANDBOX_READER ? READER_LOOKS : READER_GUARDS);
    else
        engine_serve(helper->own_end, options->network);
}

static bool add_helper(struct separation *all, enum sandbox_role role)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    all->helpers[all->n_helpers++] = (struct helper){.role = role, .judge_end = pair[0], .own_end = pair[1]};
    return true;
}

/* A process that cannot be made is missed by the judge, which then sees that nobody answers. */
static void start_helpers(struct separation *all)
{
    for (gsize i = 0; i < all->n_helpers; i++) {
        pid_t pid = new_process();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            run_helper(&all->helpers[i], all->options);
            _exit(0);
        }
        all->helpers[i].pid = MAX(pid, 0);
    }
}

static void close_ends(struct separation *all)
{
    for (gsize i = 0; i < all->n_helpers; i++) {
        close(all->helpers[i].judge_end);
        close(all->helpers[i].own_end);
    }
}

/* ---- the judge ---- */

/* False: nobody is there. What it could not take from itself is noted. */
static bool greet(const struct helper *helper, bool *whole, GString *notes)
{
    struct wire_hello hello = {.whole = 0};
    gssize n = wire_receive(helper->judge_end, &hello, sizeof hello, NULL, g_get_monotonic_time() + HELLO_WAIT_US);
    if (n != (gssize)sizeof hello) {
        *whole = false;
        return false;
    }
    hello.note[sizeof hello.note - 1] = '\0';
    *whole = *whole && hello.whole;
    if (*hello.note && !strstr(notes->str, hello.note))
        g_string_append_printf(notes, "%s%s", notes->len ? "; " : "", hello.note);
    return true;
}

/* Hands the helpers that answer to the host. Whether processes can be looked into by them. */
static bool use_helpers(struct judge_side *side, bool *whole, GString *notes)
{
    int readers[READERS];
    guint n = 0;
    for (gsize i = 0; i < side->n_helpers; i++) {
        const struct helper *helper = &side->helpers[i];
        if (!greet(helper, whole, notes))
            continue;
        host_hide_process(side->host, helper->pid);
        if (helper->role == SANDBOX_READER)
            readers[n++] = helper->judge_end;
        else if (helper->role == SANDBOX_DEVICES)
            host_set_device_reader(side->host, helper->judge_end);
        else
            host_set_engine_broker(side->host, helper->judge_end);
    }
    if (n)
        host_set_readers(side->host, readers, n);
    return n > 0;
}

/* File systems that ask who the user is, whatever capabilities are held. */
static const char *own_files(const struct options *options)
{
    static const long kinds[] = {0x65735546 /* FUSE */, NFS_SUPER_MAGIC, 0xFF534D42 /* CIFS */, SMB2_SUPER_MAGIC,
                                 V9FS_MAGIC};
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (options->root)
        g_ptr_array_add(paths, options->root);
    for (char **image = options->images; image && *image; image++)
        g_ptr_array_add(paths, *image);
    for (guint i = 0; i < paths->len; i++) {
        struct statfs fs;
        if (statfs(paths->pdata[i], &fs) < 0)
            continue;
        for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
            if ((guint32)fs.f_type == (guint32)kinds[kind])
                return "what is audited lies on a file system that asks for the user";
    }
    return NULL;
}

static bool is_enough(const struct judge_side *side, const struct sandbox_state *state, GError **error)
{
    if (!wants(side->options, "require") || (sandbox_is_whole(SANDBOX_JUDGE, state) && state->separated))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "--confine require: not every layer of the sandbox is there: %s",
                state->note ? state->note : "Landlock, seccomp or a process of its own is missing");
    return false;
}

static bool confine(struct judge_side *side, struct sandbox_state *state, GError **error)
{
    if (wants(side->options, "none")) {
        state->note = g_strdup("switched off by --confine none");
        state->capabilities = g_strdup("");
        state->uid = (int)geteuid();
        return true;
    }
    bool whole = true;
    g_autoptr(GString) notes = g_string_new(NULL);
    bool seen = side->live && use_helpers(side, &whole, notes);
    const struct sandbox_plan plan = {.role = SANDBOX_JUDGE,
                                      .network = side->options->network,
                                      .alone = side->live && !seen,
                                      .relay_length = ENGINE_RELAY_LENGTH,
                                      .keep_user = own_files(side->options)};
    if (plan.alone)
        g_string_append_printf(notes, "%sno process that looks into others could be started", notes->len ? "; " : "");
    if (notes->len)
        state->note = g_strdup(notes->str);
    if (!sandbox_enter(&plan, state, error))
        return false;
    if (seen) /* its user is none of the host's; the writer stands for plumbline in the table of processes */
        host_hide_process(side->host, getpid());
    state->separated = whole;
    return is_enough(side, state, error);
}

static void run_judge(struct separation *all, const struct root *root,
                      enum exit_code (*judge)(struct judge_side *side, gpointer data), gpointer data)
{
    g_autoptr(GArray) keep = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_append_val(keep, all->reports[1]);
    if (root)
        g_array_append_val(keep, root->fd);
    if (root && root->mounts >= 0)
        g_array_append_val(keep, root->mounts);
    for (gsize i = 0; i < all->n_helpers; i++)
        g_array_append_val(keep, all->helpers[i].judge_end);
    sandbox_keep_descriptors((const int *)(const void *)keep->data, keep->len);
    for (guint i = 0; i < all->outputs->len; i++)
        ((struct output *)g_ptr_array_index(all->outputs, i))->writer = all->reports[1];
    struct judge_side side = {.outputs = all->outputs,
                              .confine = confine,
                              .options = all->options,
                              .helpers = all->helpers,
                              .n_helpers = all->n_helpers,
                              .live = all->n_helpers > 0,
                              .root = root};
    enum exit_code code = judge(&side, data);
    if (!output_flush())
        code = EXIT_INCOMPLETE;
    exit((int)code);
}

/* ---- the writer ---- */

static bool confine_writer(struct separation *all, const struct writer *writer, pid_t judge)
{
    const struct sandbox_plan plan = {.role = SANDBOX_WRITER, .judge = judge, .write_dirs = writer_folders(writer)};
    struct sandbox_state state = {0};
    bool ok = sandbox_enter(&plan, &state, NULL) && sandbox_is_whole(SANDBOX_WRITER, &state);
    if (!ok && wants(all->options, "require"))
        message("--confine require: not every layer of the writer's sandbox is there: %s",
                state.note ? state.note : "none is");
    sandbox_state_clear(&state);
    return ok || !wants(all->options, "require");
}

/* They end when the judge's ends of their sockets are gone. A first process of a container that takes no care of
 * others' children would have five more dead ones after every audit. One that hangs in the kernel is not waited for. */
static void reap_helpers(const struct separation *all)
{
    int left = REAP_MS;
    for (gsize i = 0; i < all->n_helpers; i++)
        while (all->helpers[i].pid > 0 && waitpid(all->helpers[i].pid, NULL, WNOHANG) == 0 && left-- > 0)
            poll(NULL, 0, 1);
}

static enum exit_code run_writer(struct separation *all, struct writer *writer, pid_t judge)
{
    close(all->reports[1]);
    close_ends(all);
    if (!wants(all->options, "none") && !confine_writer(all, writer, judge)) {
        kill(judge, SIGKILL);
        return EXIT_INCOMPLETE;
    }
    enum exit_code code = writer_watch(writer, all->reports[0], judge);
    reap_helpers(all);
    return code;
}

static bool is_live(const struct root *root)
{
    return root && (root->kind == ROOT_MACHINE || root->kind == ROOT_LIVE);
}

/* Of version 2, which has no file that tells the device rules. */
static bool has_new_groups(void)
{
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    struct statfs fs;
    for (size_t i = 0; i < G_N_ELEMENTS(mounts); i++)
        if (statfs(mounts[i], &fs) == 0 && (guint64)fs.f_type == CGROUP2_SUPER_MAGIC)
            return true;
    return false;
}

static void plan_helpers(struct separation *all)
{
    add_helper(all, SANDBOX_BROKER);
    if (geteuid() == 0 && has_new_groups())
        add_helper(all, SANDBOX_DEVICES);
    for (int i = 0; i < READERS; i++)
        add_helper(all, SANDBOX_READER);
}

enum exit_code separate(const struct options *options, const GPtrArray *outputs, const struct root *root,
                        enum exit_code (*judge)(struct judge_side *side, gpointer data), gpointer data)
{
    struct separation all = {.options = options, .outputs = outputs};
    pl_auto(writer) writer = writer_new(outputs, options);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, all.reports) < 0) {
        message("no sockets can be made: %s", g_strerror(errno));
        return EXIT_INCOMPLETE;
    }
    if (is_live(root) && !wants(options, "none"))
        plan_helpers(&all);
    writer_block_signals(writer);
    start_helpers(&all);
    if (geteuid() != 0)
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* sandbox/sandbox.h: SANDBOX_WRITER; before the judge can look */
    pid_t pid = new_process();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        writer_unblock_signals(writer);
        run_judge(&all, root, judge, data);
    }
    if (pid < 0) {
        message("no process can be started: %s", g_strerror(errno));
        close_ends(&all);
        reap_helpers(&all);
        return EXIT_INCOMPLETE;
    }
    return run_writer(&all, writer, pid);
}

void confine_here(void)
{
    const struct sandbox_plan plan = {.role = SANDBOX_JUDGE, .memory_files = true};
    struct sandbox_state state = {0};
    sandbox_enter(&plan, &state, NULL);
    sandbox_state_clear(&state);
}
