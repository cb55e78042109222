#include "probes/noted.h"

struct noted noted_begin(void)
{
    struct noted noted = {.notes = host_notes_new()};
    noted.before = host_notes_swap(noted.notes);
    return noted;
}

void noted_end(struct noted *noted, struct item *item, const char *const *fields)
{
    host_notes_swap(noted->before);
    const GPtrArray *failures = host_notes_list(noted->notes);
    for (; failures->len && *fields; fields++) {
        json_object_object_del(item->fields, *fields);
        item_unread_error(item, *fields, g_ptr_array_index(failures, 0));
    }
    g_clear_pointer(&noted->notes, host_notes_unref);
}
