#include "host/walk.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-c/json.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cmocka_all.h"

static const struct walk_entry *find(const struct walk *walk, const char *path)
{
    for (guint i = 0; i < walk->entries->len; i++) {
        const struct walk_entry *entry = g_ptr_array_index(walk->entries, i);
        if (g_str_equal(entry->path, path))
            return entry;
    }
    return NULL;
}

static unsigned kinds(const struct walk *walk, const char *path)
{
    const struct walk_entry *entry = find(walk, path);
    return entry ? entry->kinds : 0;
}

static void assert_sorted(const struct walk *walk)
{
    for (guint i = 1; i < walk->entries->len; i++) {
        const struct walk_entry *a = g_ptr_array_index(walk->entries, i - 1), *b = g_ptr_array_index(walk->entries, i);
        assert_true(strcmp(a->path, b->path) < 0);
    }
}

/* --- a directory --- */

static char *root;

static char *in_root(const char *path)
{
    return g_strconcat(root, path, NULL);
}

static void put(const char *path, mode_t mode)
{
    g_autofree char *file = in_root(path);
    g_autofree char *folder = g_path_get_dirname(file);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_true(g_file_set_contents(file, "x", -1, NULL));
    assert_int_equal(chmod(file, mode), 0);
}

static void put_directory(const char *path, mode_t mode)
{
    g_autofree char *folder = in_root(path);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_int_equal(chmod(folder, mode), 0);
}

static int set_up(void **state)
{
    (void)state;
    root = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    put("/etc/passwd", 0644);
    put("/etc/group", 0644);
    g_autofree char *passwd = in_root("/etc/passwd");
    g_autofree char *group = in_root("/etc/group");
    assert_true(g_file_set_contents(passwd, "root:x:0:0::/root:/bin/sh\n", -1, NULL));
    assert_true(g_file_set_contents(group, "root:x:0:\n", -1, NULL));
    put("/bin/su", 04755);
    put("/bin/mail", 02755);
    put("/bin/plain", 0755);
    put("/data/open", 0666);
    put_directory("/data/everyone", 0777);
    put_directory("/tmp", 01777);
    put("/var/lib/docker/overlay2/x/su", 04755);
    put("/home/me/.local/share/containers/storage/su", 04755);
    for (int i = 0; i < 300; i++) { /* enough for more than one thread */
        g_autofree char *path = g_strdup_printf("/many/%d/%d/file", i % 20, i);
        put(path, i % 100 ? 0644 : 04755);
    }
    return 0;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK) && g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_tree(child);
        else
            unlink(child);
    }
    rmdir(path);
}

static int tear_down(void **state)
{
    (void)state;
    remove_tree(root);
    g_free(root);
    return 0;
}

static void offline(void **state)
{
    (void)state;
    g_autofree char *link = in_root("/data/link");
    assert_int_equal(symlink("/bin", link), 0);
    pl_auto(host) host = host_new(root, NULL);
    const struct walk *walk = host_walk(host);
    assert_ptr_equal(walk, host_walk(host));
    if (geteuid() == 0)
        assert_int_equal(kinds(walk, "/bin/su"), WALK_SETUID);
    assert_true(kinds(walk, "/bin/su") & WALK_SETUID);
    assert_true(kinds(walk, "/bin/mail") & WALK_SETGID);
    assert_true(kinds(walk, "/data/open") & WALK_WORLD_WRITABLE);
    assert_true(kinds(walk, "/data/everyone") & WALK_STICKY_MISSING);
    assert_false(kinds(walk, "/tmp") & WALK_STICKY_MISSING);
    assert_false(kinds(walk, "/bin/plain") & ~(WALK_UNOWNED | WALK_UNGROUPED));
    assert_true(kinds(walk, "/many/0/0/file") & WALK_SETUID && kinds(walk, "/many/0/200/file") & WALK_SETUID);
    assert_null(find(walk, "/data/link/su"));
    assert_null(find(walk, "/var/lib/docker/overlay2/x/su"));
    assert_null(find(walk, "/home/me/.local/share/containers/storage/su"));
    assert_int_equal(g_strv_length(walk->skipped), 2);
    assert_string_equal(walk->skipped[0], "/home/me/.local/share/containers/storage (container storage)");
    assert_string_equal(walk->skipped[1], "/var/lib/docker (container storage)");
    assert_false(walk->truncated);
    assert_int_equal(walk->unreadable_count, 0);
    assert_int_equal(walk->files, 300 + 2 + 3 + 1 + 1);
    assert_sorted(walk);
}

static void only_root_can_make(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    g_autofree char *device = in_root("/data/disk");
    g_autofree char *null = in_root("/dev/null");
    g_autofree char *owned = in_root("/data/open");
    g_autofree char *capable = in_root("/bin/plain");
    put_directory("/dev", 0755);
    assert_int_equal(mknod(device, S_IFBLK | 0600, makedev(8, 0)), 0);
    assert_int_equal(mknod(null, S_IFCHR | 0666, makedev(1, 3)), 0);
    assert_int_equal(chown(owned, 4242, 4343), 0);
    cap_t caps = cap_from_text("cap_net_raw,cap_sys_admin=ep");
    bool has_caps = cap_set_file(capable, caps) == 0;
    cap_free(caps);
    pl_auto(host) host = host_new(root, NULL);
    const struct walk *walk = host_walk(host);
    assert_int_equal(kinds(walk, "/data/disk"), WALK_DEVICE);
    assert_int_equal(find(walk, "/data/disk")->stat.dev_major, 8);
    assert_null(find(walk, "/dev/null"));
    assert_int_equal(kinds(walk, "/data/open"), WALK_WORLD_WRITABLE | WALK_UNOWNED | WALK_UNGROUPED);
    assert_int_equal(find(walk, "/data/open")->stat.uid, 4242);
    if (has_caps) {
        assert_int_equal(kinds(walk, "/bin/plain"), WALK_CAPABILITY);
        assert_int_equal(find(walk, "/bin/plain")->caps_permitted, 1U << CAP_NET_RAW | 1U << CAP_SYS_ADMIN);
    }
}

