/* Facts about the machine that decide which rules apply. A fact that nothing tells is unread, not false. */
#include "facts/file/selinux_config.h"
#include "facts/kernel/kconfig.h"
#include "facts/kernel/sysctls.h"
#include "facts/package/packages.h"
#include "facts/system/machine.h"
#include "facts/system/os_release.h"
#include "formats/format.h"
#include "host/totals.h"
#include "model/error.h"
#include "probes/common/noted.h"
#include "probes/probe.h"

#include <string.h>

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
    {"selinux_boot", VALUE_STRING,
     "what /etc/selinux/config has SELinux do from the next boot on, as libselinux reads it: enforcing, permissive or "
     "disabled; null when it does not say"},
    {"selinux_policy", VALUE_STRING,
     "the policy that it has loaded then: targeted, mls ...; null when it does not say"},
    {"ipv6", VALUE_BOOL, "the kernel has IPv6 and it is not disabled; of an offline root, by its next boot"},
    {"graphical", VALUE_BOOL, "a display manager or X/Wayland session package is installed"},
    {"memory", VALUE_NUMBER, "KiB of memory"},
    {"swap", VALUE_NUMBER, "KiB of swap in use or free"},
    {"cpus", VALUE_NUMBER, "processors that are online"},
    {"boot", VALUE_NUMBER, "when the machine started, in seconds since the epoch"},
    {"live", VALUE_BOOL, "the running machine, not a mounted root"},
    {.name = NULL},
};

static const char offline_reason[] = "no kernel runs from an offline root";

/* True when the files of a running kernel are there, also under another root than "/". */
static bool has_kernel(struct host *host)
{
    return host_is_live(host) || host_exists(host, "/proc/sys/kernel/osrelease");
}

static void unread_os(struct item *item, const GError *error)
{
    static const char *const names[] = {"os", "os_like", "os_version"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (error)
            item_unread_error(item, names[i], error);
        else
            item_unread(item, names[i], "there is neither /etc/os-release nor /usr/lib/os-release");
}

static void set_os(struct host *host, struct item *item)
{
    const struct os_release *release = os_release_get(host, NULL);
    if (!release->tree) {
        unread_os(item, release->error);
        return;
    }
    item_set_string(item, "os", release->id);
    item_set_string(item, "os_version", release->version);
    item_set_strv(item, "os_like", (const char *const *)release->like);
    item_source_path(item, release->path, 0);
}

static void set_release(struct host *host, struct item *item)
{
    g_autofree char *release = kconfig_running_release(host);
    if (release)
        item_set_string(item, "kernel", release);
    else
        item_unread(item, "kernel", "%s",
                    has_kernel(host) ? "/proc/sys/kernel/osrelease cannot be read" : offline_reason);
}

static void set_arch(struct host *host, struct item *item)
{
    g_autofree char *arch = machine_arch(host);
    if (arch)
        item_set_string(item, "arch", arch);
    else
        item_unread(item, "arch", "neither the kernel nor a program tells the architecture");
}

static void set_virtual(struct host *host, struct item *item)
{
    const char *name = machine_virtual(host);
    if (name)
        item_set_string(item, "virtual", name);
    else
        item_unread(item, "virtual", "%s", has_kernel(host) ? "neither DMI nor the processor tells" : offline_reason);
}

/* Four bytes of attributes, then the value. */
static void set_secure_boot(struct host *host, struct item *item, bool uefi)
{
    static const char path[] = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    if (!uefi) {
        item_set_bool(item, "secure_boot", false);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read(host, path, &error);
    gsize size = 0;
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    if (size == 5)
        item_set_bool(item, "secure_boot", data[4] == 1);
    else if (error)
        item_unread_error(item, "secure_boot", error);
    else
        item_damaged(item, "secure_boot", "%s: the variable has an unknown form", path);
}

static void set_firmware(struct host *host, struct item *item)
{
    if (!has_kernel(host)) {
        item_unread(item, "uefi", "%s", offline_reason);
        item_unread(item, "secure_boot", "%s", offline_reason);
        return;
    }
    bool uefi = host_exists(host, "/sys/firmware/efi");
    item_set_bool(item, "uefi", uefi);
    set_secure_boot(host, item, uefi);
}

static void set_lsm(struct host *host, struct item *item)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, "/sys/kernel/security/lsm", &error);
    if (!text && has_kernel(host))
        item_unread_error(item, "lsm", error);
    else if (!text)
        item_unread(item, "lsm", "%s", offline_reason);
    if (!text)
        return;
    g_auto(GStrv) names = g_strsplit(g_strstrip(text), ",", 100);
    item_set_strv(item, "lsm", (const char *const *)names);
}

