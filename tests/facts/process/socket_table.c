/* Tables of any length: what listens is never hidden by what others open, and a bound that is met is said. */
#include "looking.h"

#define HEAD "  sl  local_address rem_address   st ...\n"

/* An inline host with these tables; texts may be NULL. */
static struct host *host_with(const char *tcp, const char *udp)
{
    pl_autojson json_object *spec = json_object_new_object();
    json_object *files = json_object_new_object();
    json_object_object_add(spec, "files", files);
    if (tcp)
        json_object_object_add(files, "/proc/net/tcp", json_object_new_string(tcp));
    if (udp)
        json_object_object_add(files, "/proc/net/udp", json_object_new_string(udp));
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    if (!host)
        fail_msg("%s", error->message);
    return host;
}

static struct items *ask(struct host *host, const char *object)
{
    return look_at(host, "listening-socket", object);
}

static void add_line(GString *text, unsigned address, unsigned port, const char *state)
{
    g_string_append_printf(text,
                           "%5u: %08X:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000  1000 0 %u 1\n",
                           address, address, port, state, address + 1000);
}

#define UDP_69 HEAD "  1: 00000000:0045 00000000:0000 07 0:0 00:0 0 0 0 7 1\n"

/* Any user may listen on as many loopback addresses as there are. */
static void many_listeners_hide_nothing(void **state)
{
    (void)state;
    g_autoptr(GString) tcp = g_string_new(HEAD);
    for (unsigned i = 0; i < 20001; i++)
        add_line(tcp, 0x7F + (i << 8), 8080, "0A");
    pl_auto(host) host = host_with(tcp->str, UDP_69);
    pl_auto(items) udp = ask(host, "{\"protocol\": [\"udp\"], \"port\": 69}");
    assert_field(only_item(udp), "port", "69");
    pl_auto(items) one = ask(host, "{\"port\": 22}");
    assert_nothing(one);
}

static void the_bound_is_said_of_its_protocol(void **state)
{
    (void)state;
    g_autoptr(GString) tcp = g_string_new(HEAD);
    for (unsigned i = 0; i < 100001; i++)
        add_line(tcp, 0x7F + (i << 8), 8080, "0A");
    pl_auto(host) host = host_with(tcp->str, UDP_69);
    pl_auto(items) hidden = ask(host, "{\"protocol\": [\"tcp\"], \"port\": 22}");
    assert_problem(hidden, PROBLEM_ERROR, "more than 100000 sockets");
    pl_auto(items) udp = ask(host, "{\"protocol\": [\"udp\"], \"port\": 69}");
    assert_int_equal(udp->problems->len, 0);
    assert_field(only_item(udp), "port", "69");
}

/* A busy server: what listens comes first, and the connections are no reason to know nothing. */
static void connections_do_not_count(void **state)
{
    (void)state;
    g_autoptr(GString) tcp = g_string_new(HEAD);
    add_line(tcp, 0, 23, "0A");
    for (unsigned i = 1; i < 110000; i++)
        add_line(tcp, i, 443, "01");
    assert_true(tcp->len > HOST_FILE_MAX);
    pl_auto(host) host = host_with(tcp->str, NULL);
    pl_auto(items) items = ask(host, "{}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "port", "23");
}

/* UDP tables have no such order: they are read to the end. */
static void udp_is_read_whole(void **state)
{
    (void)state;
    g_autoptr(GString) udp = g_string_new(HEAD);
    for (unsigned i = 1; i < 110000; i++)
        add_line(udp, i, 443, "01");
    add_line(udp, 0, 69, "07");
    assert_true(udp->len > HOST_FILE_MAX);
    pl_auto(host) host = host_with(NULL, udp->str);
    pl_auto(items) items = ask(host, "{\"protocol\": [\"udp\"]}");
    assert_int_equal(items->problems->len, 0);
    assert_field(only_item(items), "port", "69");
}

static void a_line_of_another_kind_is_said(void **state)
{
    (void)state;
    static const char *const lines[] = {"garbage", "0: 0100007F:0016 00000000:0000 0A 0:0 00:0 0 0 0 x 1",
                                        "0: 01:0016 00000000:0000 0A 0:0 00:0 0 0 0 7 1"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *tcp = g_strconcat(HEAD, lines[i], "\n", NULL);
        pl_auto(host) host = host_with(tcp, NULL);
        pl_auto(items) items = ask(host, "{}");
        assert_problem(items, PROBLEM_ERROR, "line 2 is none of such a table");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_listeners_hide_nothing),    cmocka_unit_test(the_bound_is_said_of_its_protocol),
        cmocka_unit_test(connections_do_not_count),       cmocka_unit_test(udp_is_read_whole),
        cmocka_unit_test(a_line_of_another_kind_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
