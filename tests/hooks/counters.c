/* Only in builds of the preset asan: gcov's counters in memory that is shared with a file, in front of main().
 *
 * An audit is several processes that may neither open nor write files, and some are ended by a signal; gcov would write
 * when each of them ends. Here all of them, of all runs of one program, count in one file (NAME.counters beside the
 * build's objects, -fprofile-update=atomic), which is mapped before anything is confined, so that nothing of the
 * sandbox has to be wider for it. gcov itself writes only when it is asked to: PLUMBLINE_COVERAGE_WRITE=1 NAME.
 *
 * The linker script counters.ld gathers the counters; fork() must not be gcov's own (-fno-builtin-fork), which begins
 * anew with zeros. A process that cannot open the file is not counted. */
#include <fcntl.h>
#include <sanitizer/lsan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern char coverage_counters_begin[], coverage_counters_end[];

/* Before the destructors, one of which is gcov's. LeakSanitizer's turn would come after them; it does nothing where
 * leaks are not looked for. */
static void end_without_gcov(int status, void *data)
{
    (void)data;
    fflush(NULL);
    __lsan_do_leak_check();
    _exit(status);
}

__attribute__((constructor)) static void share_counters(void)
{
    const size_t size = (size_t)(coverage_counters_end - coverage_counters_begin);
    const char *write = getenv("PLUMBLINE_COVERAGE_WRITE");
    int fd = open(COUNTERS_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && posix_fallocate(fd, 0, (off_t)size) == 0) {
        (void)!fchmod(fd, 0666); /* ordinary users count as well */
        if (mmap(coverage_counters_begin, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
            perror(COUNTERS_FILE);
            abort();
        }
    }
    if (fd >= 0)
        close(fd);
    if (write)
        exit(0);
    on_exit(end_without_gcov, NULL);
}
