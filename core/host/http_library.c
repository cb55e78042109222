#include "host/http_library.h"

#include "host/notes.h"
#include "model/error.h"

#include <dlfcn.h>
#include <string.h>

/* Its interface has been the same since 2006. */
#define LIBRARY "libcurl.so.4"

struct http_library http_library;

static bool take(void *handle, const char *name, void *member)
{
    void *found = dlsym(handle, name);
    memcpy(member, &found, sizeof found); /* POSIX: an object pointer that stands for a function */
    return found != NULL;
}

static bool take_all(void *handle, CURLcode (**start)(long flags))
{
    return take(handle, "curl_global_init", start) && take(handle, "curl_easy_init", &http_library.init) &&
           take(handle, "curl_easy_cleanup", &http_library.cleanup) &&
           take(handle, "curl_easy_reset", &http_library.reset) &&
           take(handle, "curl_easy_setopt", &http_library.setopt) &&
           take(handle, "curl_easy_getinfo", &http_library.getinfo) &&
           take(handle, "curl_easy_perform", &http_library.perform) &&
           take(handle, "curl_easy_strerror", &http_library.strerror) &&
           take(handle, "curl_slist_append", &http_library.append) &&
           take(handle, "curl_slist_free_all", &http_library.free_all);
}

/* A text that says why it is not there; NULL: it is. */
static gpointer load_once(gpointer unused)
{
    (void)unused;
    CURLcode (*start)(long flags) = NULL;
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!handle || !take_all(handle, &start))
        return g_strdup_printf("%s could not be loaded: %s", LIBRARY, dlerror());
    return start(CURL_GLOBAL_DEFAULT) == CURLE_OK ? NULL : g_strdup(LIBRARY " could not be initialised");
}

bool http_library_load(GError **error)
{
    static GOnce once = G_ONCE_INIT; /* libcurl's global state is per process; nothing else may be static */
    const char *why = g_once(&once, load_once, NULL);
    if (why)
        g_set_error_literal(error, PL_ERROR, PL_ERROR_READ, why);
    return !why;
}

static bool holds(struct host *host, const char *path)
{
    /* Unheard: as in http_library_is_likely(). */
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, HOST_FILE_MAX, host_unheard());
    gsize n = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    return text && memmem(text, n, "docker", strlen("docker"));
}

bool http_library_is_likely(struct host *host)
{
    if (!host_is_live(host))
        return false;
    /* systemd may listen for an engine that does not run yet. */
    if (host_exists(host, "/run/docker.sock"))
        return true;
    /* Unheard: what is missed cannot be asked, which is an error of its own. */
    g_auto(GStrv) names = host_list(host, "/proc", host_unheard());
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_strdup_printf("/proc/%s/comm", *name);
        if (g_ascii_isdigit(**name) && holds(host, path))
            return true;
    }
    return false;
}
