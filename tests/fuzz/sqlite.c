/* A database of SQLite: a column of all rows, and a value by its key. */
#include "look.h"

#include "formats/sqlite.h"

static bool take(const guint8 *value, gsize n, gpointer data)
{
    guint8 *sum = data; /* every byte is one that may be read */
    for (gsize i = 0; value && i < n; i++)
        *sum ^= value[i];
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sqlite_column column = {"ContainerConfig", "JSON"};
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL, first = NULL, second = NULL;
    guint8 sum = 0;
    struct sqlite_file *file = sqlite_file_open(bytes, "fuzz", 1 << 20, &error);
    if ((file != NULL) == (error != NULL))
        abort();
    if (!file)
        return 0;
    if (sqlite_file_each(file, &column, take, &sum, &first) == (first != NULL))
        abort();
    g_autoptr(GBytes) value = sqlite_file_value(file, &column, "ID", "one", &second);
    if ((value != NULL) == (second != NULL))
        abort();
    sqlite_file_close(file);
    return 0;
}
