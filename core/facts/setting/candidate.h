/* The places that give a setting a value, each a candidate, from the weakest to the strongest. */
#pragma once

#include "facts/daemon/instance.h"

/* One setting of one instance. */
struct setting_asked {
    struct host *host;
    const struct daemon *daemon;
    const struct daemon_key *key;
    const struct daemon_instance *instance;
};

struct setting_candidate {
    const char *origin; /* "flag", "environment", "file", "drop-in"; static text */
    char *path;         /* files; NULL */
    unsigned line;
    json_object *value;  /* NULL when it is not of the key's type */
    struct problem *why; /* then why not */
    bool adds;           /* a list that comes on top of what was there */
};

/* struct candidate; caller unrefs. */
GPtrArray *candidates_new(void);
/* Appends a candidate and returns it, borrowed; `path` is copied, `value` and `why` are taken. */
struct setting_candidate *candidates_add(GPtrArray *candidates, const char *origin, const char *path,
                                         json_object *value, struct problem *why);
/* The last one, which wins; NULL when there is none. */
struct setting_candidate *candidates_winner(const GPtrArray *candidates);

/* The key gathers what several places say, instead of taking the last. */
bool setting_gathers(const struct daemon_key *key);
