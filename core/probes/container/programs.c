/* A file of the host's that is bound in, a volume's, or one that was written since, makes root as well as one of the
 * image, unless its mount says nosuid. What was written since is in the writable layer: of an overlay the kernel says
 * where that is, else it is found among all that the root file system has. */
#include "probes/container/programs.h"
#include "probes/container/origin.h"

#include "facts/container/planned.h"
#include "facts/container/record.h"
#include "facts/image/content.h"
#include "facts/image/list.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/container/mount_below.h"
#include "probes/container/origin.h"
#include "probes/container/permit.h"

#include <string.h>
#include <sys/stat.h>

struct programs_search {
    const struct view *view;
    struct container_gain *gain;
    bool caps;    /* some process could get capabilities by a file */
    bool covered; /* other layers lie above what is looked at */
    struct below below;
};

/* ---- one file ---- */

static void take_caps(const struct programs_search *search, const char *path)
{
    gsize n = 0;
    g_autoptr(GBytes) value = host_getxattr(search->view->host, path, FILE_CAPS_ATTRIBUTE, NULL);
    const void *bytes = value ? g_bytes_get_data(value, &n) : NULL;
    struct file_caps caps;
    if (!file_caps_parse(bytes, n, &caps))
        return;
    search->gain->caps.permitted |= caps.permitted;
    search->gain->caps.inheritable |= caps.inheritable;
}

static bool is_setuid_root(const struct host_stat *file)
{
    return S_ISREG(file->mode) && file->mode & S_ISUID && !file->uid;
}

/* In what lies below other layers a file may be another one inside, or none. */
static bool is_shown(const struct programs_search *search, const struct below_entry *entry, struct host_stat *shown)
{
    *shown = *entry->stat;
    if (!search->covered)
        return true;
    g_autofree char *root = host_process_file(search->view->first, "root");
    g_autofree char *path = below_path(root, entry);
    return host_lstat(search->view->host, path, shown, NULL) && S_ISREG(shown->mode);
}

static enum below_step take_program(const struct programs_search *search, const struct below_entry *entry)
{
    struct host_stat file;
    g_autofree char *path = below_path(search->below.top, entry);
    if (!is_shown(search, entry, &file) || !container_users_may(search->view, &file, MAY_PASS))
        return BELOW_ON;
    search->gain->setuid |= is_setuid_root(&file);
    if (!search->gain->setuid && search->caps)
        take_caps(search, path);
    return search->gain->setuid ? BELOW_FOUND : BELOW_ON;
}

static enum below_step look_at(const struct below_entry *entry, gpointer data)
{
    const struct programs_search *search = data;
    const struct host_stat *file = entry->stat;
    if (S_ISDIR(file->mode))
        return container_users_may(search->view, file, MAY_PASS) ? BELOW_ON : BELOW_APART;
    if (is_setuid_root(file) || (search->caps && S_ISREG(file->mode) && file->mode & 0111))
        return take_program(search, entry);
    return BELOW_ON;
}

/* ---- of the image ---- */

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

/* As they are now inside: the image's may have been changed, or be somebody else's. */
static void look_at_those(const struct programs_search *search, const GPtrArray *paths)
{
    const struct view *view = search->view;
    g_autofree char *root = host_process_file(view->first, "root");
    for (guint i = 0; i < paths->len && !search->gain->setuid; i++) {
        g_autofree char *path = g_strconcat(root, g_ptr_array_index(paths, i), NULL);
        struct host_stat found;
        if (!host_lstat(view->host, path, &found, NULL) || !container_users_may(view, &found, MAY_PASS))
            continue;
        search->gain->setuid = is_setuid_root(&found);
        if (S_ISREG(found.mode))
            take_caps(search, path);
    }
}

static void look_at_image(const struct fact_context *context, const struct programs_search *search, GError **error)
{
    const struct container *container = search->view->container;
    const struct image *image = image_of(context, tree_string(container->record->fields, "image_id"));
    if (!image) { /* which is unknown, not an error of ours */
        g_set_error(error, PL_ERROR, PL_ERROR_DENIED,
                    "%s: its image was not found, and what is setuid in it is not known", container->name);
        return;
    }
    const struct image_content *content = image_content_of(context->host, image);
    const GPtrArray *setuid = content->found[IMAGE_SETUID], *capable = content->found[IMAGE_CAPABILITY];
    if (search->view->first->planned) { /* it has no files yet, and whose these are the image's list does not say */
        if (setuid->len || capable->len || content->error || content->hindered)
            g_set_error(error, PL_ERROR, PL_ERROR_DENIED, "%s: what setuid programs of its image give is not known",
                        container->name);
        return;
    }
    look_at_those(search, setuid);
    look_at_those(search, capable);
    GError *hindered = content->hindered ? problem_to_error(content->hindered) : NULL;
    g_prefix_error(&hindered, "%s: ", image->subject);
    if (content->error) {
        g_clear_error(&hindered);
        hindered = g_error_copy(content->error);
    }
    if (hindered)
        g_propagate_error(error, hindered);
}

/* ---- of the root file system ---- */

/* The value of an option of an overlay; NULL without. Caller frees. */
static char *overlay_option(const struct mount_line *line, const char *name)
{
    g_auto(GStrv) options = g_strsplit(g_str_equal(line->fstype, "overlay") ? line->super : "", ",", -1);
    for (char **one = options; *one; one++)
        if (g_str_has_prefix(*one, name))
            return g_strdup(*one + strlen(name));
    return NULL;
}

/* The kernel shows the option as it was given, in whosever mounts: the folder that the root has on top of all layers is
 * the one with the same times. */
