/* Mount tables of any content: the reader says when it left something out, and the walk over a host with such a table
 * ends, has its root in sight or a gap, and finds each file once. */
#include "fuzz.h"

#include "host/mounts.h"
#include "host/walk.h"

static bool check(const struct mount_row *row, gpointer data)
{
    (void)data;
    if (*row->target != '/' || !*row->fstype || !row->optional || !row->root || !row->options || !row->source)
        abort();
    return true;
}

static struct host *make_host(const char *mounts)
{
    static const char *const files[] = {"/su", "/a/su", "/a/b/su", "/a b/su", "/srv/su"};
    pl_autojson json_object *spec = json_object_new_object();
    json_object *list = json_object_new_object();
    json_object_object_add(spec, "mounts", json_object_new_string(mounts));
    json_object_object_add(spec, "files", list);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        json_object *file = json_object_new_object();
        json_object_object_add(file, "mode", json_object_new_string("4755"));
        json_object_object_add(list, files[i], file);
    }
    return host_new_inline(spec, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *copy = g_strdup(text);
    g_autoptr(GError) error = NULL;
    if (mounts_each_in(copy, check, NULL, &error) != (error == NULL))
        abort();
    pl_auto(host) host = make_host(text);
    if (!host)
        return 0;
    const struct walk *walk = host_walk(host);
    for (guint i = 1; i < walk->entries->len; i++) {
        const struct walk_entry *last = walk->entries->pdata[i - 1], *entry = walk->entries->pdata[i];
        if (strcmp(last->path, entry->path) >= 0)
            abort();
    }
    if (walk->entries->len == 0 && walk->gaps->len == 0)
        abort(); /* "/su" lies on no other mount than the root's */
    return 0;
}
