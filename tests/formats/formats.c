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

/* The columns of a row are what its trees are. */
static void shapes_and_repeats(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        const char *path; /* of a value; of a key that comes twice where the format takes that; NULL: in a list */
        bool twice;
    } rows[] = {
        {"colon", "a:b\n", NULL, false},
        {"ini", "[s]\na = 1\na = 2\n", "s.a", true},
        {"json", "{\"a\": 1, \"a\": 2}", "a", true},
        {"json-go", "{\"a\": 1}", "a", false},
        {"json-strict", "{\"a\": 1}", "a", false},
        {"keyvalue", "a 1\na 2\n", "a", true},
        {"keyvalue-multi", "a 1\na 2\n", "a", true},
        {"lines", "a b\n", NULL, false},
        {"login-defs", "a 1\na 2\n", "a", true},
        {"sshd", "A b\n", NULL, false},
        {"sysctl", "a.b = 1\n", NULL, false},
        {"systemd", "[s]\na=1\na=2\n", "s.a", true},
        {"toml", "a = 1\n", "a", false},
        {"xml", "<a>b</a>", "text", false},
        {"yaml", "a: 1\n", "a", false},
        {"yaml-go", "a: 1\n", "a", false},
        {"yaml-stream", "a: 1\n", NULL, false},
    };
    size_t n = 0;
    const struct format *const *all = format_all(&n);
    assert_int_equal(n, G_N_ELEMENTS(rows));
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(all[i]->name, rows[i].name);
        pl_autojson json_object *tree = all[i]->parse("f", rows[i].text, strlen(rows[i].text), NULL);
        json_object *value = NULL;
        assert_non_null(tree);
        if (json_object_is_type(tree, json_type_array) != (all[i]->shape == FORMAT_LIST))
            fail_msg("%s: the shape", rows[i].name);
        if (!rows[i].path)
            continue;
        assert_true(tree_get(tree, rows[i].path, &value));
        if ((strchr(rows[i].path, '.') != NULL) != (all[i]->shape == FORMAT_SECTIONS))
            fail_msg("%s: sections", rows[i].name);
        if ((tree_member(tree, "children") != NULL) != (all[i]->shape == FORMAT_ELEMENT))
            fail_msg("%s: an element", rows[i].name);
        if (json_object_is_type(value, json_type_array) != (rows[i].twice && all[i]->repeats != REPEATS_ONE))
            fail_msg("%s: what a key becomes that comes again", rows[i].name);
        /* Every place is known, but for columns of XML. */
        if (!tree_mark(value).line || (!tree_mark(value).column && all[i]->shape != FORMAT_ELEMENT))
            fail_msg("%s: the place", rows[i].name);
        assert_true(*format_shape_name(all[i]->shape) && *format_shape_text(all[i]->shape));
        assert_true(*format_repeats_text(all[i]->repeats));
    }
}

static void names_that_people_write(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_ptr_equal(format_named("toml", &error), format_find("toml"));
    assert_null(format_named("tom", &error));
    assert_true(g_str_has_prefix(error->message, "there is no format \"tom\" (did you mean toml?); known: colon, ini"));
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
        {"/etc/login.defs", "login-defs"},
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
        cmocka_unit_test(shapes_and_repeats),
        cmocka_unit_test(names_that_people_write),
        cmocka_unit_test(guesses),
        cmocka_unit_test(reading),
        cmocka_unit_test(a_sum_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
