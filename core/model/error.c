#include "model/error.h"

#include <errno.h>

G_DEFINE_QUARK(plumbline - error, pl_error)

enum pl_error pl_error_from_errno(int err)
{
    switch (err) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
        return PL_ERROR_ABSENT;
    case EACCES:
    case EPERM:
        return PL_ERROR_DENIED;
    case EISDIR:
    case ENXIO:
        return PL_ERROR_KIND;
    case EFBIG:
    case E2BIG:
        return PL_ERROR_LIMIT;
    case ENOSYS:
    case EOPNOTSUPP:
        return PL_ERROR_UNSUPPORTED;
    default:
        return PL_ERROR_READ;
    }
}

int pl_error_to_errno(const GError *error)
{
    static const int values[] = {[PL_ERROR_ABSENT] = ENOENT, [PL_ERROR_DENIED] = EACCES, [PL_ERROR_LIMIT] = EFBIG};
    if (!error)
        return 0;
    bool listed = error->domain == PL_ERROR && error->code < (int)G_N_ELEMENTS(values) && values[error->code];
    return listed ? values[error->code] : EIO;
}

bool pl_error_set_errno(GError **error, int err, const char *context)
{
    g_set_error(error, PL_ERROR, (gint)pl_error_from_errno(err), "%s: %s", context, g_strerror(err));
    return false;
}
