/* Secrets that were read elsewhere are hidden wherever they are shown, whole and in part. */
#include "model/secret.h"

#include "cmocka_all.h"

static GPtrArray *known_of(const char *secret)
{
    GPtrArray *known = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(known, g_strdup(secret));
    return known;
}

static void hidden(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *text, *shown; /* shown NULL: as it is */
    } rows[] = {
        {"hunter2", "is hunter2 or hunter2", "is <redacted, 7 bytes> or <redacted, 7 bytes>"},
        {"hunter2", "is huntsman here", NULL},
        /* The shortest that is looked for within other words, and one that is shorter. */
        {"Zq9", "is aZq9b", "is a<redacted, 3 bytes>b"},
        {"Zq", "is aZqb", NULL},
        {"Zq", "Zq", "<redacted, 2 bytes>"},
        {"Z", "Z", "<redacted, 1 bytes>"},
        /* A capture of the middle, of the end and of the beginning. */
        {"hunter2hunter3", "r2h", "<redacted, 3 bytes>"},
        {"hunter2hunter3", "r2", NULL},
        {"hunter2hunter3", "er3 is it", "<redacted, 3 bytes> is it"},
        {"hunter2hunter3", "r3 is it", NULL},
        {"hunter2hunter3", "it is hun", "it is <redacted, 3 bytes>"},
        {"hunter2hunter3", "it is hu", NULL},
        {"", "it is", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) known = known_of(rows[i].secret);
        g_autofree char *shown = secret_hide_known(rows[i].text, known);
        if (g_strcmp0(shown, rows[i].shown) != 0)
            fail_msg("%s in \"%s\": %s", rows[i].secret, rows[i].text, shown ? shown : "as it is");
    }
    assert_null(secret_hide_known("text", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hidden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
