/* What the kernel has one of: devices, networks, settings, the clock. */
#define _GNU_SOURCE
#include "trials.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- devices ---- */

/* A disk that is a file of the test's: what was read from it is the mark, and what is written is what it was. */
static void use_disk(int fd, const char *path)
{
    char got[512];
    if (pread(fd, got, sizeof got, 0) != sizeof got || strncmp(got, MARK, strlen(MARK)) != 0)
        return;
    tell("read any host file", "%s", path);
    if (pwrite(fd, got, sizeof got, 0) == sizeof got)
        tell("write host files", "%s", path);
}

static void use_node(const char *path)
{
    struct stat st;
    if (lstat(path, &st) || !(S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode)))
        return;
    unsigned major_ = major(st.st_rdev), minor_ = minor(st.st_rdev);
    bool disk = word("loop") && S_ISBLK(st.st_mode) && major_ == 7 && minor_ == (unsigned)number("loop");
    if (!disk && !(word("misc") && S_ISCHR(st.st_mode) && major_ == 10 && minor_ == (unsigned)number("misc")))
        return;
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    tell("use host devices", "%s", path);
    if (disk)
        use_disk(fd, path);
    close(fd);
}

static void use_nodes_in(const char *folder)
{
    char path[600];
    DIR *at = opendir(folder);
    for (struct dirent *entry; at && (entry = readdir(at));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        use_node(path);
    }
    if (at)
        closedir(at);
}

static void make_nodes_in(const char *folder)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s-disk", folder, word("name"));
    if (mknod(path, S_IFBLK | 0600, makedev(7, (unsigned)number("loop"))) == 0)
        use_node(path);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s-misc", folder, word("name"));
    if (mknod(path, S_IFCHR | 0600, makedev(10, (unsigned)number("misc"))) == 0)
        use_node(path);
    unlink(path);
}

int try_devices(const char *with)
{
    char nodes[300]; /* those of the yard, where the machine's root is mounted */
    snprintf(nodes, sizeof nodes, "/m/root%s/nodes", word("folder"));
    const char *const NODES[] = {"/dev", "/m/nodes", "/m/root/dev", nodes, NULL};
    static const char *const PLACES[] = {"/dev", "/tmp", "/", "/m/private", "/m/open", NULL};
    char path[1000];
    (void)with;
    for (int i = 0; root_at(i); i++)
        for (const char *const *place = NODES; *place; place++) {
            snprintf(path, sizeof path, "%s%s", root_at(i), *place);
            use_nodes_in(path);
        }
    for (const char *const *place = PLACES; *place; place++)
        make_nodes_in(*place);
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return 0;
    if (mount("none", "/tmp", "devtmpfs", 0, NULL) == 0)
        use_nodes_in("/tmp"); /* which are the machine's own: none is made there */
    if (mount("none", "/tmp", "tmpfs", 0, NULL) == 0)
        make_nodes_in("/tmp");
    return 0;
}

static int try_ports(const char *with)
{
    (void)with;
#if defined(__x86_64__)
    if (ioperm(0x80, 1, 1) == 0)
        tell("use host devices", "ioperm");
#endif
    return 0;
}

/* ---- networks ---- */

static int try_services(const char *with)
{
    struct sockaddr_in near = {.sin_family = AF_INET,
                               .sin_port = htons((unsigned short)number("port")),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    (void)with;
    if (connect(fd, (void *)&near, sizeof near) == 0 && marked(fd))
        tell("reach local services", "loopback");
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    const char *abstract = word("abstract") ? word("abstract") : "";
    strncpy(name.sun_path + 1, abstract, sizeof name.sun_path - 2);
    if (connect(fd, (void *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(abstract))) == 0 &&
        marked(fd))
        tell("reach local services", "abstract");
    return 0;
}

/* Sets the length of a queue to what it is. */
static int try_network(const char *with)
{
    struct ifreq one = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    (void)with;
    bool shared = word("shared") != NULL, host = same_namespace("net");
    if ((shared || host) && ioctl(fd, SIOCGIFTXQLEN, &one) == 0 && ioctl(fd, SIOCSIFTXQLEN, &one) == 0)
        tell(host ? "change host network" : "forge packets", "txqlen");
    return 0;
}

static bool has_route(void)
{
    char line[256];
    FILE *routes = fopen("/proc/net/route", "re");
    bool found = routes && fgets(line, sizeof line, routes) && fgets(line, sizeof line, routes);
    if (routes)
        fclose(routes);
    return found;
}

/* Others are reached by a route, or are in the same network namespace (the word "shared"). A frame of an unassigned
 * protocol, to the loopback or a dummy interface. */
static int try_packets(const char *with)
{
    const char *name = word("wire") ? word("wire") : "lo";
    struct sockaddr_ll to = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(0x88b5),
                             .sll_ifindex = (int)if_nametoindex(name),
                             .sll_halen = 6};
    int fd = socket(AF_PACKET, SOCK_DGRAM, htons(0x88b5));
    (void)with;
    if (fd >= 0 && sendto(fd, MARK, sizeof MARK, 0, (void *)&to, sizeof to) == sizeof MARK &&
        (word("shared") || has_route()))
        tell("forge packets", "%s", name);
    return 0;
}

