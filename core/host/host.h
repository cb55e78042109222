/* The machine under audit: the only way to it.
 *
 * Three kinds of host answer the same calls:
 *   - live: the running machine, root "/", or --root DIR where a container was given the host's files (root.h);
 *   - offline: a directory (mounted image, chroot, container file system, test tree): --root DIR;
 *   - inline: files stated in a rule test, kept in memory.
 * Processes, sysctls, modules, mounts are files of /proc and /sys in all three, so there is one code path: an
 * offline tree or inline host that holds proc/ files is read like a live machine.
 *
 * Every path is absolute inside the root. No symlink and no ".." leads out of the root. A FIFO, socket or device
 * in the place of a file never blocks: it is PL_ERROR_KIND. All functions are safe from several threads. */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct host;
struct root;

/* Larger files are PL_ERROR_LIMIT, unless a caller states another bound. */
#define HOST_FILE_MAX ((gsize)8 << 20)

struct host_stat {
    mode_t mode; /* type and permission bits, as st_mode */
    uid_t uid;
    gid_t gid;
    uint64_t size, nlink, ino;
    uint64_t dev;                  /* file system that it is on, as st_dev: with ino it is the file's identity */
    uint32_t dev_major, dev_minor; /* which device a device node is; 0 for others */
    int64_t mtime, ctime;          /* seconds since the epoch; ctime moves with every change */
};

/* `root` NULL: the machine that plumbline runs on. Errors are those of root_open() (root.h). */
struct host *host_new(const char *root, GError **error);
/* Of a root that is open; it stays the caller's and is not used any more. */
struct host *host_new_of(const struct root *root, GError **error);

/* Takes the sockets of the processes that look for this one (reader_server.h). From now on the host looks by them. Live
 * hosts only. */
void host_set_readers(struct host *host, const int *sockets, guint n);

/* An inline host from a test's `host:` mapping (format: CONTRIBUTING.md, "Rule tests"). `trees` is the directory
 * that holds named host trees (tests/hosts), or NULL. The tree is copied. PL_ERROR_CONTENT with "line:column: "
 * in front when the mapping is wrong. */
struct host *host_new_inline(const json_object *spec, const char *trees, GError **error);

/* The containers that such a mapping states, a line each: what it is called, its runtime, what is stated of it. NULL
 * when there are none. Caller frees. */
char *host_inline_containers(const json_object *spec);

/* Is /proc/self/fd procfs and this process's own? Files are held first and opened through it: without it every file
 * would look as if it could not be read. To be asked before a directory is audited. PL_ERROR_UNSUPPORTED with a
 * sentence. */
bool host_has_handles(GError **error);

void host_free(struct host *host);
PL_DEFINE_CLEANUP(host, host_free)

const char *host_root(const struct host *host); /* "/" for inline hosts and mostly for live ones */
/* The running machine itself, or an inline host that is not marked `live: false`. */
bool host_is_live(const struct host *host);
/* 0, but for a running machine that is seen from a container with --root or from namespaces of plumbline's own: what it
 * has itself (mounts, a cgroup, the marks of a container) is not the host's, and the process of this number stands for
 * the host. */
pid_t host_first_process(const struct host *host);
/* The running machine's /proc or /sys are mounted in an offline root: they are not looked at. */
bool host_has_foreign_kernel(const struct host *host);
/* The path of the table of mounts of the host's own namespace. Caller frees. */
char *host_mount_table(const struct host *host);
/* Effective uid 0 with the capabilities that reading needs (inline: `privileged`, default true). */
bool host_is_privileged(const struct host *host);

/* How many seconds one answer may take of a file system that asks somebody else (FUSE, network); 20 when nobody says.
 * Before anybody reads the host. */
void host_set_patience(struct host *host, unsigned seconds);
/* Places (mounts, roots of processes) that did not answer in time, sorted; what lies there is PL_ERROR_READ from then
 * on. NULL-terminated, caller frees. */
char **host_silent(struct host *host);

/* Opens for reading: O_NONBLOCK|O_NOCTTY|O_CLOEXEC, regular files only (directories with HOST_DIRECTORY).
 * Returns a descriptor that the caller closes, or -1 with error set. */
enum host_open_flags { HOST_REGULAR = 0, HOST_DIRECTORY = 1, HOST_NOFOLLOW = 2 };
int host_open(struct host *host, const char *path, enum host_open_flags flags, GError **error);

/* A whole file, at most HOST_FILE_MAX bytes; read once and cached (files of /proc and /sys too: one audit is one
 * moment). The bytes are followed by a NUL that is not counted. Caller unrefs. */
