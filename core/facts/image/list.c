#include "facts/image/list.h"

#include "facts/image/containers.h"
#include "facts/image/docker.h"
#include "facts/image/path.h"

static void images_free(gpointer data)
{
    struct images *images = data;
    g_ptr_array_unref(images->list);
    g_ptr_array_unref(images->problems);
    g_free(images);
}

static gpointer make_images(struct host *host, gpointer data)
{
    struct images *images = g_new0(struct images, 1);
    images->list = g_ptr_array_new_with_free_func(image_free);
    images->problems = problems_new();
    if (host_images(host)) {
        images_add_paths(host, images);
    } else {
        images_add_docker(data, images);
        images_add_containers_storage(host, images);
    }
    for (guint i = 0; i < images->list->len; i++)
        ((struct image *)images->list->pdata[i])->all = images;
    return images;
}

const struct images *images_of(const struct fact_context *context)
{
    return host_memo(context->host, "images", make_images, (gpointer)(uintptr_t)context, images_free);
}
