#include "host/reader_server.h"

#include "host/device_programs.h"
#include "host/fs_kernel.h"
#include "host/path.h"
#include "host/reader_wire.h"
#include "host/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

const struct reader_part reader_parts[READER_PARTS] = {
    {"status", false},       {"stat", false},
    {"cgroup", false},       {"attr/apparmor/current", false},
    {"attr/current", false}, {"oom_score_adj", false},
    {"ns/cgroup", true},     {"ns/ipc", true},
    {"ns/mnt", true},        {"ns/net", true},
    {"ns/pid", true},        {"ns/time", true},
    {"ns/user", true},       {"ns/uts", true},
    {"uid_map", false},      {"gid_map", false},
    {"cmdline", false},      {"exe", true},
    {"root", true},          {"stat", false},
};

/* ---- which paths ---- */

/* What the judge's rules ask about processes. No memory, no maps, no system calls. */
static const char *const files[] = {"attr",          "cgroup",     "cmdline", "comm",      "cwd",
                                    "environ",       "exe",        "fd",      "gid_map",   "limits",
                                    "loginuid",      "mountinfo",  "mounts",  "net",       "ns",
                                    "oom_score_adj", "projid_map", "root",    "sessionid", "setgroups",
                                    "stat",          "statm",      "status",  "uid_map",   NULL};

/* What comes after "/proc/PID/" or "/proc/PID/task/TID/"; "" for the directory itself; NULL for another path. */
static const char *inside_process(const char *path)
{
    size_t folder = host_process_folder(path);
    if (!folder)
        return NULL;
    return path[folder] ? path + folder + 1 : "";
}

/* One way to write a path, so that what is compared is what is opened: "/proc/1//mem" begins with no name. */
static bool is_plain(const char *path)
{
    if (*path != '/')
        return false;
    for (const char *p = path; (p = strchr(p, '/')) && p[1]; p++) {
        gsize n = strcspn(p + 1, "/");
        if (n == 0 || (n == 1 && p[1] == '.') || (n == 2 && p[1] == '.' && p[2] == '.'))
            return false;
    }
    return true;
}

static bool may_look(const char *path)
{
    if (!is_plain(path))
        return false;
    const char *inside = inside_process(path);
    if (!inside)
        return !g_str_has_prefix(path, "/proc/") || g_str_has_prefix(path, "/proc/sys/");
    g_autofree char *first = g_strndup(inside, strcspn(inside, "/"));
    /* Of threads their numbers; what one of them is comes with its number. */
    return !*first || g_str_equal(inside, "task") || g_strv_contains(files, first);
}

/* A link may lead to a process's memory all the same: what was opened is on procfs only where the path says so. */
static bool is_as_named(const char *path, int fd)
{
    const char *inside = inside_process(path);
    bool leads_on = inside && (g_str_has_prefix(inside, "root") || g_str_has_prefix(inside, "cwd") ||
                               g_str_has_prefix(inside, "fd") || g_str_has_prefix(inside, "exe"));
    bool named = !leads_on && (inside || g_str_has_prefix(path, "/proc"));
    struct statfs fs;
    return named || (fstatfs(fd, &fs) == 0 && fs.f_type != PROC_SUPER_MAGIC);
}

/* ---- answers ---- */

struct server {
    enum reader_duty duty;
    int socket;
    struct host_fs *fs;
    GByteArray *answer; /* of the request at hand */
    int fd;             /* to go with it, -1 */
};

static void put(struct server *server, gconstpointer bytes, gsize n)
{
    g_byte_array_append(server->answer, bytes, (guint)n);
}

static void put_text(struct server *server, const char *text)
{
    put(server, text, strlen(text) + 1);
}

static void put_number(struct server *server, gint32 number)
{
    put(server, &number, sizeof number);
}

static int answer_open(struct server *server, const struct reader_request *request)
{
    pl_autofd int fd = server->fs->ops->open(server->fs, request->path, request->flags);
    if (fd < 0)
        return fd;
    if (!is_as_named(request->path, fd))
        return -EPERM;
    server->fd = pl_steal_fd(&fd);
    return 0;
}

static int answer_root(struct server *server, const struct reader_request *request)
{
    const char *inside = inside_process(request->path);
    if (g_strcmp0(inside, "root") != 0)
        return -EPERM;
    server->fd = open(request->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return server->fd < 0 ? -errno : 0;
}

static int answer_stat(struct server *server, const struct reader_request *request)
{
    struct host_stat st;
    int err = server->fs->ops->stat(server->fs, request->path, request->flags != 0, &st);
    if (!err)
        put(server, &st, sizeof st);
    return err;
}

static int answer_text(struct server *server, const struct reader_request *request)
{
    g_autofree char *text = NULL;
    int err = request->kind == READER_RESOLVE ? server->fs->ops->resolve(server->fs, request->path, &text)
                                              : server->fs->ops->readlink(server->fs, request->path, &text);
    if (!err)
        put_text(server, text);
    return err;
}

static int answer_list(struct server *server, const struct reader_request *request)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    int err = server->fs->ops->list(server->fs, request->path, (guint)MIN(request->max, G_MAXINT), entries);
    for (guint i = 0; !err && i < entries->len; i++) {
        const struct host_dirent *entry = g_ptr_array_index(entries, i);
        put(server, &entry->type, 1);
        put_text(server, entry->name);
    }
    return err;
}

static int answer_links(struct server *server, const struct reader_request *request)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    int err = server->fs->ops->list(server->fs, request->path, (guint)MIN(request->max, G_MAXINT), entries);
    for (guint i = 0; !err && i < entries->len; i++) {
        const struct host_dirent *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = g_build_filename(request->path, entry->name, NULL);
        g_autofree char *target = NULL;
        int failed = server->fs->ops->readlink(server->fs, path, &target);
        put_text(server, entry->name);
        put_number(server, failed);
        put_text(server, target ? target : "");
    }
    return err;
}

