#include "cli/standard_output.h"

#include "cli/message.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

void output_write(const char *bytes, gsize n)
{
    /* A short write leaves the stream's error flag set, which output_flush() reads. */
    (void)!fwrite(bytes, 1, n, stdout);
}

/* Nobody reads any more: `plumbline list | head`. */
static bool is_broken_pipe(int err)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return err == EPIPE || (poll(&out, 1, 0) == 1 && (out.revents & POLLERR));
}

void output_end_by_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

bool output_flush(void)
{
    errno = 0;
    bool done = fflush(stdout) == 0 && !ferror(stdout);
    int err = errno ? errno : EIO;
    if (done)
        return true;
    if (is_broken_pipe(err))
        output_end_by_pipe();
    message("standard output could not be written: %s", g_strerror(err));
    return false;
}
