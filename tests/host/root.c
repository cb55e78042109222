/* What a directory is as a root; a live one elsewhere needs mounts of its own: tests/e2e/test_mounted_host.py. */
#include "host/root.h"

#include "cmocka_all.h"

#include <glib/gstdio.h>
#include <unistd.h>

static enum root_kind kind_of(const char *root)
{
    struct root_view view = {.first = -1};
    assert_true(host_root_view(root, &view, NULL));
    assert_int_equal(view.first, 0);
    return view.kind;
}

static void kinds(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("plumbline-root-XXXXXX", NULL);
    g_autofree char *proc = g_build_filename(folder, "proc", NULL);
    g_autofree char *gone = g_build_filename(folder, "gone", NULL);
    static const char *const tops[] = {NULL, "/", "//", "/./", "/proc/.."};
    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++)
        assert_int_equal(kind_of(tops[i]), ROOT_MACHINE);
    assert_int_equal(kind_of(folder), ROOT_OFFLINE);
    assert_int_equal(kind_of(gone), ROOT_OFFLINE);
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
