/* Packets between the judge and the processes that look and connect for it, over socket pairs (SOCK_SEQPACKET). Both
 * ends check what they are told: neither is trusted by the other. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* The first packet of a process that serves: what it could take from itself. */
struct wire_hello {
    gint32 whole;   /* every layer of its sandbox is in force */
    char note[508]; /* what is not; NUL-terminated by the receiver */
};

/* One packet, with a descriptor when `fd` >= 0. False when the other end is gone. */
bool wire_send(int socket, gconstpointer bytes, gsize n, int fd);

/* One packet of at most `room` bytes; a longer one, and one without end of the other side's life, is an error. `fd` is
 * -1 or a descriptor that the caller closes; NULL: none is taken. `deadline` in g_get_monotonic_time(); 0: waits.
 * Bytes, 0 at the end, or a negative errno value. */
gssize wire_receive(int socket, gpointer buffer, gsize room, int *fd, gint64 deadline);
