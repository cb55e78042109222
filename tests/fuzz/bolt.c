/* A database, of which all buckets of the first level and a value of the next are read. */
#include "look.h"

#include "formats/bolt.h"

static bool take(const char *key, const guint8 *value, gsize n, gpointer data)
{
    guint8 *sum = data; /* every byte is one that may be read */
    fuzz_check_text(key);
    for (gsize i = 0; value && i < n; i++)
        *sum ^= value[i];
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const top[] = {NULL};
    static const char *const below[] = {"ctr", "one", NULL};
    g_autoptr(GBytes) file = g_bytes_new(data, size);
    g_autoptr(GError) first = NULL, second = NULL;
    guint8 sum = 0;
    if (bolt_each(file, "fuzz", top, take, &sum, &first) == (first != NULL))
        abort();
    g_autoptr(GBytes) value = bolt_value(file, "fuzz", below, "config", &second);
    if ((value != NULL) == (second != NULL))
        abort();
    return 0;
}
