/* Hosts with one container of Docker, as texts for look(). */
#pragma once

#include "looking.h"

#define ID    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
#define OTHER "1111111111111111222222222222222233333333333333334444444444444444"

/* The host: one disk on /, a tmpfs on /run, its own /proc, /sys and /dev. */
#define MOUNTS                                                                                                         \
    "mounts: |\n"                                                                                                      \
    "  22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                                        \
    "  23 22 0:21 / /sys rw shared:2 - sysfs sysfs rw\n"                                                               \
    "  24 22 0:5 / /dev rw shared:3 - devtmpfs devtmpfs rw\n"                                                          \
    "  25 22 0:25 / /run rw shared:4 - tmpfs tmpfs rw\n"                                                               \
    "  26 22 0:22 / /proc rw shared:5 - proc proc rw\n"

#define ROOT "400 300 0:50 / / rw - overlay overlay rw,lowerdir=/l\\n"
#define PROC                                                                                                           \
    "401 400 0:60 / /proc rw - proc proc rw\\n402 401 0:60 /sys /proc/sys ro - proc proc rw\\n"                        \
    "403 401 0:60 /sysrq-trigger /proc/sysrq-trigger ro - proc proc rw\\n"                                             \
    "404 401 0:61 /null /proc/kcore rw - tmpfs tmpfs rw\\n405 401 0:61 /null /proc/keys rw - tmpfs tmpfs rw\\n"        \
    "406 401 0:61 /null /proc/timer_list rw - tmpfs tmpfs rw\\n407 400 0:62 / /sys ro - sysfs sysfs ro\\n"
#define OWN     "ns: {mnt: 500, pid: 501, net: 502, ipc: 503, uts: 504}"
#define CGROUP  "cgroup: \"0::/system.slice/docker-" ID ".scope\\n\""
#define DEFAULT "caps: {effective: [CAP_CHOWN], bounding: [CAP_CHOWN], permitted: [CAP_CHOWN]}, seccomp: 2"

#define CONTAINER(more, mounts)                                                                                        \
    MOUNTS "processes:\n"                                                                                              \
           "- {pid: 90, ppid: 1, comm: containerd-shim, exe: /usr/bin/containerd-shim-runc-v2,"                        \
           " argv: [/usr/bin/containerd-shim-runc-v2, -namespace, moby, -id, " ID ", -address, /s]}\n"                 \
           "- {pid: 100, ppid: 90, comm: web, argv: [web], start: 5, " OWN ", " CGROUP ", " DEFAULT ", " more          \
           "mountinfo: \"" ROOT mounts "\"}\n"
