#include "facts/container/record_monitor.h"

#include "facts/container/made.h"
#include "model/tree.h"

#include <string.h>

/* conmon's -l is DRIVER:PLACE, or a path alone for the file of a container engine's own form; a file grows up to
 * --log-size-max (conmon(8)). CRI-O's kubelet turns its files over, which no monitor knows. */
void container_record_add_log(struct host *host, const struct container *container,
                              const struct container_record *record)
{
    const char *told = container_told_to_monitor(host, container, "-l");
    if (!told || !record->fields || !g_str_equal(container->runtime, "podman"))
        return;
    g_autofree char *driver = *told == '/' ? g_strdup("k8s-file") : g_strndup(told, strcspn(told, ":"));
    bool bounded = !g_str_equal(driver, "k8s-file") || container_told_to_monitor(host, container, "--log-size-max");
    json_object_object_add(record->fields, "log_driver", tree_new_text(driver));
    json_object_object_add(record->fields, "log_bounded", json_object_new_boolean(bounded));
}
