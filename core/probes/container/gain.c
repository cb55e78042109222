/* A program that is setuid or has capabilities does nothing for a process with no_new_privs, and nothing where its file
 * system is mounted nosuid. */
#include "probes/container/gain.h"

#include "facts/container/record.h"
#include "facts/image/content.h"
#include "facts/image/list.h"
#include "facts/process/namespaces.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/container/origin.h"
#include "probes/container/setuid_below.h"

#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>

static bool is_root(const struct process *process)
{
    return process->ids_known && (!process->uid[0] || !process->uid[1] || !process->uid[2]);
}

/* It has another user namespace than the host: a setuid file of root is one of that namespace's root. */
static bool is_of_host(const struct view *view, const struct process *process)
{
    return namespace_relation(view->host, process, NS_USER) != NS_OWN;
}

static uint64_t held(const struct process *process)
{
    return process->caps_known
               ? process->caps[CAPSET_EFFECTIVE] | process->caps[CAPSET_PERMITTED] | process->caps[CAPSET_AMBIENT]
               : 0;
}

/* ---- programs ---- */

/* Starting a program of the image could give it something. */
static bool may_gain(const struct view *view, const struct process *process)
{
    return process->no_new_privs != 1 && is_of_host(view, process) && !is_root(process) &&
           !(held(process) & CAP_BIT(CAP_SETUID));
}

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
    return host_lstat(view->host, whole, &found, NULL) && found.mode & S_ISUID && !found.uid;
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

/* A file of the host's that is bound in, or a volume's, makes root as well, unless its mount says nosuid. */
static void look_at_mounts(const struct view *view, struct container_gain *gain)
{
    const struct mountinfo *mounts = view->container->mounts;
    for (guint i = 0; mounts && view->containers->host && i < mounts->lines->len && !gain->setuid; i++) {
        const struct mount_line *line = g_ptr_array_index(mounts->lines, i);
        if (mount_has_option(line->options, "nosuid") || container_mount_is_of_kernel(line) ||
            container_mount_is_hidden(view->container, line))
            continue;
        g_autofree char *home = container_host_path(view->containers, view->container, line);
        gain->setuid = home && container_setuid_below(view->host, home);
    }
}

void container_gain_look(const struct fact_context *context, const struct view *view, struct container_gain *gain)
{
    bool wanted = false;
    for (guint i = 0; i < view->processes->len; i++)
        wanted |= may_gain(view, view_process(view, i));
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

void container_gain_clear(struct container_gain *gain)
{
    g_clear_error(&gain->error);
}

/* ---- what follows ---- */

bool gain_root(const struct view *view, const struct process *process)
{
    if (is_root(process))
        return true;
    if (!is_of_host(view, process))
        return false;
    bool programs = view->gain && view->gain->setuid && may_gain(view, process);
    return programs || held(process) & CAP_BIT(CAP_SETUID);
}

/* With no_new_privs an execve() of root gains nothing (security/commoncap.c). */
uint64_t gain_caps(const struct view *view, const struct process *process)
{
    if (!process->caps_known)
        return 0;
    uint64_t mask = held(process), bounding = process->caps[CAPSET_BOUNDING];
    if (process->no_new_privs == 1)
        return mask;
    if (gain_root(view, process))
        return mask | bounding;
    return view->gain && may_gain(view, process) ? mask | (view->gain->caps & bounding) : mask;
}

void gain_note(const struct view *view, const struct process *process)
{
    if (view->gain && view->gain->error && may_gain(view, process) && !view->gain->setuid)
        host_note(g_error_copy(view->gain->error));
}

void container_set_gain(const struct view *view, struct item *item)
{
    bool root = false;
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        if (!process->ids_known || process->no_new_privs < 0)
            host_process_note(process, "status", NULL);
        if (namespace_relation(view->host, process, NS_USER) == NS_UNREAD)
            host_process_note(process, "ns/user", NULL);
        gain_note(view, process);
        root |= gain_root(view, process);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (root || !failure)
        item_set_bool(item, "becomes_root", root);
    else
        item_unread_error(item, "becomes_root", failure);
}
