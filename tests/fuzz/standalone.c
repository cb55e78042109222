/* Runs a harness over files and directories of files, where there is no libFuzzer; with --mutate=N every file also N
 * times with random changes (seed fixed, so that a failure comes again). */
#include "fuzz.h"

#include <stdio.h>

static void run_bytes(const char *bytes, gsize n)
{
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, n);
}

static void mutate(GRand *rand, char *bytes, gsize *n)
{
    static const char odd[] = "\"'\\\n\r\t []{}<>&*=:,.#-%\0\xFF\xC3";
    for (int changes = g_rand_int_range(rand, 1, 6); changes && *n; changes--) {
        gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)*n);
        int kind = g_rand_int_range(rand, 0, 3);
        if (kind == 0)
            bytes[at] = odd[g_rand_int_range(rand, 0, sizeof odd - 1)];
        else if (kind == 1)
            bytes[at] = (char)g_rand_int_range(rand, 0, 256);
        else
            *n = at;
    }
}

static bool run_file(const char *path, gint64 mutations)
{
    g_autofree char *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &bytes, &n, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return false;
    }
    run_bytes(bytes, n);
    GRand *rand = g_rand_new_with_seed(1);
    for (gint64 i = 0; i < mutations; i++) {
        g_autofree char *copy = g_memdup2(bytes, n + 1);
        gsize size = n;
        mutate(rand, copy, &size);
        run_bytes(copy, size);
    }
    g_rand_free(rand);
    return true;
}

static bool run_path(const char *path, gint64 mutations)
{
    if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        return run_file(path, mutations);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    bool ok = dir != NULL;
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        ok = run_path(child, mutations) && ok;
    }
    return ok;
}

int main(int argc, char **argv)
{
    gint64 mutations = 0;
    bool ok = true;
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "--mutate="))
            ok = g_ascii_string_to_signed(argv[i] + 9, 10, 0, G_MAXINT32, &mutations, NULL) && ok;
        else
            ok = run_path(argv[i], mutations) && ok;
    }
    return ok ? 0 : 1;
}
