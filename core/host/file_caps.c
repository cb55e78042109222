#include "host/file_caps.h"

#include <linux/capability.h>
#include <string.h>

/* struct vfs_ns_cap_data: a word of revision and flags, then permitted and inheritable by words, little endian. */
bool file_caps_parse(const void *data, gsize size, struct file_caps *caps)
{
    guint32 words[6] = {0};
    bool wide = size >= XATTR_CAPS_SZ_2;
    if (size < XATTR_CAPS_SZ_1)
        return false;
    memcpy(words, data, MIN(size, sizeof words));
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        words[i] = GUINT32_FROM_LE(words[i]);
    caps->permitted = words[1] | (wide ? (uint64_t)words[3] << 32 : 0);
    caps->inheritable = words[2] | (wide ? (uint64_t)words[4] << 32 : 0);
    /* The sixth word is the uid that is root in the one namespace where these count; any user can write such ones. */
    return size < XATTR_CAPS_SZ_3 || words[5] == 0;
}
