#include "sandbox/sandbox.h"

#include "model/error.h"
#include "sandbox/note.h"
#include "sandbox/private.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static bool set_no_new_privs(struct sandbox_state *state)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        return true;
    sandbox_note(state, "no_new_privs: %s", g_strerror(errno));
    return false;
}

/* What was read of the host is not left behind in a core file. Once more than in sandbox_guard(): a change of user
 * sets it anew. An ordinary user's writer stays visible to that user's readers (SANDBOX_WRITER). */
static bool forbid_core_files(const struct sandbox_plan *plan, struct sandbox_state *state)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    if (plan->role == SANDBOX_WRITER && geteuid() != 0)
        return true;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
        return true;
    sandbox_note(state, "core files are possible: %s", g_strerror(errno));
    return false;
}

bool sandbox_enter(const struct sandbox_plan *plan, struct sandbox_state *state, GError **error)
{
    bool wants_domain = plan->role != SANDBOX_READER;
    int version = wants_domain ? sandbox_landlock_version() : 0;
    bool dropped = sandbox_drop_capabilities(plan, version > 0, state);
    state->undumpable = forbid_core_files(plan, state);
    state->uid = (int)geteuid();
    state->no_new_privs = set_no_new_privs(state);
    bool landlock = wants_domain && state->no_new_privs && sandbox_landlock(plan, version, state);
    state->landlock_abi = landlock ? version : 0;
    state->seccomp = state->no_new_privs && sandbox_seccomp(plan, landlock, state);
    if (dropped || state->no_new_privs || state->seccomp || landlock)
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "no confinement is possible here: %s",
                state->note ? state->note : "");
    return false;
}

bool sandbox_is_whole(enum sandbox_role role, const struct sandbox_state *state)
{
    return state->no_new_privs && state->seccomp && state->undumpable && !state->note &&
           (role == SANDBOX_READER || state->landlock_abi > 0);
}

void sandbox_state_clear(struct sandbox_state *state)
{
    g_clear_pointer(&state->capabilities, g_free);
    g_clear_pointer(&state->note, g_free);
}