GBytes *host_read(struct host *host, const char *path, GError **error);
/* The same with another bound and without the cache. */
GBytes *host_read_uncached(struct host *host, const char *path, gsize max, GError **error);
/* host_read() as a NUL-terminated text; PL_ERROR_PARSE when there is anything behind a NUL. Caller frees. */
char *host_read_text(struct host *host, const char *path, GError **error);

bool host_stat(struct host *host, const char *path, struct host_stat *out, GError **error); /* follows links */
bool host_lstat(struct host *host, const char *path, struct host_stat *out, GError **error);
/* True when path exists, following links; a denied lookup is false too: use host_stat() where that matters. */
bool host_exists(struct host *host, const char *path);
char *host_readlink(struct host *host, const char *path, GError **error);
/* The path without symlinks, inside the root. */
char *host_resolve(struct host *host, const char *path, GError **error);
/* Names in a directory, sorted bytewise, without "." and "..", at most 100,000 (PL_ERROR_LIMIT). */
char **host_list(struct host *host, const char *path, GError **error);
/* Paths that match a glob (* ? [] in every component, {a,b} alternatives, and ** for any depth), sorted. Without a
 * match: an empty vector. Directories that could not be read, and a bound that was met (PL_ERROR_LIMIT), are reported
 * in *error beside the vector of what was found until then. */
char **host_glob(struct host *host, const char *pattern, GError **error);

/* Whose pattern it is. */
enum glob_kind {
    GLOB_RULE,    /* ours, as above */
    GLOB_LIBC,    /* glob(3) without flags, as systemd calls it: {a,b} and ** are nothing special */
    GLOB_OPENSSH, /* the copy that OpenSSH brings: like it, but [^a] is ^ or a */
    GLOB_GO,      /* Go's filepath.Glob: * and ? match a dot at the start too, and [!a] is ! or a */
};
/* The same for a pattern that stands in a file of the host, as its owner expands it. */
char **host_glob_as(struct host *host, const char *pattern, enum glob_kind kind, GError **error);
/* Whether a path of a rule is such a pattern: it has any of * ? [ {. */
bool host_is_glob(const char *path);
/* A path as a part of a pattern that matches nothing but it. Caller frees. */
char *host_glob_quote(const char *path);
/* An extended attribute, following links; NULL with PL_ERROR_ABSENT when there is none. */
GBytes *host_getxattr(struct host *host, const char *path, const char *name, GError **error);

/* The links of a directory with what they lead to, sorted by name: of /proc/PID/fd, in one request to the processes
 * that look into others (host/reader.h), where the host has such. */
struct host_link {
    char *name;
    char *target; /* NULL: it could not be read */
    int err;      /* then a negative errno value; -ENOENT: it is gone */
};
/* struct host_link; NULL with error when the directory cannot be listed. Caller unrefs. */
GPtrArray *host_links(struct host *host, const char *path, GError **error);

/* Computes a value once per host and key, however many threads ask; the others wait. `make` may return NULL.
 * The value is owned by the host, freed with `destroy` when the host is freed, and must not change any more.
 * `make` may call host_memo() with other keys, never in a circle. */
gpointer host_memo(struct host *host, const char *key, gpointer (*make)(struct host *host, gpointer data),
                   gpointer data, GDestroyNotify destroy);

/* A container image that the user names by its path (--image): a file or directory of the machine that plumbline runs
 * on, beside the root that is audited; of an inline host: one of its own paths. */
struct host_image {
    char *name;        /* as it was given */
    struct host *host; /* what holds it, for reading; NULL when it cannot be opened */
    char *path;        /* in that host */
    bool directory;
    bool owned; /* the host is this image's own */
    GError *error;
};
/* Adds one. What cannot be opened becomes an image with an error. Before anybody reads the host. */
void host_add_image(struct host *host, const char *path);
/* Those that were added: struct host_image; NULL when none was. */
const GPtrArray *host_images(const struct host *host);

/* Names for ids, from the root's own passwd and group, NULL when there is none. Borrowed from the host. No name means
 * "there is none" only where the next two are NULL. */
const char *host_user_name(struct host *host, uid_t uid);
const char *host_group_name(struct host *host, gid_t gid);
/* Why passwd or group could not be read to its end; NULL when it was, or is not there. */
const GError *host_users_error(struct host *host);
const GError *host_groups_error(struct host *host);
/* The home of an account as passwd states it, "" when it states none; NULL without an account. */
const char *host_user_home(struct host *host, uid_t uid);
