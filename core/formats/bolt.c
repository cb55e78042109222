/* The file is written page by page by copy: of the two pages that begin it the one with the later transaction and a sum
 * that is right leads to what was whole then. It is read at once, and a writer meanwhile shows as a page that is wrong.
 * All numbers are little endian on the machines that are audited. */
#include "formats/bolt.h"

#include "model/error.h"

#include <string.h>

#define MAGIC       0xED0CDAEDU
#define HEADER      16U /* of a page, of an element, of a bucket */
#define META_SUM    56U /* where the sum of what stands before lies */
#define BRANCH_PAGE 1U
#define LEAF_PAGE   2U
#define BUCKET_LEAF 1U

struct bolt {
    const guint8 *bytes;
    gsize size, page_size;
    const char *path;
    guint64 visits; /* pages that may yet be visited: more than there are is a circle */
};

struct part {
    const guint8 *at;
    gsize n;
};

static guint32 le32(const guint8 *at)
{
    guint32 value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

static guint64 le64(const guint8 *at)
{
    guint64 value;
    memcpy(&value, at, sizeof value);
    return GUINT64_FROM_LE(value);
}

static bool refuse(const struct bolt *bolt, const char *what, GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: not a bolt database that can be read: %s", bolt->path, what);
    return false;
}

/* ---- pages ---- */

/* FNV-1a. */
static guint64 sum_of(const guint8 *at, gsize n)
{
    guint64 sum = G_GUINT64_CONSTANT(14695981039346656037);
    for (gsize i = 0; i < n; i++)
        sum = (sum ^ at[i]) * G_GUINT64_CONSTANT(1099511628211);
    return sum;
}

/* Takes a meta page when it is one. */
static bool take_meta(struct bolt *bolt, gsize at, guint64 *root, guint64 *transaction)
{
    if (bolt->size < HEADER + META_SUM + 8 || at > bolt->size - HEADER - META_SUM - 8)
        return false;
    const guint8 *meta = bolt->bytes + at + HEADER;
    guint32 page_size = le32(meta + 8);
    bool right = le32(meta) == MAGIC && le32(meta + 4) == 2 && le64(meta + META_SUM) == sum_of(meta, META_SUM);
    if (!right || page_size < 512 || page_size > (1U << 20) || (*root && le64(meta + 48) < *transaction))
        return false;
    bolt->page_size = page_size;
    *transaction = le64(meta + 48);
    *root = le64(meta + 16);
    return true;
}

static bool find_root(struct bolt *bolt, guint64 *root, GError **error)
{
    guint64 transaction = 0;
    bool first = take_meta(bolt, 0, root, &transaction), second = false;
    for (gsize size = 1024; !first && !second && size <= (1U << 16); size *= 2)
        second = take_meta(bolt, size, root, &transaction);
    if (first)
        second = take_meta(bolt, bolt->page_size, root, &transaction);
    if (!first && !second)
        return refuse(bolt, "no page of its beginning is right", error);
    bolt->visits = bolt->size / bolt->page_size + 1;
    return true;
}

/* A page with what overflows from it. */
static bool page_at(struct bolt *bolt, guint64 number, struct part *page, GError **error)
{
    if (!bolt->visits--)
        return refuse(bolt, "its pages lead in a circle", error);
    if (number > bolt->size / bolt->page_size || bolt->size - number * bolt->page_size < HEADER)
        return refuse(bolt, "a page is missing", error);
    page->at = bolt->bytes + number * bolt->page_size;
    gsize left = bolt->size - number * bolt->page_size;
    guint64 whole = (le32(page->at + 12) + G_GUINT64_CONSTANT(1)) * bolt->page_size;
    page->n = (gsize)MIN(whole, left);
    return true;
}

/* Bytes of a page that an element points to, by its own place. */
static bool part_of(const struct part *page, gsize element, guint32 position, guint32 n, struct part *part)
{
    if (position > page->n - element || n > page->n - element - position)
        return false;
    *part = (struct part){page->at + element + position, n};
    return true;
}

/* ---- buckets ---- */

struct walk {
    struct bolt *bolt;
    bool (*visit)(struct walk *walk, const struct part *key, const struct part *value, bool bucket);
    bool ended;
    /* What the visitor is about. */
    const char *name;
    struct part found;
    bolt_taker take;
    gpointer data;
};

/* Trees of pages are flat: thousands of keys fit below a few branches. */
#define PAGES_DEEP_MAX 32U

static bool walk_page(struct walk *walk, const struct part *page, unsigned depth, GError **error);

static bool walk_branch(struct walk *walk, const struct part *page, gsize element, unsigned depth, GError **error)
{
    struct part below;
    return page_at(walk->bolt, le64(page->at + element + 8), &below, error) &&
           walk_page(walk, &below, depth + 1, error);
}

static bool walk_leaf(struct walk *walk, const struct part *page, gsize element, GError **error)
{
    const guint8 *at = page->at + element;
    struct part key, value;
    guint32 n = le32(at + 8);
    if (!part_of(page, element, le32(at + 4), n, &key) ||
        !part_of(page, element + n, le32(at + 4), le32(at + 12), &value))
        return refuse(walk->bolt, "an entry leads out of its page", error);
    walk->ended = !walk->visit(walk, &key, &value, le32(at) & BUCKET_LEAF);
    return true;
}

static bool walk_page(struct walk *walk, const struct part *page, unsigned depth, GError **error)
{
    guint16 flags = (guint16)(le32(page->at + 8) & 0xFFFF), count = (guint16)(le32(page->at + 8) >> 16);
    if (!(flags & (BRANCH_PAGE | LEAF_PAGE)) || depth > PAGES_DEEP_MAX || count > (page->n - HEADER) / HEADER)
        return refuse(walk->bolt, "a page is of another kind", error);
    for (guint16 i = 0; i < count && !walk->ended; i++) {
        gsize element = HEADER + (gsize)i * HEADER;
        bool ok = flags & BRANCH_PAGE ? walk_branch(walk, page, element, depth, error)
                                      : walk_leaf(walk, page, element, error);
        if (!ok)
            return false;
    }
    return true;
}

/* A small bucket lies in its entry, with the number 0. */
static bool walk_bucket(struct walk *walk, const struct part *bucket, GError **error)
{
    struct part page;
    guint64 root = bucket->n >= HEADER ? le64(bucket->at) : 0;
    if (bucket->n < HEADER || (!root && bucket->n < HEADER + HEADER))
        return refuse(walk->bolt, "a bucket is too short", error);
    walk->ended = false;
    page = (struct part){bucket->at + HEADER, bucket->n - HEADER};
    return (!root || page_at(walk->bolt, root, &page, error)) && walk_page(walk, &page, 0, error);
}

static bool visit_named(struct walk *walk, const struct part *key, const struct part *value, bool bucket)
{
    bool same = bucket && key->n == strlen(walk->name) && memcmp(key->at, walk->name, key->n) == 0;
    if (same)
        walk->found = *value;
    return !same;
}

/* What is no text is no name of ours. */
static bool visit_taken(struct walk *walk, const struct part *key, const struct part *value, bool bucket)
{
    g_autofree char *name = g_strndup((const char *)key->at, key->n);
    return !g_utf8_validate(name, -1, NULL) || walk->take(name, bucket ? NULL : value->at, value->n, walk->data);
}

bool bolt_each(GBytes *file, const char *path, const char *const *buckets, bolt_taker take, gpointer data,
               GError **error)
{
    struct bolt bolt = {.path = path};
    guint64 root = 0;
    bolt.bytes = g_bytes_get_data(file, &bolt.size);
    if (!find_root(&bolt, &root, error))
        return false;
    guint64 header[2] = {GUINT64_TO_LE(root), 0};
    struct part bucket = {(const guint8 *)header, sizeof header};
    struct walk walk = {.bolt = &bolt, .take = take, .data = data, .visit = visit_named};
    for (; *buckets; buckets++) {
        walk.name = *buckets;
        walk.found = (struct part){NULL, 0};
        if (!walk_bucket(&walk, &bucket, error))
            return false;
        if (!walk.found.at) {
            g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "%s: no bucket %s", path, *buckets);
            return false;
        }
        bucket = walk.found;
    }
    walk.visit = visit_taken;
    return walk_bucket(&walk, &bucket, error);
}

struct wanted {
    const char *key;
    GBytes *value;
};

static bool take_wanted(const char *key, const guint8 *value, gsize n, gpointer data)
{
    struct wanted *wanted = data;
    if (!value || !g_str_equal(key, wanted->key))
        return true;
    wanted->value = g_bytes_new(value, n);
    return false;
}

GBytes *bolt_value(GBytes *file, const char *path, const char *const *buckets, const char *key, GError **error)
{
    struct wanted wanted = {key, NULL};
    if (bolt_each(file, path, buckets, take_wanted, &wanted, error) && !wanted.value)
        g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "%s: no key %s", path, key);
    return wanted.value;
}
