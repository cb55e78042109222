/* Each test confines a child, since there is no way back. The child reports by its exit status. */
#include "sandbox/sandbox.h"

#include "host/process.h"
#include "host/reader.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
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

static void enter(bool network, struct sandbox_state *sandbox)
{
    const char *const dirs[] = {inside, NULL};
    const struct sandbox_plan plan = {.write_dirs = dirs, .network = network};
    if (!sandbox_enter(&plan, sandbox, NULL))
        _exit(99);
}

/* Runs `act` in a confined child; its wait status. */
static int confined(int (*act)(const struct sandbox_state *sandbox))
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct sandbox_state sandbox = {0};
        alarm(30);
        enter(false, &sandbox);
        _exit(act(&sandbox));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void assert_dies(int (*act)(const struct sandbox_state *sandbox))
{
    int status = confined(act);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* Exit status 0 is what the act wants; others tell the line. */
static void assert_fine(int (*act)(const struct sandbox_state *sandbox))
{
    int status = confined(act);
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

/* A thread started afterwards is as confined as the first one. */
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
    assert_dies(do_exec_in_thread);
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
    pl_autofd int netlink = socket(AF_NETLINK, SOCK_RAW, 0);
    return netlink < 0 ? __LINE__ % 250 : 0;
}

static void harmless_tries_get_eperm(void **state)
{
    (void)state;
    assert_fine(try_refused);
}

static int try_files(const struct sandbox_state *sandbox)
{
    g_autofree char *good = g_build_filename(inside, "report", NULL);
    g_autofree char *better = g_build_filename(inside, "report.json", NULL);
    g_autofree char *bad = g_build_filename(outside, "report", NULL);
    int fd = open(good, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fchmod(fd, 0644) < 0 || fsync(fd) < 0)
        return __LINE__ % 250;
    close(fd);
    if (rename(good, better) < 0 || open(better, O_WRONLY | O_TRUNC) < 0 || unlink(better) < 0)
        return __LINE__ % 250;
    if (open("/etc/passwd", O_RDONLY) < 0 || open("/", O_RDONLY | O_DIRECTORY) < 0 || open("/dev/null", O_RDWR) < 0)
        return __LINE__ % 250;
    if (!sandbox->landlock_abi)
        return 0; /* what follows is Landlock's part */
    if (open(bad, O_WRONLY | O_CREAT, 0600) >= 0 || errno != EACCES)
        return __LINE__ % 250;
    if (open("/etc/passwd", O_WRONLY) >= 0 || errno != EACCES)
        return __LINE__ % 250;
    if (mkdir(bad, 0700) >= 0 || errno != EACCES)
        return __LINE__ % 250;
    if (rmdir(outside) >= 0 || errno != EACCES)
        return __LINE__ % 250;
    return 0;
}

static void files(void **state)
{
    (void)state;
    assert_fine(try_files);
}

static int look_at_state(const struct sandbox_state *sandbox)
{
    if (!sandbox->no_new_privs || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return __LINE__ % 250;
    if (!sandbox->seccomp || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2)
        return __LINE__ % 250;
    cap_t caps = cap_get_proc();
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
        cap_flag_value_t effective = CAP_CLEAR, permitted = CAP_CLEAR;
        cap_get_flag(caps, cap, CAP_EFFECTIVE, &effective);
        cap_get_flag(caps, cap, CAP_PERMITTED, &permitted);
        bool kept =
            cap == CAP_DAC_READ_SEARCH || cap == CAP_SYS_PTRACE || cap == CAP_AUDIT_CONTROL || cap == CAP_NET_ADMIN;
        if (!kept && (effective == CAP_SET || permitted == CAP_SET))
            return __LINE__ % 250;
        if (effective == CAP_SET && !strstr(sandbox->capabilities, "CAP_"))
            return __LINE__ % 250;
        if (!kept && geteuid() == 0 && cap_get_bound(cap) == 1)
            return __LINE__ % 250;
    }
    cap_free(caps);
    return sandbox->note ? strlen(sandbox->note) == 0 : 0;
}

static void state_is_true(void **state)
{
    (void)state;
    assert_fine(look_at_state);
}

/* --- the reader thread: other processes stay visible --- */

static bool start_reader(gpointer host, GError **error)
{
    return host_start_reader(host, sandbox_confine_reader, error);
}

static int look_at_others(pid_t other)
{
    const char *const dirs[] = {inside, NULL};
    pl_auto(host) host = host_new(NULL, NULL);
    const struct sandbox_plan plan = {.write_dirs = dirs, .before_landlock = start_reader, .data = host};
    struct sandbox_state sandbox = {0};
    bool set = false;
    if (!host || !sandbox_enter(&plan, &sandbox, NULL))
        return __LINE__ % 250;
    const struct process *process = host_process(host, other);
    if (!process || !process->exe || !process->root || !process->ns[NS_MNT] || !process->argv)
        return __LINE__ % 250;
    g_autofree char *value = host_process_env(host, other, "PLUMBLINE_TEST", &set);
    if (!set || g_strcmp0(value, "yes") != 0)
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

/* The reader's own filter, in a child that has nothing else. */
static int confine_as_reader(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!sandbox_confine_reader(NULL))
        return __LINE__ % 250;
    g_autofree char *path = g_build_filename(inside, "file", NULL);
    if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 || open("/", O_PATH) < 0)
        return __LINE__ % 250;
    if (open(path, O_WRONLY | O_CREAT, 0600) >= 0 || errno != EPERM)
        return __LINE__ % 250;
    if (open("/dev/null", O_RDWR) >= 0 || errno != EPERM)
        return __LINE__ % 250;
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        return __LINE__ % 250;
    if (write(2, "", 0) != -1 || errno != EPERM)
        return __LINE__ % 250;
    return unlink(path) == -1 && errno == EPERM ? 0 : __LINE__ % 250;
}

static void reader_cannot_write(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(confine_as_reader());
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A reader that cannot be confined does not run. */
static bool refuse(GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "no");
    return false;
}

static void reader_must_be_confined(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new(NULL, NULL);
    assert_false(host_start_reader(host, refuse, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_UNSUPPORTED));
    assert_non_null(host_processes(host, NULL));
}

/* A report folder in somebody's home: CAP_DAC_OVERRIDE stays, bounded by Landlock. */
static int write_in_a_home(void)
{
    struct sandbox_state sandbox = {0};
    enter(true, &sandbox);
    if (!sandbox.landlock_abi)
        return 0;
    if (!strstr(sandbox.capabilities, "CAP_DAC_OVERRIDE"))
        return __LINE__ % 250;
    g_autofree char *path = g_build_filename(inside, "r", NULL);
    return open(path, O_WRONLY | O_CREAT, 0600) >= 0 && unlink(path) == 0 ? 0 : __LINE__ % 250;
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
        cmocka_unit_test(state_is_true),
        cmocka_unit_test(reader_sees_other_processes),
        cmocka_unit_test(reader_cannot_write),
        cmocka_unit_test(reader_must_be_confined),
        cmocka_unit_test(report_in_a_home),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
