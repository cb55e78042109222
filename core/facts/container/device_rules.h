/* Which devices a control group lets its processes open. A node alone opens nothing, and a rule needs a node or
 * CAP_MKNOD to make one. Format: "b 8:0 rwm" (Documentation/admin-guide/cgroup-v1/devices.rst). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct device_rule {
    char type;            /* 'a' all, 'b' block, 'c' character */
    int64_t major, minor; /* -1: any */
    bool opens;           /* reading or writing; else making nodes alone */
};

/* False when the text is no rule. */
bool device_rule_parse(const char *text, struct device_rule *rule);
/* Some rule of a NULL-terminated list of texts lets the device be opened. */
bool device_rules_open(char *const *rules, mode_t mode, uint32_t major, uint32_t minor);
/* It lets the device be opened. */
bool device_rule_covers(const struct device_rule *rule, mode_t mode, uint32_t major, uint32_t minor);
/* It opens nothing beyond the devices that every runtime grants. */
bool device_rule_is_standard(const struct device_rule *rule);
/* null, zero, full, random, urandom, tty, console, ptmx and the pseudoterminals, by their numbers
 * (Documentation/admin-guide/devices.txt). */
bool device_is_standard(mode_t mode, uint32_t major, uint32_t minor);
