#include "looking.h"

#include <zlib.h>

static const char host[] =
    "kernel:\n"
    "  config: {CONFIG_BUG: y, CONFIG_SMB: m, CONFIG_X: n, CONFIG_BITS: 32, CONFIG_LSM: 'a,b'}\n";

static void assert_value(const char *symbol, const char *value, const char *present)
{
    g_autofree char *object = g_strdup_printf("{symbol: %s}", symbol);
    pl_auto(items) items = look(host, "kernel-config", object);
    const struct item *item = only_item(items);
    assert_field(item, "value", value);
    assert_field(item, "present", present);
    assert_declared(item, "kernel-config");
}

static void every_kind_of_value(void **state)
{
    (void)state;
    assert_value("CONFIG_BUG", "\"y\"", "true");
    assert_value("CONFIG_SMB", "\"m\"", "true");
    assert_value("CONFIG_X", "\"n\"", "true");
    assert_value("CONFIG_BITS", "\"32\"", "true");
    assert_value("CONFIG_LSM", "\"a,b\"", "true");
    assert_value("CONFIG_BU", "\"n\"", "false");
}

static void falls_back_to_the_copy_beside_the_modules(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {release: 6.12.0}\n"
                                "files:\n"
                                "  /boot/config-6.11: \"CONFIG_A=y\\n\"\n"
                                "  /usr/lib/modules/6.12.0/config: \"CONFIG_B=y\\n\"\n",
                                "kernel-config", "{symbol: CONFIG_B}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "\"y\"");
    assert_field(item, "path", "\"/usr/lib/modules/6.12.0/config\"");
}

static void another_kernels_configuration_does_not_count(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {release: 6.12.0}\n"
                                "files: {/boot/config-6.11: \"CONFIG_A=y\\n\"}\n",
                                "kernel-config", "{symbol: CONFIG_A}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "kernel 6.12.0 is in no file");
}

static void an_installed_kernel_has_some_configuration(void **state)
{
    (void)state;
    static const char *const kernels[] = {"/boot/vmlinuz-6.1.0", "/boot/Image", "/usr/lib/modules/6.1.0/modules.dep",
                                          "/lib/modules/6.1.0/kernel/x.ko"};
    for (size_t i = 0; i < G_N_ELEMENTS(kernels); i++) {
        g_autofree char *host = g_strdup_printf("live: false\nfiles: {%s: x}\n", kernels[i]);
        pl_auto(items) items = look(host, "kernel-config", "{symbol: CONFIG_A}");
        assert_problem(items, PROBLEM_UNKNOWN, "the installed kernel is in no file");
    }
}

static void denied_is_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look("kernel: {release: 6.12.0}\n"
                                "files: {/boot/config-6.12.0: {content: \"CONFIG_A=y\\n\", denied: true}}\n",
                                "kernel-config", "{symbol: CONFIG_A}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_UNKNOWN, "/boot/config-6.12.0");
}

static void offline_takes_the_newest(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false\n"
                                "files:\n"
                                "  /boot/config-6.9.1: \"CONFIG_A=m\\n\"\n"
                                "  /boot/config-6.12.0: \"CONFIG_A=y\\n\"\n",
                                "kernel-config", "{symbol: CONFIG_A}");
    assert_field(only_item(items), "path", "\"/boot/config-6.12.0\"");
}

static void offline_without_kernel_is_not_applicable(void **state)
{
    (void)state;
    pl_auto(items) items = look("live: false", "kernel-config", "{symbol: CONFIG_A}");
    assert_problem(items, PROBLEM_NOTAPPLICABLE, "under this root");
}

static char *gzipped_host(const char *text, gsize cut)
{
    guint8 out[4096];
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)strlen(text)};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = out;
    stream.avail_out = sizeof out;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    gsize n = sizeof out - stream.avail_out - cut;
    deflateEnd(&stream);
    g_autofree char *base64 = g_base64_encode(out, n);
    return g_strdup_printf("files: {/proc/config.gz: {base64: '%s'}}\n", base64);
}

static void reads_the_running_kernels_own(void **state)
{
    (void)state;
    g_autofree char *text = gzipped_host("# CONFIG_A is not set\nCONFIG_B=\"say \\\"hi\\\"\"\n", 0);
    pl_auto(items) items = look(text, "kernel-config", "{symbol: CONFIG_B}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "\"say \\\"hi\\\"\"");
    assert_field(item, "path", "\"/proc/config.gz\"");
}

static void a_cut_stream_is_an_error(void **state)
{
    (void)state;
    g_autofree char *text = gzipped_host("CONFIG_B=y\nCONFIG_C=y\n", 10);
    pl_auto(items) items = look(text, "kernel-config", "{symbol: CONFIG_D}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_ERROR, "gzip");
}

static void only_symbols_are_names(void **state)
{
    (void)state;
    pl_autojson json_object *good = yaml("{symbol: CONFIG_BUG}");
    pl_autojson json_object *bad = yaml("{symbol: BUG}");
    g_autoptr(GError) error = NULL;
    assert_true(probe_find("kernel-config")->check(good, NULL, NULL));
    assert_false(probe_find("kernel-config")->check(bad, NULL, &error));
    assert_non_null(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value),
        cmocka_unit_test(falls_back_to_the_copy_beside_the_modules),
        cmocka_unit_test(another_kernels_configuration_does_not_count),
        cmocka_unit_test(an_installed_kernel_has_some_configuration),
        cmocka_unit_test(denied_is_unknown),
        cmocka_unit_test(offline_takes_the_newest),
        cmocka_unit_test(offline_without_kernel_is_not_applicable),
        cmocka_unit_test(reads_the_running_kernels_own),
        cmocka_unit_test(a_cut_stream_is_an_error),
        cmocka_unit_test(only_symbols_are_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