/* ---- the kernel itself ---- */

static int try_settings(const char *proc)
{
    char path[600];
    snprintf(path, sizeof path, "%s/sys/kernel/core_pattern", proc);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        tell("become root on the host", "%s", path);
    close(fd);
    snprintf(path, sizeof path, "%s/sysrq-trigger", proc);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        tell("restart the machine", "%s", path);
    close(fd);
    return 0;
}

static int mount_settings(const char *with)
{
    (void)with;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", "/tmp", "proc", 0, NULL))
        return 1;
    return try_settings("/tmp");
}

static int try_all_settings(const char *with)
{
    static const char *const PROC[] = {"/proc", "/m/proc", "/m/root/proc", NULL};
    static const char *const SYS[] = {"/sys", "/m/sys", "/m/root/sys", NULL};
    char path[1000];
    (void)with;
    for (int i = 0; root_at(i); i++) {
        for (const char *const *place = PROC; *place; place++) {
            snprintf(path, sizeof path, "%s%s", root_at(i), *place);
            try_settings(path);
        }
        for (const char *const *place = SYS; *place; place++) {
            snprintf(path, sizeof path, "%s%s/kernel/rcu_expedited", root_at(i), *place);
            int fd = open(path, O_WRONLY | O_CLOEXEC);
            if (fd >= 0)
                tell("become root on the host", "%s", path);
            close(fd);
        }
    }
    return 0;
}

static int try_bpf(const char *with)
{
    /* r0 = 0; r1 = r10 - 8; r2 = 8; r3 = 0; bpf_probe_read_kernel(r1, r2, r3); r0 = 0; exit */
    struct bpf_insn code[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 10},
        {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = -8},
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8},
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0},
        {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
                           .insn_cnt = sizeof code / sizeof *code,
                           .insns = (unsigned long)code,
                           .license = (unsigned long)"GPL"};
    (void)with;
    if (syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load) >= 0)
        tell("read others' memory", "bpf");
    return 0;
}

/* Samples of the stacks of all processes; it is opened and not begun. */
static int try_samples(const char *with)
{
    struct perf_event_attr all = {.type = PERF_TYPE_SOFTWARE,
                                  .size = sizeof all,
                                  .config = PERF_COUNT_SW_CPU_CLOCK,
                                  .sample_period = 1000000000,
                                  .sample_type = PERF_SAMPLE_STACK_USER,
                                  .sample_stack_user = 8,
                                  .disabled = 1};
    (void)with;
    if (syscall(SYS_perf_event_open, &all, -1, 0, -1, 0) >= 0)
        tell("read others' memory", "perf");
    return 0;
}

/* The handle of a file is a number that the file system knows it by. */
static int try_handle(const char *with)
{
    struct {
        struct file_handle head;
        unsigned char bytes[MAX_HANDLE_SZ];
    } handle = {.head.handle_type = (int)number("handle-type")};
    (void)with;
    const char *hex = word("handle") ? word("handle") : "";
    for (; hex[0] && hex[1] && handle.head.handle_bytes < MAX_HANDLE_SZ; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        handle.head.f_handle[handle.head.handle_bytes++] = (unsigned char)strtol(pair, NULL, 16);
    }
    int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle.head.handle_bytes && marked(open_by_handle_at(top, &handle.head, O_RDONLY)))
        tell("read any host file", "handle");
    int fd = handle.head.handle_bytes ? open_by_handle_at(top, &handle.head, O_RDWR) : -1;
    if (fd >= 0)
        tell("write host files", "handle");
    return 0;
}

static int try_rest(const char *with)
{
    struct timex clock = {.modes = 0};
    (void)with;
    if (adjtimex(&clock) >= 0) {
        clock.modes = ADJ_TICK; /* to what it is */
        if (adjtimex(&clock) >= 0)
            tell("set the clock", "adjtimex");
    }
    if (syscall(SYS_init_module, NULL, 0, "") && errno != EPERM && errno != ENOSYS)
        tell("load kernel modules", "init_module");
    if (syscall(SYS_kexec_load, 0, 0, NULL, ~0UL) && errno != EPERM && errno != ENOSYS)
        tell("restart the machine", "kexec_load");
    return 0;
}

void try_all_of_kernel(void)
{
    apart(try_devices, NULL);
    apart(try_ports, NULL);
    apart(try_services, NULL);
    apart(try_network, NULL);
    apart(try_packets, NULL);
    apart(try_all_settings, NULL);
    apart(mount_settings, NULL);
    apart(try_bpf, NULL);
    apart(try_samples, NULL);
    apart(try_handle, NULL);
    apart(try_rest, NULL);
}
