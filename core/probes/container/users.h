/* Who the processes of a container are on the host, and which of the host's namespaces they are in. */
#pragma once

#include "probes/container/view.h"

/* The process is in a user namespace that was made inside of the container, which has another one or none of its own;
 * or it cannot be told (container_note_owner()). */
bool container_is_nested(const struct view *view, const struct process *process);
/* Notes (host_process_note()) what was not read of the one whose user namespace may be the container's own, and with
 * that decides whether these processes are nested; nothing where all are in the host's. */
void container_note_owner(const struct view *view);
/* All processes that are looked at are in such namespaces. */
bool container_is_all_nested(const struct view *view);
/* Sets root_user, uid and uid_inside. */
void container_set_users(const struct view *view, struct item *item);
/* Sets host_namespaces and user_namespace. */
void container_set_namespaces(const struct view *view, struct item *item);
