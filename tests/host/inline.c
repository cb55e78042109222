#include "host/host.h"
#include "host/process.h"
#include "model/error.h"
#include "model/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"

static struct host *make(const char *json)
{
    json_object *spec = json_tokener_parse(json);
    assert_non_null(spec);
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    if (error)
        fail_msg("%s", error->message);
    return host;
}

static void assert_text(struct host *host, const char *path, const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (error)
        fail_msg("%s", error->message);
    assert_string_equal(text, wanted);
}

static void assert_read_fails(struct host *host, const char *path, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read(host, path, &error);
    assert_null(bytes);
    assert_true(g_error_matches(error, PL_ERROR, code));
}

static void assert_wrong(const char *json, const char *part)
{
    json_object *spec = json_tokener_parse(json);
    assert_non_null(spec);
    g_autoptr(GError) error = NULL;
    assert_null(host_new_inline(spec, NULL, &error));
    json_object_put(spec);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    if (!strstr(error->message, part))
        fail_msg("%s lacks %s", error->message, part);
}

static void defaults(void **state)
{
    (void)state;
    pl_auto(host) host = host_new_inline(NULL, NULL, NULL);
    assert_non_null(host);
    assert_true(host_is_live(host) && host_is_privileged(host));
    assert_string_equal(host_root(host), "/");
    assert_text(host, "/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    assert_text(host, "/etc/group", "root:x:0:\n");
    assert_text(host, "/proc/1/comm", "systemd\n");
    assert_text(host, "/proc/self/comm", "plumbline\n");
    assert_true(host_exists(host, "/sys") && host_exists(host, "/proc/modules"));
    assert_string_equal(host_user_name(host, 0), "root");
    assert_null(host_user_name(host, 1));
    g_autofree char *ns = host_readlink(host, "/proc/1/ns/mnt", NULL);
    assert_string_equal(ns, "mnt:[4026531841]");
}

static void files(void **state)
{
    (void)state;
    pl_auto(host) host = make(
        "{\"files\":{\"/etc/x\":\"text\\n\","
        "\"/etc/shadow\":{\"content\":\"s\",\"mode\":\"0640\",\"owner\":\"root\",\"group\":\"shadow\",\"mtime\":7},"
        "\"/etc/bin\":{\"base64\":\"AAEC\",\"uid\":5,\"gid\":6},\"/etc/link\":{\"type\":\"symlink\",\"target\":\"/etc/"
        "x\"},"
        "\"/etc/up\":{\"target\":\"../../../../etc/link\"},\"/etc/loop\":{\"target\":\"loop\"},"
        "\"/run/fifo\":{\"type\":\"fifo\"},\"/dev/sda\":{\"type\":\"block\",\"major\":8,\"minor\":1},"
        "\"/dir\":{\"type\":\"dir\",\"mode\":\"1777\"},\"/dir/denied\":{\"content\":\"x\",\"denied\":true},"
        "\"/closed\":{\"type\":\"dir\",\"denied\":true},\"/closed/in\":\"x\","
        "\"/big\":{\"size\":104857600},\"/xa\":{\"content\":\"\",\"xattrs\":{\"security.capability\":\"AQID\"}}}}");
    assert_text(host, "/etc/x", "text\n");
    assert_text(host, "/etc/link", "text\n");
    assert_text(host, "//etc/./up", "text\n");
    g_autofree char *resolved = host_resolve(host, "/etc/up", NULL);
    assert_string_equal(resolved, "/etc/x");
    struct host_stat st;
    assert_true(host_stat(host, "/etc/shadow", &st, NULL));
    assert_int_equal(st.mode, S_IFREG | 0640);
    assert_int_equal(st.gid, 42);
    assert_int_equal(st.mtime, 7);
    assert_string_equal(host_group_name(host, 42), "shadow");
    assert_true(host_lstat(host, "/etc/link", &st, NULL) && S_ISLNK(st.mode));
    assert_true(host_stat(host, "/dir", &st, NULL) && st.mode == (S_IFDIR | 01777));
    assert_true(host_stat(host, "/dev/sda", &st, NULL) && S_ISBLK(st.mode) && st.dev_major == 8);
    assert_true(host_stat(host, "/big", &st, NULL) && st.size == 104857600);
    g_autoptr(GBytes) binary = host_read(host, "/etc/bin", NULL);
    assert_int_equal(g_bytes_get_size(binary), 3);
    assert_memory_equal(g_bytes_get_data(binary, NULL), "\0\1\2", 4);
    assert_read_fails(host, "/etc/loop", PL_ERROR_READ);
    assert_read_fails(host, "/run/fifo", PL_ERROR_KIND);
    assert_read_fails(host, "/dev/sda", PL_ERROR_KIND);
    assert_read_fails(host, "/dir", PL_ERROR_KIND);
    assert_read_fails(host, "/dir/denied", PL_ERROR_DENIED);
    assert_read_fails(host, "/closed/in", PL_ERROR_DENIED);
    assert_read_fails(host, "/big", PL_ERROR_LIMIT);
    assert_read_fails(host, "/none/x", PL_ERROR_ABSENT);
    assert_read_fails(host, "/etc/x/y", PL_ERROR_ABSENT);
    assert_read_fails(host, "etc/x", PL_ERROR_READ);
    g_autoptr(GBytes) xattr = host_getxattr(host, "/xa", "security.capability", NULL);
    assert_int_equal(g_bytes_get_size(xattr), 3);
    g_autoptr(GError) error = NULL;
    assert_null(host_getxattr(host, "/etc/x", "security.capability", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

static void open_gives_descriptors(void **state)
{
    (void)state;
    pl_auto(host) host = make("{\"files\":{\"/a\":\"hello\",\"/big\":{\"size\":1000000000}}}");
    pl_autofd int fd = host_open(host, "/a", HOST_REGULAR, NULL);
    char buffer[8] = {0};
    assert_int_equal(read(fd, buffer, sizeof buffer), 5);
    assert_string_equal(buffer, "hello");
    pl_autofd int big = host_open(host, "/big", HOST_REGULAR, NULL);
    assert_int_equal(lseek(big, 0, SEEK_END), 1000000000);
}

static void system_parts(void **state)
{
    (void)state;
    pl_auto(host) host = make(
        "{\"sysctls\":{\"kernel.kptr_restrict\":1,\"net/ipv4/conf/eth0.1/rp_filter\":\"2\",\"fs.protected\":true},"
        "\"modules\":[\"usb_storage\",{\"name\":\"nf\",\"parameters\":{\"a\":\"b\"}}],"
        "\"packages\":[\"openssh-server\",{\"name\":\"runc\",\"version\":\"1.1.5\",\"status\":\"config-files\"}],"
        "\"kernel\":{\"release\":\"6.1.0\",\"config\":{\"CONFIG_BUG\":\"y\",\"CONFIG_X\":\"n\",\"CONFIG_LSM\":\"a,b\","
        "\"CONFIG_N\":65536},\"cmdline\":\"quiet\"},\"mounts\":\"36 35 98:0 / /tmp rw - tmpfs tmpfs rw\\n\"}");
    assert_text(host, "/proc/sys/kernel/kptr_restrict", "1\n");
    assert_text(host, "/proc/sys/net/ipv4/conf/eth0.1/rp_filter", "2\n");
    assert_text(host, "/proc/sys/fs/protected", "1\n");
    assert_text(host, "/proc/modules",
                "usb_storage 16384 0 - Live 0x0000000000000000\nnf 16384 0 - Live 0x0000000000000000\n");
    assert_text(host, "/sys/module/nf/parameters/a", "b\n");
    assert_text(host, "/proc/sys/kernel/osrelease", "6.1.0\n");
    assert_text(host, "/proc/cmdline", "quiet\n");
    assert_text(host, "/boot/config-6.1.0",
                "# Automatically generated file; DO NOT EDIT.\nCONFIG_BUG=y\n# CONFIG_X is not set\n"
                "CONFIG_LSM=\"a,b\"\nCONFIG_N=65536\n");
    assert_text(host, "/proc/self/mountinfo", "36 35 98:0 / /tmp rw - tmpfs tmpfs rw\n");
    assert_text(host, "/proc/1/mountinfo", "36 35 98:0 / /tmp rw - tmpfs tmpfs rw\n");
    g_autofree char *status = host_read_text(host, "/var/lib/dpkg/status", NULL);
    assert_non_null(strstr(status, "Package: runc\nStatus: deinstall ok config-files\n"));
}

static void process_files(void **state)
{
    (void)state;
    pl_auto(host) host =
        make("{\"processes\":[{\"pid\":100,\"argv\":[\"/usr/bin/dockerd\",\"--icc=false\"],\"environ\":{\"A\":\"b\"},"
             "\"ns\":{\"mnt\":5,\"net\":null},\"fd\":{\"3\":\"socket:[77]\"},\"files\":{\"net/tcp\":\"x\"}}],"
             "\"files\":{\"/proc/100/root/etc/passwd\":\"inside\",\"/etc/passwd\":\"root:x:0:0::/:/bin/sh\\n\"}}");
    g_autoptr(GBytes) cmdline = host_read(host, "/proc/100/cmdline", NULL);
    assert_int_equal(g_bytes_get_size(cmdline), strlen("/usr/bin/dockerd") + strlen("--icc=false") + 2);
    assert_text(host, "/proc/100/comm", "dockerd\n");
    assert_text(host, "/proc/100/net/tcp", "x");
    assert_text(host, "/proc/100/root/etc/passwd", "inside");
    assert_text(host, "/proc/1/root/etc/passwd", "root:x:0:0::/:/bin/sh\n");
    g_autofree char *root = host_readlink(host, "/proc/100/root", NULL);
    assert_string_equal(root, "/");
    g_autofree char *exe = host_readlink(host, "/proc/100/exe", NULL);
    assert_string_equal(exe, "/usr/bin/dockerd");
    g_autofree char *fd = host_readlink(host, "/proc/100/fd/3", NULL);
    assert_string_equal(fd, "socket:[77]");
    g_autoptr(GError) error = NULL;
    assert_null(host_readlink(host, "/proc/100/ns/net", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
}

static void ordinary_user(void **state)
{
    (void)state;
    pl_auto(host) host = make("{\"privileged\":false,\"processes\":[{\"pid\":100,\"comm\":\"sshd\"}],"
                              "\"files\":{\"/etc/shadow\":{\"content\":\"x\",\"mode\":\"0640\"},\"/etc/x\":\"y\","
                              "\"/root\":{\"type\":\"dir\",\"mode\":\"0700\"},\"/root/x\":\"y\"}}");
    assert_false(host_is_privileged(host));
    assert_read_fails(host, "/etc/shadow", PL_ERROR_DENIED);
    assert_read_fails(host, "/root/x", PL_ERROR_DENIED);
    assert_read_fails(host, "/proc/100/environ", PL_ERROR_DENIED);
    assert_text(host, "/etc/x", "y");
    g_autoptr(GError) error = NULL;
    assert_null(host_readlink(host, "/proc/100/exe", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
}

static void offline(void **state)
{
    (void)state;
    pl_auto(host) host = make("{\"live\":false}");
    assert_false(host_is_live(host));
    assert_false(host_exists(host, "/proc/1"));
    assert_true(host_exists(host, "/etc/passwd"));
}

static void wrong_mappings(void **state)
{
    (void)state;
    assert_wrong("{\"fils\":{}}", "unknown key \"fils\"");
    assert_wrong("{\"files\":{\"etc/x\":\"\"}}", "not an absolute path");
    assert_wrong("{\"files\":{\"/x\":{\"mode\":640}}}", "octal text");
    assert_wrong("{\"files\":{\"/x\":{\"moed\":\"0640\"}}}", "unknown key \"moed\"");
    assert_wrong("{\"files\":{\"/x\":{\"type\":\"pipe\"}}}", "type");
    assert_wrong("{\"files\":{\"/x\":\"\",\"/x/y\":\"\"}}", "no directory");
    assert_wrong("{\"files\":{\"/etc/group\":\"root:x:0:\\n\",\"/x\":{\"group\":\"nix\"}}}", "no \"nix\"");
    assert_wrong("{\"processes\":[{\"pid\":0,\"comm\":\"x\"}]}", "pid");
    assert_wrong("{\"processes\":[{\"pid\":5}]}", "comm or argv");
    assert_wrong("{\"processes\":[{\"comm\":\"x\",\"caps\":{\"effective\":[\"CAP_NIX\"]}}]}", "CAP_NIX");
    assert_wrong("{\"processes\":[{\"comm\":\"x\",\"nss\":1}]}", "unknown key \"nss\"");
    assert_wrong("{\"packages\":[{\"name\":\"x\",\"status\":\"maybe\"}]}", "maybe");
    assert_wrong("{\"tree\":\"../x\"}", "tree");
    assert_wrong("{\"live\":1}", "true or false");
    assert_wrong("{\"http\":{\"x\":{\"statsu\":200}}}", "statsu");
}

static void error_places(void **state)
{
    (void)state;
    pl_autojson json_object *spec = json_object_new_object();
    json_object *value = json_object_new_object();
    json_object_object_add(spec, "fils", value);
    tree_set_mark(value, (struct tree_mark){.line = 4, .column = 9, .key_line = 3, .key_column = 5});
    g_autoptr(GError) error = NULL;
    assert_null(host_new_inline(spec, NULL, &error));
    assert_true(g_str_has_prefix(error->message, "3:5: "));
}

static void tree_of_files(void **state)
{
    (void)state;
    g_autofree char *trees = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    g_autofree char *etc = g_build_filename(trees, "box", "etc", NULL);
    g_autofree char *file = g_build_filename(etc, "shadow", NULL);
    g_autofree char *link = g_build_filename(etc, "link", NULL);
    g_autofree char *modes = g_build_filename(trees, "box", ".plumbline-modes", NULL);
    assert_int_equal(g_mkdir_with_parents(etc, 0755), 0);
    assert_true(g_file_set_contents(file, "secret", -1, NULL));
    assert_true(g_file_set_contents(modes, "# what git cannot hold\n/etc/shadow 0640 0 42\n", -1, NULL));
    assert_int_equal(symlink("shadow", link), 0);
    json_object *spec =
        json_tokener_parse("{\"tree\":\"box\",\"files\":{\"/etc/more\":\"m\",\"/etc/shadow\":{\"uid\":3}}}");
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, trees, &error);
    json_object_put(spec);
    if (error)
        fail_msg("%s", error->message);
    struct host_stat st;
    assert_text(host, "/etc/link", "secret");
    assert_text(host, "/etc/more", "m");
    assert_true(host_stat(host, "/etc/shadow", &st, NULL));
    assert_int_equal(st.mode, S_IFREG | 0640);
    assert_int_equal(st.gid, 42);
    assert_int_equal(st.uid, 3);
    assert_false(host_exists(host, "/.plumbline-modes"));
    unlink(link);
    unlink(file);
    unlink(modes);
    rmdir(etc);
    g_autofree char *box = g_build_filename(trees, "box", NULL);
    rmdir(box);
    rmdir(trees);
}

/* A node whose owner is still to be looked up goes away with the directory that a later file replaces. */
static void owner_of_a_replaced_file(void **state)
{
    (void)state;
    struct host *host = make("{\"files\": {\"/a/b\": {\"owner\": \"www-data\"}, \"/a\": \"text\", "
                             "\"/c\": {\"owner\": \"www-data\"}}}");
    struct host_stat st;
    assert_text(host, "/a", "text");
    assert_false(host_stat(host, "/a/b", &st, NULL));
    assert_true(host_stat(host, "/c", &st, NULL));
    assert_int_equal(st.uid, 33);
    host_free(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(files),
        cmocka_unit_test(open_gives_descriptors),
        cmocka_unit_test(system_parts),
        cmocka_unit_test(process_files),
        cmocka_unit_test(ordinary_user),
        cmocka_unit_test(offline),
        cmocka_unit_test(wrong_mappings),
        cmocka_unit_test(error_places),
        cmocka_unit_test(tree_of_files),
        cmocka_unit_test(owner_of_a_replaced_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
