/* The two spellings of a kernel parameter's name, as sysctl(8) and sysctl.d(5) have them: the first separator says
 * whether dots or slashes part the names, and the other one then stands for itself ("net.ipv4.conf.eth0/100.rp_filter"
 * is net/ipv4/conf/eth0.100/rp_filter). */
#pragma once

/* The one spelling or the other, in place; a name without separators is both. */
void sysctl_dotted(char *name);
void sysctl_slashed(char *name);
/* Makes the one spelling of the other. */
void sysctl_swap(char *name);
