/* Audit rules as text: files of auditd, and what the kernel has loaded. */
#pragma once

#include "host/host.h"

enum audit_permission { AUDIT_MAY_READ = 4, AUDIT_MAY_WRITE = 2, AUDIT_MAY_EXECUTE = 1, AUDIT_MAY_CHANGE = 8 };
enum audit_width { AUDIT_ANY_WIDTH, AUDIT_64_BITS, AUDIT_32_BITS };

struct audit_rule {
    char *text;
    char *list; /* exit, filesystem, task ... */
    bool never;
    char *path;     /* what it watches, links of its directories resolved; NULL: no path */
    bool below;     /* and everything below that directory */
    unsigned perms; /* enum audit_permission */
    enum audit_width width;
    char *key;     /* NULL */
    char **limits; /* conditions that leave events out; empty when every access is recorded */
    char *file;    /* where it is written, NULL: nowhere */
    unsigned line;
    bool loaded;
};

/* One line; NULL when it is no rule (comment, control option). A path of -w that is a directory of the host means what
 * is below it too. */
struct audit_rule *audit_rule_parse(struct host *host, const char *line);
void audit_rule_free(gpointer rule);
/* The same rule, wherever it comes from. */
bool audit_rule_equal(const struct audit_rule *a, const struct audit_rule *b);

/* What auditd loads at the next start: /etc/audit/rules.d in the order of augenrules, or audit.rules when there is no
 * such file. `errors` is a GPtrArray of GError. */
GPtrArray *audit_rule_files(struct host *host, GPtrArray *errors);
