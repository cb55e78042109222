/* Audit rules as auditd's files write them. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "audit: {enabled: 1, rules: ['-a always,exit -S all -F path=/etc/passwd -F perm=wa']}\n"
            "files: {/etc/passwd: x, /usr/bin/su: x}",
    .parts = {"/etc/audit/rules.d/a.rules", "/etc/audit/audit.rules", "/etc/audit/auditd.conf"},
    .looks = {{"audit-rule", "{path: [/etc/passwd, /usr/bin]}"}, {"audit-rule", "{program: su}"}},
};
FUZZ_PLAN(plan)
