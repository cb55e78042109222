/* The audit rules that are loaded into the kernel. */
#pragma once

#include "host/host.h"

struct audit_loaded {
    GError *error; /* why nothing below is known; PL_ERROR_UNSUPPORTED: this kernel audits nothing. NULL */
    int enabled;   /* 0 off, 1 on, 2 on and locked */
    char **rules;  /* in the kernel's order, as auditctl's options: `-a always,exit -S all -F path="/etc" -F perm=wa` */
};

/* Asked over netlink once (live), from an inline host's `audit`, or an error; owned by the host. Never NULL. */
const struct audit_loaded *host_audit(struct host *host);
