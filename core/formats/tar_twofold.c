#include "formats/tar_twofold.h"

#include <string.h>

#define BLOCK 512U
/* As Go bounds them: more is refused by engines. */
#define SPECIAL_MAX ((gsize)1 << 20)

/* Places in a header block (tar(5)). */
enum { NAME = 0, NAME_SIZE = 100, MODE = 100, SIZE = 124, TYPE = 156, MAGIC = 257, PREFIX = 345, STAR = 508 };
enum { SUM = 148, SUM_SIZE = 8 };
enum { STAR_PREFIX_SIZE = 131, SPARSE_MORE = 482, SPARSE_NEXT = 504, TIMES = 345, TIME_SIZE = 12 };

/* What lies in front of an entry's own header. */
struct before {
    bool pax, gnu;         /* headers of PAX, long names of GNU */
    bool size_stated;      /* by PAX */
    guint64 size;          /* then */
    bool named, slash;     /* a name by either, and whether it ends with a slash */
    bool sparse_name, map; /* GNU.sparse.name and .map */
    char major, minor;     /* GNU.sparse.major and .minor when they are one digit; '?' */
};

struct tar_twofold {
    guint8 block[BLOCK];
    guint filled;
    guint64 content;     /* bytes of it still to come, with what fills up its last block */
    GByteArray *special; /* the content of a header in front of another one; NULL: nobody asks */
    guint64 wanted;      /* how long that is */
    guint8 type;         /* of that header */
    struct before before;
    bool more; /* a map of holes goes on in the next block */
    bool ended;
    const char *found;
};

struct tar_twofold *tar_twofold_new(void)
{
    return g_new0(struct tar_twofold, 1);
}

void tar_twofold_free(struct tar_twofold *twofold)
{
    if (twofold && twofold->special)
        g_byte_array_unref(twofold->special);
    g_free(twofold);
}

const char *tar_twofold_found(const struct tar_twofold *twofold)
{
    return twofold->found;
}

bool tar_twofold_done(const struct tar_twofold *twofold)
{
    return twofold->ended || twofold->found;
}

static void find(struct tar_twofold *twofold, const char *what)
{
    if (!twofold->found)
        twofold->found = what;
}

/* ---- fields ---- */

/* Blanks, octal digits, then blanks and NULs: what is written otherwise is no number for one of both, or another.
 * Binary numbers (0x80 first) as far as they fit. */
static bool number(const guint8 *field, gsize n, guint64 *out)
{
    gsize at = 0;
    *out = 0;
    if (*field == 0x80) {
        for (at = 1; at < n && *out <= G_MAXINT64 >> 8; at++)
            *out = *out << 8 | field[at];
        return at == n;
    }
    while (at < n && field[at] == ' ')
        at++;
    for (; at < n && field[at] >= '0' && field[at] <= '7'; at++)
        *out = *out << 3 | (guint64)(field[at] - '0');
    while (at < n && (field[at] == ' ' || field[at] == '\0'))
        at++;
    return at == n;
}

static bool decimal(const char *text, gsize n, guint64 *out)
{
    *out = 0;
    for (gsize i = 0; i < n; i++) {
        if (!g_ascii_isdigit(text[i]) || *out > G_MAXINT64 / 10 - 10)
            return false;
        *out = *out * 10 + (guint64)(text[i] - '0');
    }
    return n > 0;
}

/* ---- headers in front ---- */

static void take_record(struct tar_twofold *twofold, const char *key, gsize k, const char *value, gsize n)
{
    struct before *before = &twofold->before;
    const char one = n == 1 ? *value : '?';
#define IS(name) (k == strlen(name) && memcmp(key, name, k) == 0)
    if (IS("size") && n) {
        before->size_stated = true;
        if (!decimal(value, n, &before->size))
            find(twofold, "an entry whose size is no number");
    } else if (IS("path") && n) {
        before->named = true;
        before->slash = value[n - 1] == '/';
    } else if (IS("GNU.sparse.name")) {
        before->sparse_name = true;
        before->named = true;
        before->slash = n && value[n - 1] == '/';
    } else if (IS("GNU.sparse.map")) {
        before->map = n > 0;
    } else if (IS("GNU.sparse.major")) {
        before->major = one;
    } else if (IS("GNU.sparse.minor")) {
        before->minor = one;
    }
#undef IS
}

