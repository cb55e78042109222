/* POSIX access lists, as the kernel shows them in extended attributes. */
#pragma once

#include "host/host.h"

/* Decodes the value of system.posix_acl_access or system.posix_acl_default. Entries are texts as getfacl writes them
 * ("user:bob:r--", "group::r-x"), NULL-terminated; caller frees. NULL with PL_ERROR_PARSE when it is no such value.
 * *extended is true when the list says more than the permission bits do. */
char **acl_decode(struct host *host, GBytes *value, bool *extended, GError **error);
