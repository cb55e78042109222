/* The texts of one process below /proc, and the table of all. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "processes: [{pid: 1, comm: init}, {pid: 90, ppid: 1, comm: x, argv: [x], start: 5,\n"
            "  ns: {mnt: 500, pid: 501, net: 502, ipc: 503, uts: 504, user: 505}}]\n",
    .parts = {"/proc/90/status", "/proc/90/stat", "/proc/90/cmdline", "/proc/90/cgroup", "/proc/90/mountinfo",
              "/proc/90/uid_map", "/proc/90/gid_map", "/proc/90/oom_score_adj", "/proc/90/attr/current",
              "/proc/90/net/route", "/proc/uptime"},
    .looks = {{"process", "{kernel: true}"},
              {"container", "{}"},
              {"container", "{processes: true}"},
              {"daemon", "{name: dockerd}"},
              {"elf", "{of: processes}"},
              {"rootless", "{}"}},
};
FUZZ_PLAN(plan)