static void set_selinux(struct host *host, struct item *item)
{
    struct selinux_config config;
    g_autoptr(GError) error = NULL;
    if (!selinux_config_read(host, &config, &error)) {
        item_unread_error(item, "selinux_boot", error);
        item_unread_error(item, "selinux_policy", error);
        return;
    }
    item_set_string(item, "selinux_boot", config.state);
    item_set_string(item, "selinux_policy", config.policy);
    selinux_config_clear(&config);
}

static bool is_off(struct host *host, const char *interface)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
    g_autofree char *text = host_read_text(host, path, NULL);
    return text && g_str_equal(g_strstrip(text), "1");
}

/* "all" sets every interface when it is written, but one can be switched on again later. */
static bool ipv6_in_use(struct host *host)
{
    if (!is_off(host, "all"))
        return true;
    g_auto(GStrv) names = host_list(host, "/proc/sys/net/ipv6/conf", NULL);
    for (char **name = names; name && *name; name++) {
        bool interface = !g_str_equal(*name, "all") && !g_str_equal(*name, "default");
        if (interface && !is_off(host, *name))
            return true;
    }
    return false;
}

static const char off_by_loader[] = "ipv6.disable";

/* The first file of a boot loader that speaks of it, or that cannot be read (then *error is set). Caller frees. */
static char *loader_that_tells(struct host *host, GError **error)
{
    static const char *const places[] = {
        "/boot/grub/grub.cfg",   "/boot/grub2/grub.cfg",       "/boot/grub2/grubenv",       "/boot/loader/entries/*",
        "/efi/loader/entries/*", "/boot/efi/loader/entries/*", "/etc/default/grub",         "/etc/default/grub.d/*",
        "/etc/kernel/cmdline",   "/boot/cmdline.txt",          "/boot/firmware/cmdline.txt"};
    for (size_t i = 0; i < G_N_ELEMENTS(places) && !*error; i++) {
        g_auto(GStrv) paths = host_glob(host, places[i], error);
        for (char **path = paths; path && *path && !*error; path++) {
            g_autofree char *text = host_read_text(host, *path, error);
            if (g_error_matches(*error, PL_ERROR, PL_ERROR_ABSENT))
                g_clear_error(error);
            if (text && strstr(text, off_by_loader))
                return g_strdup(*path);
        }
    }
    return NULL;
}

/* Files of sysctl.d switch all interfaces off, and none on again. */
static bool ipv6_off_at_boot(const struct sysctl_chain *chain)
{
    const struct sysctl_assignment *all = sysctl_chain_decide(chain, "net/ipv6/conf/all/disable_ipv6", NULL);
    bool off = all && g_strcmp0(all->value, "1") == 0;
    for (guint i = 0; i < chain->assignments->len && off; i++) {
        const struct sysctl_assignment *one = chain->assignments->pdata[i];
        bool here = g_str_has_prefix(one->key, "net/ipv6/conf/") && g_str_has_suffix(one->key, "/disable_ipv6");
        off = !here || !one->value || !g_str_equal(one->value, "0");
    }
    return off;
}

