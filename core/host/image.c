/* Images that are named by path. Each becomes a root of its own (its directory, or the folder of its file), so that
 * nothing in it leads elsewhere. */
#include "host/private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static void image_free(gpointer data)
{
    struct host_image *image = data;
    if (image->owned)
        host_free(image->host);
    g_clear_error(&image->error);
    g_free(image->name);
    g_free(image->path);
    g_free(image);
}

static void open_inline(struct host *host, struct host_image *image)
{
    struct host_stat st;
    if (!host_stat(host, image->name, &st, &image->error))
        return;
    image->host = host;
    image->path = g_strdup(image->name);
    image->directory = S_ISDIR(st.mode);
}

static void open_real(struct host_image *image)
{
    struct stat st;
    g_autofree char *real = realpath(image->name, NULL);
    if (!real || stat(real, &st) < 0) {
        pl_error_set_errno(&image->error, errno, image->name);
        return;
    }
    image->directory = S_ISDIR(st.st_mode);
    g_autofree char *folder = image->directory ? g_strdup(real) : g_path_get_dirname(real);
    g_autofree char *base = g_path_get_basename(real);
    image->host = host_new(folder, &image->error);
    image->owned = true;
    image->path = image->directory ? g_strdup("/") : g_strconcat("/", base, NULL);
}

void host_add_image(struct host *host, const char *path)
{
    if (!host->images)
        host->images = g_ptr_array_new_with_free_func(image_free);
    struct host_image *image = g_new0(struct host_image, 1);
    image->name = g_strdup(path);
    if (host->http)
        open_inline(host, image);
    else
        open_real(image);
    g_ptr_array_add(host->images, image);
}

const GPtrArray *host_images(const struct host *host)
{
    return host->images;
}
