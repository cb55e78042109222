/* Layers: what they hold, hide and never lose. */
#include "facts/image/layer.h"

#include "looking.h"

static GBytes *no_content(gpointer data, gsize max, GError **error)
{
    (void)data;
    (void)max;
    (void)error;
    return g_bytes_new_static("", 0);
}

static void add(struct image_layer *layer, const char *path, enum archive_kind kind, unsigned mode, const char *link)
{
    const struct archive_member member = {.path = path, .kind = kind, .mode = mode, .size = 1, .link = link};
    assert_true(image_layer_add(layer, &member, false, no_content, NULL));
}

static unsigned kinds(const struct image_layer *layer, const char *path)
{
    const struct image_file *file = g_hash_table_lookup(layer->files, path);
    return file ? file->kinds : 0;
}

static void a_later_entry_counts(void **state)
{
    (void)state;
    struct image_layer *layer = image_layer_new(false);
    add(layer, "usr/bin/x", ARCHIVE_FILE, 04755, NULL);
    assert_int_equal(kinds(layer, "usr/bin/x"), IMAGE_BIT(IMAGE_SETUID));
    add(layer, "usr/bin/x", ARCHIVE_FILE, 0755, NULL);
    assert_int_equal(kinds(layer, "usr/bin/x"), 0);
    add(layer, "root/.netrc", ARCHIVE_FILE, 0600, NULL);
    add(layer, "root/.netrc", ARCHIVE_DIRECTORY, 0755, NULL);
    assert_int_equal(kinds(layer, "root/.netrc"), IMAGE_BIT(IMAGE_CREDENTIAL));
    image_layer_free(layer);
}

static void hard_links_are_their_target(void **state)
{
    (void)state;
    struct image_layer *layer = image_layer_new(false);
    add(layer, "usr/bin/x", ARCHIVE_FILE, 04755, NULL);
    add(layer, "usr/bin/y", ARCHIVE_HARDLINK, 0644, "usr/bin/x");
    add(layer, "usr/bin/z", ARCHIVE_HARDLINK, 0644, "below");
    assert_int_equal(kinds(layer, "usr/bin/y"), IMAGE_BIT(IMAGE_SETUID));
    const struct image_file *pending = g_hash_table_lookup(layer->files, "usr/bin/z");
    assert_string_equal(pending->hardlink, "below");
    /* The entry's own mode is given to the file when it is unpacked. */
    add(layer, "usr/bin/plain", ARCHIVE_FILE, 0755, NULL);
    add(layer, "usr/bin/raised", ARCHIVE_HARDLINK, 04755, "usr/bin/plain");
    assert_int_equal(kinds(layer, "usr/bin/raised"), IMAGE_BIT(IMAGE_SETUID));
    add(layer, "etc/shadow", ARCHIVE_HARDLINK, 0640, "usr/bin/plain");
    assert_int_equal(kinds(layer, "etc/shadow"), IMAGE_BIT(IMAGE_ODD_LINK));
    image_layer_free(layer);
}

static void names_that_lead_out_are_no_files(void **state)
{
    (void)state;
    struct image_layer *layer = image_layer_new(false);
    const struct archive_member member = {
        .path = "../etc/passwd", .escapes = true, .kind = ARCHIVE_FILE, .mode = 0644, .size = 1};
    assert_true(image_layer_add(layer, &member, false, no_content, NULL));
    assert_int_equal(g_hash_table_size(layer->names), 0);
    assert_true(g_hash_table_contains(layer->escaping, "../etc/passwd"));
    assert_null(layer->hindered);
    for (int i = 0; i < 100; i++) {
        g_autofree char *path = g_strdup_printf("../%d", i);
        struct archive_member other = member;
        other.path = path;
        assert_true(image_layer_add(layer, &other, false, no_content, NULL));
    }
    assert_non_null(strstr(layer->hindered->message, "more than 100 names"));
    image_layer_free(layer);
}

static void what_is_hidden(void **state)
{
    (void)state;
    struct image_layer *layer = image_layer_new(false);
    add(layer, "etc", ARCHIVE_DIRECTORY, 0755, NULL);
    add(layer, "etc/passwd", ARCHIVE_FILE, 0644, NULL);
    add(layer, "lib", ARCHIVE_SYMLINK, 0777, "usr/lib");
    image_layer_whiteout(layer, "opt/gone");
    image_layer_opaque(layer, "srv/app");
    assert_true(image_layer_hides(layer, "etc/passwd"));
    assert_false(image_layer_hides(layer, "etc/shadow"));
    assert_true(image_layer_hides(layer, "lib/x"));
    assert_true(image_layer_hides(layer, "opt/gone"));
    assert_true(image_layer_hides(layer, "opt/gone/below/it"));
    assert_false(image_layer_hides(layer, "opt/gone2"));
    assert_true(image_layer_hides(layer, "srv/app/x"));
    assert_false(image_layer_hides(layer, "srv/app"));
    image_layer_opaque(layer, "");
    assert_true(image_layer_hides(layer, "etc/shadow"));
    image_layer_free(layer);
}

