/* Access lists as the kernel shows them. */
#include "look.h"

#include "facts/file/acl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) value = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL;
    bool extended = false;
    static struct host *host; /* tells names alone */
    if (!host)
        host = fuzz_host(json_object_new_object());
    g_auto(GStrv) entries = acl_decode(host, value, &extended, &error);
    if ((entries == NULL) != (error != NULL))
        abort();
    for (char **entry = entries; entry && *entry; entry++)
        fuzz_check_text(*entry);
    return 0;
}
