/* Offline roots, twice: by openat2 and by the walk for kernels without it; then what is particular to a live one. */
#include "host/host.h"
#include "host/private.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

struct place {
    char *base, *root; /* base/root is audited; base/secret lies beside it */
    bool walk;
};

static char *in_root(const struct place *place, const char *path)
{
    return g_strconcat(place->root, path, NULL);
}

static void put(const struct place *place, const char *path, const char *text)
{
    g_autofree char *file = in_root(place, path);
    g_autofree char *folder = g_path_get_dirname(file);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void put_link(const struct place *place, const char *path, const char *target)
{
    g_autofree char *file = in_root(place, path);
    assert_int_equal(symlink(target, file), 0);
}

static void put_socket(const struct place *place, const char *path)
{
    g_autofree char *file = in_root(place, path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    pl_autofd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy(address.sun_path, file, sizeof address.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
}

static struct place *place_new(bool walk)
{
    struct place *place = g_new0(struct place, 1);
    place->walk = walk;
    place->base = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    place->root = g_build_filename(place->base, "root", NULL);
    g_autofree char *secret = g_build_filename(place->base, "secret", NULL);
    g_autofree char *fifo = in_root(place, "/run/fifo");
    g_autofree char *device = in_root(place, "/dev/zero");
    g_autofree char *big = in_root(place, "/big");
    put(place, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/:/bin/false\nagain:x:33:33::/:\n");
    put(place, "/etc/group", "root:x:0:\nbad line\nwww:x:33:web\n");
    put(place, "/run/x", "");
    put(place, "/dev/x", "");
    assert_true(g_file_set_contents(secret, "outside", -1, NULL));
    put_link(place, "/etc/up", "../../../../../../../../etc/passwd");
    put_link(place, "/etc/out", "../../secret");
    put_link(place, "/etc/absolute", "/etc/passwd");
    put_link(place, "/etc/host", "/usr/bin/env");
    put_link(place, "/etc/loop", "loop");
    put_link(place, "/etc/dir", "/run");
    put_link(place, "/etc/dangling", "nothing");
    assert_int_equal(mkfifo(fifo, 0644), 0);
    put_socket(place, "/run/socket");
    if (geteuid() == 0)
        assert_int_equal(mknod(device, S_IFCHR | 0666, makedev(1, 5)), 0);
    pl_autofd int fd = open(big, O_WRONLY | O_CREAT, 0644);
    assert_int_equal(ftruncate(fd, 100 << 20), 0);
    put(place, "/nul", "before");
    g_autofree char *nul = in_root(place, "/nul");
    assert_true(g_file_set_contents(nul, "a\0b", 3, NULL));
    put(place, "/odd/\xff\xfe\n", "odd");
    return place;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK) && g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_tree(child);
        else
            unlink(child);
    }
    rmdir(path);
}

static int set_up(void **state)
{
    *state = place_new(false);
    return 0;
}

static int set_up_walk(void **state)
{
    *state = place_new(true);
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    remove_tree(place->base);
    g_free(place->base);
    g_free(place->root);
    g_free(place);
    return 0;
}

static struct host *open_host(void **state)
{
    const struct place *place = *state;
    struct host *host = host_new(place->root, NULL);
    assert_non_null(host);
    if (place->walk)
        fs_real_force_walk(host->fs);
    return host;
}

static void assert_text(struct host *host, const char *path, const char *wanted)
{
    g_autofree char *text = host_read_text(host, path, NULL);
    assert_non_null(text);
    assert_string_equal(text, wanted);
}

static void assert_fails(struct host *host, const char *path, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read(host, path, &error);
    assert_null(bytes);
    assert_non_null(error);
    if (error->code != code)
        fail_msg("%s: code %d, not %d: %s", path, error->code, code, error->message);
}

static void links_stay_inside(void **state)
{
    pl_auto(host) host = open_host(state);
    assert_false(host_is_live(host));
    g_autofree char *passwd = host_read_text(host, "/etc/passwd", NULL);
    assert_text(host, "/etc/up", passwd);
    assert_text(host, "/etc/absolute", passwd);
    assert_text(host, "/../../../etc/passwd", passwd);
    assert_text(host, "/etc/../etc//./passwd", passwd);
    assert_fails(host, "/etc/out", PL_ERROR_ABSENT);
    assert_fails(host, "/etc/host", PL_ERROR_ABSENT);
    assert_fails(host, "/../secret", PL_ERROR_ABSENT);
    assert_fails(host, "/etc/loop", PL_ERROR_READ);
    assert_fails(host, "/etc/dangling", PL_ERROR_ABSENT);
    assert_fails(host, "/etc/passwd/x", PL_ERROR_ABSENT);
    g_autofree char *resolved = host_resolve(host, "/etc/up", NULL);
    assert_string_equal(resolved, "/etc/passwd");
    g_autofree char *through = host_resolve(host, "/etc/dir/x", NULL);
    assert_string_equal(through, "/run/x");
    g_autofree char *root = host_resolve(host, "/etc/../..", NULL);
    assert_string_equal(root, "/");
}

static void other_kinds_never_block(void **state)
{
    pl_auto(host) host = open_host(state);
    assert_fails(host, "/run/fifo", PL_ERROR_KIND);
    assert_fails(host, "/run/socket", PL_ERROR_KIND);
    assert_fails(host, "/etc", PL_ERROR_KIND);
    if (geteuid() == 0)
        assert_fails(host, "/dev/zero", PL_ERROR_KIND);
    g_autoptr(GError) error = NULL;
    assert_int_equal(host_open(host, "/etc/passwd", HOST_DIRECTORY, &error), -1);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_KIND));
    assert_int_equal(host_open(host, "/etc/absolute", HOST_NOFOLLOW, NULL), -1);
    pl_autofd int dir = host_open(host, "/etc/dir", HOST_DIRECTORY, NULL);
    pl_autofd int file = openat(dir, "x", O_RDONLY);
    assert_true(file >= 0);
    pl_autofd int fd = host_open(host, "/etc/absolute", HOST_REGULAR, NULL);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void sizes_are_bounded(void **state)
{
    pl_auto(host) host = open_host(state);
    assert_fails(host, "/big", PL_ERROR_LIMIT);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) small = host_read_uncached(host, "/etc/passwd", 10, &error);
    assert_null(small);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    struct host_stat st;
    assert_true(host_stat(host, "/big", &st, NULL));
    assert_int_equal(st.size, 100 << 20);
    g_autoptr(GBytes) exact = host_read_uncached(host, "/nul", 3, NULL);
    assert_int_equal(g_bytes_get_size(exact), 3);
}

