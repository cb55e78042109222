/* The one error domain of the program.
 *
 * A GError stops a rule file, a command or a run. What a probe cannot read is not a GError of the program: the
 * probe turns it into a problem on its item list (model/item.h), so that the verdict says it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum pl_error {
    PL_ERROR_READ,        /* the host refused or failed a read for another reason than the next ones */
    PL_ERROR_ABSENT,      /* nothing there (ENOENT, ENOTDIR) */
    PL_ERROR_DENIED,      /* no right to look (EACCES, EPERM); more privilege would remedy it */
    PL_ERROR_KIND,        /* there, but not the kind of file asked for (FIFO, device, directory ...) */
    PL_ERROR_LIMIT,       /* larger, deeper or longer than a bound of ours */
    PL_ERROR_PARSE,       /* bytes that are not what their format demands */
    PL_ERROR_CONTENT,     /* a rule, daemon, profile, waiver or test file is wrong */
    PL_ERROR_USAGE,       /* the command line is wrong */
    PL_ERROR_WRITE,       /* a report could not be written */
    PL_ERROR_UNSUPPORTED, /* known, but not built in or not possible on this kernel */
};

#define PL_ERROR (pl_error_quark())
GQuark pl_error_quark(void);

/* The code that an errno value maps to; EINTR and friends map to PL_ERROR_READ. */
enum pl_error pl_error_from_errno(int err);

/* The nearest errno value to what happened to a file: ENOENT, EACCES, EFBIG, else EIO; 0 without an error. */
int pl_error_to_errno(const GError *error);

/* Sets *error from errno value `err`, as "CONTEXT: strerror". Always returns false, so that callers can
 * `return pl_error_set_errno(...)`. */
bool pl_error_set_errno(GError **error, int err, const char *context);