static bool is_upper_layer(const struct view *view, const char *upper)
{
    g_autofree char *root = host_process_file(view->first, "root");
    struct host_stat above, whole;
    /* Unheard: then the whole is looked through. */
    if (!upper || *upper != '/' || !host_lstat(view->host, upper, &above, host_unheard()) ||
        !host_stat(view->host, root, &whole, host_unheard()))
        return false;
    return S_ISDIR(above.mode) && above.mode == whole.mode && above.uid == whole.uid && above.mtime == whole.mtime &&
           above.ctime == whole.ctime;
}

static bool look_at_layer(struct programs_search *search, const char *layer, GError **error)
{
    search->below.host = search->view->host;
    search->below.top = layer;
    search->below.place = layer;
    search->below.follow = true;
    search->below.mounts = search->view->containers->host;
    search->below.files = 0;
    bool seen = below_walk(&search->below, error);
    search->below.top = search->below.place = NULL;
    return seen;
}

/* Those of one image are read once for all containers of it. */
static bool look_at_lower(struct programs_search *search, const struct mount_line *line)
{
    g_autofree char *lower = overlay_option(line, "lowerdir=");
    g_auto(GStrv) layers = g_strsplit(lower ? lower : "", ":", -1);
    bool seen = *layers;
    g_autoptr(GError) error = NULL; /* the whole is looked through then */
    search->covered = true;
    for (char **layer = layers; *layer && seen && !search->gain->setuid; layer++)
        seen = **layer == '/' && look_at_layer(search, *layer, &error);
    search->covered = false;
    return seen;
}

/* What was changed since, and what the image has. */
static bool look_at_layers(const struct fact_context *context, struct programs_search *search,
                           const struct mount_line *line)
{
    g_autofree char *upper = overlay_option(line, "upperdir=");
    g_autoptr(GError) error = NULL;
    if (!is_upper_layer(search->view, upper) || !look_at_layer(search, upper, &error))
        return false;
    g_clear_error(&error);
    if (search->gain->setuid)
        return true;
    look_at_image(context, search, &error);
    return !error || look_at_lower(search, line);
}

/* The root need not be a mount: of a process that was moved by chroot(2) it is a folder. */
static bool look_at_whole(struct programs_search *search, const struct mount_line *line, GError **error)
{
    const struct view *view = search->view;
    if (line)
        return container_walk_mount(view, line, MOUNT_FILES_ALL, &search->below, error);
    g_autofree char *root = host_process_file(view->first, "root");
    search->below.host = view->host;
    search->below.top = root;
    search->below.place = "/";
    search->below.follow = true;
    search->below.mounts = view->container->mounts;
    bool seen = below_walk(&search->below, error);
    search->below.top = search->below.place = NULL;
    return seen;
}

/* What was written in one that does not run; false, which is noted, where that is not known. */
static bool look_at_own_layer(struct programs_search *search)
{
    const struct container *container = search->view->container;
    const struct container_planned *planned = container->planned;
    if (planned->layer)
        return look_at_layer(search, planned->layer, NULL);
    host_note(planned->layer_error
                  ? g_error_copy(planned->layer_error)
                  : g_error_new(PL_ERROR, PL_ERROR_DENIED, "%s: where what was written in it lies is not known",
                                container->name));
    return false;
}

/* Its next start begins with that, and with what its image has. */
static void look_at_planned(const struct fact_context *context, struct programs_search *search)
{
    GError *error = NULL;
    bool seen = look_at_own_layer(search);
    if (search->gain->setuid || (seen && search->view->container->planned->layer_is_whole))
        return;
    look_at_image(context, search, &error);
    if (error)
        host_note(error);
}

static void look_at_root(const struct fact_context *context, struct programs_search *search)
{
    const struct mount_line *line = mountinfo_at(search->view->container->mounts, "/");
    g_autoptr(GError) error = NULL, beside = NULL;
    if (line && mount_has_option(line->options, "nosuid"))
        return;
    if (search->view->container->planned) {
        look_at_planned(context, search);
        return;
    }
    if ((line && look_at_layers(context, search, line)) || look_at_whole(search, line, &error))
        return;
    look_at_image(context, search, &beside);
    if (error)
        host_note(g_steal_pointer(&error));
    if (beside)
        host_note(g_steal_pointer(&beside));
}

static void look_at_mounts(struct programs_search *search)
{
    const GPtrArray *lines = search->view->container->mounts->lines;
    for (guint i = 0; i < lines->len && !search->gain->setuid; i++) {
        const struct mount_line *line = g_ptr_array_index(lines, i);
        search->below.files = 0;
        if (!mount_has_option(line->options, "nosuid") && !container_mount_is_of_kernel(line) &&
            !g_str_equal(line->target, "/"))
            container_walk_mount(search->view, line, MOUNT_FILES_ALL, &search->below, NULL);
    }
}

/* ---- all ---- */

static bool could_gain_caps(const struct process *process)
{
    return !process->caps_known || process->caps[CAPSET_BOUNDING] || process->caps[CAPSET_INHERITABLE];
}

void container_programs_look(const struct fact_context *context, const struct view *view, struct container_gain *gain)
{
    struct programs_search search = {.view = view, .gain = gain};
    search.below = (struct below){.visit = look_at, .data = &search};
    bool wanted = false;
    for (guint i = 0; i < view->processes->len; i++) {
        bool may = gain_may(view, view_process(view, i));
        wanted |= may;
        search.caps |= may && could_gain_caps(view_process(view, i));
    }
    if (!wanted)
        return;
    struct host_noting noted = host_notes_begin();
    if (view->container->mounts) {
        look_at_root(context, &search);
        look_at_mounts(&search);
    } else {
        host_note(g_error_copy(view->container->mounts_error));
    }
    gain->error = host_notes_take(&noted);
}
