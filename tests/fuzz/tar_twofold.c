/* Any bytes as a tar archive: what is found does not hang on the pieces in which it comes, nor on whether content is
 * put in or left out, and stands once it was found. Sums of headers are hard to guess, so that they are set right as
 * well. */
#include "formats/tar_twofold.h"

#include "fuzz.h"

enum { BLOCK = 512, SUM = 148, SUM_SIZE = 8, MAGIC = 257 };

/* Puts all in, in pieces of changing size; with `skip` but for the content that need not be. */
static const char *found_in(const uint8_t *data, size_t size, size_t piece, bool skip)
{
    pl_auto(tar_twofold) twofold = tar_twofold_new();
    size_t at = 0;
    for (size_t i = 0; at < size; i++) {
        size_t n = MIN(size - at, piece + i % 3);
        g_autofree uint8_t *copy = g_memdup2(data + at, n); /* so that a lookup past it shows */
        const char *before = tar_twofold_found(twofold);
        bool done = tar_twofold_done(twofold);
        tar_twofold_put(twofold, copy, n);
        at += n;
        if ((before && tar_twofold_found(twofold) != before) || (done && tar_twofold_found(twofold) != before) ||
            (tar_twofold_found(twofold) && !tar_twofold_done(twofold)))
            abort();
        guint64 left = skip && !tar_twofold_done(twofold) ? tar_twofold_skip(twofold) : 0;
        at = left > size - at ? size : at + (size_t)left;
    }
    return tar_twofold_found(twofold);
}

static void judge(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {7, 511, 512};
    const char *whole = found_in(data, size, MAX(size, 1), false);
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++)
        for (int skip = 0; skip < 2; skip++)
            if (g_strcmp0(found_in(data, size, pieces[i], skip), whole) != 0)
                abort();
    if (g_getenv("FUZZ_SHOW"))
        g_printerr("%s\n", whole ? whole : "nothing");
}

static void set_sum(uint8_t *block)
{
    char text[SUM_SIZE];
    guint sum = 0;
    memset(block + SUM, ' ', SUM_SIZE);
    for (guint i = 0; i < BLOCK; i++)
        sum += block[i];
    g_snprintf(text, sizeof text, "%06o", sum);
    memcpy(block + SUM, text, SUM_SIZE - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    judge(data, size);
    g_autofree uint8_t *summed = g_malloc(size + 1);
    if (size)
        memcpy(summed, data, size);
    for (size_t at = 0; at + BLOCK <= size; at += BLOCK)
        if (memcmp(summed + at + MAGIC, "ustar", 5) == 0)
            set_sum(summed + at);
    judge(summed, size);
    return 0;
}
