/* Fields whose making may fail without a word: what fails between noted_begin() and noted_end() (host/notes.h) makes
 * just these fields unread instead of casting doubt on all that the probe found. */
#pragma once

#include "host/notes.h"
#include "model/item.h"

struct noted {
    struct host_notes *notes, *before;
};

struct noted noted_begin(void);
/* Ends it. A failure makes the fields unread, and takes away what they were set to. `fields` ends with NULL. */
void noted_end(struct noted *noted, struct item *item, const char *const *fields);
