/* Whose rules root believes. Giving files to others takes root. */
#include "cli/trust.h"

#include "cmocka_all.h"

#include <sys/stat.h>
#include <unistd.h>

#include "model/error.h"

#define OTHER 65534

static char *base;

static int open_base(void **state)
{
    (void)state;
    base = g_strdup("/tmp/plumbline-trust-XXXXXX");
    return g_mkdtemp_full(base, 0755) ? 0 : -1;
}

static void remove_below(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        struct stat st;
        if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
            remove_below(below);
        else
            (void)unlink(below);
    }
    (void)rmdir(path);
}

static int close_base(void **state)
{
    (void)state;
    remove_below(base);
    g_free(base);
    return 0;
}

static char *at(const char *name)
{
    return g_build_filename(base, name, NULL);
}

static void make_folder(const char *name, mode_t mode)
{
    g_autofree char *path = at(name);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void make_file(const char *name, mode_t mode)
{
    g_autofree char *path = at(name);
    assert_true(g_file_set_contents(path, "x", 1, NULL));
    assert_int_equal(chmod(path, mode), 0);
}

static void make_link(const char *name, const char *to)
{
    g_autofree char *path = at(name), *target = at(to);
    assert_int_equal(symlink(target, path), 0);
}

static void give(const char *name, uid_t uid, gid_t gid)
{
    g_autofree char *path = at(name);
    assert_int_equal(lchown(path, uid, gid), 0);
}

/* `why`: NULL, or what the refusal says. */
static void assert_trust(const char *name, const char *why)
{
    g_autofree char *path = at(name);
    g_autoptr(GError) error = NULL;
    bool trusted = trust_path(path, &error);
    if (!why && !trusted)
        fail_msg("%s: %s", name, error->message);
    if (why && trusted)
        fail_msg("%s is trusted", name);
    if (why && (!g_error_matches(error, PL_ERROR, PL_ERROR_USAGE) || !strstr(error->message, why)))
        fail_msg("%s: %s", name, error->message);
}

static bool is_root(void)
{
    if (geteuid() == 0)
        return true;
    /* Nobody else asks. */
    assert_true(trust_path("/tmp", NULL));
    skip();
    return false;
}

static void owners_and_modes(void **state)
{
    (void)state;
    if (!is_root())
        return;
    make_file("good.yaml", 0644);
    assert_trust("good.yaml", NULL);
    assert_trust("none.yaml", NULL);
    make_file("others.yaml", 0646);
    assert_trust("others.yaml", "can be written by others");
    make_file("group.yaml", 0664);
    assert_trust("group.yaml", NULL); /* of root's group */
    give("group.yaml", 0, OTHER);
    assert_trust("group.yaml", "can be written by others");
    make_file("theirs.yaml", 0600);
    give("theirs.yaml", OTHER, 0);
    assert_trust("theirs.yaml", "belongs to another user");
}

static void folders(void **state)
{
    (void)state;
    if (!is_root())
        return;
    make_folder("rules", 0755);
    make_folder("rules/cloud", 0755);
    make_file("rules/cloud/a.yaml", 0644);
    make_file("rules/cloud/.hidden", 0666); /* is no rule file */
    assert_trust("rules", NULL);
    make_file("rules/cloud/b.yaml", 0666);
    assert_trust("rules", "b.yaml can be written by others");
    assert_trust("rules/cloud/a.yaml", NULL);
    /* Whoever can write the folder above puts another one in place, but for a sticky one. */
    make_folder("open", 0777);
    make_file("open/a.yaml", 0644);
    assert_trust("open/a.yaml", "open can be written by others");
    make_folder("sticky", 01777);
    make_file("sticky/a.yaml", 0644);
    assert_trust("sticky/a.yaml", NULL);
    assert_trust("sticky", "can be written by others"); /* and put more rules into it */
    make_folder("theirs", 0755);
    make_file("theirs/a.yaml", 0644);
    give("theirs", OTHER, 0);
    assert_trust("theirs/a.yaml", "theirs belongs to another user");
    g_autofree char *deep = g_strdup("deep");
    for (int i = 0; i < 10; i++) {
        make_folder(deep, 0755);
        char *below = g_strconcat(deep, "/d", NULL);
        g_free(deep);
        deep = below;
    }
    assert_trust("deep", "too deep");
}

static void links(void **state)
{
    (void)state;
    if (!is_root())
        return;
    make_folder("linked", 0755);
    make_file("target.yaml", 0644);
    make_link("linked/a.yaml", "target.yaml");
    make_link("linked/gone.yaml", "none.yaml");
    assert_trust("linked", NULL);
    make_file("bad.yaml", 0666);
    make_link("linked/b.yaml", "bad.yaml");
    assert_trust("linked", "bad.yaml can be written by others");
    /* A link in a folder of others leads where they like, also when it is only on the way. */
    make_folder("user", 0755);
    make_link("user/hop", "target.yaml");
    give("user/hop", 0, 0);
    give("user", OTHER, OTHER);
    make_link("by-user", "user/hop");
    assert_trust("by-user", "user belongs to another user");
    make_folder("hops", 0755);
    make_link("hops/a.yaml", "user/hop");
    assert_trust("hops", "user belongs to another user");
    make_link("round", "round");
    assert_trust("round", "leads nowhere");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(owners_and_modes, open_base, close_base),
        cmocka_unit_test_setup_teardown(folders, open_base, close_base),
        cmocka_unit_test_setup_teardown(links, open_base, close_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
