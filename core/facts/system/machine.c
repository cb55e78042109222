#include "facts/system/machine.h"

#include "facts/file/lines.h"
#include "facts/kernel/kconfig.h"
#include "host/notes.h"
#include "host/process.h"
#include "model/value.h"

#include <elf.h>
#include <string.h>

/* --- hypervisor --- */

static const struct {
    const char *prefix, *name;
} vendors[] = {
    {"Amazon EC2", "amazon"},
    {"Google", "google"},
    {"KVM", "kvm"},
    {"OpenStack", "kvm"},
    {"QEMU", "kvm"},
    {"Bochs", "kvm"},
    {"SeaBIOS", "kvm"},
    {"Hetzner", "kvm"},
    {"DigitalOcean", "kvm"},
    {"Alibaba Cloud", "kvm"},
    {"VMware", "vmware"},
    {"VMW", "vmware"},
    {"innotek GmbH", "virtualbox"},
    {"VirtualBox", "virtualbox"},
    {"Oracle Corporation", "virtualbox"},
    {"Xen", "xen"},
    {"Parallels", "parallels"},
    {"BHYVE", "bhyve"},
    {"Apple Virtualization", "apple"},
    {"Virtual Machine", "hyperv"},
};

static char *first_line(struct host *host, const char *path)
{
    char *text = host_read_text(host, path, NULL);
    if (text)
        text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool has_hypervisor_flag(struct host *host, bool *readable)
{
    g_autofree char *text = host_read_text(host, "/proc/cpuinfo", NULL);
    *readable = text != NULL;
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        if (!g_str_has_prefix(line, "flags"))
            continue;
        char *words = strchr(line, ':');
        words = words ? words + 1 : line;
        for (const char *word = word_next(&words); word; word = word_next(&words))
            if (g_str_equal(word, "hypervisor"))
                return true;
        return false;
    }
    /* Only x86 has such a flag. */
    *readable = false;
    return false;
}

/* *readable is set when DMI says something about the machine. */
static const char *dmi_vendor(struct host *host, bool *readable)
{
    static const char *const files[] = {"product_name", "sys_vendor", "board_vendor", "bios_vendor"};
    *readable = false;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_strconcat("/sys/class/dmi/id/", files[i], NULL);
        g_autofree char *text = first_line(host, path);
        *readable |= text != NULL;
        /* Rented bare metal carries the provider's name too. */
        if (text && i == 0 && strstr(text, ".metal"))
            return "none";
        for (size_t j = 0; text && j < G_N_ELEMENTS(vendors); j++)
            if (g_str_has_prefix(text, vendors[j].prefix))
                return vendors[j].name;
    }
    return NULL;
}

const char *machine_virtual(struct host *host)
{
    bool dmi = false, flags = false;
    const char *vendor = dmi_vendor(host, &dmi);
    g_autofree char *xen = first_line(host, "/sys/hypervisor/type");
    if (xen && g_str_equal(xen, "xen"))
        return vendor && g_str_equal(vendor, "amazon") ? vendor : "xen";
    bool flag = has_hypervisor_flag(host, &flags);
    /* Vendors that make hypervisors make computers too: without the processor's word their name is none. */
    if (vendor && (flag || !flags))
        return vendor;
    if (flag || host_exists(host, "/proc/device-tree/hypervisor"))
        return "other";
    return dmi || flags ? "none" : NULL;
}

/* --- container --- */

/* Kinds whose first namespace has a number, and that every container engine makes anew. */
static const enum ns told_apart[] = {NS_IPC, NS_UTS, NS_PID, NS_CGROUP};

static bool cgroup_names_container(const struct process *process)
{
    static const char *const words[] = {"/docker",         "/kubepods", "kubepods.slice", "/lxc/",
                                        "cri-containerd-", "libpod-",   "/lxc.payload"};
    for (size_t i = 0; process && process->cgroup && i < G_N_ELEMENTS(words); i++)
        if (strstr(process->cgroup, words[i]))
            return true;
    return false;
}

/* A container has at least one of these namespaces to itself, or its cgroup names it: a marker file that an image
 * left behind on a virtual machine's disk does not make a container. */
static bool has_initial_namespaces(struct host *host)
{
    pid_t first = host_first_process(host);
    g_autofree char *self = first ? g_strdup_printf("%d", (int)first) : host_readlink(host, "/proc/self", NULL);
    uint64_t pid = 0;
    const struct process *process =
        self && value_parse_u64(self, G_MAXINT, &pid) ? host_process(host, (pid_t)pid) : NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(told_apart); i++)
        if (!process || process->ns[told_apart[i]] != ns_first[told_apart[i]])
            return false;
    return !cgroup_names_container(process);
}

