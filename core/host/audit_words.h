/* An audit rule of the kernel in the words of auditctl(8); private to this floor. */
#pragma once

#include <linux/audit.h>
#include <stddef.h>

/* The options that would load the rule, as `auditctl -l` writes them, but for system calls: "-S all" or "-S some".
 * `n` bytes are there, the struct's buffer included. Caller frees; NULL when the message is cut or contradicts itself.
 * A condition that this program does not know stays a condition, "-F field=VALUE" with the field's number. */
char *audit_rule_words(const struct audit_rule_data *rule, size_t n);
