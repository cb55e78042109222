#include "host/walk.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cmocka_all.h"

/* Directories that were opened to be read. Each of these costs its depth under Landlock, so that they are the walk's
 * work; the C library's own function is called by number. */
static gint opened;

static int count_open(int dir, const char *path, int flags, mode_t mode)
{
    if (flags & O_DIRECTORY && !(flags & O_PATH))
        g_atomic_int_inc(&opened);
    return (int)syscall(SYS_openat, dir, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return count_open(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return count_open(dir, path, flags, mode);
}

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

/* "PATH (WHY), ..." of the gaps in which one of `kinds` may lie. */
static void assert_gaps(const struct walk *walk, unsigned kinds, const char *expected)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    for (guint i = 0; i < walk->gaps->len; i++) {
        const struct walk_gap *gap = g_ptr_array_index(walk->gaps, i);
        if (gap->kinds & kinds)
            g_string_append_printf(seen, "%s%s (%s)", seen->len ? ", " : "", gap->path, gap->text);
    }
    assert_string_equal(seen->str, expected);
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
    assert_int_equal(walk->groups->len, 0);
    assert_gaps(walk, WALK_ALL, "");
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

/* Deeper than descriptors may be held, and than a path may be long: below a directory that everybody may use, so that
 * root's file down there matters. */
static void depth_is_no_hiding_place(void **state)
{
    (void)state;
    g_autofree char *start = in_root("/deep");
    put_directory("/deep", 0755);
    int dir = open(start, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(mkdirat(dir, "d", 0755), 0);
        int next = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(dir);
        dir = next;
        int file = i == 130 || i == 2999 ? openat(dir, "su", O_CREAT | O_WRONLY | O_CLOEXEC, 0755) : -1;
        if (file >= 0) {
            assert_int_equal(fchmod(file, i == 130 ? 04755 : 04711), 0);
            close(file);
        }
        if (i == 70) { /* on the way up it must be found again */
            file = openat(dir, "z", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
            assert_int_equal(fchmod(file, 04755), 0);
            close(file);
            assert_int_equal(mkdirat(dir, "z2", 0777), 0);
            assert_int_equal(fchmodat(dir, "z2", 0777, 0), 0);
        }
    }
    close(dir);
    pl_auto(host) host = host_new(root, NULL);
    const struct walk *walk = host_walk(host);
    guint found = 0;
    for (guint i = 0; i < walk->entries->len; i++) {
        const struct walk_entry *entry = g_ptr_array_index(walk->entries, i);
        found += g_str_has_prefix(entry->path, "/deep/") && entry->kinds & (WALK_SETUID | WALK_STICKY_MISSING);
    }
    assert_int_equal(found, 3);
    assert_gaps(walk, WALK_ALL, "");
    /* An ordinary user's are unowned and ungrouped as well, the file and the directories apart. */
    assert_int_equal(walk->groups->len, geteuid() ? 5 : 1);
    const struct walk_group *group = g_ptr_array_index(walk->groups, 0);
    assert_int_equal(group->kind, WALK_SETUID);
    assert_int_equal(group->mode & 07777, 04711);
    assert_int_equal(group->count, 1);
    assert_false(group->named);
    assert_true(g_str_has_prefix(group->below, "/deep/d/d"));
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", start);
    assert_int_equal(system(command), 0);
}

/* Makes `levels` directories in each other below `path`; a descriptor of the last. */
static int dig(const char *path, int levels)
{
    g_autofree char *start = in_root(path);
    put_directory(path, 0755);
    int dir = open(start, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < levels; i++) {
        assert_int_equal(mkdirat(dir, "d", 0755), 0);
        int next = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(dir);
        dir = next;
    }
    return dir;
}

static void fill_up(const char *path)
{
    g_autofree char *start = in_root(path);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", start);
    assert_int_equal(system(command), 0);
}

static gint opened_by_walk(void)
{
    pl_auto(host) host = host_new(root, NULL);
    g_atomic_int_set(&opened, 0);
    host_walk(host);
    return g_atomic_int_get(&opened);
}

/* Each directory is opened once to be read, on the way down, however many lie in each other. */
static void work_grows_with_directories(void **state)
{
    (void)state;
    gint before = opened_by_walk();
    close(dig("/pit", 300));
    gint few = opened_by_walk();
    fill_up("/pit");
    close(dig("/pit", 1200));
    gint many = opened_by_walk();
    fill_up("/pit");
    assert_int_equal(few - before, 301);
    assert_int_equal(many - before, 1201);
}

/* Below so many in each other nothing is looked at, which is told once, of the place where they begin; what is beside
 * it is looked at all the same. */
static void depth_is_told(void **state)
{
    (void)state;
    gint before = opened_by_walk();
    int dir = dig("/pit", 4094); /* 4,095 with the pit, and one more is entered */
    assert_int_equal(mkdirat(dir, "ends", 0755), 0);
    for (int i = 0; i < 30; i++) {
        g_autofree char *name = g_strdup_printf("ends/%d", i);
        g_autofree char *file = g_strdup_printf("ends/%d/su", i);
        assert_int_equal(mkdirat(dir, name, 0755), 0);
        int fd = openat(dir, file, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
        assert_int_equal(fchmod(fd, 04711), 0);
        close(fd);
    }
    int fd = openat(dir, "ends/su", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
    assert_int_equal(fchmod(fd, 04755), 0);
    close(fd);
    close(dir);
    pl_auto(host) host = host_new(root, NULL);
    g_atomic_int_set(&opened, 0);
    const struct walk *walk = host_walk(host);
    assert_int_equal(g_atomic_int_get(&opened) - before, 4096);
    assert_gaps(walk, WALK_SETUID, "/pit/d/d/d/d/d/d/d (more than 4096 directories in each other)");
    assert_int_equal(kinds(walk, "/bin/su") & WALK_SETUID, WALK_SETUID);
    guint64 found = 0;
    for (guint i = 0; i < walk->groups->len; i++) {
        const struct walk_group *group = walk->groups->pdata[i];
        found += group->kind == WALK_SETUID ? group->count : 0;
    }
    assert_int_equal(found, 1); /* the last one above */
    fill_up("/pit");
}

/* --- inline --- */

static struct host *stated(const char *text)
{
    json_object *spec = json_tokener_parse(text);
    g_autoptr(GError) error = NULL;
    assert_non_null(spec);
    struct host *host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    if (error)
        fail_msg("%s", error->message);
    return host;
}

#define SU   "{'content': '', 'mode': '4755'}"
#define OPEN "{'content': '', 'mode': '0666'}"

static void inline_host(void **state)
{
    (void)state;
    pl_auto(host) host =
        stated("{'files': {'/usr/bin/su': " SU ", '/w': " OPEN ", '/usr/bin/ping': {'content': '', 'mode': '0755',"
               "'xattrs': {'security.capability': 'AQAAAgAgAAAAAAAAAAAAAAAAAAA='}},"
               "'/usr/bin/other': {'content': '', 'mode': '0755',"
               "'xattrs': {'security.capability': 'AQAAAwAgAAAAAAAAAAAAAAAAAADoAwAA'}},"
               "'/srv/x': {'content': '', 'uid': 77}, '/srv/d': {'type': 'dir', 'mode': '0777'},"
               "'/srv/dev': {'type': 'char'}, '/closed': {'type': 'dir', 'denied': true}, '/nfs/su': " SU
               ", '/data/su': " SU "},"
               "'mounts': '26 1 254:1 / / rw - ext4 /dev/vda1 rw\\n21 26 0:20 / /proc rw - proc proc rw\\n"
               "22 26 0:21 / /sys rw - sysfs sysfs rw\\n30 26 0:50 / /nfs rw - nfs4 server:/x rw\\n"
               "31 26 254:2 / /data rw - xfs /dev/vdb rw\\n32 26 254:1 /srv /bind rw - ext4 /dev/vda1 rw\\n'}");
    const struct walk *walk = host_walk(host);
    assert_int_equal(kinds(walk, "/usr/bin/su"), WALK_SETUID);
    assert_int_equal(kinds(walk, "/usr/bin/ping"), WALK_CAPABILITY);
    assert_int_equal(find(walk, "/usr/bin/ping")->caps_permitted, 0x2000);
    assert_null(find(walk, "/usr/bin/other")); /* counts in the namespace of user 1000 alone */
    assert_int_equal(kinds(walk, "/w"), WALK_WORLD_WRITABLE);
    assert_int_equal(kinds(walk, "/srv/x"), WALK_UNOWNED);
    assert_int_equal(kinds(walk, "/srv/d"), WALK_STICKY_MISSING);
    assert_int_equal(kinds(walk, "/srv/dev"), WALK_DEVICE);
    assert_int_equal(kinds(walk, "/data/su"), WALK_SETUID);
    assert_null(find(walk, "/nfs/su"));
    assert_gaps(walk, WALK_SETUID, "/closed (Permission denied), /nfs (nfs4, mounted without nosuid and nodev)");
    assert_gaps(walk, WALK_WORLD_WRITABLE, "/closed (Permission denied)");
    assert_sorted(walk);
}

/* What is said about a mount of a type with options, and about which kinds. */
static void mounts_by_type(void **state)
{
    (void)state;
    static const struct {
        const char *mount; /* options - type source super */
        const char *rights, *writable;
        bool walked;
    } cases[] = {
        {"rw - overlay overlay rw", "", "", true},
        {"rw - ecryptfs /x rw", "", "", true},
        {"rw - devtmpfs udev rw", "", "", true},
        {"rw - fuse.mergerfs a rw,user_id=0,group_id=0,allow_other", "", "", true},
        {"rw - sysfs s rw", "", "", false},
        {"rw - nfs s:/ rw", "/m (nfs, mounted without nosuid and nodev)", "", false},
        {"rw,nosuid - cifs s:/ rw", "", "", false},
        {"rw,noexec - 9p s rw", "", "", false},
        {"rw - newfs /dev/x rw", "/m (file system of unknown kind newfs, mounted without nosuid and nodev)",
         "/m (file system of unknown kind newfs, mounted without nosuid and nodev)", false},
        {"rw,nosuid,nodev - newfs /dev/x rw", "", "/m (file system of unknown kind newfs)", false},
        {"rw,nosuid,nodev - fuse.sshfs a rw,user_id=1000,group_id=1000", "", "", false},
        {"rw,nosuid,nodev - fuse.mine a rw,user_id=1000,group_id=1000,allow_other", "", "/m (a user's fuse.mine)",
         false},
        {"rw,nodev - fuse.mine a rw,user_id=1000", "/m (a user's fuse.mine, mounted without nosuid)", "", false},
        {"rw - fuse.sshfs a rw,user_id=0,group_id=0", "/m (fuse.sshfs, mounted without nosuid and nodev)", "", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("{'files': {'/m/su': " SU "}, 'mounts': '1 0 8:1 / / rw - ext4 /dev/sda1 rw\\n"
                            "2 1 0:9 / /m %s\\n'}",
                            cases[i].mount);
        pl_auto(host) host = stated(text);
        const struct walk *walk = host_walk(host);
        assert_gaps(walk, WALK_SETUID, cases[i].rights);
        assert_gaps(walk, WALK_WORLD_WRITABLE, cases[i].writable);
        assert_int_equal(find(walk, "/m/su") != NULL, cases[i].walked);
    }
}

/* A bind mount shows what is walked elsewhere only where that is not hidden by another mount. */
static void what_a_bind_mount_shows(void **state)
{
    (void)state;
    static const struct {
        const char *mounts, *seen, *unseen;
    } cases[] = {
        {"2 1 8:1 /src /bind rw - ext4 d rw\\n", "/src/su", "/bind/su"},
        {"2 1 8:1 /src /bind rw - ext4 d rw\\n3 1 0:7 / /src rw - tmpfs t rw\\n", "/bind/su", NULL},
        {"2 1 8:1 / /bind rw - ext4 d rw\\n3 1 0:7 / /src rw - tmpfs t rw\\n", "/bind/src/su", "/bind/top"},
        {"2 1 8:1 / /bind rw - ext4 d rw\\n3 1 0:7 / /src rw - tmpfs t rw\\n4 2 0:7 / /bind/src rw - tmpfs t rw\\n",
         "/src/su", "/bind/src/su"},
        {"2 1 8:1 /src /bind rw - ext4 d rw\\n3 1 0:7 / /src/deep rw - tmpfs t rw\\n", "/bind/deep/su", "/bind/su"},
        /* A mount that another one lies over shows nowhere. */
        {"2 1 0:8 / /bind/deep rw - tmpfs t rw\\n3 1 0:9 / /bind rw - tmpfs t rw\\n", "/bind/su", "/bind/none"},
        /* On one point the upper one counts. */
        {"2 1 0:8 / /bind rw - nfs n rw,nosuid\\n3 2 0:9 / /bind rw - tmpfs t rw\\n", "/bind/su", NULL},
        /* A root that is no path is not looked for below another mount; the search ended nowhere. */
        {"2 1 8:1 net:[4026531840] /bind rw - ext4 d rw\\n", "/bind/su", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "{'files': {'/top': " SU ", '/src/su': " SU ", '/src/deep/su': " SU ", '/bind/su': " SU ", '/bind/top': " SU
            ", '/bind/src/su': " SU ", '/bind/deep/su': " SU "}, 'mounts': '1 0 8:1 / / rw - ext4 d rw\\n%s'}",
            cases[i].mounts);
        pl_auto(host) host = stated(text);
        const struct walk *walk = host_walk(host);
        if (!find(walk, cases[i].seen))
            fail_msg("%s: %s is not seen", cases[i].mounts, cases[i].seen);
        if (cases[i].unseen && find(walk, cases[i].unseen))
            fail_msg("%s: %s is seen", cases[i].mounts, cases[i].unseen);
        assert_gaps(walk, WALK_ALL, "");
    }
}

#define DOCKER(at) "'" at "/image/x': '', '" at "/volumes/x': '', '" at "/containers/x': '',"

/* A storage is one by what it holds and who owns it, and even then nothing that gives rights on the host is lost. */
static void storage_is_proven(void **state)
{
    (void)state;
    pl_auto(host) host = stated(
        "{'files': {'/etc/passwd': 'root:x:0:0::/root:/bin/sh\\nme:x:1000:0::/home/me:/bin/sh\\n',"
        "'/etc/docker/daemon.json': '{\"data-root\": \"/data/\"}'," DOCKER("/data") DOCKER(
            "/srv/x/.local/share/docker") "'/data': {'type': 'dir', 'mode': '0710'}, '/data/su': " SU
                                          ", '/data/open': " OPEN ","
                                          "'/data/overlay2/a/diff/su': " SU ", '/data/overlay2/a/su': " SU ","
                                          "'/var/lib/docker/x/su': " SU ", '/var/lib/docker/open': " OPEN ","
                                          "'/var/lib/containerd/io.containerd.x/y': '', "
                                          "'/var/lib/containerd/open': " OPEN ","
                                          "'/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/"
                                          "su': " SU ","
                                          "'/var/lib/machines/su': " SU ", '/var/lib/machines/m/usr/bin/su': " SU ","
                                          "'/srv/x/.local/share/docker/open': " OPEN
                                          ", '/srv/x/.local/share/docker/su': " SU ","
                                          "'/home/me': {'type': 'dir', 'uid': 1000, 'mode': '0700'},"
                                          "'/home/me/.local/share/containers/storage': {'type': 'dir', 'uid': 1000},"
                                          "'/home/me/.local/share/containers/storage/overlay-images/x': '',"
                                          "'/home/me/.local/share/containers/storage/storage.lock': '',"
                                          "'/home/me/.local/share/containers/storage/overlay/a/diff/bin/su': " SU ","
                                          "'/home/me/.local/share/containers/storage/overlay/a/diff/bin/own': "
                                          "{'content': '', 'mode': '4755', 'uid': 1000},"
                                          "'/home/me/.local/share/containers/storage/overlay/a/diff/open': " OPEN "}}");
    const struct walk *walk = host_walk(host);
    static const char *const seen[] = {"/data/su",
                                       "/data/overlay2/a/su",
                                       "/var/lib/docker/x/su",
                                       "/var/lib/docker/open",
                                       "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/su",
                                       "/var/lib/machines/su",
                                       "/var/lib/machines/m/usr/bin/su",
                                       "/srv/x/.local/share/docker/open",
                                       "/srv/x/.local/share/docker/su",
                                       "/home/me/.local/share/containers/storage/overlay/a/diff/bin/su"};
    static const char *const unseen[] = {"/data/open",               /* the engine's business */
                                         "/data/overlay2/a/diff/su", /* an image's, where nobody but root gets */
                                         "/var/lib/containerd/open",
                                         "/home/me/.local/share/containers/storage/overlay/a/diff/bin/own",
                                         "/home/me/.local/share/containers/storage/overlay/a/diff/open"};
    for (size_t i = 0; i < G_N_ELEMENTS(seen); i++)
        if (!find(walk, seen[i]))
            fail_msg("%s is not seen", seen[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(unseen); i++)
        if (find(walk, unseen[i]))
            fail_msg("%s is seen", unseen[i]);
    assert_gaps(walk, WALK_ALL, "");
}

/* What cannot be told without passwd, group, an attribute or the mount table is a gap of those kinds and no others. */
static void what_could_not_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        unsigned kinds;
        const char *gap;
    } cases[] = {
        {"{'files': {'/etc/passwd': {'content': '', 'denied': true}, '/x': {'content': '', 'uid': 7}}}", WALK_UNOWNED,
         "/etc/passwd (/etc/passwd: Permission denied)"},
        {"{'files': {'/etc/group': {'content': '', 'denied': true}, '/x': {'content': '', 'gid': 7}}}", WALK_UNGROUPED,
         "/etc/group (/etc/group: Permission denied)"},
        {"{'files': {'/x': {'content': '', 'mode': '0755', 'denied': true}}}", WALK_CAPABILITY,
         "/x (Permission denied)"},
        {"{'mounts': '1 0 8:1 / / rw - ext4 d rw\\nbroken\\n'}", WALK_ALL,
         "/ (/proc/self/mountinfo: line 2 is no line of a mount table)"},
        {"{'files': {'/proc/self/mountinfo': {'content': '', 'denied': true}}}", WALK_ALL,
         "/ (/proc/self/mountinfo: Permission denied)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pl_auto(host) host = stated(cases[i].host);
        const struct walk *walk = host_walk(host);
        for (unsigned kind = 1; kind & WALK_ALL; kind <<= 1)
            assert_gaps(walk, kind, cases[i].kinds & kind ? cases[i].gap : "");
        assert_int_equal(kinds(walk, "/x") & (WALK_UNOWNED | WALK_UNGROUPED), 0);
    }
}

static void flood(json_object *files, guint n, const char *at, const char *mode, int uid)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("%s/%u", at, i);
        json_object *file = json_object_new_object();
        json_object_object_add(file, "mode", json_object_new_string(mode));
        json_object_object_add(file, "uid", json_object_new_int(uid));
        json_object_object_add(files, path, file);
    }
}

static const struct walk_group *group_of(const struct walk *walk, unsigned kind)
{
    const struct walk_group *found = NULL;
    for (guint i = 0; i < walk->groups->len; i++) {
        const struct walk_group *group = g_ptr_array_index(walk->groups, i);
        if (group->kind != kind)
            continue;
        assert_null(found);
        found = group;
    }
    return found;
}

/* What one owner has too much of is counted together, and hides nothing of others and of other kinds. */
static void floods(void **state)
{
    (void)state;
    json_object *spec = json_object_new_object(), *files = json_object_new_object();
    json_object_object_add(spec, "files", files);
    flood(files, WALK_OWNER_MAX + 30, "/home/a/junk", "4755", 1000);
    flood(files, WALK_OWNER_MAX + 30, "/home/a/more", "0666", 1000);
    flood(files, 1, "/zz", "4755", 0);
    flood(files, 1, "/zz/other", "4755", 1001);
    json_object_object_add(files, "/etc/passwd",
                           json_object_new_string("a:x:1000:0::/:\nb:x:1001:0::/:\nr:x:0:0::/:\n"));
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    const struct walk *walk = host_walk(host);
    assert_int_equal(kinds(walk, "/zz/0"), WALK_SETUID);
    assert_int_equal(kinds(walk, "/zz/other/0"), WALK_SETUID);
    assert_gaps(walk, WALK_ALL, "");
    assert_int_equal(walk->groups->len, 2);
    assert_int_equal(group_of(walk, WALK_SETUID)->count, 30);
    assert_string_equal(group_of(walk, WALK_SETUID)->below, "/home/a/junk");
    assert_int_equal(group_of(walk, WALK_WORLD_WRITABLE)->count, 30);
    assert_int_equal(group_of(walk, WALK_WORLD_WRITABLE)->uid, 1000);
    assert_int_equal(walk->entries->len, 2 * WALK_OWNER_MAX + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(offline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_root_can_make, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_is_no_hiding_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(work_grows_with_directories, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_is_told, set_up, tear_down),
        cmocka_unit_test(inline_host),
        cmocka_unit_test(mounts_by_type),
        cmocka_unit_test(what_a_bind_mount_shows),
        cmocka_unit_test(storage_is_proven),
        cmocka_unit_test(what_could_not_be_read),
        cmocka_unit_test(floods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
