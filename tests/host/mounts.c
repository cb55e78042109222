#include "host/mounts.h"
#include "host/host.h"
#include "host/stream.h"

#include <glib/gstdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "model/error.h"

static bool keep(const struct mount_row *row, gpointer data)
{
    GString *out = data;
    g_string_append_printf(out, "%u|%u:%u|%s%s|%s|%s|%s|%s|%s|", row->line, row->major, row->minor, row->root,
                           row->deleted ? " deleted" : "", row->target, row->options, row->fstype, row->source,
                           row->super);
    for (const char *const *one = row->optional; *one; one++)
        g_string_append_printf(out, "%s,", *one);
    g_string_append_c(out, '\n');
    return true;
}

static char *parsed(const char *text, GError **error)
{
    g_autofree char *copy = g_strdup(text);
    GString *out = g_string_new(NULL);
    mounts_each_in(copy, keep, out, error);
    return g_string_free(out, FALSE);
}

static void assert_rows(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *rows = parsed(text, &error);
    assert_null(error);
    assert_string_equal(rows, expected);
}

static void lines_of_the_kernel(void **state)
{
    (void)state;
    assert_rows("26 1 254:1 / / rw,relatime shared:1 master:2 - ext4 /dev/vda1 rw,errors=remount-ro\n",
                "1|254:1|/|/|rw,relatime|ext4|/dev/vda1|rw,errors=remount-ro|shared:1,master:2,\n");
    assert_rows("30 26 0:5 /a\\040b /c\\011d\\134e rw - fuse.a\\040b x\\043y rw",
                "1|0:5|/a b|/c\td\\e|rw|fuse.a b|x#y|rw|\n");
    /* A mount point that looks like the rest of a line, an empty source, a root that was removed. */
    assert_rows("1 1 0:1 / /\\040-\\040nfs\\040x rw - tmpfs  rw\n\n2 1 0:1 /gone//deleted /t ro - ext4 s rw\n",
                "1|0:1|/|/ - nfs x|rw|tmpfs||rw|\n3|0:1|/gone deleted|/t|ro|ext4|s|rw|\n");
}

static void a_broken_line_speaks_and_the_others_stay(void **state)
{
    (void)state;
    static const char *const broken[] = {"26 1 254:1 / / rw a b c d e f g h i j k l m n o p q - ext4 /dev/vda1 rw",
                                         "nonsense",
                                         "1 1 0:1 / /x rw shared:1",
                                         "1 1 x / /x rw - ext4 s rw",
                                         "1 1 0:1 / x rw - ext4 s rw",
                                         "a 1 0:1 / /x rw - ext4 s rw"};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *text = g_strdup_printf("%s\n2 1 0:2 / /y rw - xfs s rw\n", broken[i]);
        g_autoptr(GError) error = NULL;
        g_autofree char *rows = parsed(text, &error);
        assert_string_equal(rows, "2|0:2|/|/y|rw|xfs|s|rw|\n");
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
    }
}

static bool count(const struct mount_row *row, gpointer data)
{
    (void)row;
    ++*(guint *)data;
    return true;
}

static void more_mounts_than_the_bound_speak(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i <= HOST_MOUNTS_MAX; i++)
        g_string_append(text, "1 1 0:1 / /x rw - ext4 s rw\n");
    guint seen = 0;
    g_autoptr(GError) error = NULL;
    assert_false(mounts_each_in(text->str, count, &seen, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    assert_int_equal(seen, HOST_MOUNTS_MAX);
}

static bool stop(const struct mount_row *row, gpointer data)
{
    (void)row;
    return ++*(guint *)data < 2;
}

/* A table that is larger than what is kept of a file, in a directory as the root. */
static void large_tables_are_read_as_a_stream(void **state)
{
    (void)state;
    g_autofree char *root = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(root, "table", NULL);
    g_autofree char *name = g_strnfill(4000, 'd');
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 3000; i++)
        g_string_append_printf(text, "%u 1 0:%u / /%s%u rw - tmpfs none rw\n", i + 2, i, name, i);
    assert_true(text->len > HOST_FILE_MAX);
    assert_true(g_file_set_contents(file, text->str, (gssize)text->len, NULL));
    pl_auto(host) host = host_new(root, NULL);
    guint seen = 0, few = 0, none = 0;
    g_autoptr(GError) error = NULL, absent = NULL, limit = NULL;
    assert_true(host_each_mount(host, "/table", count, &seen, &error));
    assert_null(error);
    assert_int_equal(seen, 3000);
    assert_true(host_each_mount(host, "/table", stop, &few, &error));
    assert_int_equal(few, 2);
    assert_false(host_each_mount(host, "/none", count, &none, &absent));
    assert_true(g_error_matches(absent, PL_ERROR, PL_ERROR_ABSENT));
    /* A line beyond all bounds. */
    g_autofree char *endless = g_strnfill((HOST_LINE_MAX + 1), 'e');
    assert_true(g_file_set_contents(file, endless, -1, NULL));
    pl_auto(host) again = host_new(root, NULL);
    assert_false(host_each_mount(again, "/table", count, &none, &limit));
    assert_true(g_error_matches(limit, PL_ERROR, PL_ERROR_LIMIT));
    assert_int_equal(none, 0);
    g_unlink(file);
    g_rmdir(root);
}

static void options(void **state)
{
    (void)state;
    assert_true(mounts_option("rw,nosuid,nodev", "nosuid"));
    assert_true(mounts_option("nosuid", "nosuid"));
    assert_false(mounts_option("rw,nosuidx,xnosuid", "nosuid"));
    assert_false(mounts_option("", "nosuid"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_the_kernel),
        cmocka_unit_test(a_broken_line_speaks_and_the_others_stay),
        cmocka_unit_test(more_mounts_than_the_bound_speak),
        cmocka_unit_test(large_tables_are_read_as_a_stream),
        cmocka_unit_test(options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
