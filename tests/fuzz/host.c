/* Hosts of rule tests: any YAML, no crash, no leak, an error exactly when there is no host; and what was built can be
 * walked, read and asked for its processes and containers. */
#include "fuzz.h"

#include "host/process.h"
#include "probes/container_find.h"

static void walk(struct host *host, const char *path, unsigned depth)
{
    g_auto(GStrv) names = host_list(host, path, NULL);
    for (char **name = names; name && *name && depth < 6; name++) {
        g_autofree char *child = g_build_filename(path, *name, NULL);
        struct host_stat st;
        g_autoptr(GBytes) bytes = host_read_uncached(host, child, 4096, NULL);
        g_autofree char *target = host_readlink(host, child, NULL);
        if (host_lstat(host, child, &st, NULL))
            walk(host, child, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    pl_autojson json_object *spec = format_find("yaml")->parse("fuzz", text, strlen(text), NULL);
    g_autoptr(GError) error = NULL;
    if (!spec)
        return 0;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    if ((host == NULL) != (error != NULL))
        abort();
    if (!host)
        return 0;
    walk(host, "/", 0);
    const GPtrArray *processes = host_processes(host, NULL);
    if (processes && !containers_find(host))
        abort();
    return 0;
}
