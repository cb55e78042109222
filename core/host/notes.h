/* Failures that nobody asked for. A file function of host.h that is called without a GError, and fails for another
 * reason than that nothing is there, must not look like an absence: the failure is noted for whoever collects notes in
 * this thread (the engine, around a probe), and becomes a problem of what was found. A value of host_memo() keeps the
 * notes of its making and gives them to everyone who uses it. Where a failure really changes nothing, the caller says
 * so with host_unheard(). */
#pragma once

#include "model/cleanup.h"

#include <glib.h>

/* Safe from several threads. */
struct host_notes;

struct host_notes *host_notes_new(void);
struct host_notes *host_notes_ref(struct host_notes *notes);
void host_notes_unref(struct host_notes *notes);
PL_DEFINE_CLEANUP(host_notes, host_notes_unref)

/* From now on the calling thread notes there; NULL: nowhere. Returns where it noted before. Both are borrowed. */
struct host_notes *host_notes_swap(struct host_notes *notes);
/* Where it notes; borrowed, NULL: nowhere. */
struct host_notes *host_notes_current(void);
/* Notes a failure, unless it is an absence. The error is taken. */
void host_note(GError *error);
/* Notes all of another list. */
void host_notes_copy(const struct host_notes *from);
/* The first few different ones: GError. Once nobody notes there any more; borrowed. */
const GPtrArray *host_notes_list(const struct host_notes *notes);
/* All of them in one: the first, and how many there are besides; NULL: nothing failed. Caller frees. */
GError *host_notes_error(const struct host_notes *notes);

/* What fails between these two concerns what is looked at between them alone, and not all that the probe found. */
struct host_noting {
    struct host_notes *notes, *before;
};
struct host_noting host_notes_begin(void);
/* Ends it, and tells what failed (host_notes_error()); NULL: nothing. Caller frees. */
GError *host_notes_take(struct host_noting *noting);

/* For the error argument of a lookup whose failure changes nothing. Each use says in a comment why
 * (tests/support/check-unheard.py). */
GError **host_unheard(void);
