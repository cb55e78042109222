#include "host/totals.h"

#include "host/host.h"
#include "model/error.h"

#include "cmocka_all.h"

static struct host *make(const char *json)
{
    pl_autojson json_object *spec = json_tokener_parse(json);
    assert_non_null(spec);
    struct host *host = host_new_inline(spec, NULL, NULL);
    assert_non_null(host);
    return host;
}

static void from_the_texts(void **state)
{
    (void)state;
    pl_auto(host) host =
        make("{\"files\":{\"/proc/meminfo\":\"MemTotal:  100 kB\\nXSwapTotal: 9 kB\\nSwapTotal: 7 kB\\n\","
             "\"/proc/stat\":\"cpu  1\\ncpu0 1\\ncpu3 1\\nintr 1 cpu7\\nbtime 4000\\n\"}}");
    const struct host_totals *totals = host_totals(host);
    assert_true(!totals->memory_error && !totals->boot_error && !totals->cpus_error);
    assert_true(totals->memory == 100 && totals->swap == 7 && totals->cpus == 2 && totals->boot == 4000);
}

static void what_a_text_does_not_say_is_not_none(void **state)
{
    (void)state;
    pl_auto(host) host =
        make("{\"files\":{\"/proc/meminfo\":\"MemTotal: 100 kB\\n\",\"/proc/stat\":\"cpu  1\\nbtime x\\n\"}}");
    const struct host_totals *totals = host_totals(host);
    assert_true(totals->memory_error && totals->boot_error && totals->cpus_error);
    pl_auto(host) denied = make("{\"files\":{\"/proc/meminfo\":{\"content\":\"\",\"denied\":true},"
                                "\"/proc/stat\":{\"content\":\"\",\"denied\":true}}}");
    totals = host_totals(denied);
    assert_true(g_error_matches(totals->memory_error, PL_ERROR, PL_ERROR_DENIED));
    assert_true(g_error_matches(totals->boot_error, PL_ERROR, PL_ERROR_DENIED));
    assert_true(g_error_matches(totals->cpus_error, PL_ERROR, PL_ERROR_DENIED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_texts),
        cmocka_unit_test(what_a_text_does_not_say_is_not_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
