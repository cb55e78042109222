#include "engine/audited_host.h"

#include "facts/system/machine.h"
#include "facts/system/os_release.h"
#include "model/tree.h"
#include "model/visible.h"

#include <string.h>
#include <sys/utsname.h>

#define FACT_MAX 256

/* The first line of a file, stripped and valid UTF-8; "" when it cannot be read. */
static char *first_line(struct host *host, const char *path)
{
    g_autofree char *text = host_read_text(host, path, NULL);
    if (!text)
        return g_strdup("");
    text[strcspn(text, "\n")] = '\0';
    if (strlen(text) > FACT_MAX)
        text[FACT_MAX] = '\0';
    return visible_valid(g_strstrip(text));
}

static char *host_name(struct host *host)
{
    g_autofree char *running = host_is_live(host) ? first_line(host, "/proc/sys/kernel/hostname") : g_strdup("");
    return *running ? g_steal_pointer(&running) : first_line(host, "/etc/hostname");
}

static char *os_name(struct host *host)
{
    const char *name = tree_string(os_release_get(host, NULL)->tree, "PRETTY_NAME");
    return name ? g_strndup(name, FACT_MAX) : g_strdup("");
}

static char *machine(const struct host *host)
{
    struct utsname name;
    return g_strdup(host_is_live(host) && uname(&name) == 0 ? name.machine : "");
}

/* Stable and not to be turned back: the machine-id itself is confidential (machine-id(5)). */
static char *identity(struct host *host, const char *name)
{
    g_autofree char *id = first_line(host, "/etc/machine-id");
    g_autofree char *both = g_strconcat(id, name, NULL);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
    return g_strndup(sum, 32);
}

void audited_host_fill(struct audit *audit, struct host *host)
{
    audit->host.name = host_name(host);
    audit->host.os = os_name(host);
    audit->host.kernel = first_line(host, "/proc/sys/kernel/osrelease");
    audit->host.arch = machine(host);
    audit->host.root = g_strdup(host_root(host));
    audit->host.id = identity(host, audit->host.name);
    audit->host.privileged = host_is_privileged(host);
    audit->host.container = machine_in_container(host);
    audit->host.live = host_is_live(host);
}