/* "LENGTH KEY=VALUE\n" */
static void take_records(struct tar_twofold *twofold, const char *text, gsize size)
{
    while (size) {
        const char *blank = memchr(text, ' ', size);
        guint64 length = 0;
        gsize head = blank ? (gsize)(blank - text) + 1 : 0;
        bool sound =
            blank && decimal(text, head - 1, &length) && length > head && length <= size && text[length - 1] == '\n';
        const char *equals = sound ? memchr(blank, '=', (gsize)length - head) : NULL;
        if (!equals) {
            find(twofold, "an extended header that is damaged");
            return;
        }
        take_record(twofold, blank + 1, (gsize)(equals - blank) - 1, equals + 1, (gsize)(text + length - equals) - 2);
        text += length;
        size -= (gsize)length;
    }
}

static void take_special(struct tar_twofold *twofold)
{
    g_autoptr(GByteArray) special = g_steal_pointer(&twofold->special);
    const char *text = (const char *)special->data;
    struct before *before = &twofold->before;
    if (twofold->type == 'x') {
        before->pax = true;
        take_records(twofold, text, special->len);
        return;
    }
    gsize n = text ? strnlen(text, special->len) : 0;
    before->gnu = true;
    before->named |= twofold->type == 'L';
    if (twofold->type == 'L')
        before->slash = n && text[n - 1] == '/';
}

/* ---- headers ---- */

static bool ends_with_slash(const struct tar_twofold *twofold)
{
    gsize n = strnlen((const char *)twofold->block + NAME, NAME_SIZE);
    return twofold->before.named ? twofold->before.slash : n && twofold->block[n - 1] == '/';
}

/* Whether the field of the prefix is one: libarchive asks for five letters, Go for eight. Old versions of Go wrote
 * prefixes into GNU's headers, where times belong, and it takes what is no time for one since. */
static bool prefix_is_twofold(const guint8 *block)
{
    guint64 time = 0;
    bool star = memcmp(block + STAR, "tar", 4) == 0;
    if (memcmp(block + MAGIC, "ustar", 5) != 0 || !block[PREFIX])
        return false;
    if (memcmp(block + MAGIC, "ustar", 6) == 0)
        return star && block[PREFIX + STAR_PREFIX_SIZE - 1];
    return memcmp(block + MAGIC, "ustar  ", 8) != 0 || !number(block + TIMES, TIME_SIZE, &time) ||
           (block[TIMES + TIME_SIZE] && !number(block + TIMES + TIME_SIZE, TIME_SIZE, &time));
}

static bool sparse_is_twofold(const struct before *before)
{
    bool first = before->major == '1' && before->minor == '0';
    bool older = before->major == '0' && (before->minor == '0' || before->minor == '1');
    bool none = !before->major && !before->minor && before->map;
    return before->sparse_name && !first && !older && !none;
}

static bool is_empty(guint8 type)
{
    return type >= '1' && type <= '6';
}

static void weigh_names(struct tar_twofold *twofold, guint8 type)
{
    const struct before *before = &twofold->before;
    if (before->pax && before->gnu)
        find(twofold, "an entry with names of two kinds, by PAX and by GNU");
    if (type == '0' && ends_with_slash(twofold))
        find(twofold, "an entry that is a file by its kind and a directory by its name");
    if (prefix_is_twofold(twofold->block))
        find(twofold, "an entry whose name has a first part for some only");
    if (sparse_is_twofold(before))
        find(twofold, "an entry with a second name for some only");
}

/* An entry's own header, with what lies in front of it. */
static void weigh(struct tar_twofold *twofold, guint8 type, guint64 size)
{
    const struct before *before = &twofold->before;
    guint64 mode = 0;
    bool sized = (before->size_stated && before->size) || (type == '1' && size);
    if (type && !strchr("0123456S", type))
        find(twofold, "an entry of a kind that no engine takes");
    if (!number(twofold->block + MODE, 8, &mode))
        find(twofold, "an entry whose mode is no number");
    if (is_empty(type) && sized)
        find(twofold, "an entry without content that states how long it is");
    weigh_names(twofold, type);
}

