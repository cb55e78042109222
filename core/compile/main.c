/* compile-checks CHECKS OUT: compiles a folder of rules when plumbline is built (engine/compiled.h). */
#include "engine/compiled.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rules that are being written may be wrong: plumbline reads them as they are then, and says it. */
static int leave(const char *out, const char *why)
{
    fprintf(stderr, "%s is not written: %s\n", out, why);
    unlink(out);
    return 0;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: %s CHECKS OUT\n", argv[0]);
        return 2;
    }
    g_autoptr(GByteArray) bytes = compiled_write(argv[1], &error);
    if (!bytes)
        return leave(argv[2], error->message);
    if (g_file_set_contents_full(argv[2], (const char *)bytes->data, (gssize)bytes->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0644, &error))
        return 0;
    fprintf(stderr, "%s\n", error->message);
    return 1;
}
