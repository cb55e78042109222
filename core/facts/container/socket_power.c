/* Sources: the programs' own manuals. What is in no list is not known, which is not harmless. */
#include "facts/container/socket_power.h"

#include "model/name_glob.h"

#include <string.h>

const char *const socket_command_paths[] = {
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/containerd/containerd.sock.ttrpc",
    "/run/docker/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock.ttrpc",
    "/run/k3s/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock.ttrpc",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/podman/podman.sock",
    "/run/buildkit/buildkitd.sock",
    "/run/nri/nri.sock",
    "/run/systemd/private",
    "/run/snapd.socket",
    "/run/lxd.socket",
    "/run/libvirt/libvirt-sock",
    "/run/libvirt/virtqemud-sock",
    "/run/libvirt/virtlxcd-sock",
    "/var/lib/lxd/unix.socket",
    "/var/lib/incus/unix.socket",
    "/var/snap/lxd/common/lxd/unix.socket",
    "/var/lib/kubelet/pod-resources/kubelet.sock",
    "/var/lib/kubelet/device-plugins/kubelet.sock",
    "/run/user/*/docker.sock",
    "/run/user/*/podman/podman.sock",
    NULL,
};

static const struct {
    const char *program; /* a pattern on its name */
    enum socket_power power;
} programs[] = {
    /* Engines, runtimes and what they leave beside each container. */
    {"dockerd", SOCKET_COMMANDS},
    {"containerd", SOCKET_COMMANDS},
    {"containerd-shim*", SOCKET_COMMANDS},
    {"containerd-stargz-grpc", SOCKET_COMMANDS},
    {"crio", SOCKET_COMMANDS},
    {"conmon", SOCKET_COMMANDS},
    {"conmonrs", SOCKET_COMMANDS},
    {"podman", SOCKET_COMMANDS},
    {"buildkitd", SOCKET_COMMANDS},
    {"cri-dockerd", SOCKET_COMMANDS},
    {"rootlesskit", SOCKET_COMMANDS},
    {"kubelet", SOCKET_COMMANDS},
    {"k3s", SOCKET_COMMANDS},
    {"k3s-*", SOCKET_COMMANDS},
    {"k0s", SOCKET_COMMANDS},
    {"rke2", SOCKET_COMMANDS},
    {"kubelite", SOCKET_COMMANDS},
    {"lxd", SOCKET_COMMANDS},
    {"incusd", SOCKET_COMMANDS},
    {"nomad", SOCKET_COMMANDS},
    {"firecracker", SOCKET_COMMANDS},
    {"cloud-hypervisor", SOCKET_COMMANDS},
    {"qemu-system-*", SOCKET_COMMANDS},
    {"supervisord", SOCKET_COMMANDS},
    {"fail2ban-server", SOCKET_COMMANDS},
    {"tmux*", SOCKET_COMMANDS},
    {"screen", SOCKET_COMMANDS},
    /* They ask the kernel, or polkit, who the peer is. */
    {"systemd", SOCKET_COMMANDS_OWNS},
    {"systemd-machined", SOCKET_COMMANDS_OWNS},
    {"dbus-daemon", SOCKET_COMMANDS_OWNS},
    {"dbus-broker*", SOCKET_COMMANDS_OWNS},
    {"snapd", SOCKET_COMMANDS_OWNS},
    {"libvirtd", SOCKET_COMMANDS_OWNS},
    {"virtqemud", SOCKET_COMMANDS_OWNS},
    {"virtlxcd", SOCKET_COMMANDS_OWNS},
    {"virtxend", SOCKET_COMMANDS_OWNS},
    {"virtproxyd", SOCKET_COMMANDS_OWNS},
    /* Services. */
    {"systemd-*", SOCKET_SERVES},
    {"rpcbind", SOCKET_SERVES},
    {"nscd", SOCKET_SERVES},
    {"nslcd", SOCKET_SERVES},
    {"sssd*", SOCKET_SERVES},
    {"gssproxy", SOCKET_SERVES},
    {"cupsd", SOCKET_SERVES},
    {"avahi-daemon", SOCKET_SERVES},
    {"php-fpm*", SOCKET_SERVES},
    {"nginx", SOCKET_SERVES},
    {"haproxy", SOCKET_SERVES},
    {"apache2", SOCKET_SERVES},
    {"httpd", SOCKET_SERVES},
    {"mysqld", SOCKET_SERVES},
    {"mariadbd", SOCKET_SERVES},
    {"postgres", SOCKET_SERVES},
    {"redis-server", SOCKET_SERVES},
    {"valkey-server", SOCKET_SERVES},
    {"memcached", SOCKET_SERVES},
    {"rsyslogd", SOCKET_SERVES},
    {"syslog-ng", SOCKET_SERVES},
    {"chronyd", SOCKET_SERVES},
    {"acpid", SOCKET_SERVES},
    {"iscsid", SOCKET_SERVES},
    {"Xorg", SOCKET_SERVES},
    {"pcscd", SOCKET_SERVES},
    {"multipathd", SOCKET_SERVES},
    {"dmeventd", SOCKET_SERVES},
    {"uuidd", SOCKET_SERVES},
    {"clamd", SOCKET_SERVES},
    {"dovecot", SOCKET_SERVES},
    {"saslauthd", SOCKET_SERVES},
    {"snmpd", SOCKET_SERVES},
};

