#include "host/walk_look.h"

#include "host/file_caps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif

/* The number of bytes, or a negative errno value. */
static int get_caps(struct walk_part *part, int dir, const char *name, void *value, size_t size)
{
    struct {
        uint64_t value;
        uint32_t size, flags;
    } args = {.value = (uint64_t)(uintptr_t)value, .size = (uint32_t)size};
    if (!part->no_getxattrat) {
        long n = syscall(SYS_getxattrat, dir, name, AT_SYMLINK_NOFOLLOW, FILE_CAPS_ATTRIBUTE, &args, sizeof args);
        if (n >= 0 || (errno != ENOSYS && errno != EPERM))
            return n < 0 ? -errno : (int)n;
        part->no_getxattrat = true; /* before Linux 6.13, or a filter that does not know it */
    }
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/%s", dir, name);
    ssize_t n = lgetxattr(path, FILE_CAPS_ATTRIBUTE, value, size);
    int err = n < 0 ? errno : 0;
    struct stat st;
    /* Not there by way of /proc, and there: then it is /proc that is not there. */
    if (err == ENOENT && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        err = ENOSYS;
    return n < 0 ? -err : (int)n;
}

void walk_look_failed(struct walk_part *part, unsigned kinds, const char *directory, const char *name, int err)
{
    g_autofree char *path = *name ? g_strconcat(directory, "/", name, NULL) : g_strdup(directory);
    walk_note_error(part, kinds, path, err);
}

/* Only the file system's own word that there is none means none. */
static unsigned see_caps(struct walk_part *part, int dir, const char *directory, const char *name, uint64_t *caps)
{
    char value[XATTR_CAPS_SZ_3];
    int n = get_caps(part, dir, name, value, sizeof value);
    if (n < 0 && n != -ENODATA && n != -EOPNOTSUPP && n != -ENOENT)
        walk_look_failed(part, WALK_CAPABILITY, directory, name, -n);
    struct file_caps found;
    if (n <= 0 || !file_caps_parse(value, (gsize)n, &found))
        return 0;
    *caps = found.permitted;
    return WALK_CAPABILITY;
}

static void from_statx(const struct statx *stx, struct host_stat *out)
{
    *out = (struct host_stat){
        .mode = stx->stx_mode,
        .uid = stx->stx_uid,
        .gid = stx->stx_gid,
        .size = stx->stx_size,
        .nlink = stx->stx_nlink,
        .ino = stx->stx_ino,
        .dev = makedev(stx->stx_dev_major, stx->stx_dev_minor),
        .dev_major = stx->stx_rdev_major,
        .dev_minor = stx->stx_rdev_minor,
        .mtime = stx->stx_mtime.tv_sec,
        .ctime = stx->stx_ctime.tv_sec,
    };
}

uint64_t walk_mount_of(const struct statx *stx)
{
    if (stx->stx_mask & STATX_MNT_ID)
        return stx->stx_mnt_id;
    return (uint64_t)makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

void walk_look(struct walk_part *part, const struct walk_scope *scope, int dir, const char *directory, const char *name,
               const struct statx *stx)
{
    struct host_stat st;
    uint64_t caps = 0;
    from_statx(stx, &st);
    unsigned kinds = walk_kinds(part, scope, directory, &st);
    if (walk_wants_caps(scope, &st))
        kinds |= see_caps(part, dir, directory, name, &caps);
    if (kinds)
        walk_keep_add(part->keep, directory, name, kinds, &st, caps);
}
