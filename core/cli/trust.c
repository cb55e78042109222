#include "cli/trust.h"

#include "model/cleanup.h"
#include "model/error.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define DEPTH_MAX 8
/* path_resolution(7): as many links as the kernel follows */
#define LINKS_MAX 40

static bool distrust(const char *path, const char *why, GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                "%s %s: whoever that is would decide root's verdicts; make it root's own, writable by root alone", path,
                why);
    return false;
}

static bool is_ours(const struct stat *st)
{
    return st->st_uid == 0 || st->st_uid == geteuid();
}

/* A group of root's own (gid 0) has no other members than who may become root. */
static bool others_write(const struct stat *st)
{
    return !S_ISLNK(st->st_mode) && ((st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && st->st_gid != 0));
}

/* The mode shows the mask of an access list as the group's rights: root's group may hide users who are named in one.
 * Its entries are struct posix_acl_xattr_entry (linux/posix_acl_xattr.h): tag, rights, id, behind four bytes. */
static bool list_names_writers(const char *path)
{
    enum { HEAD = 4, ENTRY = 8, NAMED_USER = 0x02, NAMED_GROUP = 0x08, WRITE = 0x02 };
    unsigned char list[4096];
    ssize_t n = lgetxattr(path, "system.posix_acl_access", list, sizeof list);
    if (n < 0)
        return errno != ENODATA && errno != EOPNOTSUPP;
    for (ssize_t at = HEAD; at + ENTRY <= n; at += ENTRY) {
        bool named = list[at] == NAMED_USER || list[at] == NAMED_GROUP;
        if (named && (list[at + 2] & WRITE))
            return true;
    }
    return false;
}

/* Does a line of mountinfo tell of this file system, mounted by root? */
static bool is_mounted_by_root(const char *line, const char *device)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint n = g_strv_length(words);
    if (n < 10 || !g_str_equal(words[2], device))
        return false;
    g_auto(GStrv) options = g_strsplit(words[n - 1], ",", -1);
    return g_strv_contains((const char *const *)options, "user_id=0");
}

/* Owners and modes on a FUSE file system are what its server says, and the server is whose it was mounted for. */
static bool users_serve(const char *path, const struct stat *st)
{
    struct statfs fs;
    g_autofree char *table = NULL;
    if (S_ISLNK(st->st_mode) || statfs(path, &fs) < 0 || (guint32)fs.f_type != FUSE_SUPER_MAGIC)
        return false;
    if (!g_file_get_contents("/proc/self/mountinfo", &table, NULL, NULL))
        return true;
    g_autofree char *device = g_strdup_printf("%u:%u", major(st->st_dev), minor(st->st_dev));
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    for (char **line = lines; *line; line++)
        if (is_mounted_by_root(*line, device))
            return false;
    return true;
}

/* `above`: a folder on the way, where a sticky bit keeps others from replacing what is ours. */
static bool trust_one(const char *path, const struct stat *st, bool above, GError **error)
{
    if (!is_ours(st))
        return distrust(path, "belongs to another user", error);
    if (users_serve(path, st))
        return distrust(path, "lies on a file system that an ordinary user serves (FUSE)", error);
    bool sticky = above && S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
    if (others_write(st) && !sticky)
        return distrust(path, "can be written by others", error);
    bool listed = !S_ISLNK(st->st_mode) && (st->st_mode & S_IWGRP) && !sticky && list_names_writers(path);
    return !listed || distrust(path, "can be written by those whom its access list names", error);
}

/* The file that a file system's loop device shows; NULL: it lies on none. A partition lies in its device's folder. */
static char *backing_file(const struct stat *st, bool *loop)
{
    static const char *const places[] = {"loop/backing_file", "../loop/backing_file"};
    char *file = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(places) && !file; i++) {
        g_autofree char *path =
            g_strdup_printf("/sys/dev/block/%u:%u/%s", major(st->st_dev), minor(st->st_dev), places[i]);
        if (!g_file_get_contents(path, &file, NULL, NULL))
            file = NULL;
    }
    *loop = file || major(st->st_dev) == LOOP_MAJOR;
    return file ? g_strchomp(file) : NULL;
}

static bool trust_way_of(const char *path, bool backing, GError **error);

