/* What engines and runtimes write down about a container: Docker's files, the OCI bundle, Podman's storage, the state
 * of runc, and the limits of its control group. */
#include "look.h"

#define ID   "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
#define CG   "/sys/fs/cgroup/system.slice/docker-" ID ".scope"
#define PODS "/var/lib/containers/storage/overlay-containers"

static const struct fuzz_plan plan = {
    .host = "processes:\n"
            "- {pid: 1, comm: init}\n"
            "- {pid: 90, ppid: 1, comm: containerd-shim, cwd: /run/bundle,\n"
            "   argv: [/usr/bin/containerd-shim-runc-v2, -namespace, moby, -id, " ID ", -address, /s]}\n"
            "- {pid: 100, ppid: 90, comm: web, argv: [web], start: 5, seccomp: 2,\n"
            "   ns: {mnt: 500, pid: 501, net: 502, ipc: 503, uts: 504},\n"
            "   cgroup: \"0::/system.slice/docker-" ID ".scope\\n\",\n"
            "   mountinfo: \"400 300 0:50 / / rw - overlay overlay rw,lowerdir=/l\\n\"}\n"
            "mounts: |\n"
            "  22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
            "  24 22 0:5 / /dev rw shared:3 - devtmpfs devtmpfs rw\n"
            "  26 22 0:22 / /proc rw shared:5 - proc proc rw\n"
            "  27 22 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    .parts = {"/run/bundle/config.json", "/var/lib/docker/containers/" ID "/config.v2.json",
              "/var/lib/docker/containers/" ID "/hostconfig.json", PODS "/containers.json",
              PODS "/" ID "/userdata/config.json", CG "/memory.max", CG "/cpu.max", CG "/pids.max",
              "/proc/100/mountinfo", "/proc/100/status", "/etc/docker/daemon.json"},
    .looks = {{"container", "{}"}, {"container", "{processes: true}"}, {"image", "{}"}},
};
FUZZ_PLAN(plan)
