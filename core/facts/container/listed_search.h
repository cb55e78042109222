/* The search for containers that do not run, for the files that ask one kind of engine each. */
#pragma once

#include "facts/container/listed.h"

#define LISTED_MAX 2000

struct container_listed_search {
    const struct fact_context *context;
    struct containers_listed *found;
    GHashTable *running; /* ids of containers that the kernel shows */
    GHashTable *seen;    /* ids that were listed */
};

/* Why there may be more; takes the error. */
void listed_problem(const struct container_listed_search *search, GError *error);
/* True, with a problem by `where`, when no more are kept. */
bool listed_is_full(const struct container_listed_search *search, const char *where);
/* Takes the record; `runtime` is static text. To be added to search->found->list. */
struct container_listed *listed_new(const char *id, const char *runtime, struct container_record *record,
                                    enum container_state state);

/* Podman and CRI-O, by containers/storage and Podman's database. */
void listed_in_storages(const struct container_listed_search *search);
/* containerd, by its database. */
void listed_in_containerd(const struct container_listed_search *search);