/* Owners and modes in a file that is mounted are what whoever can write the file says. */
static bool trust_device(const char *path, const struct stat *st, bool backing, GError **error)
{
    bool loop = false;
    g_autofree char *file = backing_file(st, &loop);
    if (loop && (!file || *file != '/' || backing))
        return distrust(path, "lies in a mounted file that is not known, or that lies in another one", error);
    if (!loop || trust_way_of(file, true, error))
        return true;
    g_prefix_error(error, "%s lies in a mounted file: ", path);
    return false;
}

/* A way that is gone step by step. */
struct trust_way {
    GString *at;   /* where it is, without links; "" is the root */
    GString *rest; /* what is still to be gone */
    unsigned links;
    bool backing; /* to a file that is mounted */
};

static void up(GString *at)
{
    const char *slash = strrchr(at->str, '/');
    g_string_truncate(at, slash ? (gsize)(slash - at->str) : 0);
}

/* The next name of the way, taken off; NULL at its end. Caller frees. */
static char *next_name(struct trust_way *way)
{
    g_string_erase(way->rest, 0, (gssize)strspn(way->rest->str, "/"));
    gsize n = strcspn(way->rest->str, "/");
    char *name = n ? g_strndup(way->rest->str, n) : NULL;
    g_string_erase(way->rest, 0, (gssize)n);
    g_string_erase(way->rest, 0, (gssize)strspn(way->rest->str, "/"));
    return name;
}

static bool follow(struct trust_way *way, const char *link, GError **error)
{
    char target[PATH_MAX];
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n < 0 || ++way->links > LINKS_MAX)
        return distrust(link, "leads nowhere", error);
    target[n] = '\0';
    if (*target == '/')
        g_string_truncate(way->at, 0);
    g_string_prepend_c(way->rest, '/');
    g_string_prepend(way->rest, target);
    return true;
}

/* False: it is not trusted, or with *gone there is nothing at its end. */
static bool step(struct trust_way *way, const char *name, bool *gone, GError **error)
{
    struct stat st;
    if (g_str_equal(name, "."))
        return true;
    if (g_str_equal(name, "..")) {
        up(way->at);
        return true;
    }
    g_autofree char *path = g_strconcat(way->at->str, "/", name, NULL);
    *gone = lstat(path, &st) < 0; /* whoever opens it says so */
    if (*gone || !trust_one(path, &st, *way->rest->str != '\0', error) || !trust_device(path, &st, way->backing, error))
        return false;
    if (S_ISLNK(st.st_mode))
        return follow(way, path, error);
    g_string_assign(way->at, path);
    return true;
}

/* The file, every folder above it and every link on the way: who can change one of them decides where it leads, after
 * it was looked at, too. */
static bool trust_way_of(const char *path, bool backing, GError **error)
{
    struct trust_way way = {g_string_new(NULL), g_string_new(path), 0, backing};
    struct stat st;
    bool gone = false, ok = lstat("/", &st) < 0 || trust_one("/", &st, true, error);
    for (char *name = NULL; ok && (name = next_name(&way)); g_free(name))
        ok = step(&way, name, &gone, error);
    g_string_free(way.at, TRUE);
    g_string_free(way.rest, TRUE);
    if (gone && backing)
        return distrust(path, "is not there under this name any more", error);
    return ok || gone;
}

static bool trust_way(const char *path, GError **error)
{
    return trust_way_of(path, false, error);
}

static bool trust_tree(const char *path, unsigned depth, GError **error);

/* What a folder of rules holds, in it and below. */
static bool trust_contents(const char *folder, unsigned depth, GError **error)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    bool ok = true;
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name && ok; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat st;
        if (*name == '.' || lstat(path, &st) < 0)
            continue;
        bool whole = S_ISLNK(st.st_mode) ? trust_way(path, error)
                                         : trust_one(path, &st, false, error) && trust_device(path, &st, false, error);
        ok = whole && trust_tree(path, depth + 1, error);
    }
    if (dir)
        g_dir_close(dir);
    return ok;
}

static bool trust_tree(const char *path, unsigned depth, GError **error)
{
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return true;
    if (depth >= DEPTH_MAX)
        return distrust(path, "lies too deep to be looked at", error);
    return trust_contents(path, depth, error);
}

bool trust_path(const char *path, GError **error)
{
    if (geteuid() != 0)
        return true;
    g_autofree char *named = g_canonicalize_filename(path, NULL);
    return trust_way(named, error) && trust_tree(named, 0, error);
}