static guint64 padded(guint64 n)
{
    return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static void take_entry(struct tar_twofold *twofold, guint8 type, guint64 size)
{
    weigh(twofold, type, size);
    guint64 length = twofold->before.size_stated ? twofold->before.size : size;
    twofold->content = is_empty(type) ? 0 : padded(length);
    twofold->more = type == 'S' && twofold->block[SPARSE_MORE];
    twofold->before = (struct before){false};
}

/* Bytes as unsigned numbers, or signed as some writers took them; the field itself counts as blanks. */
static bool is_sound(const guint8 *block)
{
    gint64 stated = 0, bare = 0, with_sign = 0;
    gsize at = SUM;
    for (guint i = 0; i < BLOCK; i++) {
        guint8 byte = i >= SUM && i < SUM + SUM_SIZE ? ' ' : block[i];
        bare += byte;
        with_sign += (gint8)byte;
    }
    while (at < SUM + SUM_SIZE && (block[at] == ' ' || !block[at]))
        at++;
    for (; at < SUM + SUM_SIZE && block[at] >= '0' && block[at] <= '7'; at++)
        stated = stated * 8 + (block[at] - '0');
    return stated == bare || stated == with_sign;
}

/* A header in front of another one. */
static void begin_special(struct tar_twofold *twofold, guint8 type, guint64 size)
{
    twofold->content = padded(size);
    if (size > SPECIAL_MAX)
        find(twofold, "a header that is too long");
    if (type == 'g' && (twofold->before.pax || twofold->before.gnu))
        find(twofold, "a global header between an entry and its name");
    if (type == 'g' || twofold->found)
        return;
    twofold->type = type;
    twofold->wanted = size;
    twofold->special = g_byte_array_new();
    if (!size)
        take_special(twofold);
}

static void take_header(struct tar_twofold *twofold)
{
    const guint8 type = twofold->block[TYPE];
    guint64 size = 0;
    twofold->ended = !is_sound(twofold->block); /* zeroes are not either */
    if (twofold->ended)
        return;
    if (!number(twofold->block + SIZE, 12, &size))
        find(twofold, "an entry whose size is no number");
    if (type && strchr("xLKg", type))
        begin_special(twofold, type, size);
    else
        take_entry(twofold, type, size);
}

static void take_block(struct tar_twofold *twofold)
{
    twofold->filled = 0;
    if (twofold->more)
        twofold->more = twofold->block[SPARSE_NEXT] != 0;
    else
        take_header(twofold);
}

/* Takes of the content what there is of it in n bytes. */
static gsize pass(struct tar_twofold *twofold, const guint8 *data, gsize n)
{
    gsize take = (gsize)MIN(twofold->content, n);
    twofold->content -= take;
    if (!twofold->special)
        return take;
    gsize left = (gsize)(twofold->wanted - twofold->special->len);
    g_byte_array_append(twofold->special, data, (guint)MIN(take, left));
    if (twofold->special->len == twofold->wanted)
        take_special(twofold);
    return take;
}

void tar_twofold_put(struct tar_twofold *twofold, const void *data, gsize n)
{
    const guint8 *at = data;
    while (n && !tar_twofold_done(twofold)) {
        gsize take = MIN(BLOCK - twofold->filled, n);
        if (twofold->content && !twofold->more && !twofold->filled) {
            take = pass(twofold, at, n);
        } else {
            memcpy(twofold->block + twofold->filled, at, take);
            twofold->filled += (guint)take;
            if (twofold->filled == BLOCK)
                take_block(twofold);
        }
        at += take;
        n -= take;
    }
}

guint64 tar_twofold_skip(struct tar_twofold *twofold)
{
    guint64 content = twofold->special || twofold->more || twofold->filled ? 0 : twofold->content;
    twofold->content -= content;
    return content;
}
