#include "facts/file/acl.h"

#include "model/error.h"

/* linux/posix_acl_xattr.h: a version, then entries, all little endian. */
#define ACL_VERSION 2U
#define HEADER_SIZE 4U
#define ENTRY_SIZE  8U

enum tag { TAG_USER_OBJ = 1, TAG_USER = 2, TAG_GROUP_OBJ = 4, TAG_GROUP = 8, TAG_MASK = 16, TAG_OTHER = 32 };

static guint32 le32(const guint8 *at)
{
    return (guint32)at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;
}

static guint le16(const guint8 *at)
{
    return (guint)at[0] | (guint)at[1] << 8;
}

static const struct {
    const char *word;
    enum tag tag;
    bool named, group;
} tags[] = {
    {"user", TAG_USER_OBJ, false, false}, {"user", TAG_USER, true, false},  {"group", TAG_GROUP_OBJ, false, true},
    {"group", TAG_GROUP, true, true},     {"mask", TAG_MASK, false, false}, {"other", TAG_OTHER, false, false},
};

/* NULL with error set where the id may have a name that could not be read. */
static char *id_text(struct host *host, bool group, guint32 id, GError **error)
{
    const char *name = group ? host_group_name(host, id) : host_user_name(host, id);
    const GError *unread = group ? host_groups_error(host) : host_users_error(host);
    if (!name && unread) {
        g_propagate_error(error, g_error_copy(unread));
        return NULL;
    }
    return name ? g_strdup(name) : g_strdup_printf("%u", id);
}

/* NULL with error set. */
static char *entry_text(struct host *host, const guint8 *entry, bool *extended, GError **error)
{
    guint tag = le16(entry), bits = le16(entry + 2);
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        if (tags[i].tag != tag)
            continue;
        *extended |= tags[i].named || tag == TAG_MASK;
        g_autofree char *name = tags[i].named ? id_text(host, tags[i].group, le32(entry + 4), error) : g_strdup("");
        if (!name)
            return NULL;
        return g_strdup_printf("%s:%s:%c%c%c", tags[i].word, name, bits & 4 ? 'r' : '-', bits & 2 ? 'w' : '-',
                               bits & 1 ? 'x' : '-');
    }
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "has an access list entry of unknown kind %u", tag);
    return NULL;
}

char **acl_decode(struct host *host, GBytes *value, bool *extended, GError **error)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(value, &size);
    *extended = false;
    if (size < HEADER_SIZE || (size - HEADER_SIZE) % ENTRY_SIZE != 0 || le32(data) != ACL_VERSION) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_PARSE, "is no access list of version 2");
        return NULL;
    }
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (gsize at = HEADER_SIZE; at < size; at += ENTRY_SIZE) {
        char *text = entry_text(host, data + at, extended, error);
        if (!text)
            return NULL;
        g_ptr_array_add(texts, text);
    }
    g_ptr_array_add(texts, NULL);
    return g_strdupv((char **)texts->pdata);
}
