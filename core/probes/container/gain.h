/* What the processes of a container can turn into: as root, by becoming other users, or by programs of its image that
 * are setuid or have capabilities (execve(2), capabilities(7)). */
#pragma once

#include "probes/container/view.h"

/* What the programs of a container's image give to whoever starts them. */
struct container_gain {
    bool setuid;   /* some program is setuid */
    uint64_t caps; /* file capabilities of all of them, together */
    GError *error; /* why there may be more; NULL */
};

/* Looks at the image of the container, only when some process could gain by it. Caller frees with
 * container_gain_clear(). */
void container_gain_look(const struct fact_context *context, const struct view *view, struct container_gain *gain);
void container_gain_clear(struct container_gain *gain);

/* Capabilities that the process has or can get, in its own user namespace. */
uint64_t gain_caps(const struct view *view, const struct process *process);
/* The process is root of the host, or can become it. */
bool gain_root(const struct view *view, const struct process *process);
/* Notes (host/notes.h) where it is not known what programs give to the process. */
void gain_note(const struct view *view, const struct process *process);

/* Sets becomes_root. */
void container_set_gain(const struct view *view, struct item *item);
