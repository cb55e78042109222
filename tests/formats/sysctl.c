#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("sysctl", "# c\n; c\nkernel.a = 1\n-net/ipv4/conf/eth0.1/rp_filter=2 \nnot an assignment\n",
          "[{\"ignore_errors\":false,\"key\":\"kernel.a\",\"value\":\"1\"},"
          "{\"ignore_errors\":true,\"key\":\"net.ipv4.conf.eth0/1.rp_filter\",\"value\":\"2\"}]");
    gives("sysctl", "-net.ipv4.conf.all.*\nnet.ipv4.conf.*.a = 1\r\n",
          "[{\"ignore_errors\":true,\"key\":\"net.ipv4.conf.all.*\",\"value\":null},"
          "{\"ignore_errors\":false,\"key\":\"net.ipv4.conf.*.a\",\"value\":\"1\"}]");
    gives("sysctl", "net.ipv4.conf.eth0/1.x = a  b\nk=\n",
          "[{\"ignore_errors\":false,\"key\":\"net.ipv4.conf.eth0/1.x\",\"value\":\"a  b\"},"
          "{\"ignore_errors\":false,\"key\":\"k\",\"value\":\"\"}]");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("sysctl", "\n  a.b = 1\n");
    marks(tree, "0", "2:3 0:0");
    marks(tree, "0.value", "2:9 2:3");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *many = repeat("a=1\n", 200000);
    refuses_n("sysctl", many, strlen(many), PL_ERROR_LIMIT, "more than 500000 nodes");
    pl_autojson json_object *tree = parse_n("sysctl", "a=\0\xFF\n-\n-=\n=\n", 14);
    assert_int_equal(json_object_array_length(tree), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(positions),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
