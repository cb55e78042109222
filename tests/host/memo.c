#include "host/host.h"

#include "cmocka_all.h"

static gint made, freed;

static void count_free(gpointer data)
{
    g_atomic_int_inc(&freed);
    g_free(data);
}

static gpointer make_slowly(struct host *host, gpointer data)
{
    (void)host;
    g_atomic_int_inc(&made);
    g_usleep(20000);
    return g_strdup(data);
}

static gpointer ask(gpointer host)
{
    return host_memo(host, "slow", make_slowly, (gpointer)(uintptr_t) "value", count_free);
}

static void once_for_all_threads(void **state)
{
    (void)state;
    GThread *threads[8];
    made = freed = 0;
    struct host *host = host_new_inline(NULL, NULL, NULL);
    for (int i = 0; i < 8; i++)
        threads[i] = g_thread_new("ask", ask, host);
    gconstpointer first = g_thread_join(threads[0]);
    for (int i = 1; i < 8; i++)
        assert_ptr_equal(g_thread_join(threads[i]), first);
    assert_string_equal(first, "value");
    assert_int_equal(made, 1);
    host_free(host);
    assert_int_equal(freed, 1);
}

static gpointer make_null(struct host *host, gpointer data)
{
    (void)host;
    (void)data;
    g_atomic_int_inc(&made);
    return NULL;
}

static void null_is_a_value(void **state)
{
    (void)state;
    made = 0;
    pl_auto(host) host = host_new_inline(NULL, NULL, NULL);
    assert_null(host_memo(host, "none", make_null, NULL, count_free));
    assert_null(host_memo(host, "none", make_null, NULL, count_free));
    assert_int_equal(made, 1);
}

struct outer {
    const char *inner;
};

static void outer_free(gpointer data)
{
    struct outer *outer = data;
    assert_string_equal(outer->inner, "inner"); /* what it was made of is still there */
    g_free(outer);
}

static gpointer make_outer(struct host *host, gpointer data)
{
    (void)data;
    struct outer *outer = g_new0(struct outer, 1);
    outer->inner = host_memo(host, "inner", make_slowly, (gpointer)(uintptr_t) "inner", count_free);
    return outer;
}

static void makers_may_ask_for_other_keys(void **state)
{
    (void)state;
    pl_auto(host) host = host_new_inline(NULL, NULL, NULL);
    const struct outer *outer = host_memo(host, "outer", make_outer, NULL, outer_free);
    assert_string_equal(outer->inner, "inner");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_for_all_threads),
        cmocka_unit_test(null_is_a_value),
        cmocka_unit_test(makers_may_ask_for_other_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
