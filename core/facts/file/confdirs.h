/* Configuration directories that hide each other's files by name: sysctl.d, modprobe.d, systemd's drop-ins.
 *
 * A name in an earlier directory hides the same name in a later one; an empty file or a link to /dev/null hides and
 * says nothing itself. The rest is read in order of the names, whatever directory they come from. */
#pragma once

#include "host/host.h"

/* Paths in the order in which they are read, NULL-terminated; caller frees with g_strfreev(). `dirs` ends with NULL,
 * the strongest first; only names that end in `suffix` count, and none that begins with a dot (systemd's and kmod's
 * readers pass over those). A directory that is not there is none; one that cannot
 * be read appends a copy of its GError to `errors` (GPtrArray of GError). */
char **confdirs_files(struct host *host, const char *const *dirs, const char *suffix, GPtrArray *errors);
/* The same for a reader that takes `hidden` names too, as procps does. */
char **confdirs_files_of(struct host *host, const char *const *dirs, const char *suffix, bool hidden,
                         GPtrArray *errors);

/* True when path is a link to /dev/null, in however many steps, also where the root has no /dev. */
bool confdirs_is_null_link(struct host *host, const char *path);
/* The same with the error of a link that could not be read. */
bool confdirs_null_link(struct host *host, const char *path, GError **error);

/* A GPtrArray that owns GErrors. */
GPtrArray *confdirs_errors_new(void);
