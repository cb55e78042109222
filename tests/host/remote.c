/* Which paths lead to a file system that may not answer. */
#include "host/remote.h"

#include "cmocka_all.h"

#include "model/cleanup.h"

#include <fcntl.h>

#include <glib/gstdio.h>
#include <unistd.h>

struct bench {
    char *folder, *table;
    struct remote *remote;
};

static void mount_line(GString *text, const char *target, const char *type)
{
    g_string_append_printf(text, "1 2 0:3 / %s rw - %s server rw\n", target, type);
}

/* A folder with the mounts "far" (FUSE), "near" (ext4) and "auto mount" (autofs), and links. */
static int set_up(void **state)
{
    struct bench *bench = g_new0(struct bench, 1);
    bench->folder = g_dir_make_tmp("plumbline-remote-XXXXXX", NULL);
    assert_non_null(bench->folder);
    char *folder = realpath(bench->folder, NULL);
    g_free(bench->folder);
    bench->folder = g_strdup(folder);
    free(folder);
    bench->table = g_build_filename(bench->folder, "mountinfo", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    static const char *const rows[][2] = {{"far", "fuse.mute"}, {"near", "ext4"}, {"auto\\040mount", "autofs"}};
    mount_line(text, "/", "ext4");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *target = g_build_filename(bench->folder, rows[i][0], NULL);
        mount_line(text, target, rows[i][1]);
    }
    assert_true(g_file_set_contents(bench->table, text->str, -1, NULL));
    static const char *const links[][2] = {
        {"far/key", "relative"}, {"../../../../../../../..", "up"}, {"loop", "loop"}, {"relative", "second"}};
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        g_autofree char *name = g_build_filename(bench->folder, links[i][1], NULL);
        assert_int_equal(symlink(links[i][0], name), 0);
    }
    g_autofree char *target = g_build_filename(bench->folder, "far", NULL);
    g_autofree char *absolute = g_build_filename(bench->folder, "absolute", NULL);
    assert_int_equal(symlink(target, absolute), 0);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    static const char *const names[] = {"mountinfo", "relative", "up", "loop", "second", "absolute"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_build_filename(bench->folder, names[i], NULL);
        g_unlink(name);
    }
    g_rmdir(bench->folder);
    g_free(bench->table);
    g_free(bench->folder);
    g_free(bench);
    return 0;
}

static struct remote *new_remote(const char *root, const char *table)
{
    pl_autofd int fd = open(table, O_RDONLY | O_CLOEXEC);
    return remote_new(root, fd, AT_FDCWD);
}

static bool leads_away(const struct bench *bench, struct remote *remote, const char *name, bool follow)
{
    g_autofree char *path = g_strconcat(bench->folder, "/", name, NULL);
    const char *place = remote_place(remote, path, follow);
    assert_true(!place || g_str_has_prefix(place, bench->folder));
    return place != NULL;
}

static void on_the_machine(void **state)
{
    const struct bench *bench = *state;
    struct remote *remote = new_remote("/", bench->table);
    static const struct {
        const char *name;
        bool follow, away;
    } rows[] = {
        {"far", true, true},          {"far/a/b", true, true},       {"farther", true, false},
        {"near/a", true, false},      {"auto mount/x", true, true},  {"relative", true, true},
        {"relative", false, false},   {"second", true, true},        {"absolute/x", false, true},
        {"absolute", false, false},   {"loop", true, false},         {"near/../far/x", true, true},
        {"nothing/far", true, false}, {"far/../near/x", true, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (leads_away(bench, remote, rows[i].name, rows[i].follow) != rows[i].away)
            fail_msg("%s: expected %d", rows[i].name, rows[i].away);
    assert_null(remote_place(remote, "/etc/passwd", true));
    remote_free(remote);
}

/* Links are of the root, not of the machine. */
static void below_a_root(void **state)
{
    const struct bench *bench = *state;
    struct remote *remote = new_remote(bench->folder, bench->table);
    assert_non_null(remote_place(remote, "/far/x", true));
    assert_non_null(remote_place(remote, "/relative", true));
    assert_non_null(remote_place(remote, "/up/far", true));
    assert_null(remote_place(remote, "/near/x", true));
    assert_null(remote_place(remote, "/absolute", true));
    remote_free(remote);
    g_autofree char *inside = g_build_filename(bench->folder, "far", "root", NULL);
    remote = new_remote(inside, bench->table);
    assert_non_null(remote_place(remote, "/etc/passwd", true));
    remote_free(remote);
    inside[strlen(bench->folder) + 1] = 'n'; /* "nar": on the machine's own */
    remote = new_remote(inside, bench->table);
    assert_null(remote_place(remote, "/etc/passwd", true));
    remote_free(remote);
}

static void dead(void **state)
{
    const struct bench *bench = *state;
    struct remote *remote = new_remote("/", bench->table);
    assert_false(remote_is_dead(remote, "/mnt"));
    remote_mark_dead(remote, "/mnt");
    assert_true(remote_is_dead(remote, "/mnt"));
    assert_false(remote_is_dead(remote, "/mnt/x"));
    g_auto(GStrv) places = remote_dead(remote);
    assert_int_equal(g_strv_length(places), 1);
    assert_string_equal(places[0], "/mnt");
    remote_free(remote);
}

static void without_table(void **state)
{
    (void)state;
    struct remote *remote = new_remote("/", "/nonexistent/mountinfo");
    assert_null(remote_place(remote, "/etc/passwd", true));
    remote_free(remote);
}

static void types(void **state)
{
    (void)state;
    static const char *const far[] = {"nfs",    "nfs4", "cifs",     "smb3", "fuse", "fuse.sshfs",        "fuseblk",
                                      "autofs", "9p",   "virtiofs", "ceph", "afs",  "a-type-of-tomorrow"};
    for (size_t i = 0; i < G_N_ELEMENTS(far); i++)
        assert_true(remote_is_type(far[i]));
    assert_false(remote_is_type("ext4"));
    assert_false(remote_is_type("proc"));
    assert_false(remote_is_type("overlay"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_machine), cmocka_unit_test(below_a_root), cmocka_unit_test(dead),
        cmocka_unit_test(without_table),  cmocka_unit_test(types),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