static void a_directory_of_overlayfs(void **state)
{
    (void)state;
    pl_auto(host) host =
        inline_host("files:\n"
                    "  /l/opt/gone: {type: char, major: 0, minor: 0}\n"
                    "  /l/opt/null: {type: char, major: 1, minor: 3}\n"
                    "  /l/srv: {type: dir, xattrs: {trusted.overlay.opaque: eQ==}}\n"
                    "  /l/bin/su: {content: x, mode: '4755'}\n"
                    "  /l/bin/ping: {content: x, mode: '0755', xattrs: {security.capability: eA==}}\n"
                    "  /l/out: {target: /etc}\n"
                    "  /l/locked: {content: '0123456789012345678901234567890123456789012345678901234567"
                    "890123456789012345678901234567890123456789', denied: true}\n");
    struct image_layer *layer = image_layer_new(false);
    image_layer_from_directory(layer, host, "/l", true);
    assert_null(layer->error);
    assert_true(g_hash_table_contains(layer->whited, "opt/gone"));
    assert_false(g_hash_table_contains(layer->whited, "opt/null"));
    assert_true(g_hash_table_contains(layer->opaque, "srv"));
    assert_int_equal(kinds(layer, "bin/su"), IMAGE_BIT(IMAGE_SETUID));
    assert_int_equal(kinds(layer, "bin/ping"), IMAGE_BIT(IMAGE_CAPABILITY));
    assert_false(g_hash_table_contains(layer->names, "out/passwd"));
    assert_non_null(layer->hindered);
    image_layer_free(layer);
}

static void kinds_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        unsigned mode, kinds;
    } rows[] = {
        {"root/.ssh/id_rsa", 0600, IMAGE_BIT(IMAGE_CREDENTIAL)},
        {"root/.ssh/id_rsa.pub", 0644, 0},
        {"srv/.env", 0644, IMAGE_BIT(IMAGE_CREDENTIAL)},
        {"srv/.env.example", 0644, 0},
        {"home/a/.docker/config.json", 0600, IMAGE_BIT(IMAGE_CREDENTIAL)},
        {"srv/config.json", 0600, 0},
        {"etc/ssh/ssh_host_rsa_key", 0600, IMAGE_BIT(IMAGE_SSH_KEY)},
        {"etc/ssh/ssh_host_rsa_key.pub", 0644, 0},
        {"usr/bin/apt-get", 0755, IMAGE_BIT(IMAGE_PACKAGE_MANAGER)},
        {"usr/share/doc/apt-get", 0755, 0},
        {"usr/sbin/sshd", 0755, IMAGE_BIT(IMAGE_SSHD) | IMAGE_BIT(IMAGE_TOOL)},
        {"tmp/x", 0666, 0},
        {"tmpx/x", 0666, IMAGE_BIT(IMAGE_WORLD_WRITABLE)},
        {"usr/lib/liblzma.so.5.6.10", 0644, 0},
        {"usr/lib/liblzma.so.5.6.1", 0644, IMAGE_BIT(IMAGE_BACKDOOR)},
    };
    struct image_layer *layer = image_layer_new(false);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        add(layer, rows[i].path, ARCHIVE_FILE, rows[i].mode, NULL);
        if (kinds(layer, rows[i].path) != rows[i].kinds)
            fail_msg("%s: %x", rows[i].path, kinds(layer, rows[i].path));
    }
    add(layer, "etc/mtab", ARCHIVE_SYMLINK, 0777, "../proc/self/mounts");
    assert_int_equal(kinds(layer, "etc/mtab"), 0);
    add(layer, "proc", ARCHIVE_SYMLINK, 0777, "tmp");
    assert_int_equal(kinds(layer, "proc"), IMAGE_BIT(IMAGE_ODD_LINK));
    image_layer_free(layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_entry_counts),
        cmocka_unit_test(hard_links_are_their_target),
        cmocka_unit_test(names_that_lead_out_are_no_files),
        cmocka_unit_test(what_is_hidden),
        cmocka_unit_test(a_directory_of_overlayfs),
        cmocka_unit_test(kinds_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
