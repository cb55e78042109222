/* A layer that is a directory of the host: overlayfs' (whiteouts are character devices 0/0, opaque is an attribute) or
 * one that holds everything.
 *
 * Directories are opened by the host; what is in them is looked at relative to that descriptor, no link followed,
 * because a layer has ten thousand files. Hosts in memory have no descriptors: there everything goes by path. */
#include "facts/image/layer.h"

#include "host/notes.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define WALK_DEPTH_MAX ARCHIVE_DEPTH_MAX
#define OPEN_FLAGS     (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)

struct walking {
    struct image_layer *layer;
    struct host *host;
    const char *top;
    bool overlay, rootless;
};

/* One entry of a directory. */
struct image_walk_place {
    struct walking *walking;
    int dir;          /* -1: by path */
    const char *name; /* in it */
    const char *path; /* on the host */
};

static void hinder(struct image_layer *layer, const GError *error)
{
    if (!layer->hindered)
        layer->hindered = g_error_copy(error);
}

/* A lookup that failed; what went away meanwhile is no hindrance. */
static void hinder_by(const struct image_walk_place *place, int err)
{
    g_autoptr(GError) error = NULL;
    pl_error_set_errno(&error, err, place->path);
    if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        hinder(place->walking->layer, error);
}

static void hinder_unless_absent(const struct image_walk_place *place, const GError *error)
{
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        hinder(place->walking->layer, error);
}

/* ---- looking ---- */

static bool look(const struct image_walk_place *place, struct host_stat *out)
{
    struct stat st;
    if (place->dir < 0) {
        g_autoptr(GError) error = NULL;
        bool found = host_lstat(place->walking->host, place->path, out, &error);
        hinder_unless_absent(place, error);
        return found;
    }
    if (fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        hinder_by(place, errno);
        return false;
    }
    *out = (struct host_stat){
        .mode = st.st_mode,
        .uid = st.st_uid,
        .gid = st.st_gid,
        .size = (uint64_t)st.st_size,
        .mtime = st.st_mtim.tv_sec,
        .dev_major = major(st.st_rdev),
        .dev_minor = minor(st.st_rdev),
    };
    return true;
}

static char *target_of(const struct image_walk_place *place)
{
    char target[PATH_MAX + 1];
    if (place->dir < 0) {
        g_autoptr(GError) error = NULL;
        char *text = host_readlink(place->walking->host, place->path, &error);
        hinder_unless_absent(place, error);
        return text;
    }
    ssize_t n = readlinkat(place->dir, place->name, target, sizeof target - 1);
    if (n < 0)
        hinder_by(place, errno);
    return n < 0 ? NULL : g_strndup(target, (gsize)n);
}

/* Has the entry, which is no link, that attribute, with a value that begins with `first` (0: any)? */
static bool has_xattr(const struct image_walk_place *place, const char *name, char first)
{
    char by_handle[PATH_MAX], value[256];
    if (place->dir < 0) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = host_getxattr(place->walking->host, place->path, name, &error);
        hinder_unless_absent(place, error);
        gsize n = 0;
        const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;
        return bytes && (!first || (n && *text == first));
    }
    g_snprintf(by_handle, sizeof by_handle, "/proc/self/fd/%d/%s", place->dir, place->name);
    ssize_t n = lgetxattr(by_handle, name, value, sizeof value);
    /* Only these two say that there is none: the entry was there a moment ago. */
    if (n < 0 && errno != ENODATA && errno != ENOTSUP && errno != ERANGE) {
        g_autoptr(GError) error = NULL;
        pl_error_set_errno(&error, errno, place->path);
        hinder(place->walking->layer, error);
    }
    return (n >= 0 && (!first || (n && *value == first))) || (n < 0 && errno == ERANGE && !first);
}

/* Only a storage of an ordinary user has the second attribute. */
static bool is_opaque(const struct image_walk_place *place)
{
    return has_xattr(place, "trusted.overlay.opaque", 'y') ||
           (place->walking->rootless && has_xattr(place, "user.overlay.opaque", 'y'));
}

/* ---- contents ---- */

