#include "reports/report.h"

#include "cmocka_all.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct place {
    char *folder, *file;
};

static int set_up(void **state)
{
    struct place *place = g_new0(struct place, 1);
    place->folder = g_dir_make_tmp("plumbline-write-XXXXXX", NULL);
    place->file = g_build_filename(place->folder, "report.html", NULL);
    *state = place;
    return place->folder ? 0 : -1;
}

static guint entries(const struct place *place, bool remove)
{
    guint n = 0;
    GDir *folder = g_dir_open(place->folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(folder)); n++) {
        g_autofree char *path = g_build_filename(place->folder, name, NULL);
        if (remove)
            unlink(path);
    }
    g_dir_close(folder);
    return n;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    entries(place, true);
    rmdir(place->folder);
    g_free(place->folder);
    g_free(place->file);
    g_free(place);
    return 0;
}

static void assert_content(const struct place *place, const char *wanted)
{
    g_autofree char *content = NULL;
    assert_true(g_file_get_contents(place->file, &content, NULL, NULL));
    assert_string_equal(content, wanted);
}

static void writes_with_the_mode(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) error = NULL;
    mode_t before = umask(077);
    assert_true(report_write(place->file, "one", 3, 0644, &error));
    umask(before);
    struct stat st;
    assert_int_equal(stat(place->file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    assert_content(place, "one");
    assert_int_equal(entries(place, false), 1);
}

static void replaces_an_older_one(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) error = NULL;
    assert_true(report_write(place->file, "older", 5, 0600, &error));
    assert_true(report_write(place->file, "new", 3, 0600, &error));
    assert_content(place, "new");
    assert_int_equal(entries(place, false), 1);
}

/* As root, a report to /dev/null once put a file in its place. */
static void never_replaces_a_device(void **state)
{
    struct place *place = *state;
    struct stat st;
    g_autoptr(GError) error = NULL;
    if (geteuid() != 0) { /* root's is not put at risk */
        assert_true(report_write("/dev/null", "x", 1, 0600, &error));
        return;
    }
    if (mknod(place->file, S_IFCHR | 0600, makedev(1, 3)) != 0)
        return; /* not in a container */
    bool written = report_write(place->file, "x", 1, 0600, &error);
    assert_true(written || strstr(error->message, "Permission denied")); /* mounted nodev */
    assert_int_equal(lstat(place->file, &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_int_equal(unlink(place->file), 0);
    assert_int_equal(mknod(place->file, S_IFBLK | 0600, makedev(7, 250)), 0);
    g_clear_error(&error);
    assert_false(report_write(place->file, "x", 1, 0600, &error));
    assert_int_equal(lstat(place->file, &st), 0);
    assert_true(S_ISBLK(st.st_mode));
}

/* A link in the place of the report is replaced, not followed. */
static void never_writes_through_a_link(void **state)
{
    struct place *place = *state;
    g_autofree char *victim = g_build_filename(place->folder, "victim", NULL);
    assert_true(g_file_set_contents(victim, "precious", -1, NULL));
    assert_int_equal(symlink(victim, place->file), 0);
    g_autoptr(GError) error = NULL;
    assert_true(report_write(place->file, "x", 1, 0600, &error));
    g_autofree char *content = NULL;
    assert_true(g_file_get_contents(victim, &content, NULL, NULL));
    assert_string_equal(content, "precious");
}

/* RLIMIT_FSIZE makes write(2) fail in the middle, as a full disk does. */
static void a_full_disk_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) error = NULL;
    assert_true(report_write(place->file, "older", 5, 0600, &error));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old;
    getrlimit(RLIMIT_FSIZE, &old);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    g_autofree char *big = g_strnfill(100000, 'x');
    bool written = report_write(place->file, big, 100000, 0600, &error);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_false(written);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_WRITE));
    assert_true(strstr(error->message, place->file) && strstr(error->message, g_strerror(EFBIG)));
    assert_content(place, "older");
    assert_int_equal(entries(place, false), 1);
}