/* Every kernel of a distribution has it; the files of the next boot say whether it is left on. */
static void set_ipv6_at_boot(struct host *host, struct item *item)
{
    const struct sysctl_chain *chain = sysctl_chain_get(host);
    g_autoptr(GError) error = chain->errors->len ? g_error_copy(chain->errors->pdata[0]) : NULL;
    g_autofree char *loader = error ? NULL : loader_that_tells(host, &error);
    if (error)
        item_unread_error(item, "ipv6", error);
    else if (loader)
        item_unread(item, "ipv6", "%s may boot with %s", loader, off_by_loader);
    else
        item_set_bool(item, "ipv6", !ipv6_off_at_boot(chain));
}

static void set_ipv6(struct host *host, struct item *item)
{
    if (!has_kernel(host))
        set_ipv6_at_boot(host, item);
    else
        item_set_bool(item, "ipv6", host_exists(host, "/proc/sys/net/ipv6") && ipv6_in_use(host));
}

static void set_graphical(struct host *host, struct item *item)
{
    static const char *const names[] = {
        "gdm3",
        "gdm",
        "lightdm",
        "sddm",
        "xdm",
        "lxdm",
        "slim",
        "greetd",
        "gnome-shell",
        "xserver-xorg-core",
        "xorg-x11-server-Xorg",
        "plasma-workspace",
        "plasma-desktop",
        "weston",
        "sway",
        "xorg",
        "xwayland-run",
    };
    const struct packages *packages = packages_get(host);
    bool found = host_exists(host, "/usr/share/xsessions") || host_exists(host, "/usr/share/wayland-sessions");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        found |= packages_has(packages, names[i]);
    if (!found && packages->errors->len)
        item_unread_error(item, "graphical", packages->errors->pdata[0]);
    else
        item_set_bool(item, "graphical", found);
}

static void set_init(struct host *host, struct item *item)
{
    item_set_string(item, "init", machine_init(host));
}

static void set_container(struct host *host, struct item *item)
{
    item_set_bool(item, "container", machine_in_container(host));
}

static void set_total(struct item *item, const char *field, uint64_t value, const GError *error, bool kernel)
{
    if (!error)
        item_set_int(item, field, (gint64)value);
    else if (kernel)
        item_unread_error(item, field, error);
    else
        item_unread(item, field, "%s", offline_reason);
}

static void set_totals(struct host *host, struct item *item)
{
    const struct host_totals *totals = host_totals(host);
    bool kernel = has_kernel(host);
    set_total(item, "memory", totals->memory, totals->memory_error, kernel);
    set_total(item, "swap", totals->swap, totals->memory_error, kernel);
    set_total(item, "cpus", totals->cpus, totals->cpus_error, kernel);
    set_total(item, "boot", totals->boot, totals->boot_error, kernel);
}

/* What fails while a fact is looked for leaves this fact unread, and no other. */
static const struct fact_setter {
    void (*set)(struct host *host, struct item *item);
    const char *fields[5];
} setters[] = {
    {set_os, {"os", "os_like", "os_version"}},
    {set_release, {"kernel"}},
    {set_arch, {"arch"}},
    {set_init, {"init"}},
    {set_container, {"container"}},
    {set_virtual, {"virtual"}},
    {set_firmware, {"uefi", "secure_boot"}},
    {set_lsm, {"lsm"}},
    {set_selinux, {"selinux_boot", "selinux_policy"}},
    {set_ipv6, {"ipv6"}},
    {set_graphical, {"graphical"}},
    {set_totals, {"memory", "swap", "cpus", "boot"}},
};

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)object;
    struct item *item = items_add(items, "host");
    for (size_t i = 0; i < G_N_ELEMENTS(setters); i++) {
        struct host_noting noted = host_notes_begin();
        setters[i].set(context->host, item);
        noted_end(&noted, item, setters[i].fields);
    }
    item_set_bool(item, "live", host_is_live(context->host));
}

const struct probe probe_host = {
    .name = "host",
    .summary = "Facts about the machine, for applies",
    .object = {"host", "hosts"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
