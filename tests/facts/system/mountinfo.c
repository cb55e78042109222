#include "facts/system/mountinfo.h"

#include "cmocka_all.h"

#define HOST                                                                                                           \
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                                          \
    "30 22 8:1 /var/lib/docker /var/lib/docker rw - ext4 /dev/sda1 rw\n"                                               \
    "31 22 0:25 / /run rw,nosuid shared:2 master:3 - tmpfs tmpfs rw,mode=755\n"                                        \
    "32 22 8:2 / /data ro - xfs /dev/sdb rw\n"

static void lines_are_parsed(void **state)
{
    (void)state;
    pl_auto(mountinfo) table = mountinfo_parse("1 2 0:5 /a\\040b /x\\011y rw,nosuid shared:1 master:2 - tmpfs n rw\n"
                                               "1 2 8:1 /gone//deleted /z ro - ext4 d rw\n",
                                               NULL);
    assert_int_equal(table->lines->len, 2);
    const struct mount_line *line = table->lines->pdata[0];
    assert_string_equal(line->root, "/a b");
    assert_string_equal(line->target, "/x\ty");
    assert_string_equal(line->propagation, "shared slave");
    assert_true(mount_is_writable(line));
    const struct mount_line *gone = table->lines->pdata[1];
    assert_true(gone->deleted);
    assert_string_equal(gone->root, "/gone");
    assert_false(mount_is_writable(gone));
}

static void a_line_that_is_none_makes_the_table_unknown(void **state)
{
    (void)state;
    static const char *const lines[] = {"broken\n", "1 2 3 / / rw - a b c\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text = g_strconcat(HOST, lines[i], NULL);
        g_autoptr(GError) error = NULL;
        assert_null(mountinfo_parse(text, &error));
        assert_non_null(error);
    }
}

static void the_last_and_longest_covers(void **state)
{
    (void)state;
    pl_auto(mountinfo) table = mountinfo_parse(HOST "33 22 0:26 / /run rw - tmpfs second rw\n", NULL);
    assert_string_equal(mountinfo_covering(table, "/run/x")->source, "second");
    assert_string_equal(mountinfo_covering(table, "/runner")->target, "/");
    assert_string_equal(mountinfo_at(table, "/data")->fstype, "xfs");
    assert_null(mountinfo_at(table, "/data/x"));
}

static char *origin(const char *root, unsigned major, unsigned minor)
{
    pl_auto(mountinfo) table = mountinfo_parse(HOST, NULL);
    g_autofree char *text = g_strdup(root);
    const struct mount_line line = {.device = (uint64_t)major << 32 | minor, .root = text};
    return mountinfo_host_path(table, &line);
}

static void origins_are_found_by_device_and_root(void **state)
{
    (void)state;
    g_autofree char *etc = origin("/etc", 8, 1), *root = origin("/", 8, 1), *socket = origin("/docker.sock", 0, 25);
    g_autofree char *volume = origin("/var/lib/docker/volumes/x", 8, 1);
    assert_string_equal(etc, "/etc");
    assert_string_equal(root, "/");
    assert_string_equal(socket, "/run/docker.sock");
    assert_string_equal(volume, "/var/lib/docker/volumes/x");
    assert_null(origin("/", 9, 9));
}

/* What a mount of a container shows, by all names that the host has for it: "same ... | below ...". */
static char *names(const char *host_table, const char *line, guint max)
{
    pl_auto(mountinfo) host = mountinfo_parse(host_table, NULL);
    pl_auto(mountinfo) theirs = mountinfo_parse(line, NULL);
    if (max)
        mountinfo_index(host);
    struct mount_names found;
    mountinfo_names(host, theirs, theirs->lines->pdata[0], max ? max : 100, &found);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < found.same->len; i++)
        g_string_append_printf(text, "%s ", (char *)found.same->pdata[i]);
    g_string_append_c(text, '|');
    for (guint i = 0; i < found.below->len; i++)
        g_string_append_printf(text, " %s", (char *)found.below->pdata[i]);
    g_string_append(text, found.more ? " more" : "");
    mount_names_clear(&found);
    return g_string_free(text, FALSE);
}

static void all_names_of_the_host_are_found(void **state)
{
    (void)state;
    static const char *const host = "20 1 8:1 / / rw - ext4 a rw\n21 20 8:17 /data /srv/backups rw - ext4 b rw\n"
                                    "22 20 8:17 / /mnt/disk rw - ext4 b rw\n23 20 8:1 /big/x /srv/x rw - ext4 a rw\n"
                                    "24 20 0:9 / /hidden rw - tmpfs t rw\n25 20 0:8 / /hidden rw - tmpfs t rw\n";
    static const struct {
        const char *line, *names;
    } cases[] = {
        {"1 0 8:17 / /b rw - ext4 b rw\n", "/mnt/disk | /srv/backups"},
        {"1 0 8:17 /data /b rw - ext4 b rw\n", "/mnt/disk/data /srv/backups |"},
        {"1 0 8:17 /data/day /b rw - ext4 b rw\n", "/mnt/disk/data/day /srv/backups/day |"},
        {"1 0 8:17 /other /b rw - ext4 b rw\n", "/mnt/disk/other |"},
        {"1 0 8:1 /big/x /b rw - ext4 a rw\n", "/big/x /srv/x |"},
        {"1 0 8:1 /big /b rw - ext4 a rw\n", "/big | /srv/x"},
        {"1 0 8:1 /bi /b rw - ext4 a rw\n", "/bi |"},
        /* A mount of the container's own lies over it. */
        {"1 0 8:1 /big /b rw - ext4 a rw\n2 1 0:77 / /b/x rw - tmpfs t rw\n", "/big |"},
        {"1 0 0:9 / /b rw - tmpfs t rw\n", "/hidden |"},
        {"1 0 9:9 / /b rw - tmpfs t rw\n", "|"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *scanned = names(host, cases[i].line, 0), *indexed = names(host, cases[i].line, 100);
        assert_string_equal(scanned, cases[i].names);
        assert_string_equal(indexed, cases[i].names);
    }
    g_autofree char *cut = names(host, cases[0].line, 1);
    assert_string_equal(cut, "/mnt/disk | more");
}

static void below_is_by_components(void **state)
{
    (void)state;
    assert_true(path_is_below("/a/b", "/a"));
    assert_true(path_is_below("/a", "/a/"));
    assert_true(path_is_below("/a", "/"));
    assert_false(path_is_below("/ab", "/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_parsed),
        cmocka_unit_test(a_line_that_is_none_makes_the_table_unknown),
        cmocka_unit_test(the_last_and_longest_covers),
        cmocka_unit_test(origins_are_found_by_device_and_root),
        cmocka_unit_test(all_names_of_the_host_are_found),
        cmocka_unit_test(below_is_by_components),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