static void too_deep_is_told(void **state)
{
    (void)state;
    g_autoptr(GString) path = g_string_new("/deep");
    for (int i = 0; i < 130; i++)
        g_string_append(path, "/d");
    g_string_append(path, "/su");
    put(path->str, 04755);
    pl_auto(host) host = host_new(root, NULL);
    const struct walk *walk = host_walk(host);
    assert_int_equal(walk->unreadable_count, 1);
    assert_true(g_str_has_prefix(walk->unreadable[0], "/deep/d/d"));
}

static void mounts_are_borders(void **state)
{
    (void)state;
    g_autofree char *point = in_root("/mnt");
    put_directory("/mnt", 0755);
    if (mount("none", point, "tmpfs", 0, "size=64k") != 0)
        skip();
    put("/mnt/su", 04755);
    pl_auto(host) host = host_new(root, NULL);
    const struct walk *walk = host_walk(host);
    bool found = find(walk, "/mnt/su") != NULL;
    umount2(point, MNT_DETACH);
    assert_false(found);
}

/* --- inline --- */

static void inline_host(void **state)
{
    (void)state;
    json_object *spec = json_tokener_parse(
        "{\"files\":{\"/usr/bin/su\":{\"content\":\"\",\"mode\":\"4755\"},\"/w\":{\"content\":\"\",\"mode\":\"0666\"},"
        "\"/usr/bin/ping\":{\"content\":\"\",\"mode\":\"0755\",\"xattrs\":{\"security.capability\":"
        "\"AQAAAgAgAAAAAAAAAAAAAAAAAAA=\"}},"
        "\"/srv/x\":{\"content\":\"\",\"uid\":77},\"/srv/d\":{\"type\":\"dir\",\"mode\":\"0777\"},"
        "\"/srv/dev\":{\"type\":\"char\"},\"/closed\":{\"type\":\"dir\",\"denied\":true},"
        "\"/nfs/su\":{\"content\":\"\",\"mode\":\"4755\"},\"/data/su\":{\"content\":\"\",\"mode\":\"4755\"},"
        "\"/mydocker/su\":{\"content\":\"\",\"mode\":\"4755\"},"
        "\"/etc/docker/daemon.json\":\"{\\\"data-root\\\": \\\"/mydocker/\\\"}\"},"
        "\"mounts\":\"26 1 254:1 / / rw - ext4 /dev/vda1 rw\\n21 26 0:20 / /proc rw - proc proc rw\\n"
        "22 26 0:21 / /sys rw - sysfs sysfs rw\\n30 26 0:50 / /nfs rw - nfs4 server:/x rw\\n"
        "31 26 254:2 / /data rw - xfs /dev/vdb rw\\n32 26 254:1 /srv /bind rw - ext4 /dev/vda1 rw\\n\"}");
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    if (error)
        fail_msg("%s", error->message);
    const struct walk *walk = host_walk(host);
    assert_int_equal(kinds(walk, "/usr/bin/su"), WALK_SETUID);
    assert_int_equal(kinds(walk, "/usr/bin/ping"), WALK_CAPABILITY);
    assert_int_equal(find(walk, "/usr/bin/ping")->caps_permitted, 0x2000);
    assert_int_equal(kinds(walk, "/w"), WALK_WORLD_WRITABLE);
    assert_int_equal(kinds(walk, "/srv/x"), WALK_UNOWNED);
    assert_int_equal(kinds(walk, "/srv/d"), WALK_STICKY_MISSING);
    assert_int_equal(kinds(walk, "/srv/dev"), WALK_DEVICE);
    assert_int_equal(kinds(walk, "/data/su"), WALK_SETUID);
    assert_null(find(walk, "/nfs/su"));
    assert_null(find(walk, "/mydocker/su"));
    assert_int_equal(walk->unreadable_count, 1);
    assert_string_equal(walk->unreadable[0], "/closed");
    g_autofree char *skipped = g_strjoinv(", ", walk->skipped);
    assert_string_equal(skipped, "/bind (walked elsewhere), /mydocker (container storage), /nfs (nfs4)");
    assert_sorted(walk);
}

/* A flood of world-writable files hides no setuid program. */
static void floods(void **state)
{
    (void)state;
    json_object *spec = json_object_new_object();
    json_object *files = json_object_new_object();
    json_object_object_add(spec, "files", files);
    for (int i = 0; i < 13000; i++) {
        g_autofree char *path = g_strdup_printf("/flood/%d", i);
        json_object *file = json_object_new_object();
        json_object_object_add(file, "mode", json_object_new_string("0666"));
        json_object_object_add(files, path, file);
    }
    json_object *su = json_object_new_object();
    json_object_object_add(su, "mode", json_object_new_string("4755"));
    json_object_object_add(files, "/zz/su", su);
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    const struct walk *walk = host_walk(host);
    assert_true(walk->truncated);
    assert_int_equal(kinds(walk, "/zz/su"), WALK_SETUID);
    assert_int_equal(walk->entries->len, 12501);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(offline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_root_can_make, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_deep_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mounts_are_borders, set_up, tear_down),
        cmocka_unit_test(inline_host),
        cmocka_unit_test(floods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
