/* One recorded instruction of an image, in the words of the classic builder ("/bin/sh -c #(nop) ADD ..."), BuildKit
 * ("ADD ... # buildkit") or buildah. */
#pragma once

struct image_instruction {
    char *verb; /* "RUN" */
    char *text; /* what follows it, without the builder's wrapping */
    char *args; /* RUN: the build arguments before the shell, or NULL */
};

/* Valid UTF-8 whatever was recorded. What is no instruction is a RUN that calls it. Never fails; fills `out`, which the
 * caller clears. */
void image_instruction_parse(const char *recorded, struct image_instruction *out);
void image_instruction_clear(struct image_instruction *instruction);
