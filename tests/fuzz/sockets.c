/* The kernel's socket tables, the descriptors that point into them, and their process's net namespace. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "processes: [{pid: 1, comm: init}, {pid: 90, ppid: 1, comm: sshd, argv: [sshd]}]\n"
            "files: {/proc/90/fd/3: {target: 'socket:[4711]'}, /proc/90/fd/4: {target: 'socket:[4712]'}}",
    .parts = {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6", "/proc/net/unix"},
    .looks = {{"listening-socket", "{protocol: [tcp, udp, unix]}"}, {"listening-socket", "{port: 22}"}},
};
FUZZ_PLAN(plan)
