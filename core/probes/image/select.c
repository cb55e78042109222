/* The item of an image, and which images an object means. */
#include "probes/image/select.h"

#include "model/name_glob.h"
#include "probes/common/object.h"
#include "probes/probe.h"

bool image_is_selected(const struct image *image, const json_object *object)
{
    const char *name = object_string(object, "name", NULL), *format = object_string(object, "format", NULL);
    bool archive = g_str_equal(image->engine, "archive");
    if ((format && !g_str_equal(format, image->format)) || (object_bool(object, "stored", false) && archive))
        return false;
    bool named = !name || name_matches(name, image->subject) || (image->id && name_matches(name, image->id));
    for (char **tag = image->tags; !named && *tag; tag++)
        named = name_matches(name, *tag);
    return named;
}

struct item *image_add_item(const struct image *image, struct items *items)
{
    struct item *item = items_add(items, image->subject);
    if (image->source_path)
        item_source_path(item, image->source_path, 0);
    if (image->source_api)
        item_source_api(item, "%s", image->source_api);
    item_set_string(item, "id", image->id);
    item_set_string(item, "engine", image->engine);
    item_set_string(item, "format", image->format);
    return item;
}

void image_add_problems(const struct images *images, struct items *items)
{
    problems_copy(items->problems, images->problems);
}
