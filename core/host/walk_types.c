/* Which file systems are searched, by their type and options. */
#include "host/walk_mounts.h"

#include "host/mounts.h"

#include <string.h>

#define GIVE_RIGHTS (WALK_SETUID | WALK_SETGID | WALK_CAPABILITY)

/* On this machine's own media or memory, or laid over such. */
static const char *const local_types[] = {
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "f2fs",
    "zfs",
    "jfs",
    "reiserfs",
    "nilfs2",
    "bcachefs",
    "vfat",
    "msdos",
    "exfat",
    "ntfs",
    "ntfs3",
    "fuseblk",
    "tmpfs",
    "ramfs",
    "squashfs",
    "erofs",
    "iso9660",
    "udf",
    "hfs",
    "hfsplus",
    "apfs",
    "ufs",
    "minix",
    "romfs",
    "cramfs",
    "jffs2",
    "ubifs",
    "rootfs",
    "devtmpfs",
    "overlay",
    "aufs",
    "unionfs",
    "shiftfs",
    "ecryptfs",
    "affs",
    "bfs",
    "efs",
    "hpfs",
    "omfs",
    "qnx4",
    "qnx6",
    "sysv",
    "befs",
    "reiser4",
    "fuse.bindfs",
    "fuse.encfs",
    "fuse.exfat",
    "fuse.ext4",
    "fuse.fuse-overlayfs",
    "fuse.fuse2fs",
    "fuse.gocryptfs",
    "fuse.mergerfs",
    "fuse.ntfs-3g",
    "fuse.snapfuse",
    "fuse.squashfuse",
    "fuse.squashfuse_ll",
    "fuse.unionfs",
    "fuse.unionfs-fuse",
    NULL,
};

/* The kernel's own, where nobody keeps files that could be run: not worth a word. */
static const char *const pseudo_types[] = {
    "proc",       "sysfs",      "cgroup",     "cgroup2",  "devpts",     "mqueue",    "debugfs",     "tracefs",
    "securityfs", "bpf",        "pstore",     "configfs", "fusectl",    "hugetlbfs", "binfmt_misc", "autofs",
    "nsfs",       "efivarfs",   "selinuxfs",  "smackfs",  "rpc_pipefs", "nfsd",      "resctrl",     "sockfs",
    "pipefs",     "functionfs", "fuse.lxcfs", "pidfs",    "bdev",       "dax",       "guest_memfd", NULL,
};

/* Served by another machine, or shared with some. */
static const char *const remote_types[] = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ceph",
    "9p",
    "virtiofs",
    "afs",
    "coda",
    "ncpfs",
    "gfs2",
    "ocfs2",
    "lustre",
    "beegfs",
    "orangefs",
    "pvfs2",
    "gpfs",
    "glusterfs",
    "wekafs",
    "vboxsf",
    "vmhgfs",
    "prl_fs",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.rclone",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.ceph-fuse",
    "fuse.goofys",
    "fuse.gcsfuse",
    "fuse.blobfuse",
    "fuse.blobfuse2",
    "fuse.cvmfs2",
    "fuse.davfs",
    "fuse.davfs2",
    "fuse.juicefs",
    "fuse.mfs",
    "fuse.curlftpfs",
    "fuse.smbnetfs",
    "fuse.vmhgfs-fuse",
    "fuse.nfs",
    "fuse.JuiceFS",
    "fuse.seaweedfs",
    NULL,
};

/* Whose FUSE mount it is: "user_id=1000" among the options, which the kernel writes itself. */
static bool is_of_user(const struct walk_mount *mount)
{
    bool fuse = g_str_equal(mount->type, "fuse") || g_str_has_prefix(mount->type, "fuse.");
    return fuse && strstr(mount->super, "user_id=") && !mounts_option(mount->super, "user_id=0");
}

static unsigned possible(const struct walk_mount *mount, unsigned kinds)
{
    /* Rights come with running a program. */
    if (mount->nosuid || mount->noexec)
        kinds &= ~(unsigned)GIVE_RIGHTS;
    return mount->nodev ? kinds & ~(unsigned)WALK_DEVICE : kinds;
}

/* "nfs4, mounted without nosuid" */
static char *describe(const struct walk_mount *mount, unsigned kinds, const char *what)
{
    const char *suid = kinds & GIVE_RIGHTS ? "nosuid" : "", *dev = kinds & WALK_DEVICE ? "nodev" : "";
    const char *and = *suid && *dev ? " and " : "";
    bool lacks = *suid || *dev;
    return g_strdup_printf("%s%s%s%s%s%s", what, mount->type, lacks ? ", mounted without " : "", suid, and, dev);
}

static void set_named(const struct walk_mount *mount, unsigned kinds, const char *what, struct walk_verdict *verdict)
{
    verdict->kinds = possible(mount, kinds);
    verdict->what = verdict->kinds ? MOUNT_NAME : MOUNT_NOTHING;
    verdict->text = verdict->kinds ? describe(mount, verdict->kinds, what) : NULL;
}

void walk_mount_judge(const struct walk_mount *mount, struct walk_verdict *verdict)
{
    *verdict = (struct walk_verdict){.what = MOUNT_WALK};
    if (g_str_equal(mount->point, "/"))
        return;
    unsigned rights = GIVE_RIGHTS | WALK_DEVICE;
    if (g_strv_contains(pseudo_types, mount->type))
        verdict->what = MOUNT_NOTHING;
    else if (is_of_user(mount) && !mounts_option(mount->super, "allow_other"))
        set_named(mount, rights, "a user's ", verdict);
    else if (is_of_user(mount))
        set_named(mount, WALK_ALL, "a user's ", verdict);
    else if (g_strv_contains(remote_types, mount->type))
        set_named(mount, rights, "", verdict);
    else if (!g_strv_contains(local_types, mount->type))
        set_named(mount, WALK_ALL, "file system of unknown kind ", verdict);
}
