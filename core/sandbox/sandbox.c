#include "sandbox/sandbox.h"

#include "model/error.h"
#include "sandbox/private.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void sandbox_note(struct sandbox_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *more = g_strdup_vprintf(format, args);
    va_end(args);
    char *note = state->note ? g_strconcat(state->note, "; ", more, NULL) : g_strdup(more);
    g_free(state->note);
    state->note = note;
}

static bool set_no_new_privs(struct sandbox_state *state)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        return true;
    sandbox_note(state, "no_new_privs: %s", g_strerror(errno));
    return false;
}

/* What was read of the host is not left behind in a core file. */
static void forbid_core_files(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

bool sandbox_enter(const struct sandbox_plan *plan, struct sandbox_state *state, GError **error)
{
    int version = sandbox_landlock_version();
    forbid_core_files();
    bool dropped = sandbox_drop_capabilities(plan, version > 0, state);
    state->no_new_privs = set_no_new_privs(state);
    state->seccomp = state->no_new_privs && sandbox_seccomp(plan, state);
    if (plan->before_landlock && !plan->before_landlock(plan->data, error))
        return false;
    bool landlock = state->no_new_privs && sandbox_landlock(plan, version, state);
    state->landlock_abi = landlock ? version : 0;
    if (dropped || state->no_new_privs || state->seccomp || landlock)
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "no confinement is possible here: %s",
                state->note ? state->note : "");
    return false;
}
