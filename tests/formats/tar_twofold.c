/* What readers of tar take differently is found whatever pieces the bytes come in; tests/e2e/test_image_archives.py has
 * the ways in which they differ. */
#include "formats/tar_twofold.h"

#include "cmocka_all.h"

#include <string.h>

#define BLOCK 512

static void put(guint8 *block, gsize at, const char *text)
{
    memcpy(block + at, text, strlen(text));
}

/* A header of ustar, and so many bytes of content. */
static void add(GByteArray *tar, const char *name, char type, guint size, const char *content)
{
    guint8 block[BLOCK] = {0};
    guint sum = 0;
    g_autofree char *length = g_strdup_printf("%011o", size);
    put(block, 0, name);
    put(block, 100, "0004755");
    put(block, 124, length);
    memset(block + 148, ' ', 8);
    block[156] = (guint8)type;
    memcpy(block + 257, "ustar\00000", 8);
    for (guint i = 0; i < BLOCK; i++)
        sum += block[i];
    g_autofree char *text = g_strdup_printf("%06o", sum);
    put(block, 148, text);
    g_byte_array_append(tar, block, BLOCK);
    gsize n = strlen(content), before = tar->len;
    g_byte_array_set_size(tar, (guint)(before + (n + BLOCK - 1) / BLOCK * BLOCK));
    memset(tar->data + before, 0, tar->len - before);
    memcpy(tar->data + before, content, n);
}

static const char *by_pieces(const GByteArray *tar, gsize piece, bool skip)
{
    pl_auto(tar_twofold) twofold = tar_twofold_new();
    for (gsize at = 0; at < tar->len && !tar_twofold_done(twofold);) {
        gsize n = MIN(piece, tar->len - at);
        tar_twofold_put(twofold, tar->data + at, n);
        at += n + (skip ? (gsize)tar_twofold_skip(twofold) : 0);
    }
    return tar_twofold_found(twofold);
}

static void assert_found(const GByteArray *tar, const char *wanted)
{
    static const gsize pieces[] = {1, 7, 511, 512, 513, 100000};
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        for (int skip = 0; skip < 2; skip++) {
            const char *found = by_pieces(tar, pieces[i], skip);
            if (!wanted)
                assert_null(found);
            else
                assert_non_null(found ? strstr(found, wanted) : NULL);
        }
    }
}

static void found_in_any_pieces(void **state)
{
    (void)state;
    g_autoptr(GByteArray) tar = g_byte_array_new();
    g_autofree char *long_text = g_strnfill(1300, 'x');
    add(tar, "file", '0', 1300, long_text);
    add(tar, "pax", 'x', 13, "13 comment=x\n");
    add(tar, "folder/", '5', 0, "");
    assert_found(tar, NULL);
    add(tar, "other", '1', 1, "");
    assert_found(tar, "without content");
}

static void nothing_behind_the_end(void **state)
{
    (void)state;
    g_autoptr(GByteArray) tar = g_byte_array_new();
    add(tar, "file", '0', 1, "x");
    g_byte_array_set_size(tar, tar->len + BLOCK);
    memset(tar->data + tar->len - BLOCK, 0, BLOCK);
    add(tar, "other", 'Z', 0, "");
    assert_found(tar, NULL);
}

/* A length that no archive holds ends it, and overflows nothing. */
static void lengths_without_end(void **state)
{
    (void)state;
    static const char *const records[] = {"28 size=9223372036854775807\n",
                                          "29 size=18446744073709551615\n",
                                          "9 size=x\n",
                                          "99999999999999999999999 a=b\n",
                                          "-3 size=\n",
                                          "6 size\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(records); i++) {
        g_autoptr(GByteArray) tar = g_byte_array_new();
        add(tar, "pax", 'x', (guint)strlen(records[i]), records[i]);
        add(tar, "file", '0', 1, "x");
        assert_found(tar, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_in_any_pieces),
        cmocka_unit_test(nothing_behind_the_end),
        cmocka_unit_test(lengths_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