static int open_file(const struct image_walk_place *place, GError **error)
{
    if (place->dir < 0)
        return host_open(place->walking->host, place->path, HOST_NOFOLLOW, error);
    struct stat st;
    pl_autofd int fd = openat(place->dir, place->name, OPEN_FLAGS);
    if (fd < 0)
        pl_error_set_errno(error, errno, place->path);
    else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        g_set_error(error, PL_ERROR, PL_ERROR_KIND, "%s: no regular file any more", place->path);
    else
        return pl_steal_fd(&fd);
    return -1;
}

/* A file that cannot be read hinders the query of this file alone. */
static GBytes *content_of_file(gpointer data, gsize max, GError **error)
{
    const struct image_walk_place *place = data;
    g_autoptr(GError) failed = NULL;
    (void)error;
    pl_autofd int fd = open_file(place, &failed);
    if (fd < 0) {
        hinder(place->walking->layer, failed);
        return NULL;
    }
    g_autofree char *bytes = g_malloc(max + 1);
    gsize n = 0;
    ssize_t got = 1;
    while (n < max && got != 0) {
        got = read(fd, bytes + n, max - n);
        if (got < 0 && errno != EINTR) {
            hinder_by(place, errno);
            return NULL;
        }
        n += (gsize)MAX(got, 0);
    }
    bytes[n] = '\0';
    return g_bytes_new_take(g_realloc(g_steal_pointer(&bytes), n + 1), n);
}

/* ---- entries ---- */

static enum archive_kind kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return ARCHIVE_FILE;
    if (S_ISDIR(mode))
        return ARCHIVE_DIRECTORY;
    if (S_ISLNK(mode))
        return ARCHIVE_SYMLINK;
    return S_ISCHR(mode) ? ARCHIVE_CHARACTER : ARCHIVE_OTHER;
}

static bool add_entry(struct image_walk_place *place, const struct host_stat *st)
{
    const struct walking *walking = place->walking;
    const char *inside = place->path + strlen(walking->top) + 1;
    g_autofree char *link = S_ISLNK(st->mode) ? target_of(place) : NULL;
    const struct archive_member member = {
        .path = inside,
        .kind = kind_of(st->mode),
        .mode = st->mode & 07777,
        .uid = st->uid,
        .gid = st->gid,
        .size = st->size,
        .mtime = st->mtime,
        .link = link,
    };
    if (walking->overlay && S_ISCHR(st->mode) && !st->dev_major && !st->dev_minor) {
        image_layer_whiteout(walking->layer, inside);
        return true;
    }
    if (walking->overlay && S_ISDIR(st->mode) && is_opaque(place))
        image_layer_opaque(walking->layer, inside);
    bool runs = S_ISREG(st->mode) && (st->mode & 0111);
    bool capable = runs && has_xattr(place, "security.capability", 0);
    return image_layer_add(walking->layer, &member, capable, content_of_file, place);
}

static bool walk(struct walking *walking, const char *folder, unsigned depth)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = depth < WALK_DEPTH_MAX ? host_list(walking->host, folder, &error) : NULL;
    if (!names && !error)
        g_set_error(&error, PL_ERROR, PL_ERROR_LIMIT, "%s: directories are too deep", folder);
    if (!names) {
        hinder(walking->layer, error);
        return true;
    }
    /* Unheard: without a descriptor each entry is looked up by its path, and says itself what hinders. */
    pl_autofd int dir = host_open(walking->host, folder, HOST_DIRECTORY | HOST_NOFOLLOW, host_unheard());
    for (char **name = names; *name; name++) {
        g_autofree char *path = g_strconcat(folder, "/", *name, NULL);
        struct image_walk_place place = {walking, dir, *name, path};
        struct host_stat st;
        if (!look(&place, &st))
            continue; /* gone in between */
        if (!add_entry(&place, &st))
            return false;
        if (S_ISDIR(st.mode) && !walk(walking, path, depth + 1))
            return false;
    }
    return true;
}

void image_layer_from_directory(struct image_layer *layer, struct host *host, const char *directory, bool overlay)
{
    struct walking walking = {.layer = layer,
                              .host = host,
                              .top = directory,
                              .overlay = overlay,
                              .rootless = !g_str_has_prefix(directory, "/var/lib/")};
    const struct image_walk_place top = {&walking, -1, "", directory};
    struct host_stat st;
    if (!host_stat(host, directory, &st, &layer->error))
        return;
    if (overlay && is_opaque(&top))
        image_layer_opaque(layer, "");
    walk(&walking, directory, 0);
}
