/* Versions and ranges of them; values with units; changelogs. Comparing is an order: the same both ways. */
#include "look.h"

#include "facts/vulnerability/changelog.h"
#include "facts/vulnerability/version.h"
#include "model/value.h"

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void read_values(const char *text)
{
    uint64_t n = 0;
    int64_t i = 0;
    double seconds = 0;
    unsigned mode = 0;
    value_parse_u64(text, UINT32_MAX, &n);
    value_parse_i64(text, &i);
    value_parse_size(text, &n);
    if (value_parse_duration(text, &seconds) && !(seconds >= 0))
        abort();
    if (value_parse_mode(text, &mode) && mode > 07777)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[2];
    fuzz_cut(data, size, parts, G_N_ELEMENTS(parts));
    g_autofree char *a = fuzz_text(&parts[0]), *b = fuzz_text(&parts[1]);
    g_strchomp(a);
    g_strchomp(b);
    if (value_compare_versions(a, a) || sign(value_compare_versions(a, b)) != -sign(value_compare_versions(b, a)))
        abort();
    g_autofree char *upstream = upstream_version(a, true), *other = upstream_version(b, false);
    bool known = upstream_check_range(b, NULL);
    if (upstream && known)
        upstream_in_range(upstream, b);
    read_values(a);
    g_autoptr(GHashTable) cves = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    changelog_scan(a, cves);
    return 0;
}
