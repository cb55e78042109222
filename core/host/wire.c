#include "host/wire.h"

#include "model/cleanup.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

bool wire_send(int socket, gconstpointer bytes, gsize n, int fd)
{
    struct iovec part = {.iov_base = (void *)(guintptr)bytes, .iov_len = n};
    union control control = {.bytes = {0}};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        control.head =
            (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
    }
    ssize_t sent = -1;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)n;
}

/* 0 when there is something to read, or a negative errno value. */
static int wait_for(int socket, gint64 deadline)
{
    struct pollfd ready = {.fd = socket, .events = POLLIN};
    for (;;) {
        gint64 left = deadline ? (deadline - g_get_monotonic_time()) / 1000 : -1;
        if (deadline && left <= 0)
            return -ETIMEDOUT;
        int n = poll(&ready, 1, deadline ? (int)MIN(left + 1, G_MAXINT) : -1);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -errno;
    }
}

static int descriptor_of(struct msghdr *message)
{
    int fd = -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(message);
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len >= CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

gssize wire_receive(int socket, gpointer buffer, gsize room, int *fd, gint64 deadline)
{
    struct iovec part = {.iov_base = buffer, .iov_len = room};
    union control control = {.bytes = {0}};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int err = wait_for(socket, deadline);
    if (err)
        return err;
    if (fd) {
        *fd = -1;
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
    }
    ssize_t n = -1;
    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    pl_autofd int received = fd ? descriptor_of(&message) : -1;
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
        return -EMSGSIZE;
    if (fd)
        *fd = pl_steal_fd(&received);
    return n;
}
