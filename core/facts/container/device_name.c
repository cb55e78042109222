#include "facts/container/device_name.h"

#include "host/notes.h"

#include <linux/major.h>
#include <string.h>
#include <sys/stat.h>

/* DEVNAME= of the device's own uevent file; the path below /dev. */
static char *name_in_sysfs(struct host *host, const struct host_stat *node)
{
    static const char key[] = "DEVNAME=";
    g_autofree char *path = g_strdup_printf("/sys/dev/%s/%u:%u/uevent", S_ISBLK(node->mode) ? "block" : "char",
                                            node->dev_major, node->dev_minor);
    /* Unheard: without sysfs the numbers and the name of the node have to do. */
    g_autofree char *text = host_read_text(host, path, host_unheard());
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, key))
            return g_build_filename("/dev", *line + strlen(key), NULL);
    return NULL;
}

static char *name_by_numbers(const struct host_stat *node)
{
    static const struct {
        uint32_t minor;
        const char *name;
    } memory[] = {{1, "/dev/mem"}, {2, "/dev/kmem"}, {4, "/dev/port"}, {11, "/dev/kmsg"}};
    if (!S_ISCHR(node->mode))
        return NULL;
    if (node->dev_major == SCSI_GENERIC_MAJOR)
        return g_strdup_printf("/dev/sg%u", node->dev_minor);
    if (node->dev_major == RAW_MAJOR)
        return g_strdup_printf("/dev/raw/raw%u", node->dev_minor);
    for (size_t i = 0; node->dev_major == MEM_MAJOR && i < G_N_ELEMENTS(memory); i++)
        if (memory[i].minor == node->dev_minor)
            return g_strdup(memory[i].name);
    return NULL;
}

char *device_kernel_name(struct host *host, const struct host_stat *node)
{
    if (!node->dev_major && !node->dev_minor)
        return NULL;
    char *name = name_in_sysfs(host, node);
    return name ? name : name_by_numbers(node);
}
