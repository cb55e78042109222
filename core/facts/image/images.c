#include "facts/image/images.h"

#include "model/error.h"

#include <string.h>

void images_problem(struct images *images, const GError *error)
{
    struct problem *problem = problems_add_error(images->problems, error);
    if (problem && g_error_matches(error, PL_ERROR, PL_ERROR_UNSUPPORTED))
        problem->kind = PROBLEM_UNKNOWN;
}

void images_end_storage(struct images *images, guint from, uid_t owner, struct host_noting *noted)
{
    g_autoptr(GError) error = host_notes_take(noted);
    if (!error)
        return;
    if (owner == 0) {
        host_note(g_steal_pointer(&error));
        return;
    }
    g_ptr_array_set_size(images->list, (gint)from);
    images_problem(images, error);
}

bool images_room(struct images *images)
{
    if (images->list->len < IMAGES_MAX)
        return true;
    for (guint i = 0; i < images->problems->len; i++)
        if (strstr(((struct problem *)images->problems->pdata[i])->reason, "more than"))
            return false;
    problems_add_format(images->problems, PROBLEM_ERROR, NULL, "more than %d images: the rest is left out", IMAGES_MAX);
    return false;
}
