#include "facts/package/owners.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

static bool is_merged(const char *path)
{
    static const char *const tops[] = {"/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/libo32/"};
    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++)
        if (g_str_has_prefix(path, tops[i]))
            return true;
    return false;
}

static void claim(GHashTable *owners, const char *path, const char *package)
{
    gpointer key = NULL, owner = NULL;
    if (g_hash_table_lookup_extended(owners, path, &key, &owner) && !owner)
        g_hash_table_insert(owners, g_strdup(path), g_strdup(package));
}

void package_claim(GHashTable *owners, const char *path, size_t n, const char *package)
{
    char buffer[4 + PATH_MAX + 1] = "/usr";
    if (n == 0 || n > PATH_MAX || *path != '/')
        return;
    memcpy(buffer + 4, path, n);
    buffer[4 + n] = '\0';
    claim(owners, buffer + 4, package);
    if (is_merged(buffer + 4))
        claim(owners, buffer, package);
}
