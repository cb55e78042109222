/* ELF files of any content, as a file of the machine and as a member of an image. */
#include "look.h"

#include "facts/file/elf_file.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_autofd int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct elf_facts facts = {0};
    g_autoptr(GError) error = NULL;
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    bool ok = elf_facts_read(fd, "fuzz", &facts, &error);
    if (ok == (error != NULL))
        abort();
    if (ok)
        elf_facts_clear(&facts);
    else
        fuzz_check_text(error->message);
    return 0;
}
