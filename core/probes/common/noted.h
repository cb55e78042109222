/* Fields whose making may fail without a word: what fails between host_notes_begin() (host/notes.h) and noted_end()
 * makes just these fields unread instead of casting doubt on all that the probe found. */
#pragma once

#include "host/notes.h"
#include "host/process.h"
#include "model/item.h"

/* Ends it. A failure makes the fields unread, and takes away what they were set to. `fields` ends with NULL. */
void noted_end(struct host_noting *noted, struct item *item, const char *const *fields);

/* A field that a file or link below /proc/PID would have told. */
void item_unread_process(struct item *item, const char *field, const struct process *process, const char *file);
/* A field that needs its namespace ("net") compared with the host's. */
void item_unread_namespace(struct item *item, const char *field, const struct process *process, const char *kind);
