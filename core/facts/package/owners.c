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
    char buffer[4 + PATH_MAX + 1];
    if (n == 0 || n > PATH_MAX || *path != '/')
        return;
    memcpy(buffer, "/usr", 4);
    memcpy(buffer + 4, path, n);
    buffer[4 + n] = '\0';
    claim(owners, buffer + 4, package);
    if (is_merged(buffer + 4))
        claim(owners, buffer, package);
}

/* The bit of a path that is long enough: of "/bin/x" and "/usr/bin/x" the same. */
static guint bit_of(const char *path, size_t n)
{
    guint32 end = 0;
    memcpy(&end, path + n - sizeof end, sizeof end);
    return end * 2654435761U >> 20;
}

void package_ends_init(struct package_ends *ends, GHashTable *owners)
{
    GHashTableIter iter;
    gpointer path = NULL;
    memset(ends, 0, sizeof *ends);
    g_hash_table_iter_init(&iter, owners);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        size_t n = strlen(path);
        guint bit = n < sizeof(guint32) ? 0 : bit_of(path, n);
        ends->bits[bit / 64] |= G_GUINT64_CONSTANT(1) << bit % 64;
    }
}

bool package_ends_may_have(const struct package_ends *ends, const char *path, size_t n)
{
    if (n < sizeof(guint32))
        return true;
    guint bit = bit_of(path, n);
    return ends->bits[bit / 64] >> bit % 64 & 1;
}
