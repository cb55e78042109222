#include "facts/system/os_release.h"

#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#define WORDS_MAX 100

static void release_free(gpointer data)
{
    struct os_release *release = data;
    g_strfreev(release->like);
    g_clear_error(&release->error);
    g_free(release);
}

static char **words_of(const char *id, const char *like)
{
    g_autofree char *all = g_strdup_printf("%s %s", id, like ? like : "");
    g_auto(GStrv) words = g_strsplit_set(all, " \t", WORDS_MAX);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (char **word = words; *word; word++)
        if (**word && !g_ptr_array_find_with_equal_func(found, *word, g_str_equal, NULL))
            g_ptr_array_add(found, *word);
    g_ptr_array_add(found, NULL);
    return g_strdupv((char **)found->pdata);
}

/* /etc wins where both are there. */
static void read_release(struct host *host, const struct process *process, struct os_release *release)
{
    static const char *const files[] = {"/etc/os-release", "/usr/lib/os-release"};
    for (size_t i = 0; !release->tree && !release->error && i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = process ? host_process_path(host, process, files[i]) : g_strdup(files[i]);
        g_autoptr(GError) error = NULL;
        release->tree = format_read(host, path, format_find("keyvalue"), &error);
        release->path = release->tree ? files[i] : NULL;
        if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            release->error = g_steal_pointer(&error);
    }
}

static gpointer make_release(struct host *host, gpointer data)
{
    struct os_release *release = g_new0(struct os_release, 1);
    read_release(host, data, release);
    if (!release->tree)
        return release;
    const char *id = tree_string(release->tree, "ID");
    release->id = id ? id : "linux";
    release->version = tree_string(release->tree, "VERSION_ID");
    release->like = words_of(release->id, tree_string(release->tree, "ID_LIKE"));
    return release;
}

const struct os_release *os_release_get(struct host *host, const struct process *process)
{
    g_autofree char *path = process ? host_process_path(host, process, "/etc/os-release") : g_strdup("/etc/os-release");
    g_autofree char *key = g_strconcat("os-release:", path, NULL);
    return host_memo(host, key, make_release, (gpointer)(uintptr_t)process, release_free);
}
