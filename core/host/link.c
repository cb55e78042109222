#include "host/link.h"

struct host_link *host_link_new(const char *name, int err, const char *target)
{
    struct host_link *link = g_new0(struct host_link, 1);
    link->name = g_strdup(name);
    link->target = g_strdup(target);
    link->err = err;
    return link;
}

void host_link_free(gpointer data)
{
    struct host_link *link = data;
    g_free(link->name);
    g_free(link->target);
    g_free(link);
}