bool machine_in_container(struct host *host)
{
    static const char *const files[] = {"/.dockerenv", "/run/.containerenv", "/run/systemd/container",
                                        "/run/secrets/kubernetes.io/serviceaccount"};
    if (!host_is_live(host) || has_initial_namespaces(host))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (host_exists(host, files[i]))
            return true;
    const struct process first = {.pid = 1};
    /* Unheard: its control group says it as well, and who may not look at process 1 cannot tell more. */
    g_autofree char *stated = host_process_env(host, &first, "container", host_unheard());
    return (stated && *stated) || cgroup_names_container(host_process(host, 1));
}

/* --- init --- */

/* What an offline root would start, from the link or file that the kernel runs. */
static const char *installed_init(struct host *host)
{
    g_autofree char *init = host_resolve(host, "/sbin/init", NULL);
    if (!init)
        return "none";
    if (strstr(init, "systemd"))
        return "systemd";
    if (host_exists(host, "/sbin/openrc") || host_exists(host, "/usr/sbin/openrc"))
        return "openrc";
    return host_exists(host, "/etc/inittab") ? "sysvinit" : "other";
}

const char *machine_init(struct host *host)
{
    const struct process *first = host_process(host, 1);
    if (first && !*first->comm)
        host_process_note(first, "status", NULL);
    if (host_exists(host, "/run/systemd/system") || (first && g_str_equal(first->comm, "systemd")))
        return "systemd";
    if (!first)
        return installed_init(host);
    if (host_exists(host, "/run/openrc"))
        return "openrc";
    if (machine_in_container(host))
        return "none";
    return g_str_equal(first->comm, "init") && host_exists(host, "/etc/inittab") ? "sysvinit" : "other";
}

/* --- architecture --- */

static const struct {
    const char *suffix, *arch;
} releases[] = {
    {".x86_64", "x86_64"},   {"-amd64", "x86_64"},        {".aarch64", "aarch64"}, {"-arm64", "aarch64"},
    {".ppc64le", "ppc64le"}, {"-powerpc64le", "ppc64le"}, {".s390x", "s390x"},     {"-s390x", "s390x"},
    {"-riscv64", "riscv64"}, {".riscv64", "riscv64"},     {"-686-pae", "i686"},    {"-686", "i686"},
    {"-armmp", "armv7l"},
};

static const struct {
    guint16 machine;
    guint8 class;
    const char *arch;
} machines[] = {
    {EM_X86_64, ELFCLASS64, "x86_64"}, {EM_AARCH64, ELFCLASS64, "aarch64"}, {EM_386, ELFCLASS32, "i686"},
    {EM_ARM, ELFCLASS32, "armv7l"},    {EM_PPC64, ELFCLASS64, "ppc64le"},   {EM_S390, ELFCLASS64, "s390x"},
    {EM_RISCV, ELFCLASS64, "riscv64"},
};

/* From the header of a program that every system has. */
static const char *program_arch(struct host *host)
{
    static const char *const programs[] = {"/bin/sh", "/usr/bin/env", "/sbin/init"};
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        pl_autofd int fd = host_open(host, programs[i], HOST_REGULAR, NULL);
        guint8 head[20] = {0};
        if (fd < 0 || pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head || memcmp(head, ELFMAG, SELFMAG) != 0)
            continue;
        bool little = head[EI_DATA] == ELFDATA2LSB;
        guint machine = little ? head[18] | (guint)head[19] << 8 : head[19] | (guint)head[18] << 8;
        for (size_t j = 0; j < G_N_ELEMENTS(machines); j++)
            if (machines[j].machine == machine && machines[j].class == head[EI_CLASS])
                return machines[j].arch;
    }
    return NULL;
}

char *machine_arch(struct host *host)
{
    g_autofree char *stated = first_line(host, "/proc/sys/kernel/arch");
    if (stated && *stated)
        return g_steal_pointer(&stated);
    g_autofree char *release = kconfig_running_release(host);
    for (size_t i = 0; release && i < G_N_ELEMENTS(releases); i++)
        if (g_str_has_suffix(release, releases[i].suffix))
            return g_strdup(releases[i].arch);
    return g_strdup(program_arch(host));
}
