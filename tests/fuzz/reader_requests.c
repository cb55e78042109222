/* Requests to the process that looks for the judge, as a judge that was taken over might send them. Nobody takes the
 * answers. */
#include "look.h"

#include "host/reader_server.h"
#include "host/reader_wire.h"
#include "host/wire.h"

#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    if (size > sizeof(struct reader_request) + 16 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return 0;
    if (!wire_send(pair[0], data, size, -1))
        abort();
    close(pair[0]);
    reader_serve(pair[1], READER_LOOKS);
    close(pair[1]);
    return 0;
}
