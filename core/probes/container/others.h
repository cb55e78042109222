/* Whose files a container reaches through /proc/PID/root: those of its neighbours and of accounts of the host, in a
 * process namespace that they share or where the host's /proc is mounted. */
#pragma once

#include "probes/container/view.h"

/* A process of the container may look into another one that it sees. */
bool container_may_look(const struct view *view, const struct process *mine, const struct process *other);
/* Notes what of the other one, or of its own processes, that answer hangs on and was not read. */
void container_note_other(const struct view *view, const struct process *other);
void container_note_lookers(const struct view *view);
/* It sees the processes of all containers: it has the host's process namespace, or its /proc; `writable`: and may write
 * there. */
bool container_sees_all(const struct view *view, bool writable);
/* It sees the processes of another container; `all`: that is so of all of them. */
bool container_sees(const struct view *view, const struct container *other, bool all);
/* Other containers whose processes it sees and may look into (struct container, borrowed). What could not be read, and
 * more of them than are looked at, is noted (host/notes.h). Caller unrefs. */
GPtrArray *container_neighbours(const struct view *view);
/* Sets host_accounts and neighbours; needs host_paths. Adds to `reached` an item of what each neighbour sees of the
 * host (the fields of container_set_mounts()). */
void container_set_others(const struct view *view, struct item *item, struct items *reached);
