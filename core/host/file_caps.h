/* What a file's security.capability attribute gives to whoever starts it (capabilities(7), "File capabilities"). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define FILE_CAPS_ATTRIBUTE "security.capability"

struct file_caps {
    uint64_t permitted;   /* of the bounding set of the process these */
    uint64_t inheritable; /* of its inheritable set these */
};

/* False when it gives none here: it is of another format, or for the root of another user namespace. */
bool file_caps_parse(const void *data, gsize size, struct file_caps *caps);
