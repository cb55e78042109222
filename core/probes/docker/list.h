/* What an engine can be asked, as tables. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

struct docker_list {
    const char *name, *path;
    bool driven;          /* its elements have a driver */
    bool many;            /* the answer is a list */
    bool manager;         /* only managers of a swarm answer */
    const char *inside;   /* member that holds the list; NULL: the answer itself */
    const char *kind;     /* first word of the subject; NULL: the engine's socket is the subject */
    const char *names[2]; /* paths to what an element is called, tried in turn */
};

/* NULL for what no engine is asked: it is seen from the machine (probes/docker/machine.h). */
const struct docker_list *docker_list_find(const char *name);

/* False when `node`, to which `key` leads in an answer, is of another type than the API documents: it is no answer
 * then. Only what rules compare has a type here; NULL, and anything else, is accepted. */
bool docker_list_accepts(const struct docker_list *list, const char *key, const json_object *node);