static int answer_bytes(struct server *server, const struct reader_request *request)
{
    g_autoptr(GBytes) bytes = NULL;
    pl_autofd int fd = -1;
    gsize max = MIN(request->max, READER_ANSWER_MAX);
    int err = 0;
    if (request->kind == READER_XATTR) {
        err = server->fs->ops->getxattr(server->fs, request->path, request->name, &bytes);
    } else {
        fd = server->fs->ops->open(server->fs, request->path, HOST_REGULAR);
        err = fd < 0 ? fd : !is_as_named(request->path, fd) ? -EPERM : fs_read_kernel_fd(fd, max, &bytes);
    }
    gsize n = 0;
    gconstpointer data = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    if (!err)
        put(server, data, n);
    return err;
}

static void put_part(struct server *server, int dir, const struct reader_part *part, gsize max)
{
    char target[PATH_MAX];
    g_autoptr(GBytes) bytes = NULL;
    int err = 0;
    if (part->link) {
        ssize_t n = readlinkat(dir, part->name, target, sizeof target);
        err = n < 0 ? -errno : 0;
        bytes = n < 0 ? NULL : g_bytes_new(target, (gsize)n);
    } else {
        pl_autofd int fd = openat(dir, part->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        err = fd < 0 ? -errno : fs_read_kernel_fd(fd, max, &bytes);
    }
    gsize n = 0;
    gconstpointer data = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    put_number(server, err);
    put_number(server, (gint32)n);
    put(server, data, n);
}

static int answer_process(struct server *server, const struct reader_request *request)
{
    if (g_strcmp0(inside_process(request->path), "") != 0)
        return -EPERM;
    pl_autofd int dir = open(request->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = dir < 0 ? fs_kernel_absence("", request->path, -errno) : fs_kernel_verify(dir);
    if (err)
        return err;
    for (size_t i = 0; i < READER_PARTS; i++)
        put_part(server, dir, &reader_parts[i], MIN(request->max, HOST_FILE_MAX));
    return 0;
}

/* Nothing else is asked of who may ask the kernel for programs, and nobody else is asked for them. */
static int answer_programs(struct server *server, const struct reader_request *request)
{
    g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    if (!g_str_has_prefix(request->path, "/sys/fs/cgroup"))
        return -EPERM;
    int err = device_programs_read(request->path, programs);
    for (guint i = 0; !err && i < programs->len; i++) {
        gsize n = 0;
        gconstpointer code = g_bytes_get_data(g_ptr_array_index(programs, i), &n);
        put_number(server, (gint32)n);
        put(server, code, n);
    }
    return err;
}

static int answer(struct server *server, const struct reader_request *request)
{
    static int (*const kinds[READER_KINDS])(struct server *, const struct reader_request *) = {
        [READER_OPEN] = answer_open,       [READER_ROOT] = answer_root,         [READER_STAT] = answer_stat,
        [READER_READLINK] = answer_text,   [READER_LIST] = answer_list,         [READER_XATTR] = answer_bytes,
        [READER_RESOLVE] = answer_text,    [READER_READ] = answer_bytes,        [READER_LINKS] = answer_links,
        [READER_PROCESS] = answer_process, [READER_PROGRAMS] = answer_programs,
    };
    bool guards = server->duty == READER_GUARDS;
    if (request->kind >= READER_KINDS || guards != (request->kind == READER_PROGRAMS) || !may_look(request->path))
        return -EPERM;
    return kinds[request->kind](server, request);
}

/* ---- packets ---- */

static bool send_answer(struct server *server, int result)
{
    struct reader_reply reply = {.result = result, .size = server->answer->len};
    if (server->answer->len > READER_ANSWER_MAX)
        reply = (struct reader_reply){.result = -EFBIG};
    bool ok = wire_send(server->socket, &reply, sizeof reply, server->fd);
    for (gsize sent = 0; ok && sent < reply.size; sent += READER_PACKET)
        ok = wire_send(server->socket, server->answer->data + sent, MIN(READER_PACKET, reply.size - sent), -1);
    return ok;
}

static bool serve_one(struct server *server)
{
    struct reader_request request;
    gssize n = wire_receive(server->socket, &request, sizeof request, NULL, 0);
    gsize before = offsetof(struct reader_request, path);
    if (n < (gssize)before + 1 || request.path[(gsize)n - before - 1])
        return false; /* the judge never sends such a thing, whoever does is not answered */
    request.name[sizeof request.name - 1] = '\0';
    g_byte_array_set_size(server->answer, 0);
    server->fd = -1;
    int result = answer(server, &request);
    if (result < 0)
        g_byte_array_set_size(server->answer, 0);
    bool ok = send_answer(server, result);
    if (server->fd >= 0)
        close(server->fd);
    return ok;
}

/* Who asks for programs alone may open no other file. */
static bool open_files(struct server *server)
{
    int err = 0;
    if (server->duty == READER_GUARDS)
        return true;
    server->fs = fs_real_new_own(&err);
    if (!server->fs)
        return false;
    fs_real_force_walk(server->fs); /* a filter cannot see what openat2() is asked for, so that it is forbidden */
    fs_real_stay_alone(server->fs); /* nor may there be threads */
    return true;
}

void reader_serve(int socket, enum reader_duty duty)
{
    struct server server = {.duty = duty, .socket = socket, .answer = g_byte_array_new()};
    if (open_files(&server))
        while (serve_one(&server))
            ;
    if (server.fs)
        server.fs->ops->free(server.fs);
    g_byte_array_unref(server.answer);
}
