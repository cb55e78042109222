#include "host/fs_kernel.h"

#include "host/path.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* What linux/magic.h leaves to the file systems themselves. */
#define CONFIGFS_MAGIC     0x62656570
#define FUSE_CONTROL_MAGIC 0x65735543
#define FUSE_MAGIC         0x65735546
#define NFSD_MAGIC         0x6e667364
#define RPC_PIPEFS_MAGIC   0x67596969

/* All that is mounted below /proc and /sys by rights. FUSE is lxcfs, which tells a container what of the machine is
 * its. */
static bool is_kernels(const struct statfs *fs)
{
    static const guint32 magics[] = {
        PROC_SUPER_MAGIC, SYSFS_MAGIC,          CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, SECURITYFS_MAGIC,
        SELINUX_MAGIC,    SMACK_MAGIC,          AAFS_MAGIC,         DEBUGFS_MAGIC,       TRACEFS_MAGIC,
        EFIVARFS_MAGIC,   BPF_FS_MAGIC,         PSTOREFS_MAGIC,     BINFMTFS_MAGIC,      AUTOFS_SUPER_MAGIC,
        NSFS_MAGIC,       CONFIGFS_MAGIC,       FUSE_CONTROL_MAGIC, FUSE_MAGIC,          NFSD_MAGIC,
        RPC_PIPEFS_MAGIC, RDTGROUP_SUPER_MAGIC,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(magics); i++)
        if ((guint32)fs->f_type == magics[i])
            return true;
    return false;
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Of a path below /proc/PID what a link of the process has in it, from the link's name on; NULL where none has. */
static const char *behind_link(const char *path)
{
    static const char *const links[] = {"cwd", "exe", "root"};
    static const char *const folders[] = {"fd", "map_files", "task"};
    size_t folder = is_below(path, "/proc/self") ? strlen("/proc/self") : host_process_folder(path);
    const char *name = folder ? strchr(path + folder, '/') : NULL;
    for (size_t i = 0; name && i < G_N_ELEMENTS(links); i++)
        if (is_below(name + 1, links[i]))
            return name + 1;
    for (size_t i = 0; name && i < G_N_ELEMENTS(folders); i++)
        if (is_below(name + 1, folders[i]) && name[1 + strlen(folders[i])])
            return name + 1 + strlen(folders[i]) + 1;
    return NULL;
}

bool fs_kernel_is_path(const char *path)
{
    return is_below(path, "/proc") || is_below(path, "/sys");
}

bool fs_kernel_owns(const char *path)
{
    return fs_kernel_is_path(path) && !behind_link(path);
}

int fs_kernel_verify(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) < 0)
        return -errno;
    return is_kernels(&fs) ? 0 : -EMEDIUMTYPE;
}

/* Version 1 control groups are mounted in a tmpfs: one that has any. */
static bool holds_control_groups(const char *top, const char *directory)
{
    static const char *const names[] = {"systemd", "unified", "pids", "memory", "cpu", "devices", "freezer"};
    struct statfs fs;
    if (!is_below(directory, "/sys/fs/cgroup"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat(top, "/sys/fs/cgroup/", names[i], NULL);
        if (statfs(path, &fs) == 0 && is_kernels(&fs))
            return true;
    }
    return false;
}

static bool may_lack(const char *top, const char *directory, const struct statfs *fs)
{
    return is_kernels(fs) || ((guint32)fs->f_type == TMPFS_MAGIC && holds_control_groups(top, directory));
}

int fs_kernel_verify_directory(const char *top, const char *path, int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) < 0)
        return -errno;
    return may_lack(top, path, &fs) ? 0 : -EMEDIUMTYPE;
}

/* The nearest directory above a path that is there, and what it is on; NULL with *err. */
static char *nearest(const char *top, const char *path, struct statfs *fs, int *err)
{
    g_autofree char *directory = g_path_get_dirname(path);
    for (;;) {
        g_autofree char *whole = g_strconcat(top, directory, NULL);
        if (statfs(whole, fs) == 0)
            return g_steal_pointer(&directory);
        *err = -errno;
        if (errno != ENOENT && errno != ENOTDIR)
            return NULL;
        char *above = g_path_get_dirname(directory);
        g_free(directory);
        directory = above;
    }
}

int fs_kernel_absence(const char *top, const char *path, int err)
{
    struct statfs fs;
    struct stat st;
    const char *link = behind_link(path);
    bool beyond = link && strchr(link, '/');
    if ((err != -ENOENT && err != -ENOTDIR) || beyond || !fs_kernel_is_path(path))
        return err;
    int failed = 0;
    g_autofree char *directory = nearest(top, path, &fs, &failed);
    if (!directory)
        return failed;
    /* A whole one has this file whatever the kernel was built with. */
    g_autofree char *version = g_strconcat(top, "/proc/version", NULL);
    bool whole = !g_str_equal(directory, "/proc") || stat(version, &st) == 0;
    return whole && may_lack(top, directory, &fs) ? err : -EMEDIUMTYPE;
}
