#include "facts/package/packages.h"

#include "facts/file/confdirs.h"
#include "facts/package/readers.h"
#include "host/walk.h"

#include <string.h>

void package_free(gpointer data)
{
    struct package *package = data;
    g_free(package->name);
    g_free(package->version);
    g_free(package->arch);
    g_free(package->source);
    g_free(package->maintainer);
    g_free(package->partly);
    g_free(package);
}

static void packages_free(gpointer data)
{
    struct packages *packages = data;
    g_ptr_array_unref(packages->list);
    g_strfreev(packages->databases);
    g_ptr_array_unref(packages->errors);
    g_free(packages);
}

static int compare(gconstpointer a, gconstpointer b)
{
    const struct package *left = *(const struct package *const *)a;
    const struct package *right = *(const struct package *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : g_strcmp0(left->arch, right->arch);
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct packages *packages = g_new0(struct packages, 1);
    packages->list = g_ptr_array_new_with_free_func(package_free);
    packages->errors = confdirs_errors_new();
    GPtrArray *databases = g_ptr_array_new();
    dpkg_read(host, packages, databases);
    packages->of_dpkg = packages->errors->len;
    rpm_read(host, packages, databases);
    g_ptr_array_add(databases, NULL);
    packages->databases = (char **)g_ptr_array_free(databases, FALSE);
    g_ptr_array_sort(packages->list, compare);
    return packages;
}

const struct packages *packages_get(struct host *host)
{
    return host_memo(host, "packages", make, NULL, packages_free);
}

bool packages_has(const struct packages *packages, const char *name)
{
    for (guint low = 0, high = packages->list->len; low < high;) {
        guint middle = low + (high - low) / 2;
        const struct package *package = packages->list->pdata[middle];
        int order = strcmp(name, package->name);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

struct owners {
    GHashTable *by_path;
    GError *error; /* what kept some of them from being known */
};

static void owners_free(gpointer data)
{
    struct owners *owners = data;
    g_hash_table_unref(owners->by_path);
    g_clear_error(&owners->error);
    g_free(owners);
}

static gpointer make_owners(struct host *host, gpointer data)
{
    (void)data;
    struct owners *owners = g_new0(struct owners, 1);
    owners->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const GPtrArray *entries = host_walk(host)->entries;
    for (guint i = 0; i < entries->len; i++)
        g_hash_table_insert(owners->by_path, g_strdup(((const struct walk_entry *)entries->pdata[i])->path), NULL);
    if (entries->len) {
        dpkg_read_owners(host, owners->by_path, &owners->error);
        rpm_read_owners(host, owners->by_path, &owners->error);
    }
    return owners;
}

const char *packages_owner(struct host *host, const char *path, const GError **error)
{
    const struct owners *owners = host_memo(host, "package-owners", make_owners, NULL, owners_free);
    const char *owner = g_hash_table_lookup(owners->by_path, path);
    if (error)
        *error = owner ? NULL : owners->error;
    return owner;
}
