#include "container_hosts.h"

static void listening_sockets_of_its_network(void **state)
{
    (void)state;
    const char *host = CONTAINER("fd: {'3': 'socket:[77]'}, ",
                                 PROC) "files:\n"
                                       "  /proc/100/net/tcp: \"head\\n 0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 "
                                       "0 0 77 1\\n\"\n";
    pl_auto(items) items = look(host, "container", "{}");
    assert_field(only_item(items), "listening", "[\"tcp:0.0.0.0:80\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listening_sockets_of_its_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
