/* The host's namespaces, found once a host. */
#include "facts/process/namespaces.h"

#include "model/value.h"

#include <string.h>

struct namespaces_reference {
    uint64_t ns[NS_COUNT]; /* 0: not known */
};

static uint64_t own_namespace(struct host *host, enum ns kind)
{
    g_autofree char *path = g_strdup_printf("/proc/self/ns/%s", ns_names[kind]);
    g_autofree char *text = host_readlink(host, path, NULL);
    const char *open = text ? strchr(text, '[') : NULL;
    uint64_t inode = 0;
    if (!open)
        return 0;
    g_autofree char *digits = g_strndup(open + 1, strcspn(open + 1, "]"));
    return value_parse_u64(digits, UINT64_MAX, &inode) ? inode : 0;
}

static gpointer make_reference(struct host *host, gpointer data)
{
    (void)data;
    struct namespaces_reference *reference = g_new0(struct namespaces_reference, 1);
    const struct process *first = host_process(host, 1);
    pid_t stand_in = host_first_process(host);
    if (stand_in > 1 && !(first && first->ns[NS_MNT]))
        first = host_process(host, stand_in);
    for (unsigned kind = 0; kind < NS_COUNT; kind++) {
        uint64_t own = own_namespace(host, (enum ns)kind);
        if (first && first->ns[kind])
            reference->ns[kind] = first->ns[kind];
        else if (own)
            reference->ns[kind] = own;
        else
            reference->ns[kind] = ns_first[kind];
    }
    return reference;
}

uint64_t namespace_of_host(struct host *host, enum ns kind)
{
    const struct namespaces_reference *reference = host_memo(host, "probes:namespaces", make_reference, NULL, g_free);
    return reference->ns[kind];
}

enum ns_relation namespace_relation(struct host *host, const struct process *process, enum ns kind)
{
    uint64_t here = process->ns[kind], there = namespace_of_host(host, kind);
    if (!here || !there)
        return NS_UNREAD;
    return here == there ? NS_SHARED : NS_OWN;
}

const char **namespaces_shared(struct host *host, const struct process *process, const char **unread)
{
    const char **shared = g_new0(const char *, NS_COUNT + 1);
    unsigned n = 0;
    *unread = NULL;
    for (unsigned kind = 0; kind < NS_COUNT; kind++) {
        if (kind == NS_TIME)
            continue;
        enum ns_relation relation = namespace_relation(host, process, (enum ns)kind);
        if (relation == NS_SHARED)
            shared[n++] = ns_names[kind];
        else if (relation == NS_UNREAD && !*unread)
            *unread = ns_names[kind];
    }
    return shared;
}
