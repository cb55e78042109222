/* Subordinate user and group ids of /etc/subuid and /etc/subgid: each line is a range of ids that one user may map into
 * his own user namespaces, which rootless containers need. Sources: subuid(5), nsswitch.conf(5). */
#pragma once

#include "facts/account/homes.h"

#define SUBID_UIDS "/etc/subuid"
#define SUBID_GIDS "/etc/subgid"

struct subid_range {
    const char *file; /* SUBID_UIDS or SUBID_GIDS */
    char *user;
    int64_t uid; /* -1: passwd does not know it */
    uint64_t start, count;
    unsigned line;
};

struct subid_ranges {
    GPtrArray *list;     /* struct subid_range, in the order of the files */
    GPtrArray *problems; /* struct problem: why there may be more */
    struct problem
        *foreign; /* another source of ranges, which hides the files: nothing is known then; NULL: the files count */
};

/* Read once, owned by the host. */
const struct subid_ranges *subid_ranges_get(struct host *host);

/* How many subordinate ids an account has, the smaller sum of users and groups. */
uint64_t subid_count(const struct subid_ranges *ranges, const struct home *home);
