/* What the kernel and its boot files say as text: command line, modules, modprobe.d, sysctl.d, limits of versions. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "kernel: {release: 6.1.0-1-amd64}",
    .parts = {"/proc/cmdline", "/proc/modules", "/etc/modprobe.d/a.conf", "/lib/modules/6.1.0-1-amd64/modules.dep",
              "/lib/modules/6.1.0-1-amd64/modules.builtin", "/etc/sysctl.d/a.conf", "/proc/sys/kernel/kptr_restrict",
              "/proc/sys/kernel/osrelease", "/etc/os-release", "/proc/cpuinfo"},
    .looks = {{"kernel-cmdline", "{name: audit}"},
              {"kernel-module", "{name: usb-storage}"},
              {"sysctl", "{name: [kernel.kptr_restrict, 'net.ipv4.conf.*.rp_filter']}"},
              {"host", "{}"},
              {"vulnerability", "{software: kernel, cve: [CVE-2024-1086], affected: ['>=5.14 <6.1.76']}"}},
};
FUZZ_PLAN(plan)
