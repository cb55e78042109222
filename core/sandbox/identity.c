/* A user who owns nothing: a number of the range that systemd gives to services for their lifetime (DynamicUser), which
 * no process has at the moment. Files of root's are then read by CAP_DAC_READ_SEARCH alone, and nothing can be changed
 * or signalled for being its owner. */
#include "sandbox/held.h"
#include "sandbox/note.h"
#include "sandbox/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define UID_FIRST 61184U
#define UID_LAST  65519U

/* The users of all processes that run, within the range. */
static GHashTable *users_taken(void)
{
    GHashTable *taken = g_hash_table_new(NULL, NULL);
    DIR *proc = opendir("/proc");
    for (struct dirent *entry = proc ? readdir(proc) : NULL; entry; entry = readdir(proc)) {
        struct stat st;
        if (g_ascii_isdigit(*entry->d_name) && fstatat(dirfd(proc), entry->d_name, &st, 0) == 0 &&
            st.st_uid >= UID_FIRST && st.st_uid <= UID_LAST)
            g_hash_table_add(taken, GUINT_TO_POINTER(st.st_uid));
    }
    if (proc)
        closedir(proc);
    return taken;
}

static uid_t choose_user(void)
{
    g_autoptr(GHashTable) taken = users_taken();
    const uid_t count = UID_LAST - UID_FIRST + 1;
    uid_t start = (uid_t)getpid() * 7919U;
    for (uid_t i = 0; i < count; i++) {
        uid_t uid = UID_FIRST + (start + i) % count;
        if (!g_hash_table_contains(taken, GUINT_TO_POINTER(uid)))
            return uid;
    }
    return 0;
}

/* Without these, root reads as the owner of files, and another user would read less. */
static bool reads_by_capability(void)
{
    static const int needed[] = {CAP_SETUID, CAP_SETGID, CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE};
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!sandbox_holds(needed[i]))
            return false;
    return true;
}

/* NULL: nothing hinders it. */
static const char *hindrance(const struct sandbox_plan *plan)
{
    if (plan->keep_user)
        return plan->keep_user;
    return reads_by_capability() ? NULL : "its capabilities do not let another user read";
}

static bool become(uid_t uid)
{
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 && setresgid(uid, uid, uid) == 0 &&
           setresuid(uid, uid, uid) == 0;
}

void sandbox_change_user(const struct sandbox_plan *plan, struct sandbox_state *state)
{
    if (plan->role != SANDBOX_JUDGE || geteuid() != 0)
        return;
    const char *why = hindrance(plan);
    uid_t uid = why ? 0 : choose_user();
    if (uid && !become(uid))
        why = errno == EINVAL ? "this user namespace has no other users" : g_strerror(errno);
    if (geteuid() == 0)
        sandbox_note(state, "the user stays root: %s", why ? why : "no number is free");
}
