/* Globs: on names, and on the files of a host. What matches as a name of a file is found there as well. */
#include "look.h"

#include "model/name_glob.h"

static const char machine[] = "files: {/a/b/c.conf: x, /a/b/d.conf: x, /a/e: x, /f.conf: x, /a/l: {target: /a/b}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[2];
    fuzz_cut(data, size, parts, G_N_ELEMENTS(parts));
    g_autofree char *pattern = fuzz_text(&parts[0]), *text = fuzz_text(&parts[1]);
    g_strchomp(pattern);
    g_strchomp(text);
    if (name_matches("*", text) != true || (!name_is_pattern(pattern) && !strchr(pattern, '\\') &&
                                            name_matches(pattern, text) != g_str_equal(pattern, text)))
        abort();
    name_matches(pattern, text);
    pl_auto(host) host = fuzz_host(fuzz_stated(machine));
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) found = host_glob(host, pattern, &error);
    for (char **path = found; path && *path; path++)
        if (!host_lstat(host, *path, &(struct host_stat){0}, NULL))
            abort();
    return 0;
}