static bool socket_path_commands(const char *path)
{
    for (const char *const *pattern = socket_command_paths; *pattern; pattern++)
        if (name_matches(*pattern, path))
            return true;
    return false;
}

/* The name of the file that runs, else what it calls itself. Caller frees. */
static char *program_of(const struct process *process)
{
    if (!process->exe || *process->exe != '/')
        return g_strdup(process->comm);
    char *name = g_path_get_basename(process->exe);
    char *deleted = strstr(name, " (deleted)");
    if (deleted)
        *deleted = '\0';
    return name;
}

/* Where a Docker Engine has what it makes for itself: numbers for its plugins, and the hook of its network helper. */
static bool is_inner(const struct process *engine, const char *path)
{
    static const char option[] = "--exec-root";
    const char *root = "/run/docker";
    for (char **argument = engine->argv_seen; argument && *argument; argument++) {
        if (g_str_has_prefix(*argument, option) && (*argument)[strlen(option)] == '=')
            root = *argument + sizeof option;
        else if (g_str_equal(*argument, option) && argument[1])
            root = argument[1];
    }
    g_autofree char *metrics = g_build_filename(root, "metrics.sock", NULL);
    g_autofree char *network = g_build_filename(root, "libnetwork/", NULL);
    return g_str_equal(path, metrics) || g_str_has_prefix(path, network);
}

/* What systemd listens on for others that do not run; its own have these names (systemd(1), "SOCKETS AND FIFOS"). */
static enum socket_power power_of_manager(const char *path)
{
    static const char *const own[] = {"/run/systemd/private",        "/run/systemd/io.systemd.*",
                                      "/run/user/*/systemd/private", "/run/user/*/systemd/io.systemd.*",
                                      "/run/dbus/system_bus_socket", "/run/user/*/bus",
                                      "/run/snapd*.socket",          "/run/libvirt/*"};
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        if (name_matches(own[i], path))
            return SOCKET_COMMANDS_OWNS;
    if (socket_path_commands(path))
        return SOCKET_COMMANDS;
    return name_matches("/run/systemd/*", path) ? SOCKET_SERVES : SOCKET_UNTOLD;
}

/* What a program calls itself may only make more of it. */
static bool is_program(size_t i, const char *program, const struct process *process)
{
    bool commands = programs[i].power == SOCKET_COMMANDS || programs[i].power == SOCKET_COMMANDS_OWNS;
    return name_matches(programs[i].program, program) || (commands && name_matches(programs[i].program, process->comm));
}

enum socket_power socket_power(const struct process *holder, const char *path)
{
    enum socket_power unknown = socket_path_commands(path) ? SOCKET_COMMANDS : SOCKET_UNTOLD;
    if (!holder)
        return unknown;
    g_autofree char *program = program_of(holder);
    if (holder->pid == 1 || g_str_equal(program, "systemd"))
        return power_of_manager(path);
    if (g_str_equal(program, "dockerd") && is_inner(holder, path))
        return SOCKET_SERVES;
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++)
        if (is_program(i, program, holder))
            return programs[i].power;
    return unknown;
}
