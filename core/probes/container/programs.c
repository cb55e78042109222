/* A file of the host's that is bound in, or a volume's, makes root as well as one of the image, unless its mount says
 * nosuid. */
#include "probes/container/programs.h"

#include "facts/container/record.h"
#include "facts/image/content.h"
#include "facts/image/list.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/container/mount_below.h"
#include "probes/container/permit.h"

#include <string.h>
#include <sys/stat.h>

/* ---- of the image ---- */

static bool is_nosuid(const struct container *container)
{
    const struct mount_line *root = container->mounts ? mountinfo_at(container->mounts, "/") : NULL;
    return root && mount_has_option(root->options, "nosuid");
}

static const struct image *image_of(const struct fact_context *context, const char *id)
{
    const struct images *images = id && *id ? images_of(context) : NULL;
    for (guint i = 0; images && i < images->list->len; i++) {
        const struct image *image = g_ptr_array_index(images->list, i);
        const char *bare = image->id && g_str_has_prefix(image->id, "sha256:") ? image->id + 7 : image->id;
        if (g_strcmp0(bare, g_str_has_prefix(id, "sha256:") ? id + 7 : id) == 0)
            return image;
    }
    return NULL;
}

/* struct vfs_cap_data of linux/capability.h: magic, then permitted and inheritable by words, little endian. */
static uint64_t caps_of_file(const struct view *view, const char *path)
{
    g_autofree char *root = host_process_file(view->first, "root"), *whole = g_strconcat(root, path, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) value = host_getxattr(view->host, whole, "security.capability", &error);
    gsize n = 0;
    const uint8_t *bytes = value ? g_bytes_get_data(value, &n) : NULL;
    uint32_t low = 0, high = 0;
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        host_note(g_steal_pointer(&error));
    if (n >= 8)
        memcpy(&low, bytes + 4, sizeof low);
    if (n >= 16)
        memcpy(&high, bytes + 12, sizeof high);
    return GUINT32_FROM_LE(low) | (uint64_t)GUINT32_FROM_LE(high) << 32;
}

/* As it is now inside: the image's may have been changed, or be somebody else's. */
static bool is_setuid_root(const struct view *view, const char *path)
{
    g_autofree char *root = host_process_file(view->first, "root"), *whole = g_strconcat(root, path, NULL);
    struct host_stat found;
    return host_lstat(view->host, whole, &found, NULL) && found.mode & S_ISUID && !found.uid &&
           container_users_may(view, &found, MAY_PASS);
}

static GError *look_at_image(const struct fact_context *context, const struct view *view, struct container_gain *gain)
{
    const struct container_record *record = view->container->record;
    const char *id = tree_string(record->fields, "image_id");
    const struct image *image = image_of(context, id);
    if (!image) /* which is unknown, not an error of ours */
        return g_error_new(PL_ERROR, PL_ERROR_DENIED,
                           "%s: its image was not found, and what is setuid in it is not known", view->container->name);
    const struct image_content *content = image_content_of(context->host, image);
    const GPtrArray *setuid = content->found[IMAGE_SETUID];
    const GPtrArray *capable = content->found[IMAGE_CAPABILITY];
    if (view->first->planned) /* it has no files yet, and whose these are the image's list does not say */
        return setuid->len || capable->len || content->error || content->hindered
                   ? g_error_new(PL_ERROR, PL_ERROR_DENIED, "%s: what setuid programs of its image give is not known",
                                 view->container->name)
                   : NULL;
    for (guint i = 0; i < setuid->len && !gain->setuid; i++)
        gain->setuid = is_setuid_root(view, g_ptr_array_index(setuid, i));
    for (guint i = 0; i < capable->len; i++)
        gain->caps |= caps_of_file(view, g_ptr_array_index(capable, i));
    if (content->error)
        return g_error_copy(content->error);
    GError *hindered = content->hindered ? problem_to_error(content->hindered) : NULL;
    g_prefix_error(&hindered, "%s: ", image->subject);
    return hindered;
}

/* ---- of mounts ---- */

struct programs_search {
    const struct view *view;
    struct container_gain *gain;
};

static enum below_step look_at(const struct below_entry *entry, gpointer data)
{
    const struct programs_search *search = data;
    const struct host_stat *file = entry->stat;
    bool folder = S_ISDIR(file->mode);
    bool gives = S_ISREG(file->mode) && file->mode & S_ISUID && !file->uid;
    if (!folder && !gives)
        return BELOW_ON;
    if (!container_users_may(search->view, file, MAY_PASS))
        return BELOW_APART;
    search->gain->setuid |= gives;
    return gives ? BELOW_FOUND : BELOW_ON;
}

static void look_at_mounts(const struct view *view, struct container_gain *gain)
{
    const struct mountinfo *mounts = view->container->mounts;
    struct programs_search search = {view, gain};
    struct below below = {.visit = look_at, .data = &search};
    if (!mounts)
        host_note(g_error_copy(view->container->mounts_error));
    for (guint i = 0; mounts && i < mounts->lines->len && !gain->setuid; i++) {
        const struct mount_line *line = g_ptr_array_index(mounts->lines, i);
        if (!mount_has_option(line->options, "nosuid") && !g_str_equal(line->target, "/"))
            container_walk_mount(view, line, MOUNT_FILES_ALL, &below, NULL);
    }
}

void container_programs_look(const struct fact_context *context, const struct view *view, struct container_gain *gain)
{
    bool wanted = false;
    for (guint i = 0; i < view->processes->len; i++)
        wanted |= gain_may(view, view_process(view, i));
    if (!wanted)
        return;
    struct host_noting noted = host_notes_begin();
    GError *error = is_nosuid(view->container) ? NULL : look_at_image(context, view, gain);
    look_at_mounts(view, gain);
    GError *failure = host_notes_take(&noted);
    gain->error = error ? error : failure;
    if (error)
        g_clear_error(&failure);
}
