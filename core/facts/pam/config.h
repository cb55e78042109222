/* The files of Linux-PAM, a line at a time, as libpam reads them (pam.d(5), libpam/pam_handlers.c and pam_misc.c). */
#pragma once

#include "host/host.h"

enum pam_type { PAM_AUTH, PAM_ACCOUNT, PAM_PASSWORD, PAM_SESSION, PAM_TYPES };

/* What a module may return, by number (security/_pam_types.h). */
enum { PAM_RETURN_SUCCESS = 0, PAM_RETURN_PERM_DENIED = 6, PAM_RETURN_AUTH_ERR = 7, PAM_RETURN_IGNORE = 25 };
#define PAM_RETURNS 32

/* What comes of it; a positive number is a jump over that many modules. */
enum {
    PAM_ACTION_UNSET = -6,
    PAM_ACTION_RESET,
    PAM_ACTION_DIE,
    PAM_ACTION_BAD,
    PAM_ACTION_DONE,
    PAM_ACTION_OK,
    PAM_ACTION_IGNORE = 0
};

enum pam_kind {
    PAM_MODULE,
    PAM_INCLUDE,  /* the lines of another file in its place */
    PAM_SUBSTACK, /* the same; done, die and jumps end there */
    PAM_BROKEN,   /* a line that libpam takes for a module that always fails */
};

struct pam_line {
    enum pam_kind kind;
    enum pam_type type;
    bool every_type; /* @include: the lines of whatever type is asked for */
    bool silent;     /* "-auth": no complaint where the module is missing */
    char *control;   /* as written, without brackets */
    int actions[PAM_RETURNS];
    char *module;    /* as written, or the file of an include; NULL of a broken line */
    GStrv arguments; /* never NULL */
    unsigned line;   /* the last one of joined lines */
};

/* struct pam_line in order; NULL with *error. *unsure, which is 0 before, is the first blank line or comment in the
 * middle of joined lines: Linux-PAM passes over it before 1.7, and ends the line there from then on, as is done here.
 * Caller unrefs. */
GPtrArray *pam_config_read(struct host *host, const char *path, unsigned *unsure, GError **error);

/* "auth"; and back, whatever the case: PAM_TYPES when it is none. */
const char *pam_type_name(enum pam_type type);
enum pam_type pam_type_find(const char *name);
/* The number of "auth_err"; -1. */
int pam_return_find(const char *name);
