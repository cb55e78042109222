#include "probes/common/noted.h"

void noted_end(struct host_noting *noted, struct item *item, const char *const *fields)
{
    g_autoptr(GError) error = host_notes_take(noted);
    for (; error && *fields; fields++) {
        json_object_object_del(item->fields, *fields);
        item_unread_error(item, *fields, error);
    }
}

void item_unread_process(struct item *item, const char *field, const struct process *process, const char *file)
{
    g_autoptr(GError) error = host_process_failure(process, file);
    item_unread_error(item, field, error);
}

void item_unread_namespace(struct item *item, const char *field, const struct process *process, const char *kind)
{
    g_autofree char *file = g_strconcat("ns/", kind, NULL);
    item_unread_process(item, field, process, file);
}
