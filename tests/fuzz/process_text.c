/* The parsers of /proc/PID by themselves, faster than by a host: status, stat, cmdline, links, maps, control groups. */
#include "look.h"

#include "facts/container/device_rules.h"
#include "facts/process/cgroup.h"
#include "facts/process/id_map.h"
#include "host/process_read.h"
#include "host/process_text.h"

#include <sys/stat.h>

static void read_groups(const char *text)
{
    bool v2 = false;
    g_autofree char *path = cgroup_path(text), *memory = cgroup_controller_path(text, "memory", &v2);
    g_autofree char *unit = path ? cgroup_unit(path) : NULL;
    cgroup_has_v1(text);
}

static void read_devices(char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    struct device_rule rule = {0};
    for (char **line = lines; *line; line++)
        if (device_rule_parse(*line, &rule))
            device_rule_is_standard(&rule);
    device_rules_open(lines, S_IFBLK, 8, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[2];
    gint64 inside = 0;
    fuzz_cut(data, size, parts, G_N_ELEMENTS(parts));
    g_autofree char *text = fuzz_text(&parts[0]), *other = fuzz_text(&parts[1]), *copy = g_strdup(text);
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    struct process *process = g_new0(struct process, 1);
    process->comm = g_strdup("");
    process_parse_stat(process, text);
    process_parse_status(process, copy);
    process_free(process);
    g_auto(GStrv) argv = process_parse_argv(bytes);
    process_parse_ns(text);
    id_map_inside(text, 100000, &inside);
    id_maps_overlap(text, other);
    read_groups(text);
    read_devices(text);
    return 0;
}
