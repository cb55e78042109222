#include "probes/probe.h"

static const struct probe_param params[] = {

    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"os", VALUE_STRING, "ID of os-release: debian, ubuntu, rhel ..."},
    {"os_like", VALUE_SET, "ID and ID_LIKE"},
    {"os_version", VALUE_VERSION, "VERSION_ID"},
    {"kernel", VALUE_VERSION, "running kernel release"},
    {"arch", VALUE_STRING, "machine as uname prints it: x86_64, aarch64 ..."},
    {"init", VALUE_STRING, "systemd, openrc, sysvinit, other or none (a container or an offline root without one)"},
    {"container", VALUE_BOOL, "plumbline looks from inside a container"},
    {"virtual", VALUE_STRING,
     "hypervisor seen in DMI or CPU flags: kvm, xen, vmware, hyperv, amazon ...; none on bare metal; unread when not "
     "to be had"},
    {"uefi", VALUE_BOOL, "booted by UEFI"},
    {"secure_boot", VALUE_BOOL, "Secure Boot variable is on; unread when not readable"},
    {"lsm", VALUE_SET, "active Linux security modules"},
    {"ipv6", VALUE_BOOL, "the kernel has IPv6 and it is not disabled"},
    {"graphical", VALUE_BOOL, "a display manager or X/Wayland session package is installed"},
    {"live", VALUE_BOOL, "the running machine, not a mounted root"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "host: this probe is not written");
}

const struct probe probe_host = {
    .name = "host",
    .summary = "Facts about the machine, for applies",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