static void bytes_stay_as_they_are(void **state)
{
    pl_auto(host) host = open_host(state);
    g_autoptr(GBytes) nul = host_read(host, "/nul", NULL);
    assert_int_equal(g_bytes_get_size(nul), 3);
    assert_memory_equal(g_bytes_get_data(nul, NULL), "a\0b", 4);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, "/nul", &error);
    assert_null(text);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
    g_auto(GStrv) names = host_list(host, "/odd", NULL);
    assert_int_equal(g_strv_length(names), 1);
    assert_string_equal(names[0], "\xff\xfe\n");
    assert_text(host, "/odd/\xff\xfe\n", "odd");
}

static void listing(void **state)
{
    pl_auto(host) host = open_host(state);
    g_auto(GStrv) names = host_list(host, "/etc", NULL);
    g_autofree char *joined = g_strjoinv(" ", names);
    assert_string_equal(joined, "absolute dangling dir group host loop out passwd up");
    g_autoptr(GError) error = NULL;
    assert_null(host_list(host, "/etc/passwd", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_KIND));
    g_clear_error(&error);
    assert_null(host_list(host, "/none", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

static void looking(void **state)
{
    pl_auto(host) host = open_host(state);
    struct host_stat st;
    assert_true(host_stat(host, "/etc/absolute", &st, NULL) && S_ISREG(st.mode));
    assert_true(host_lstat(host, "/etc/absolute", &st, NULL) && S_ISLNK(st.mode));
    assert_true(host_stat(host, "/run/fifo", &st, NULL) && S_ISFIFO(st.mode));
    assert_true(host_exists(host, "/etc/passwd"));
    assert_false(host_exists(host, "/etc/dangling"));
    g_autofree char *target = host_readlink(host, "/etc/absolute", NULL);
    assert_string_equal(target, "/etc/passwd");
    g_autoptr(GError) error = NULL;
    assert_null(host_readlink(host, "/etc/passwd", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_KIND));
    if (geteuid() == 0) {
        assert_true(host_stat(host, "/dev/zero", &st, NULL));
        assert_int_equal(st.dev_major, 1);
        assert_int_equal(st.dev_minor, 5);
    }
}

static void names_come_from_the_root(void **state)
{
    pl_auto(host) host = open_host(state);
    assert_string_equal(host_user_name(host, 33), "web");
    assert_string_equal(host_group_name(host, 33), "www");
    assert_null(host_user_name(host, 1));
    assert_null(host_users_error(host));
    assert_null(host_groups_error(host));
}

static void one_audit_is_one_moment(void **state)
{
    const struct place *place = *state;
    pl_auto(host) host = open_host(state);
    put(place, "/etc/changing", "first");
    assert_text(host, "/etc/changing", "first");
    assert_fails(host, "/etc/late", PL_ERROR_ABSENT);
    put(place, "/etc/changing", "second");
    put(place, "/etc/late", "late");
    assert_text(host, "/etc/changing", "first");
    assert_text(host, "/etc//changing", "first");
    assert_fails(host, "/etc/late", PL_ERROR_ABSENT);
    g_autoptr(GBytes) fresh = host_read_uncached(host, "/etc/changing", 100, NULL);
    assert_string_equal(g_bytes_get_data(fresh, NULL), "second");
}

static void attributes(void **state)
{
    const struct place *place = *state;
    pl_auto(host) host = open_host(state);
    g_autoptr(GError) error = NULL;
    assert_null(host_getxattr(host, "/etc/passwd", "user.none", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    g_clear_error(&error);
    assert_null(host_getxattr(host, "/etc/none", "user.none", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    (void)place;
}

/* What the kernel makes up has no size that could be asked beforehand. */
static void sizes_are_bounded_while_read(void **state)
{
    (void)state;
    for (gsize n = 99; n <= 101; n++) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        g_autofree char *text = g_strnfill(n, 'x');
        assert_int_equal(write(ends[1], text, n), (ssize_t)n);
        close(ends[1]);
        g_autoptr(GBytes) bytes = NULL;
        assert_int_equal(fs_read_fd(ends[0], 100, &bytes), n > 100 ? -EFBIG : 0);
        assert_int_equal(bytes ? g_bytes_get_size(bytes) : 0, n > 100 ? 0 : n);
        close(ends[0]);
    }
}

static void wrong_paths(void **state)
{
    pl_auto(host) host = open_host(state);
    assert_fails(host, "", PL_ERROR_READ);
    assert_fails(host, "etc/passwd", PL_ERROR_READ);
    g_autofree char *component = g_strnfill(300, 'x');
    g_autofree char *name = g_strconcat("/", component, NULL);
    assert_fails(host, name, PL_ERROR_READ);
    g_autofree char *endless = g_strnfill(5000, '/');
    assert_fails(host, endless, PL_ERROR_LIMIT);
    assert_int_equal(host_open(host, "/none", HOST_REGULAR, NULL), -1);
}

/* As an ordinary user, in a child. */
static int denied_child(struct host *host, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (setgid(65534) || setuid(65534))
        return 1;
    g_autoptr(GBytes) bytes = host_read(host, path, &error);
    return !bytes && g_error_matches(error, PL_ERROR, PL_ERROR_DENIED) ? 0 : 2;
}

static void denied(void **state)
{
    const struct place *place = *state;
    pl_auto(host) host = open_host(state);
    if (geteuid() != 0)
        skip();
    put(place, "/etc/shadow", "x");
    g_autofree char *file = in_root(place, "/etc/shadow");
    assert_int_equal(chmod(file, 0600), 0);
    assert_int_equal(chmod(place->base, 0755), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(denied_child(host, "/etc/shadow"));
    int status = 0;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void no_such_root(void **state)
{
    const struct place *place = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *none = in_root(place, "/none");
    g_autofree char *file = in_root(place, "/etc/passwd");
    assert_null(host_new(none, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    g_clear_error(&error);
    assert_null(host_new(file, &error));
    assert_non_null(error);
}

/* --- live --- */

static void live(void **state)
{
    (void)state;
    pl_auto(host) host = host_new("/", NULL);
    struct host_stat root, proc, etc;
    assert_true(host_stat(host, "/", &root, NULL) && host_stat(host, "/proc", &proc, NULL));
    assert_true(host_stat(host, "/etc/passwd", &etc, NULL));
    assert_int_not_equal(root.dev, proc.dev);
    assert_int_not_equal(etc.dev, proc.dev);
    pl_auto(host) twice = host_new("//", NULL);
    assert_true(host_is_live(host) && host_is_live(twice));
    g_autofree char *status = host_read_text(host, "/proc/self/status", NULL);
    assert_true(g_str_has_prefix(status, "Name:"));
    g_autofree char *maps = host_read_text(host, "/proc/self/maps", NULL);
    assert_non_null(strstr(maps, "libc"));
    g_autofree char *self = g_strdup_printf("/proc/%d/root/etc/passwd", (int)getpid());
    g_autofree char *by_root = host_read_text(host, self, NULL);
    g_autofree char *passwd = host_read_text(host, "/etc/passwd", NULL);
    assert_string_equal(by_root, passwd);
    g_autofree char *resolved = host_resolve(host, self, NULL);
    assert_string_equal(resolved, self);
    g_autofree char *exe = host_readlink(host, "/proc/self/exe", NULL);
    assert_non_null(strstr(exe, "test_host_fs"));
    assert_fails(host, "/dev/zero", PL_ERROR_KIND);
    assert_fails(host, "/proc/self/fd", PL_ERROR_KIND);
    assert_fails(host, "/proc/999999999/status", PL_ERROR_ABSENT);
}

/* A process in a chroot whose links point out of it: what is read is its own file, never ours. */
static void live_process_root(void **state)
{
    const struct place *place = *state;
    if (geteuid() != 0)
        skip();
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (chroot(place->root) || chdir("/") || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    char byte = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    pl_auto(host) host = host_new(NULL, NULL);
    if (place->walk)
        fs_real_force_walk(host->fs);
    g_autofree char *absolute = g_strdup_printf("/proc/%d/root/etc/absolute", (int)pid);
    g_autofree char *out = g_strdup_printf("/proc/%d/root/etc/out", (int)pid);
    g_autofree char *env = g_strdup_printf("/proc/%d/root/etc/host", (int)pid);
    g_autofree char *folder = g_strdup_printf("/proc/%d/root/etc", (int)pid);
    g_autofree char *wanted = g_strdup_printf("/proc/%d/root/etc/passwd", (int)pid);
    g_autofree char *text = host_read_text(host, absolute, NULL);
    g_autofree char *resolved = host_resolve(host, absolute, NULL);
    g_auto(GStrv) names = host_list(host, folder, NULL);
    bool right =
        text && strstr(text, "web:x:33") && g_strcmp0(resolved, wanted) == 0 && names && g_strv_length(names) == 9;
    bool absent = !host_exists(host, out) && !host_exists(host, env);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_true(right);
    assert_true(absent);
}

#define BOTH(function)                                                                                                 \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down),                                                      \
        cmocka_unit_test_setup_teardown(function, set_up_walk, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(links_stay_inside),
        BOTH(other_kinds_never_block),
        BOTH(sizes_are_bounded),
        BOTH(bytes_stay_as_they_are),
        BOTH(listing),
        BOTH(looking),
        BOTH(names_come_from_the_root),
        BOTH(one_audit_is_one_moment),
        BOTH(attributes),
        BOTH(wrong_paths),
        BOTH(denied),
        BOTH(no_such_root),
        BOTH(live_process_root),
        cmocka_unit_test(sizes_are_bounded_while_read),
        cmocka_unit_test(live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
