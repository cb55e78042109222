/* Locals that free themselves. GLib's g_autoptr wants a typedef name; our structs are plain tags:
 *
 *     pl_auto(audit) audit = audit_new();      struct audit *, audit_free() at the end of the scope
 *     pl_autojson json_object *tree = ...;     json_object_put()
 *     pl_autofd int fd = ...;                  close(), when not negative
 *
 * g_steal_pointer() gives the first two away, pl_steal_fd() the last. */
#pragma once

#include <errno.h>
#include <json-c/json.h>
#include <unistd.h>

#define PL_DEFINE_CLEANUP(tag, destroy)                                                                                \
    static inline void tag##_cleanup(struct tag **pointer)                                                             \
    {                                                                                                                  \
        if (*pointer)                                                                                                  \
            destroy(*pointer);                                                                                         \
    }

#define pl_auto(tag) __attribute__((cleanup(tag##_cleanup))) struct tag *

static inline void pl_json_cleanup(json_object **pointer)
{
    json_object_put(*pointer);
}

static inline void pl_fd_cleanup(const int *fd)
{
    int saved = errno;
    if (*fd >= 0)
        close(*fd);
    errno = saved;
}

static inline int pl_steal_fd(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}

#define pl_autojson __attribute__((cleanup(pl_json_cleanup)))
#define pl_autofd   __attribute__((cleanup(pl_fd_cleanup)))
