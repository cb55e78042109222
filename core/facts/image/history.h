/* What an image's recorded instructions say: those of the classic builder ("/bin/sh -c #(nop) ADD ..."), BuildKit
 * ("ADD ... # buildkit") and buildah. Values that may be secrets never leave this file. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

/* One list of texts for each question; an array of strings that the caller owns. */
struct image_instructions {
    json_object *all;           /* every instruction, shortened, values of secrets replaced */
    json_object *add;           /* ADD where COPY would do */
    json_object *remote_add;    /* ADD of an address */
    json_object *refresh_alone; /* a package index refreshed without an installation */
    json_object *piped;         /* a download that is piped into a shell */
    json_object *unverified;    /* packages installed without verification */
    json_object *sudo;          /* sudo */
    json_object *cache_left;    /* installations that leave the index or cache */
    json_object *secrets;       /* "ENV DB_PASSWORD": names only */
    bool cut;                   /* there are more instructions than are read, or more secrets than are named */
};
void image_read_history(char **history, struct image_instructions *out);
void image_instructions_clear(struct image_instructions *said);
