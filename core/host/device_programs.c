#include "host/device_programs.h"

#include "host/failure.h"
#include "host/private.h"
#include "host/reader.h"
#include "model/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROGRAMS_MAX 64U
#define PROGRAM_MAX  ((gsize)64 << 10) /* bytes */

/* ---- by the kernel ---- */

static int call(enum bpf_cmd command, union bpf_attr *attributes)
{
    long result = syscall(SYS_bpf, command, attributes, sizeof *attributes);
    return result < 0 ? -errno : (int)result;
}

static int ask_info(int program, struct bpf_prog_info *info)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.info.bpf_fd = (guint32)program;
    attributes.info.info_len = sizeof *info;
    attributes.info.info = (guint64)(uintptr_t)info;
    return call(BPF_OBJ_GET_INFO_BY_FD, &attributes);
}

/* The kernel tells the length, and then as much as there is room for. */
static int read_code(int program, GPtrArray *out)
{
    struct bpf_prog_info info = {.type = 0};
    int err = ask_info(program, &info);
    guint32 length = info.xlated_prog_len;
    if (err)
        return err;
    if (!length)
        return -EOPNOTSUPP; /* hidden by net.core.bpf_jit_harden and kernel.kptr_restrict */
    if (length > PROGRAM_MAX)
        return -EFBIG;
    g_autofree void *code = g_malloc0(length);
    info = (struct bpf_prog_info){.xlated_prog_len = length, .xlated_prog_insns = (guint64)(uintptr_t)code};
    err = ask_info(program, &info);
    if (!err && (info.xlated_prog_len != length || !info.xlated_prog_insns))
        err = -EOPNOTSUPP;
    if (!err)
        g_ptr_array_add(out, g_bytes_new(code, length));
    return err;
}

static int read_program(guint32 id, GPtrArray *out)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_id = id;
    pl_autofd int program = call(BPF_PROG_GET_FD_BY_ID, &attributes);
    return program < 0 ? program : read_code(program, out);
}

static int read_group(int group, GPtrArray *out)
{
    guint32 ids[PROGRAMS_MAX] = {0};
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.query.target_fd = (guint32)group;
    attributes.query.attach_type = BPF_CGROUP_DEVICE;
    attributes.query.query_flags = BPF_F_QUERY_EFFECTIVE;
    attributes.query.prog_ids = (guint64)(uintptr_t)ids;
    attributes.query.prog_cnt = PROGRAMS_MAX;
    int err = call(BPF_PROG_QUERY, &attributes);
    /* Built without, or older than it. */
    if (err == -EINVAL || err == -ENOSYS)
        return -EOPNOTSUPP;
    if (err)
        return err == -ENOSPC ? -EFBIG : err;
    for (guint32 i = 0; !err && i < attributes.query.prog_cnt && i < PROGRAMS_MAX; i++)
        err = read_program(ids[i], out);
    /* One that was replaced meanwhile is no absence of the group. */
    return err == -ENOENT ? -EAGAIN : err;
}

int device_programs_read(const char *path, GPtrArray *out)
{
    pl_autofd int group = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct statfs fs;
    if (group < 0 || fstatfs(group, &fs) < 0)
        return -errno;
    return (guint64)fs.f_type == CGROUP2_SUPER_MAGIC ? read_group(group, out) : -EOPNOTSUPP;
}

/* ---- of a host ---- */

static GBytes *bytes_of_hex(const char *text)
{
    GByteArray *bytes = g_byte_array_new();
    for (; g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]); text += 2 + strspn(text + 2, " ")) {
        guint8 byte = (guint8)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return g_byte_array_free_to_bytes(bytes);
}

/* A group that is stated to have none has none; of others the kernel tells nothing, and null is a refusal. */
static int read_stated(const json_object *stated, const char *path, GPtrArray *out)
{
    json_object *programs = NULL;
    if (!json_object_object_get_ex(stated, path, &programs))
        return -EOPNOTSUPP;
    if (!json_object_is_type(programs, json_type_array))
        return -EPERM;
    for (size_t i = 0; i < json_object_array_length(programs); i++) {
        const char *text = tree_string_of(json_object_array_get_idx(programs, i));
        g_ptr_array_add(out, bytes_of_hex(text ? text : ""));
    }
    return 0;
}

static int read_for(struct host *host, const char *path, GPtrArray *out)
{
    if (host->device_programs)
        return host->privileged ? read_stated(host->device_programs, path, out) : -EPERM;
    if (host->device_reader)
        return reader_programs(host->device_reader, path, out);
    if (!host->machine)
        return -EOPNOTSUPP;
    return host->reader ? -EPERM : device_programs_read(path, out);
}

GPtrArray *host_device_programs(struct host *host, const char *path, GError **error)
{
    GPtrArray *programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    int err = read_for(host, path, programs);
    if (!err)
        return programs;
    g_ptr_array_unref(programs);
    host_set_error(error, err, path);
    return NULL;
}

void host_set_device_reader(struct host *host, int socket)
{
    host->device_reader = reader_new(&socket, 1);
}
