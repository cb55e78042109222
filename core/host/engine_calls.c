#include "host/engine_calls.h"

#include <string.h>

/* "*" stands for one id. */
static const char *const calls[] = {
    "/_ping",
    "/version",
    "/info",
    "/containers/json?all=1",
    "/containers/*/json",
    "/exec/*/json",
    "/images/json?all=0",
    "/images/*/json",
    "/images/*/history",
    "/networks",
    "/volumes",
    "/plugins",
    "/swarm",
    "/nodes",
    "/services",
    "/secrets",
};

static bool matches_call(const char *call, const char *path)
{
    static const char id[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    const char *star = strchr(call, '*');
    if (!star)
        return g_str_equal(call, path);
    size_t before = (size_t)(star - call);
    if (strncmp(call, path, before) != 0)
        return false;
    size_t n = strspn(path + before, id);
    return n > 0 && n <= 128 && path[before] != '.' && g_str_equal(path + before + n, star + 1);
}

bool engine_is_version(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n < 16 && g_ascii_isdigit(*text) && strspn(text, "0123456789.") == n;
}

/* What comes after "/v1.44"; the path itself where there is no version. */
static const char *skip_version(const char *path)
{
    const char *slash = g_str_has_prefix(path, "/v") ? strchr(path + 2, '/') : NULL;
    g_autofree char *version = slash ? g_strndup(path + 2, (gsize)(slash - path - 2)) : NULL;
    return version && engine_is_version(version) ? slash : path;
}

bool engine_is_call(const char *path)
{
    const char *bare = skip_version(path);
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
        if (matches_call(calls[i], bare))
            return true;
    return false;
}
