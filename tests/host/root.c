/* What a directory is as a root; a live one elsewhere needs mounts of its own: tests/e2e/test_mounted_host.py. */
#include "host/root.h"

#include "cmocka_all.h"
#include "model/error.h"

#include <glib/gstdio.h>
#include <unistd.h>

static enum root_kind kind_of(const char *root)
{
    pl_auto(root) opened = root_open(root, NULL);
    assert_non_null(opened);
    assert_int_equal(opened->first, 0);
    assert_false(opened->outside);
    assert_true(opened->fd >= 0);
    return opened->kind;
}

static void kinds(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("plumbline-root-XXXXXX", NULL);
    g_autofree char *proc = g_build_filename(folder, "proc", NULL);
    g_autofree char *gone = g_build_filename(folder, "gone", NULL);
    static const char *const tops[] = {"/", "//", "/./", "/proc/.."};
    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++)
        assert_int_equal(kind_of(tops[i]), ROOT_MACHINE);
    assert_int_equal(kind_of(folder), ROOT_OFFLINE);
    g_autoptr(GError) error = NULL;
    assert_null(root_open(gone, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    assert_int_equal(g_mkdir(proc, 0755), 0); /* files that look like procfs are the root's own */
    assert_int_equal(kind_of(folder), ROOT_OFFLINE);
    assert_int_equal(g_rmdir(proc), 0);
    assert_int_equal(symlink("/proc", proc), 0); /* a link leads out of the root */
    assert_int_equal(kind_of(folder), ROOT_OFFLINE);
    assert_int_equal(g_unlink(proc), 0);
    assert_int_equal(g_rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
