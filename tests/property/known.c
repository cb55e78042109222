#include "known.h"

#include <fnmatch.h>
#include <stddef.h>

/* A FIFO or another size is no lack of knowledge but another machine: what made the rule fail, or all that it is about,
 * is not there any more. None of these is about a lookup that failed. */
static const struct known {
    const char *change, *rule, *fault, *why;
    const char *place; /* NULL: any */
} list[] = {
    {"*", "scan-*", "FIFO", "the search is for regular files, directories and devices"},
    {"*", "code-*", "FIFO", "the search is for regular files, directories and devices"},
    {"*", "elf-*", "FIFO", "a FIFO is no program"},
    {"*", "image-*", "FIFO", "a FIFO in a layer is neither a program nor a file with something in it"},
    {"*", "container-programs-from-image", "FIFO", "a FIFO is no program"},
    {"*", "container-no-host-devices", "FIFO", "a FIFO is no device"},
    {"*", "container-cannot-open-disks", "FIFO", "a FIFO is no device"},
    {"*", "container-cannot-use-devices", "FIFO", "a FIFO is no device"},
    {"*", "container-cannot-use-control-sockets", "FIFO", "a FIFO is no socket"},
    {"*", "container-cannot-fill-disks", "FIFO", "a FIFO is no program, and takes no room on a disk"},
    {"fail->pass", "docker-proxy-without-password", "*",
     "the case's engine says what neither its environment nor its files do: where it cannot be asked these stand for "
     "it",
     "unix:*"},
    {"fail->pass", "docker-proxy-without-password", "call", "the same, where its socket cannot be looked at"},
    {"fail->pass", "docker-swarm-off", "*", "the same: the case's engine is in a swarm and keeps no state of it",
     "unix:*"},
    {"fail->pass", "docker-authorization-plugin", "*",
     "the same: the case's engine says what its command line, its file and its folder deny", "unix:*"},
    {"fail->pass", "docker-insecure-registries", "*", "the same", "unix:*"},
    {"fail->pass", "docker-registry-mirrors-tls", "*", "the same", "unix:*"},
    {"fail->pass", "docker-selinux", "*", "the same; its label tells that the kernel has it", "unix:*"},
    {"fail->pass", "docker-authorization-plugin", "call", "the same, where its socket cannot be looked at"},
    {"fail->pass", "docker-insecure-registries", "call", "the same"},
    {"fail->pass", "docker-registry-mirrors-tls", "call", "the same"},
    {"fail->pass", "docker-selinux", "call", "the same"},
    {"error->pass", "docker-live-restore", "*",
     "the same: what the case's engine says is of no type that there is, where its file says true", "unix:*"},
    {"error->pass", "docker-live-restore", "call", "the same, where its socket cannot be looked at"},
    {"error->pass", "docker-live-restore", "link", "the same", "/proc/*/root"},
    {"notapplicable->fail", "docker-live-restore", "*",
     "the same: the case's engine is in a swarm and keeps no state of it", "unix:*"},
    {"notapplicable->fail", "docker-live-restore", "call", "the same, where its socket cannot be looked at"},
    {"notapplicable->fail", "docker-live-restore", "link", "the same", "/proc/*/root"},
    {"fail->pass", "docker-swarm-off", "call", "the same, where its socket cannot be looked at"},
    {"fail->pass", "docker-*", "link",
     "the same: the case's engine answers under one name of its socket, and not under the one through its process",
     "/proc/*/root"},
    {"*", "container-engine-socket-unreachable", "FIFO", "a FIFO is no socket"},
    {"unnamed", "container-no-engine-directory", "denied",
     "open: what hinders the daemon's settings is told after the containers that cannot be listed, and one is told",
     "/usr*"},
    {"unnamed", "container-cannot-use-engine-ports", "denied", "the same", "/usr*"},
    {"fail->pass", "container-host-sockets-known", "FIFO", "a FIFO is no socket"},
    {"fail->pass", "aide-database", "too big", "an empty database is none: the size is a fact"},
    {"fail->pass", "sshd-banner", "too big", "an empty banner warns nobody: the size is a fact"},
    {"pass->fail", "image-no-credential-files", "too big", "an empty file holds none: the size is a fact"},
    {"pass->fail", "ssh-no-host-trust-files", "too big", "an empty file trusts nobody: the size is a fact"},
};

bool known(const char *change, const char *rule, const char *fault, const char *place)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!fnmatch(list[i].change, change, 0) && !fnmatch(list[i].rule, rule, 0) &&
            !fnmatch(list[i].fault, fault, 0) && (!list[i].place || !fnmatch(list[i].place, place, 0)))
            return true;
    return false;
}
