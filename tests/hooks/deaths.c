/* Only in builds with AddressSanitizer: how many processes a sanitizer ended, in a file that is mapped in front of
 * main().
 *
 * An audit outlives the end of a process that serves it, and says that things could not be seen; the end of the judge
 * has an exit code of its own. A test that expects little else would be content with both. conftest.py reads the number
 * before and after each test. */
#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_uint *deaths;

/* LeakSanitizer traces the process that it looks at, which nobody may do with a confined one: it would end there,
 * however the program was started. Who wants it says so. */
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static void count_death(void)
{
    atomic_fetch_add(deaths, 1);
}

__attribute__((constructor)) static void watch(void)
{
    int fd = open(DEATHS_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    (void)!fchmod(fd, 0666); /* ordinary users count as well */
    void *shared = posix_fallocate(fd, 0, sizeof *deaths) == 0
                       ? mmap(NULL, sizeof *deaths, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                       : MAP_FAILED;
    close(fd);
    if (shared == MAP_FAILED)
        return;
    deaths = shared;
    __sanitizer_set_death_callback(count_death);
}
