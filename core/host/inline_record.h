/* What the parts of a container's record share. Private to this floor. */
#pragma once

#include "host/inline_container.h"

#define RECORD_IMAGE_ID "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define RECORD_IMAGE    "registry.example/web:1"

struct inline_record {
    const struct inline_container *container;
    struct inline_spread *spread;
    const json_object *over, *storage, *bundle; /* what each says otherwise; NULL */
};

/* A new mapping as a member; borrowed. */
json_object *inline_new_mapping(json_object *in, const char *key);
/* The text of a member of the container, or the fallback; borrowed. */
const char *inline_record_text(const struct inline_record *record, const char *key, const char *fallback);
/* The member is stated as false. */
bool inline_record_false(const struct inline_record *record, const char *key);
bool inline_record_filtered(const struct inline_record *record);
/* A limit as a number; 0: none. */
double inline_record_limit(const struct inline_record *record, const char *key, double usual);
/* A list of one word. */
json_object *inline_list_of(const char *word);

/* GET /containers/ID/json: HostConfig is a member of the rest, as what is stated otherwise is laid over it. The caller
 * owns it; NULL with error. */
json_object *inline_record_docker(const struct inline_record *record, GError **error);
