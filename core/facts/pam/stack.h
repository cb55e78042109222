/* The stack of a service: its lines of one type with those of all files that it takes in, in the order in which libpam
 * asks them. */
#pragma once

#include "facts/pam/config.h"
#include "model/problem.h"

struct pam_entry {
    const struct pam_line *line;
    const char *path; /* of the file with the line, interned */
    unsigned level;   /* of substacks around it */
    bool header;      /* the line that begins a substack, which calls nothing */
    bool fails;       /* libpam takes it for a module that always fails */
};

struct pam_stack {
    GArray *entries;     /* struct pam_entry */
    GPtrArray *problems; /* struct problem: what is taken in and could not be read */
    bool broken;         /* libpam refuses the service: @include of what is not there */
    const char *file;    /* of the service itself; NULL: there is none, "other" stands in */
};

/* Names of services: of files in /etc/pam.d, and those of /usr/lib/pam.d that none of the former replaces; copies that
 * editors and package managers leave, told by their endings, are none. Sorted; with *error of what could not be listed.
 * Caller frees. */
GStrv pam_services(struct host *host, GError **error);

/* A service without lines of that type has those of "other". Caller frees. */
struct pam_stack *pam_stack_new(struct host *host, const char *service, enum pam_type type);
void pam_stack_free(struct pam_stack *stack);
PL_DEFINE_CLEANUP(pam_stack, pam_stack_free)
