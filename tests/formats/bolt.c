/* A database of two pages of its beginning and one leaf, with a bucket in a bucket. */
#include "formats/bolt.h"
#include "model/error.h"

#include "cmocka_all.h"

#include <string.h>

#define PAGE 512U

struct database {
    guint8 bytes[4 * PAGE];
};

static void put32(guint8 *at, guint32 value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static void put64(guint8 *at, guint64 value)
{
    value = GUINT64_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

static void put_meta(guint8 *page, guint64 transaction, guint64 root)
{
    guint8 *meta = page + 16;
    guint64 sum = G_GUINT64_CONSTANT(14695981039346656037);
    put32(page + 8, 4);
    put32(meta, 0xED0CDAEDU);
    put32(meta + 4, 2);
    put32(meta + 8, PAGE);
    put64(meta + 16, root);
    put64(meta + 48, transaction);
    for (unsigned i = 0; i < 56; i++)
        sum = (sum ^ meta[i]) * G_GUINT64_CONSTANT(1099511628211);
    put64(meta + 56, sum);
}

/* A leaf page of one entry; the size of it. */
static gsize put_leaf(guint8 *page, const char *key, const guint8 *value, gsize n, bool bucket)
{
    put32(page + 8, 2U | 1U << 16);
    put32(page + 16, bucket);
    put32(page + 20, 16);
    put32(page + 24, (guint32)strlen(key));
    put32(page + 28, (guint32)n);
    memcpy(page + 32, key, strlen(key));
    memcpy(page + 32 + strlen(key), value, n);
    return 32 + strlen(key) + n;
}

/* "ctr" -> "one" -> config = {} */
static void make(struct database *database)
{
    guint8 inner[128] = {0}, outer[256] = {0};
    memset(database, 0, sizeof *database);
    gsize n = 16 + put_leaf(inner + 16, "config", (const guint8 *)"{}", 2, false);
    gsize m = 16 + put_leaf(outer + 16, "one", inner, n, true);
    put_meta(database->bytes, 6, 3);
    put_meta(database->bytes + PAGE, 7, 2);
    put_leaf(database->bytes + 2 * PAGE, "ctr", outer, m, true);
}

static char *value_of(const struct database *database, const char *bucket, GError **error)
{
    const char *const path[] = {"ctr", bucket, NULL};
    g_autoptr(GBytes) file = g_bytes_new(database->bytes, sizeof database->bytes);
    g_autoptr(GBytes) value = bolt_value(file, "/x.db", path, "config", error);
    gsize n = 0;
    const char *text = value ? g_bytes_get_data(value, &n) : NULL;
    return text ? g_strndup(text, n) : NULL;
}

static void finds_a_value(void **state)
{
    (void)state;
    struct database database;
    g_autoptr(GError) error = NULL;
    make(&database);
    g_autofree char *value = value_of(&database, "one", &error);
    assert_string_equal(value, "{}");
    assert_null(value_of(&database, "two", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

static void assert_refused(const struct database *database)
{
    g_autoptr(GError) error = NULL;
    assert_null(value_of(database, "one", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
}

/* The beginning whose sum is right and whose transaction is the later one counts. */
static void takes_the_whole_beginning(void **state)
{
    (void)state;
    struct database database;
    g_autoptr(GError) error = NULL;
    make(&database);
    put_meta(database.bytes, 6, 2);
    database.bytes[PAGE + 20] ^= 1;
    g_autofree char *value = value_of(&database, "one", &error);
    assert_string_equal(value, "{}");
    database.bytes[20] ^= 1;
    assert_refused(&database);
}

static void refuses_circles_and_what_leads_out(void **state)
{
    (void)state;
    struct database database;
    make(&database);
    put32(database.bytes + 2 * PAGE + 28, 4 * PAGE);
    assert_refused(&database);
    make(&database);
    put_meta(database.bytes + PAGE, 7, 900);
    assert_refused(&database);
    make(&database);
    put32(database.bytes + 2 * PAGE + 8, 1U | 1U << 16);
    put64(database.bytes + 2 * PAGE + 24, 2);
    assert_refused(&database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_value),
        cmocka_unit_test(takes_the_whole_beginning),
        cmocka_unit_test(refuses_circles_and_what_leads_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
