/* What two readers of tar take differently. libarchive is not what engines unpack with (Go's archive/tar), and both are
 * lenient in places: an archive can hold a file for one of them that the other one skips, names otherwise or takes for
 * a directory. No usual writer makes such an archive, so it is refused, and whatever was seen in it says nothing.
 *
 * A stream of bytes is put in, in pieces of any size. Where no sound header is, both readers end as well. Sources:
 * archive/tar/reader.go and strconv.go of Go 1.19, archive_read_support_format_tar.c of libarchive 3.6. */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <stdbool.h>

struct tar_twofold;

struct tar_twofold *tar_twofold_new(void);
void tar_twofold_free(struct tar_twofold *twofold);
PL_DEFINE_CLEANUP(tar_twofold, tar_twofold_free)

void tar_twofold_put(struct tar_twofold *twofold, const void *data, gsize n);
/* How many of the next bytes are content that need not be put in; they are taken as put in. */
guint64 tar_twofold_skip(struct tar_twofold *twofold);
/* True when nothing that is to come is looked at: after the archive's end, or once something was found. */
bool tar_twofold_done(const struct tar_twofold *twofold);
/* The first thing that was found, as "an entry ..."; NULL: none so far. */
const char *tar_twofold_found(const struct tar_twofold *twofold);
