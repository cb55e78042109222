/* What system it is: os-release(5). */
#pragma once

#include "host/process.h"

#include <json-c/json.h>

struct os_release {
    const char *path;        /* of the file that counts; NULL: none is there */
    const json_object *tree; /* its variables; read only; NULL without */
    const char *id;          /* ID, "linux" where it is not set; NULL without a tree */
    const char *version;     /* VERSION_ID; NULL: not set */
    char **like;             /* ID and the words of ID_LIKE, each once, NULL-terminated; NULL without a tree */
    GError *error;           /* why it could not be read; NULL */
};

/* The host's, or, of a process with another root, that one's. Read once a host, which owns it. Never NULL. */
const struct os_release *os_release_get(struct host *host, const struct process *process);
