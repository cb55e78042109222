/* Values one behind the other in bytes, to be read again in that order: numbers, texts, trees with their marks. The
 * same values give the same bytes on every machine. */
#pragma once

#include "model/tree.h"

#include <glib.h>
#include <stdint.h>

void pack_number(GByteArray *to, uint64_t value);
/* NULL is kept apart from "". */
void pack_text(GByteArray *to, const char *text);
/* With marks; NULL is a null. */
void pack_tree(GByteArray *to, const json_object *tree);
/* What stands in `part` as one value, which a reader may pass over. */
void pack_part(GByteArray *to, const GByteArray *part);

/* Where a reader is. Past the end, or where bytes are no value, it is broken and gives zeros from then on. */
struct unpack {
    const uint8_t *at, *end;
    bool broken;
};

uint64_t unpack_number(struct unpack *from);
/* Borrowed from the bytes; NULL: that was packed, or it is broken. */
const char *unpack_text(struct unpack *from);
/* Caller owns. */
json_object *unpack_tree(struct unpack *from);
struct unpack unpack_part(struct unpack *from);
