#include "check.h"
#include "host/room.h"

static void the_table(void **state)
{
    (void)state;
    size_t n = 0;
    const struct format *const *all = format_all(&n);
    assert_true(n >= 13);
    for (size_t i = 0; i < n; i++) {
        assert_true(*all[i]->summary && all[i]->parse);
        assert_ptr_equal(format_find(all[i]->name), all[i]);
        if (i)
            assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
    }
    assert_null(format_find("none"));
}

static void guesses(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"/etc/docker/daemon.json", "json"},
        {"/etc/kubernetes/x.yml", "yaml"},
        {"/etc/containerd/config.toml", "toml"},
        {"/etc/ssh/sshd_config.d/1.conf", "sshd"},
        {"/etc/systemd/journald.conf", "systemd"},
        {"/lib/systemd/system/a.service", "systemd"},
        {"/etc/sysctl.d/1.conf", "sysctl"},
        {"/etc/passwd", "colon"},
        {"/etc/fstab", "lines"},
        {"/etc/modprobe.d/a.conf", "lines"},
        {"/etc/mysql/my.cnf", "ini"},
        {"/etc/login.defs", "keyvalue"},
        {"/etc/security/faillock.conf", "keyvalue"},
        {"/usr/share/dbus-1/session.conf", "xml"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_string_equal(format_guess(pairs[i][0])->name, pairs[i][1]);
    assert_null(format_guess("/etc/unknown"));
}

static void reading(void **state)
{
    (void)state;
    pl_autojson json_object *spec = parse_text("yaml", "files: {/etc/a.yaml: \"a: 1\", /etc/b.yaml: \"a: [\"}");
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    const struct format *yaml = format_find("yaml");
    g_autoptr(GError) error = NULL, again = NULL, absent = NULL;
    json_object *tree = format_read(host, "/etc/a.yaml", yaml, NULL);
    assert_non_null(tree);
    assert_ptr_equal(format_read(host, "/etc/a.yaml", yaml, NULL), tree);
    assert_null(format_read(host, "/etc/b.yaml", yaml, &error));
    assert_null(format_read(host, "/etc/b.yaml", yaml, &again));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
    assert_string_equal(error->message, again->message);
    assert_true(g_str_has_prefix(error->message, "/etc/b.yaml:"));
    assert_null(format_read(host, "/etc/none", yaml, &absent));
    assert_true(g_error_matches(absent, PL_ERROR, PL_ERROR_ABSENT));
}

/* Files that are each small enough, and too much together. */
static void a_sum_of_files(void **state)
{
    (void)state;
    pl_autojson json_object *spec = parse_text(
        "yaml",
        "files: {/etc/a.yaml: \"[1, 2]\", /etc/b.yaml: \"[1, 2, 3]\", "
        "/proc/7/root/c.yaml: \"[1, 2, 3]\", /proc/7/root/d.yaml: \"[1, 2]\", /proc/8/root/f.yaml: \"[1, 2]\"}");
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    const struct format *yaml = format_find("yaml");
    pl_autojson json_object *three = parse_text("yaml", "[1, 2, 3]");
    gsize bytes = tree_weight(three);
    host_room_limit(host, bytes, bytes, bytes + bytes / 2);
    assert_non_null(format_read(host, "/etc/a.yaml", yaml, NULL));
    for (int again = 0; again < 2; again++) {
        g_autoptr(GError) error = NULL;
        assert_null(format_read(host, "/etc/b.yaml", yaml, &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
        assert_true(g_str_has_prefix(error->message, "/etc/b.yaml: what is kept of files of the host "));
    }
    /* Others have room of their own: each root, and all of them. */
    g_autoptr(GError) of_root = NULL, of_roots = NULL;
    assert_non_null(format_read(host, "/proc/7/root/c.yaml", yaml, NULL));
    assert_null(format_read(host, "//proc/./7/root/d.yaml", yaml, &of_root));
    assert_non_null(strstr(of_root->message, "below this root"));
    assert_null(format_read(host, "/proc/8/root/f.yaml", yaml, &of_roots));
    assert_non_null(strstr(of_roots->message, "below roots of processes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),
        cmocka_unit_test(guesses),
        cmocka_unit_test(reading),
        cmocka_unit_test(a_sum_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
