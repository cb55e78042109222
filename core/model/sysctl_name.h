/* The two spellings of a kernel parameter's name, as sysctl(8) and sysctl.d(5) have them: the first separator says
 * whether dots or slashes part the names, and the other one then stands for itself ("net.ipv4.conf.eth0/100.rp_filter"
 * is net/ipv4/conf/eth0.100/rp_filter). */
#pragma once

#include <stdbool.h>

bool sysctl_has_slashes(const char *name);
/* Makes the one spelling of the other, in place. */
void sysctl_swap(char *name);
