#include "facts/kernel/sysctl_default.h"

#include "facts/kernel/kconfig.h"
#include "model/value.h"

struct initial {
    const char *key;
    const char *value;  /* in every kernel, or in one that was built with the symbol; NULL: the symbol's own value */
    const char *symbol; /* of the configuration, that decides; NULL when nothing does */
    const char *other;  /* without the symbol; NULL when it has no such parameter then */
    const char *since;  /* the first release with the parameter, where not all that are in use have it */
};

static const struct initial table[] = {
    {"net/ipv4/ip_forward", .value = "0"},
    {"net/ipv4/icmp_echo_ignore_broadcasts", .value = "1"},
    {"net/ipv4/icmp_ignore_bogus_error_responses", .value = "1"},
    {"net/ipv4/tcp_rfc1337", .value = "0"},
    {"net/ipv4/tcp_syncookies", .value = "1", .symbol = "CONFIG_SYN_COOKIES"},
    {"net/ipv4/conf/all/forwarding", .value = "0"},
    {"net/ipv4/conf/default/forwarding", .value = "0"},
    {"net/ipv4/conf/all/send_redirects", .value = "1"},
    {"net/ipv4/conf/default/send_redirects", .value = "1"},
    {"net/ipv4/conf/all/accept_redirects", .value = "1"},
    {"net/ipv4/conf/default/accept_redirects", .value = "1"},
    {"net/ipv4/conf/all/secure_redirects", .value = "1"},
    {"net/ipv4/conf/default/secure_redirects", .value = "1"},
    {"net/ipv4/conf/all/accept_source_route", .value = "0"},
    {"net/ipv4/conf/default/accept_source_route", .value = "1"},
    {"net/ipv4/conf/all/rp_filter", .value = "0"},
    {"net/ipv4/conf/default/rp_filter", .value = "0"},
    {"net/ipv4/conf/all/log_martians", .value = "0"},
    {"net/ipv4/conf/default/log_martians", .value = "0"},
    {"net/ipv4/conf/all/arp_ignore", .value = "0"},
    {"net/ipv6/conf/all/forwarding", .value = "0"},
    {"net/ipv6/conf/default/forwarding", .value = "0"},
    {"net/ipv6/conf/all/accept_redirects", .value = "1"},
    {"net/ipv6/conf/default/accept_redirects", .value = "1"},
    {"net/ipv6/conf/all/accept_source_route", .value = "0"},
    {"net/ipv6/conf/default/accept_source_route", .value = "0"},
    {"net/ipv6/conf/all/accept_ra", .value = "1"},
    {"net/ipv6/conf/default/accept_ra", .value = "1"},
    {"net/core/bpf_jit_harden", .value = "0", .symbol = "CONFIG_BPF_JIT"},
    {"kernel/kptr_restrict", .value = "0"},
    {"kernel/core_uses_pid", .value = "0"},
    {"kernel/dmesg_restrict", .value = "1", .symbol = "CONFIG_SECURITY_DMESG_RESTRICT", .other = "0"},
    {"kernel/randomize_va_space", .value = "1", .symbol = "CONFIG_COMPAT_BRK", .other = "2"},
    {"kernel/unprivileged_bpf_disabled", .value = "2", .symbol = "CONFIG_BPF_UNPRIV_DEFAULT_OFF", .other = "0"},
    {"kernel/kexec_load_disabled", .value = "0", .symbol = "CONFIG_KEXEC_CORE"},
    {"kernel/modules_disabled", .value = "0", .symbol = "CONFIG_MODULES"},
    {"kernel/sysrq", .symbol = "CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE"},
    {"kernel/oops_limit", .value = "10000", .since = "6.2"},
    {"kernel/warn_limit", .value = "0", .since = "6.2"},
    {"kernel/io_uring_disabled", .value = "0", .symbol = "CONFIG_IO_URING", .since = "6.6"},
    {"dev/tty/ldisc_autoload", .value = "1", .symbol = "CONFIG_LDISC_AUTOLOAD", .other = "0"},
    {"dev/tty/legacy_tiocsti", .value = "1", .symbol = "CONFIG_LEGACY_TIOCSTI", .other = "0"},
    {"vm/mmap_min_addr", .symbol = "CONFIG_DEFAULT_MMAP_MIN_ADDR"},
    {"vm/unprivileged_userfaultfd", .value = "0", .symbol = "CONFIG_USERFAULTFD", .since = "5.2"},
    {"fs/protected_hardlinks", .value = "0"},
    {"fs/protected_symlinks", .value = "0"},
    {"fs/protected_fifos", .value = "0"},
    {"fs/protected_regular", .value = "0"},
};

static const struct initial *find(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_equal(table[i].key, key))
            return &table[i];
    return NULL;
}

/* Some are written as hexadecimal numbers. */
static char *decimal(const char *text)
{
    return g_str_has_prefix(text, "0x") ? g_strdup_printf("%" G_GUINT64_FORMAT, g_ascii_strtoull(text, NULL, 16))
                                        : g_strdup(text);
}

/* The value of a parameter that a symbol decides; NULL when the configuration does not tell. */
static const char *by_symbol(const struct initial *initial, const struct kconfig *config, struct problem **hindrance)
{
    const char *setting = g_hash_table_lookup(config->symbols, initial->symbol);
    const char *value = g_strcmp0(setting, "n") == 0 ? initial->other : initial->value ? initial->value : setting;
    if (setting && value)
        return value;
    if (!setting && config->error)
        *hindrance = problem_of(problem_of_error(config->error),
                                "no file sets it, and what the kernel begins with is not known");
    else
        *hindrance =
            problem_unknown("no file sets it, and the configuration of the installed kernel (%s) does not tell "
                            "what it begins with",
                            config->path ? config->path : "none was found");
    return NULL;
}

char *sysctl_default(struct host *host, const char *key, struct problem **hindrance)
{
    const struct initial *initial = find(key);
    const struct kconfig *config = kconfig_get(host);
    const char *value = initial ? initial->value : NULL;
    if (!initial)
        *hindrance = problem_unknown("no file sets it, and what a kernel begins with is not known for it");
    else if (initial->since && (!config->release || value_compare_versions(config->release, initial->since) < 0))
        *hindrance =
            problem_unknown("no file sets it, and only kernels from %s on are known to have it", initial->since);
    else if (initial->symbol)
        value = by_symbol(initial, config, hindrance);
    return value && !*hindrance ? decimal(value) : NULL;
}
