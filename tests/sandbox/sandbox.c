/* Each test confines a child, since there is no way back. The child reports by its exit status. */
#include "sandbox/sandbox.h"

#include "host/device_programs.h"
#include "host/process.h"
#include "host/reader.h"
#include "host/reader_server.h"
#include "host/reader_wire.h"
#include "host/wire.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

static char *inside, *outside; /* folders: one may be written */

static int make_folders(void **state)
{
    (void)state;
    inside = g_dir_make_tmp("plumbline-in-XXXXXX", NULL);
    outside = g_dir_make_tmp("plumbline-out-XXXXXX", NULL);
    return inside && outside ? 0 : -1;
}

static int remove_folders(void **state)
{
    (void)state;
    rmdir(inside);
    rmdir(outside);
    g_free(inside);
    g_free(outside);
    return 0;
}

static void enter(enum sandbox_role role, struct sandbox_state *sandbox)
{
    const char *const dirs[] = {inside, NULL};
    const struct sandbox_plan plan = {.role = role, .write_dirs = dirs};
    if (!sandbox_enter(&plan, sandbox, NULL))
        _exit(99);
}

/* Runs `act` in a confined child; its wait status. */
static int confined(enum sandbox_role role, int (*act)(const struct sandbox_state *sandbox))
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct sandbox_state sandbox = {0};
        alarm(30);
        enter(role, &sandbox);
        _exit(act(&sandbox));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void assert_dies(int (*act)(const struct sandbox_state *sandbox))
{
    for (enum sandbox_role role = SANDBOX_JUDGE; role <= SANDBOX_WRITER; role++) {
        int status = confined(role, act);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

/* Exit status 0 is what the act wants; others tell the line. */
static void assert_fine(enum sandbox_role role, int (*act)(const struct sandbox_state *sandbox))
{
    int status = confined(role, act);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int do_execve(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    char *argv[] = {(char *)(uintptr_t) "true", NULL};
    return execve("/bin/true", argv, argv + 1) ? 1 : 2;
}

static int do_execveat(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    char *argv[] = {NULL};
    return (int)syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, argv, 0);
}

static int do_ptrace(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int do_mount(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static int do_umount(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return umount2("/nowhere", 0);
}

static int do_init_module(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_finit_module, -1, "", 0);
}

static int do_setuid(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_setuid, 0);
}

static int do_bpf(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int do_unshare(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return unshare(CLONE_NEWUSER);
}

static int do_chroot(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return chroot("/");
}

static void violations_die(void **state)
{
    (void)state;
    assert_dies(do_execve);
    assert_dies(do_execveat);
    assert_dies(do_ptrace);
    assert_dies(do_mount);
    assert_dies(do_umount);
    assert_dies(do_init_module);
    assert_dies(do_setuid);
    assert_dies(do_bpf);
    assert_dies(do_unshare);
    assert_dies(do_chroot);
}

/* A thread started afterwards is as confined as the first one; only the judge has threads. */
static gpointer exec_in_thread(gpointer data)
{
    (void)data;
    do_execve(NULL);
    return NULL;
}

static int do_exec_in_thread(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    g_thread_join(g_thread_new("other", exec_in_thread, NULL));
    return 0;
}

static void threads_die_too(void **state)
{
    (void)state;
    int status = confined(SANDBOX_JUDGE, do_exec_in_thread);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

static int try_refused(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    errno = 0;
    if (chmod("/", 0755) != -1 || errno != EPERM)
        return __LINE__ % 250;
    if (fork() != -1 || errno != EPERM)
        return __LINE__ % 250;
    if (kill(getppid(), 0) != -1 || errno != EPERM)
        return __LINE__ % 250;
    if (socket(AF_INET, SOCK_STREAM, 0) != -1 || errno != EPERM)
        return __LINE__ % 250;
    if (socket(AF_UNIX, SOCK_STREAM, 0) != -1 || errno != EPERM)
        return __LINE__ % 250;
    if (syscall(SYS_keyctl, 0, 0, 0, 0, 0) != -1 || errno != EPERM)
        return __LINE__ % 250;
    return socket(AF_NETLINK, SOCK_RAW, 0) == -1 ? 0 : __LINE__ % 250;
}

static void harmless_tries_get_eperm(void **state)
{
    (void)state;
    assert_fine(SANDBOX_JUDGE, try_refused);
}

static int try_files(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    g_autofree char *bad = g_build_filename(inside, "report", NULL);
    if (open("/etc/passwd", O_RDONLY) < 0 || open("/", O_RDONLY | O_DIRECTORY) < 0 || open("/", O_PATH) < 0)
        return __LINE__ % 250;
    if (open(bad, O_WRONLY | O_CREAT, 0600) >= 0 || open("/etc/passwd", O_WRONLY) >= 0 ||
        open("/dev/null", O_RDWR) >= 0)
        return __LINE__ % 250;
    if (mkdir(bad, 0700) >= 0 || rmdir(outside) >= 0 || unlink(bad) >= 0 || rename(inside, bad) >= 0)
        return __LINE__ % 250;
    return 0;
}

static int try_no_files(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return open("/etc/passwd", O_RDONLY) < 0 && open("/dev/null", O_WRONLY) < 0 ? 0 : __LINE__ % 250;
}

static void files(void **state)
{
    (void)state;
    assert_fine(SANDBOX_JUDGE, try_files);
    assert_fine(SANDBOX_READER, try_files);
    assert_fine(SANDBOX_BROKER, try_no_files);
    assert_fine(SANDBOX_WRITER, try_no_files);
}

/* The writer finishes what is open: it gives names, in folders of reports and nowhere else. */
static int try_names(const struct sandbox_state *sandbox)
{
    g_autofree char *good = g_build_filename(inside, "report", NULL);
    g_autofree char *better = g_build_filename(inside, "report.json", NULL);
    g_autofree char *bad = g_build_filename(outside, "report", NULL);
    if (open(bad, O_WRONLY | O_CREAT, 0600) >= 0 || mkdir(bad, 0700) >= 0)
        return __LINE__ % 250;
    if (rename(good, better) < 0 || (sandbox->landlock_abi && rename(better, bad) >= 0) || unlink(better) < 0)
        return __LINE__ % 250;
    return 0;
}

static void writer_gives_names(void **state)
{
    (void)state;
    g_autofree char *good = g_build_filename(inside, "report", NULL);
    assert_true(g_file_set_contents(good, "x", 1, NULL));
    assert_fine(SANDBOX_WRITER, try_names);
}

static int look_at_state(const struct sandbox_state *sandbox)
{
    if (!sandbox->no_new_privs || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return __LINE__ % 250;
    if (!sandbox->seccomp || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2)
        return __LINE__ % 250;
    if (sandbox->landlock_abi == 0 || !sandbox_is_whole(SANDBOX_JUDGE, sandbox))
        return __LINE__ % 250;
    if (!sandbox->undumpable || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 || sandbox->uid != (int)geteuid())
        return __LINE__ % 250;
    cap_t caps = cap_get_proc();
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
        cap_flag_value_t effective = CAP_CLEAR, permitted = CAP_CLEAR;
        cap_get_flag(caps, cap, CAP_EFFECTIVE, &effective);
        cap_get_flag(caps, cap, CAP_PERMITTED, &permitted);
        bool kept = cap == CAP_DAC_READ_SEARCH;
        if (!kept && (effective == CAP_SET || permitted == CAP_SET))
            return __LINE__ % 250;
        if (effective == CAP_SET && !strstr(sandbox->capabilities, "CAP_DAC_READ_SEARCH"))
            return __LINE__ % 250;
    }
    cap_free(caps);
    return sandbox->note ? __LINE__ % 250 : 0;
}

static void state_is_true(void **state)
{
    (void)state;
    assert_fine(SANDBOX_JUDGE, look_at_state);
}

/* --- readers: other processes stay visible --- */

/* A reader as an audit has it; the judge's end. */
static int start_reader(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    fflush(NULL);
    if (fork() == 0) {
        struct sandbox_state sandbox = {0};
        close(pair[0]);
        enter(SANDBOX_READER, &sandbox);
        reader_serve(pair[1], READER_LOOKS);
        _exit(0);
    }
    close(pair[1]);
    return pair[0];
}

static int look_at_others(pid_t other)
{
    pl_auto(host) host = host_new(NULL, NULL);
    struct sandbox_state sandbox = {0};
    int reader = start_reader();
    if (!host || reader < 0)
        return __LINE__ % 250;
    host_set_readers(host, &reader, 1);
    enter(SANDBOX_JUDGE, &sandbox);
    const struct process *process = host_process(host, other);
    if (!process || !process->exe || !process->root || !process->ns[NS_MNT] || !process->argv)
        return __LINE__ % 250;
    g_autofree char *value = host_process_env(host, &(struct process){.pid = other}, "PLUMBLINE_TEST", NULL);
    if (g_strcmp0(value, "yes") != 0)
        return __LINE__ % 250;
    g_autofree char *passwd = g_strdup_printf("/proc/%d/root/etc/passwd", (int)other);
    g_autofree char *text = host_read_text(host, passwd, NULL);
    g_autofree char *fds = g_strdup_printf("/proc/%d/fd", (int)other);
    g_auto(GStrv) list = host_list(host, fds, NULL);
    g_autofree char *fd = list && *list ? g_strdup_printf("%s/%s", fds, *list) : NULL;
    g_autofree char *target = fd ? host_readlink(host, fd, NULL) : NULL;
    return text && target ? 0 : __LINE__ % 250;
}

static void reader_sees_other_processes(void **state)
{
    (void)state;
    char *argv[] = {(char *)(uintptr_t) "sleep", (char *)(uintptr_t) "30", NULL};
    char *environment[] = {(char *)(uintptr_t) "PLUMBLINE_TEST=yes", NULL};
    fflush(NULL);
    pid_t other = fork();
    if (other == 0) {
        execve("/bin/sleep", argv, environment);
        _exit(98);
    }
    g_usleep(200000);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(30);
        _exit(look_at_others(other));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Asks without what reader.c does to a path. */
static int ask_plainly(int socket, const char *path)
{
    struct reader_request request = {.kind = READER_OPEN, .flags = HOST_REGULAR};
    struct reader_reply reply = {.result = -1};
    pl_autofd int fd = -1;
    g_strlcpy(request.path, path, sizeof request.path);
    if (!wire_send(socket, &request, offsetof(struct reader_request, path) + strlen(request.path) + 1, -1) ||
        wire_receive(socket, &reply, sizeof reply, &fd, 0) != (gssize)sizeof reply)
        return -EIO;
    return fd >= 0 ? 0 : reply.result;
}

/* What a judge that was taken over would ask a reader for: memory, and the same by another name. */
static int ask_for_memory(pid_t other)
{
    int socket = start_reader();
    struct reader *reader = reader_new(&socket, 1);
    GBytes *bytes = NULL;
    const char *const paths[] = {"/proc/%d/mem",        "/proc/%d/maps",       "/proc/%d/root/proc/1/mem",
                                 "/proc/%d/fd/../mem",  "/proc/%d/task/1/mem", "/proc/%d//mem",
                                 "/proc/%d//",          "/proc/%d/./mem",      "//proc/%d/mem",
                                 "/./proc/%d/mem",      "/proc//%d/mem",       "/proc/%d/root//proc/1/mem",
                                 "/proc/%d/net/../mem", "/proc/%d///mem",      "/proc/%d/fd//../mem"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_auto(GStrv) halves = g_strsplit(paths[i], "%d", 2);
        g_autofree char *path = g_strdup_printf("%s%d%s", halves[0], (int)other, halves[1]);
        if (reader_open(reader, path, HOST_REGULAR) >= 0 || reader_read(reader, path, 4096, &bytes) == 0 ||
            ask_plainly(socket, path) >= 0) {
            fprintf(stderr, "%s\n", path);
            return __LINE__ % 250;
        }
    }
    if (reader_root(reader, "/etc") != -EPERM || reader_open(reader, "etc/passwd", 0) != -EPERM)
        return __LINE__ % 250;
    int fd = reader_open(reader, "/etc/passwd", HOST_REGULAR);
    reader_free(reader);
    return fd >= 0 ? 0 : __LINE__ % 250;
}

static void reader_gives_no_memory(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        alarm(30);
        _exit(ask_for_memory(parent));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- programs of control groups ---- */

static int ask_for_programs(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    int err = device_programs_read("/sys/fs/cgroup", programs);
    if (err == -EOPNOTSUPP)
        err = device_programs_read("/sys/fs/cgroup/unified", programs);
    /* Not there, or of somebody who may not ask: never for a call that the filter refuses (ENOSYS). */
    return !err || err == -EPERM || err == -ENOENT || err == -EOPNOTSUPP ? 0 : __LINE__ % 250;
}

static int load_a_program(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, NULL, 0);
}

static int ask_for_a_map(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_bpf, BPF_MAP_GET_FD_BY_ID, NULL, 0);
}

static int detach_a_program(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_bpf, BPF_PROG_DETACH, NULL, 0);
}

static int attach_a_link(const struct sandbox_state *sandbox)
{
    (void)sandbox;
    return (int)syscall(SYS_bpf, BPF_LINK_CREATE, NULL, 0);
}

/* Who holds CAP_SYS_ADMIN for them can do nothing but read them. */
static void programs_are_read_and_nothing_else(void **state)
{
    (void)state;
    assert_fine(SANDBOX_DEVICES, ask_for_programs);
    assert_dies(load_a_program);
    assert_dies(ask_for_a_map);
    assert_dies(detach_a_program);
    assert_dies(attach_a_link);
    assert_fine(SANDBOX_DEVICES, try_no_files);
}

/* It answers nothing else, and readers do not answer for it. */
static int ask_the_wrong_one(enum reader_duty duty)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return __LINE__ % 250;
    pid_t pid = fork();
    if (pid == 0) {
        struct sandbox_state sandbox = {0};
        enter(duty == READER_LOOKS ? SANDBOX_READER : SANDBOX_DEVICES, &sandbox);
        close(pair[0]);
        reader_serve(pair[1], duty);
        _exit(0);
    }
    close(pair[1]);
    struct reader *reader = reader_new(pair, 1);
    g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autofree char *text = NULL;
    int looked = reader_readlink(reader, "/proc/self/exe", &text);
    int asked = reader_programs(reader, duty == READER_LOOKS ? "/sys/fs/cgroup" : "/etc", programs);
    reader_free(reader);
    return (duty == READER_GUARDS && looked != -EPERM) || asked != -EPERM ? __LINE__ % 250 : 0;
}

static void each_answers_its_own_requests(void **state)
{
    (void)state;
    for (enum reader_duty duty = READER_LOOKS; duty <= READER_GUARDS; duty++) {
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            alarm(30);
            _exit(ask_the_wrong_one(duty));
        }
        int status = 0;
        waitpid(pid, &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

/* Readers that are gone are an error, never "not there". */
static void no_reader_is_an_error(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    close(pair[1]);
    pl_auto(host) host = host_new(NULL, NULL);
    host_set_readers(host, pair, 1);
    g_autoptr(GError) error = NULL;
    struct host_stat st;
    assert_false(host_stat(host, "/proc/1/status", &st, &error));
    assert_false(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    g_clear_error(&error);
    assert_null(host_processes(host, &error));
    assert_false(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

/* A report folder in somebody's home: CAP_DAC_OVERRIDE stays, bounded by Landlock. */
static int write_in_a_home(void)
{
    struct sandbox_state sandbox = {0};
    g_autofree char *path = g_build_filename(inside, "r", NULL);
    if (open(path, O_WRONLY | O_CREAT, 0600) < 0)
        return __LINE__ % 250;
    enter(SANDBOX_WRITER, &sandbox);
    if (!sandbox.landlock_abi)
        return 0;
    if (!strstr(sandbox.capabilities, "CAP_DAC_OVERRIDE"))
        return __LINE__ % 250;
    return unlink(path) == 0 ? 0 : __LINE__ % 250;
}

static void report_in_a_home(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(inside, 1000, 1000), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(write_in_a_home());
    int status = 0;
    waitpid(pid, &status, 0);
    assert_int_equal(chown(inside, 0, 0), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(violations_die),
        cmocka_unit_test(threads_die_too),
        cmocka_unit_test(harmless_tries_get_eperm),
        cmocka_unit_test(files),
        cmocka_unit_test(writer_gives_names),
        cmocka_unit_test(state_is_true),
        cmocka_unit_test(reader_sees_other_processes),
        cmocka_unit_test(reader_gives_no_memory),
        cmocka_unit_test(programs_are_read_and_nothing_else),
        cmocka_unit_test(each_answers_its_own_requests),
        cmocka_unit_test(no_reader_is_an_error),
        cmocka_unit_test(report_in_a_home),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
