/* Defaults by version, distribution, control groups and the way the daemon was started. A condition that cannot be
 * decided is neither met nor missed. */
#include "facts/setting/default.h"

#include "facts/setting/value.h"
#include "facts/system/os_release.h"
#include "host/notes.h"
#include "model/tree.h"

#include <string.h>

static bool version_holds(const char *condition, const char *version)
{
    size_t n = strspn(condition, "<>=");
    int order = value_compare_versions(version, condition + n);
    bool equal = strchr(condition, '=') && strchr(condition, '=') < condition + n && order == 0;
    return equal || (condition[0] == '>' && order > 0) || (condition[0] == '<' && order < 0);
}

enum holds setting_versions_hold(char **conditions, const char *version)
{
    if (!conditions)
        return HOLDS_YES;
    if (!version)
        return HOLDS_UNKNOWN;
    for (; *conditions; conditions++)
        if (!version_holds(*conditions, version))
            return HOLDS_NO;
    return HOLDS_YES;
}

static enum holds os_holds(struct host *host, char **names, const struct process *process)
{
    if (!names)
        return HOLDS_YES;
    const struct os_release *release = os_release_get(host, process);
    if (release->error)
        host_note(g_error_copy(release->error));
    if (!release->tree)
        return HOLDS_UNKNOWN;
    for (; *names; names++)
        if (g_strv_contains((const char *const *)release->like, *names))
            return HOLDS_YES;
    return HOLDS_NO;
}

/* Which control groups the host has. */
static enum holds cgroup_holds(struct host *host, int version)
{
    if (!version)
        return HOLDS_YES;
    if (!host_exists(host, "/sys/fs/cgroup"))
        return HOLDS_UNKNOWN;
    int found = host_exists(host, "/sys/fs/cgroup/cgroup.controllers") ? 2 : 1;
    return found == version ? HOLDS_YES : HOLDS_NO;
}

static enum holds default_holds(struct host *host, const struct daemon_default *fallback,
                                const struct daemon_instance *instance)
{
    if (fallback->config >= 0 && (fallback->config == 1) != (instance->config != NULL))
        return HOLDS_NO;
    enum holds version = setting_versions_hold(fallback->versions, instance->version);
    enum holds os = os_holds(host, fallback->os, instance->process);
    enum holds cgroup = cgroup_holds(host, fallback->cgroup);
    if (version == HOLDS_NO || os == HOLDS_NO || cgroup == HOLDS_NO)
        return HOLDS_NO;
    bool unknown = version == HOLDS_UNKNOWN || os == HOLDS_UNKNOWN || cgroup == HOLDS_UNKNOWN;
    return unknown ? HOLDS_UNKNOWN : HOLDS_YES;
}

bool setting_default(struct host *host, const struct daemon_key *key, const struct daemon_instance *instance,
                     json_object **out, struct problem **why)
{
    const struct daemon_default *chosen = NULL;
    bool certain = false;
    for (guint i = 0; i < key->defaults->len; i++) {
        const struct daemon_default *fallback = g_ptr_array_index(key->defaults, i);
        enum holds holds = default_holds(host, fallback, instance);
        if (holds == HOLDS_NO)
            continue;
        if (chosen && !tree_equal(chosen->value, fallback->value)) {
            *why = problem_unknown("its default depends on the version or the system, which is not known");
            return false;
        }
        chosen = fallback;
        certain = holds == HOLDS_YES;
        if (certain)
            break;
    }
    if (!chosen || !certain) {
        *why = problem_unknown("its default is not known to plumbline");
        return false;
    }
    /* The same notation as in files: "4h" becomes seconds. One that is of no type is none: loading refuses it. */
    pl_auto(problem) no_type = NULL;
    *out = chosen->value ? setting_value(key, chosen->value, &no_type) : NULL;
    return true;
}
