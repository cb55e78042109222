/* Hosts of rule tests: any YAML, no crash, no leak, an error exactly when there is no host; and what was built can be
 * walked, read and asked for its processes and containers. */
#include "look.h"

#include "facts/container/find.h"
#include "host/process.h"
#include "probes/probe.h"

/* Links may make a few files look like thousands. */
enum { DEPTH_MAX = 6, LOOKS_MAX = 400 };

static void walk(struct host *host, const char *path, unsigned depth, unsigned *looks)
{
    g_auto(GStrv) names = depth < DEPTH_MAX ? host_list(host, path, NULL) : NULL;
    for (char **name = names; name && *name && *looks < LOOKS_MAX; name++) {
        g_autofree char *child = g_build_filename(path, *name, NULL);
        struct host_stat st;
        g_autoptr(GBytes) bytes = host_read_uncached(host, child, 4096, NULL);
        g_autofree char *target = host_readlink(host, child, NULL);
        *looks += 1;
        if (host_lstat(host, child, &st, NULL))
            walk(host, child, depth + 1, looks);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fuzz_part all = {(const char *)data, size};
    pl_autojson json_object *spec = fuzz_yaml(&all);
    g_autoptr(GError) error = NULL;
    unsigned looks = 0;
    if (!spec)
        return 0;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    if ((host == NULL) != (error != NULL))
        abort();
    if (!host)
        return 0;
    walk(host, "/", 0, &looks);
    const GPtrArray *processes = host_processes(host, NULL);
    const struct fact_context context = {.host = host, .daemons = fuzz_daemons()};
    if (processes && !containers_find(&context))
        abort();
    return 0;
}
