/* What the next boot sets: the assignments of sysctl.d and sysctl.conf in the order in which they are applied.
 *
 * systemd-sysctl and `sysctl --system` read *.conf of /etc, /run, /usr/local/lib, /usr/lib and /lib sysctl.d by base
 * name; only the latter reads /etc/sysctl.conf, last. Where systemd-sysctl is installed and no sysctl.d name links to
 * /etc/sysctl.conf, that file is not applied at boot. ufw, when enabled, applies its own file after all. */
#pragma once

#include "host/host.h"

/* Who applies it, one after the other. */
enum sysctl_stage { SYSCTL_KERNEL, SYSCTL_FILES, SYSCTL_FIREWALL, SYSCTL_STAGES };

struct sysctl_assignment {
    char *key;   /* slashes between levels: "net/ipv4/conf/eth0.100/rp_filter" */
    char *value; /* blanks normalised; NULL: "-key" alone, which bars globs from the key */
    char *path;
    unsigned line;
    bool glob;
    bool ignored;    /* in a file that the boot does not read */
    bool superseded; /* by a later one of the same key, or by an earlier one that says the same */
    enum sysctl_stage stage;
};

struct sysctl_chain {
    GPtrArray *assignments; /* struct sysctl_assignment in order of application, parameters of the command line first */
    GPtrArray *errors;      /* GError of files that could not be read */
    bool systemd;           /* systemd-sysctl applies the files, not procps */
    enum sysctl_stage stage; /* while it is read */
};

/* Read once, owned by the host. */
const struct sysctl_chain *sysctl_chain_get(struct host *host);

/* The assignment that decides `key` (slashes) at the next boot, NULL when there is none. Of the last program that sets
 * it: an explicit key beats globs, else the last one wins. Losers are appended to `losers` (borrowed), when that is not
 * NULL. */
const struct sysctl_assignment *sysctl_chain_decide(const struct sysctl_chain *chain, const char *key,
                                                    GPtrArray *losers);

/* "net.ipv4.conf.eth0/100.x" or "net/ipv4/conf/eth0.100/x" as "net/ipv4/conf/eth0.100/x": the first separator decides.
 * Caller frees. */
char *sysctl_key(const char *name);
/* The reverse, dotted. Caller frees. */
char *sysctl_name(const char *key);
/* Blanks, tabs and newlines between words become one blank, none around. Caller frees. */
char *sysctl_value(const char *text);
/* Equal as the kernel reads them: integers by number (also 0x and 0 prefixes), the rest by text. */
bool sysctl_values_equal(const char *a, const char *b);
