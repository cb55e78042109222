/* A container is stale when it runs, and the name that it was started from means another image by now. */
#include "facts/image/use.h"

#include <string.h>

static void user_free(gpointer data)
{
    struct image_user *user = data;
    g_free(user->container);
    g_free(user->image_id);
    g_free(user->reference);
    g_free(user);
}

GPtrArray *image_users_new(void)
{
    return g_ptr_array_new_with_free_func(user_free);
}

struct image_user *image_users_add(GPtrArray *users, const char *container, const char *image_id, const char *reference,
                                   bool running)
{
    struct image_user *user = g_new0(struct image_user, 1);
    *user = (struct image_user){g_strdup(container), g_strdup(image_id), g_strdup(reference), running, false};
    g_ptr_array_add(users, user);
    return user;
}

static bool is_tagged(const struct image *image, const char *reference)
{
    const char *slash = strrchr(reference, '/');
    bool has_tag = strchr(slash ? slash : reference, ':') != NULL;
    g_autofree char *full = has_tag ? g_strdup(reference) : g_strconcat(reference, ":latest", NULL);
    return g_strv_contains((const char *const *)image->tags, full);
}

/* The image that a name means now; NULL when none of them has it. */
static const struct image *meant_by(const struct images *images, guint from, const char *reference)
{
    for (guint i = from; reference && i < images->list->len; i++)
        if (is_tagged(images->list->pdata[i], reference))
            return images->list->pdata[i];
    return NULL;
}

static void apply(const GPtrArray *users, const struct images *images, guint from, struct image *image)
{
    GPtrArray *stale = g_ptr_array_new();
    image->in_use_known = true;
    for (guint i = 0; i < users->len; i++) {
        const struct image_user *user = users->pdata[i];
        if (g_strcmp0(user->image_id, image->id) != 0)
            continue;
        image->in_use = true;
        image->stale_untold |= user->running && user->untold;
        const struct image *now = user->running ? meant_by(images, from, user->reference) : NULL;
        if (now && now != image)
            g_ptr_array_add(stale, g_strdup(user->container));
    }
    g_ptr_array_add(stale, NULL);
    image->stale = (char **)g_ptr_array_free(stale, FALSE);
}

void image_users_apply(const GPtrArray *users, struct images *images, guint from)
{
    for (guint i = from; users && i < images->list->len; i++)
        apply(users, images, from, images->list->pdata[i]);
}
