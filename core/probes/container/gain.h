/* What the processes of a container can turn into: as root, by becoming other users, or by programs of its image that
 * are setuid or have capabilities (execve(2), capabilities(7)). */
#pragma once

#include "host/file_caps.h"
#include "probes/container/view.h"

/* What programs of a container give to whoever starts them (programs.h). */
struct container_gain {
    bool setuid;           /* some program is setuid */
    struct file_caps caps; /* of all of them, together */
    GError *error;         /* why there may be more; NULL */
};

void container_gain_clear(struct container_gain *gain);
/* The process is one that starting a program could give something. */
bool gain_may(const struct view *view, const struct process *process);

/* Capabilities that the process has or can get, in its own user namespace. */
uint64_t gain_caps(const struct view *view, const struct process *process);
/* The process is root of the host, or can become it. */
bool gain_root(const struct view *view, const struct process *process);
/* Notes (host/notes.h) where it is not known what programs give to the process. */
void gain_note(const struct view *view, const struct process *process);

/* Sets becomes_root. */
void container_set_gain(const struct view *view, struct item *item);
