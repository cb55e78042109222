/* Capabilities: what reading needs is kept, everything else is given up in all sets. */
#include "sandbox/held.h"
#include "sandbox/note.h"
#include "sandbox/private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/capability.h>
#include <sys/prctl.h>

/* What each role needs. */
static bool is_needed(const struct sandbox_plan *plan, cap_value_t cap)
{
    switch (plan->role) {
    case SANDBOX_JUDGE:
        return cap == CAP_DAC_READ_SEARCH || (cap == CAP_SYS_PTRACE && plan->alone);
    case SANDBOX_READER:
        return cap == CAP_DAC_READ_SEARCH || cap == CAP_SYS_PTRACE;
    case SANDBOX_WRITER:
        return cap == CAP_KILL; /* the judge is another user */
    case SANDBOX_DEVICES:
        return cap == CAP_SYS_ADMIN || cap == CAP_NET_ADMIN;
    case SANDBOX_BROKER:
        return false;
    }
    return false;
}

static bool set_caps(const cap_value_t *list, int count)
{
    cap_t caps = cap_init();
    bool ok = caps && (!count || (cap_set_flag(caps, CAP_PERMITTED, count, list, CAP_SET) == 0 &&
                                  cap_set_flag(caps, CAP_EFFECTIVE, count, list, CAP_SET) == 0));
    ok = ok && cap_set_proc(caps) == 0;
    cap_free(caps);
    return ok;
}

/* A folder of root's own can be written without CAP_DAC_OVERRIDE; somebody's home cannot. */
static bool needs_override(const struct sandbox_plan *plan)
{
    cap_t caps = cap_get_proc();
    const cap_value_t override = CAP_DAC_OVERRIDE;
    bool held = caps && sandbox_holds(override);
    bool lowered = held && cap_set_flag(caps, CAP_EFFECTIVE, 1, &override, CAP_CLEAR) == 0 && cap_set_proc(caps) == 0;
    bool needed = false;
    for (const char *const *dir = plan->write_dirs; lowered && dir && *dir; dir++)
        needed = needed || (faccessat(AT_FDCWD, *dir, W_OK | X_OK, AT_EACCESS) < 0 && errno == EACCES);
    cap_free(caps);
    return needed;
}

static void drop_bounding(const cap_value_t *list, int count)
{
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
        bool keep = false;
        for (int i = 0; i < count; i++)
            keep = keep || list[i] == cap;
        if (!keep)
            prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    }
}

static char *names_of(const cap_value_t *list, int count)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (int i = 0; i < count; i++) {
        char *name = cap_to_name(list[i]);
        g_autofree char *upper = g_ascii_strup(name, -1);
        g_string_append_printf(names, "%s%s", i ? " " : "", upper);
        cap_free(name);
    }
    return g_strdup(names->str);
}

static int list_kept(const struct sandbox_plan *plan, cap_value_t *list)
{
    static const cap_value_t all[] = {CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_KILL, CAP_SYS_ADMIN, CAP_NET_ADMIN};
    int count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        if (is_needed(plan, all[i]) && sandbox_holds(all[i]))
            list[count++] = all[i];
    }
    return count;
}

bool sandbox_drop_capabilities(const struct sandbox_plan *plan, bool landlock, struct sandbox_state *state)
{
    cap_value_t list[4];
    int count = list_kept(plan, list);
    if (needs_override(plan)) {
        if (landlock)
            list[count++] = CAP_DAC_OVERRIDE;
        else
            sandbox_note(state, "a report folder belongs to another user: without Landlock it may not be writable");
    }
    drop_bounding(list, count);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    sandbox_change_user(plan, state);
    g_free(state->capabilities);
    bool ok = set_caps(list, count);
    state->capabilities = ok ? names_of(list, count) : g_strdup("");
    if (!ok)
        sandbox_note(state, "capabilities could not be dropped: %s", g_strerror(errno));
    return ok;
}
