#include "sandbox/guard.h"

#include "model/error.h"
#include "model/value.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void close_between(unsigned first, unsigned last)
{
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
        return;
    /* Linux before 5.9 */
    struct rlimit limit = {.rlim_cur = 1024};
    getrlimit(RLIMIT_NOFILE, &limit);
    for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; fd++)
        close((int)fd);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

void sandbox_keep_descriptors(const int *keep, gsize n)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(int));
    g_array_append_vals(sorted, keep, (guint)n);
    g_array_sort(sorted, by_number);
    unsigned next = STDERR_FILENO + 1;
    for (guint i = 0; i < sorted->len; i++) {
        int fd = g_array_index(sorted, int, i);
        if (fd < (int)next)
            continue;
        close_between(next, (unsigned)fd - 1);
        next = (unsigned)fd + 1;
    }
    close_between(next, UINT_MAX);
}

/* "--output=json=/dev/fd/63", as a shell writes >(command). */
static void add_named(GArray *keep, const char *argument)
{
    static const char *const places[] = {"/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        const char *at = strstr(argument, places[i]);
        const char *digits = at ? at + strlen(places[i]) : "";
        g_autofree char *number = g_strndup(digits, strspn(digits, "0123456789"));
        uint64_t value = 0;
        int fd = value_parse_u64(number, INT_MAX, &value) ? (int)value : -1;
        if (fd >= 0)
            g_array_append_val(keep, fd);
    }
}

static void close_inherited(int argc, char *const *argv)
{
    g_autoptr(GArray) keep = g_array_new(FALSE, FALSE, sizeof(int));
    for (int i = 1; i < argc; i++)
        add_named(keep, argv[i]);
    sandbox_keep_descriptors((const int *)(const void *)keep->data, keep->len);
}

/* The lowest free number is the one that is given. */
static bool open_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
            return false;
    return true;
}

bool sandbox_guard(int argc, char *const *argv, GError **error)
{
    const struct rlimit none = {0, 0};
    if (getauxval(AT_SECURE)) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_UNSUPPORTED,
                            "installed set-user-id, set-group-id or with file capabilities, this program would obey "
                            "whoever calls it: it does not run so");
        return false;
    }
    if (!open_standard()) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_UNSUPPORTED,
                            "standard descriptors are closed and /dev/null "
                            "cannot be opened in their place");
        return false;
    }
    close_inherited(argc, argv);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return true;
}