static void no_such_folder(void **state)
{
    struct place *place = *state;
    g_autofree char *file = g_build_filename(place->folder, "missing", "report.html", NULL);
    g_autoptr(GError) error = NULL;
    assert_false(report_write(file, "x", 1, 0600, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_WRITE));
    assert_int_equal(entries(place, false), 0);
}

static void a_folder_in_its_place(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkdir(place->file, 0700), 0);
    g_autoptr(GError) error = NULL;
    assert_false(report_write(place->file, "x", 1, 0600, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_WRITE));
    assert_int_equal(entries(place, false), 1);
    rmdir(place->file);
}

/* Renamed over, /dev/null would be a file from then on. */
static void a_pipe_takes_the_bytes(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkfifo(place->file, 0600), 0);
    int end = open(place->file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    g_autoptr(GError) error = NULL;
    assert_true(report_write(place->file, "report", 6, 0600, &error));
    char read_back[16] = "";
    assert_int_equal(read(end, read_back, sizeof read_back), 6);
    assert_string_equal(read_back, "report");
    close(end);
    struct stat found;
    assert_int_equal(lstat(place->file, &found), 0);
    assert_true(S_ISFIFO(found.st_mode));
}

/* Opening would wait for ever. */
static void a_pipe_that_nobody_reads(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkfifo(place->file, 0600), 0);
    g_autoptr(GError) error = NULL;
    assert_false(report_write(place->file, "report", 6, 0600, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_WRITE));
    assert_non_null(strstr(error->message, "nobody reads"));
}

/* Whoever planted a pipe at the report's name in a folder like /tmp would get root's report. */
static void a_pipe_of_another_user(void **state)
{
    struct place *place = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(mkfifo(place->file, 0666), 0);
    assert_int_equal(chown(place->file, 65534, 65534), 0);
    int end = open(place->file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    g_autoptr(GError) error = NULL;
    assert_false(report_write(place->file, "report", 6, 0600, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_WRITE));
    char read_back[16] = "";
    assert_int_equal(read(end, read_back, sizeof read_back), -1);
    close(end);
}

/* Nothing stands there before it is whole, and nothing stays of what was given up. */
static void appears_when_it_is_committed(void **state)
{
    struct place *place = *state;
    g_autoptr(GError) error = NULL;
    struct report_file *file = report_file_open(place->file, 0600, &error);
    assert_true(file && report_file_add(file, "half", 4, &error));
    assert_false(g_file_test(place->file, G_FILE_TEST_EXISTS));
    report_file_free(file);
    assert_int_equal(entries(place, false), 0);
    file = report_file_open(place->file, 0600, &error);
    assert_true(report_file_add(file, "half", 4, &error) && report_file_restart(file, &error));
    assert_true(report_file_add(file, "whole", 5, &error) && report_file_commit(file, &error));
    report_file_free(file);
    assert_content(place, "whole");
}

static void a_link_to_no_file_is_kept(void **state)
{
    struct place *place = *state;
    static const char *const targets[] = {"/dev/zero", "/proc/self/fd/1"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        assert_int_equal(symlink(targets[i], place->file), 0);
        g_autoptr(GError) error = NULL;
        assert_false(report_write(place->file, "x", 1, 0600, &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_WRITE));
        struct stat found;
        assert_int_equal(lstat(place->file, &found), 0);
        assert_true(S_ISLNK(found.st_mode));
        unlink(place->file);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(writes_with_the_mode),
                                       TEST(replaces_an_older_one),
                                       TEST(never_replaces_a_device),
                                       TEST(never_writes_through_a_link),
                                       TEST(a_full_disk_leaves_nothing_behind),
                                       TEST(no_such_folder),
                                       TEST(a_folder_in_its_place),
                                       TEST(a_pipe_takes_the_bytes),
                                       TEST(a_pipe_that_nobody_reads),
                                       TEST(a_pipe_of_another_user),
                                       TEST(appears_when_it_is_committed),
                                       TEST(a_link_to_no_file_is_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
