/* A control group of the test's own, with a program of the test's own. */
#include "host/device_programs.h"

#include "model/cleanup.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cmocka_all.h"

/* Where version 2 is; NULL: nowhere. */
static const char *groups(void)
{
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    struct statfs fs;
    for (size_t i = 0; i < G_N_ELEMENTS(mounts); i++)
        if (statfs(mounts[i], &fs) == 0 && (guint64)fs.f_type == CGROUP2_SUPER_MAGIC)
            return mounts[i];
    return NULL;
}

static int call(int command, union bpf_attr *attributes)
{
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

/* A program that allows block devices alone. */
static const struct bpf_insn program[] = {
    {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1},
    {.code = BPF_ALU | BPF_AND | BPF_K, .dst_reg = 2, .imm = 0xffff},
    {.code = BPF_ALU | BPF_MOV | BPF_K, .imm = 1},
    {.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 2, .off = 1, .imm = 1},
    {.code = BPF_ALU | BPF_MOV | BPF_K, .imm = 0},
    {.code = BPF_JMP | BPF_EXIT},
};

static bool attach(const char *folder)
{
    static const char license[] = "GPL";
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = (guint64)(uintptr_t)program;
    attributes.insn_cnt = G_N_ELEMENTS(program);
    attributes.license = (guint64)(uintptr_t)license;
    pl_autofd int loaded = call(BPF_PROG_LOAD, &attributes);
    pl_autofd int group = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (loaded < 0 || group < 0)
        return false;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (guint32)group;
    attributes.attach_bpf_fd = (guint32)loaded;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return call(BPF_PROG_ATTACH, &attributes) == 0;
}

static void assert_programs(struct host *host, const char *folder, guint more)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) above = host_device_programs(host, groups(), &error);
    assert_null(error);
    g_autoptr(GPtrArray) found = host_device_programs(host, folder, &error);
    assert_null(error);
    assert_int_equal(found->len, above->len + more);
    for (guint i = 0; more && i < found->len; i++) {
        gsize n = 0;
        gconstpointer code = g_bytes_get_data(g_ptr_array_index(found, i), &n);
        if (n == sizeof program && memcmp(code, program, n) == 0)
            return;
    }
    assert_int_equal(more, 0);
}

/* Those of the group and of the one above it. */
static void programs_of_a_group(void **state)
{
    (void)state;
    g_autofree char *name = g_strdup_printf("%s/plumbline-test-%d", groups() ? groups() : "", (int)getpid());
    g_autofree char *below = g_build_filename(name, "below", NULL);
    if (!groups() || mkdir(name, 0755) < 0)
        skip();
    bool made = mkdir(below, 0755) == 0 && attach(name);
    pl_auto(host) host = host_new(NULL, NULL);
    if (made) {
        assert_programs(host, name, 1);
        assert_programs(host, below, 1);
    }
    rmdir(below);
    rmdir(name);
    if (!made)
        skip();
}

static void what_is_no_group(void **state)
{
    (void)state;
    pl_auto(host) host = host_new(NULL, NULL);
    g_autoptr(GError) error = NULL;
    assert_null(host_device_programs(host, "/etc", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    assert_null(host_device_programs(host, "/nowhere", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs_of_a_group), cmocka_unit_test(what_is_no_group)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
