/* A judge that was taken over when its work was done and does not end. A library that is loaded before all others; what
 * it does is in STUCK: "silent" closes all that leads out and stays, "half" sends the writer a piece of a frame and
 * stays, "noise" sends it what is no frame and stays. Says "stuck" on standard error, which the test makes a socket. */
#define _GNU_SOURCE
#include <linux/seccomp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_all(const void *bytes, size_t n)
{
    for (int fd = 3; fd < 64; fd++) {
        int type = 0;
        socklen_t size = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM)
            send(fd, bytes, n, MSG_NOSIGNAL);
    }
}

__attribute__((destructor)) static void stay(void)
{
    const char *how = getenv("STUCK");
    /* Of those that end by exit() the judge is the one that is not root any more. */
    if (!how || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER || geteuid() == 0)
        return;
    if (!strcmp(how, "half"))
        send_all("\0\0", 2);
    if (!strcmp(how, "noise"))
        send_all("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 14);
    if (!strcmp(how, "silent"))
        for (int fd = 3; fd < 64; fd++)
            close(fd);
    send(2, "stuck\n", 6, MSG_NOSIGNAL);
    for (;;)
        poll(NULL, 0, -1);
}
