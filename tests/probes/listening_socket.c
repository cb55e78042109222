#include "looking.h"

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\\n"
#define LINE(local, remote, state, uid, inode)                                                                         \
    "   0: " local " " remote " " state " 00000000:00000000 00:00000000 00000000 " uid " 0 " inode " 1 0 100 0\\n"

#define HOST                                                                                                           \
    "processes:\n"                                                                                                     \
    "- {pid: 20, comm: sshd, exe: /usr/sbin/sshd, argv: [sshd]}\n"                                                     \
    "- {pid: 30, comm: web, exe: /bin/web, argv: [web], ns: {net: 555}}\n"                                             \
    "files:\n"                                                                                                         \
    "  /proc/net/tcp: \"" HEAD LINE("00000000:0016", "00000000:0000", "0A", "0",                                       \
                                    "111") LINE("0100007F:1F90", "00000000:0000", "0A", "33", "112")                   \
        LINE("0100007F:0016", "0100007F:9999", "01", "0",                                                              \
             "113") "\"\n"                                                                                             \
                    "  /proc/net/tcp6: \"" HEAD LINE(                                                                  \
                        "00000000000000000000000001000000:0050", "00000000000000000000000000000000:0000", "0A", "0",   \
                        "114") "\"\n"                                                                                  \
                               "  /proc/net/udp: \"" HEAD LINE("00000000:0044", "00000000:0000", "07", "0", "115")     \
                                   LINE("0100007F:0045", "0100007F:0035", "01", "0",                                   \
                                        "116") "\"\n"                                                                  \
                                               "  /proc/net/unix: \"Num RefCount Protocol Flags Type St Inode Path\\n" \
                                               "0: 00000002 00000000 00010000 0001 01 117 /run/a b.sock\\n0: "         \
                                               "00000003 00000000 00000000 0001 03 118\\n\"\n"                         \
                                               "  /proc/30/net/tcp: \"" HEAD LINE(                                     \
                                                   "00000000:1F90", "00000000:0000", "0A", "0",                        \
                                                   "119") "\"\n"                                                       \
                                                          "  /proc/20/fd/3: {type: symlink, target: 'socket:[111]'}\n" \
                                                          "  /proc/30/fd/3: {type: symlink, target: 'socket:[119]'}\n"

static const struct item *find(const struct items *items, const char *subject, const char *of)
{
    for (guint i = 0; i < items->list->len; i++) {
        g_autofree char *where = field_text(item_at(items, i), "namespace");
        if (g_str_equal(item_at(items, i)->subject, subject) && strstr(where, of))
            return item_at(items, i);
    }
    fail_msg("%s of %s was not found", subject, of);
    return NULL;
}

static void sockets_of_all_namespaces(void **state)
{
    (void)state;
    pl_auto(items) items = look(HOST, "listening-socket", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 5);
    const struct item *ssh = find(items, "tcp:0.0.0.0:22", "host");
    assert_field(ssh, "wildcard", "true");
    assert_field(ssh, "loopback", "false");
    assert_field(ssh, "pid", "20");
    assert_field(ssh, "exe", "\"/usr/sbin/sshd\"");
    assert_field(ssh, "user", "\"root\"");
    assert_declared(ssh, "listening-socket");
    assert_field(find(items, "tcp:127.0.0.1:8080", "host"), "loopback", "true");
    const struct item *v6 = find(items, "tcp:[::1]:80", "host");
    assert_field(v6, "family", "\"ipv6\"");
    assert_field(v6, "loopback", "true");
    assert_field(v6, "pid", "null");
    assert_field(find(items, "udp:0.0.0.0:68", "host"), "protocol", "\"udp\"");
    assert_field(find(items, "tcp:0.0.0.0:8080", "pid:30"), "process", "\"web\"");
}

static void unix_sockets_only_when_asked(void **state)
{
    (void)state;
    pl_auto(items) items = look(HOST, "listening-socket", "{protocol: unix}");
    const struct item *item = only_item(items);
    assert_field(item, "address", "\"/run/a b.sock\"");
    assert_field(item, "port", "null");
}

static void objects_select(void **state)
{
    (void)state;
    pl_auto(items) port = look(HOST, "listening-socket", "{port: 22}");
    assert_field(only_item(port), "port", "22");
    pl_auto(items) process = look(HOST, "listening-socket", "{process: web}");
    assert_field(only_item(process), "port", "8080");
}

static void unreadable_descriptors_leave_the_holder_unread(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 20, comm: sshd, argv: [sshd]}]\n"
                       "files:\n"
                       "  /proc/net/tcp: \"" HEAD LINE("00000000:0016", "00000000:0000", "0A", "0",
                                                       "111") "\"\n"
                                                              "  /proc/20/fd: {type: dir, denied: true}\n";
    pl_auto(items) items = look(host, "listening-socket", "{}");
    assert_field(only_item(items), "pid", "(unread)");
    assert_field(only_item(items), "process", "(unread)");
    const char *why = unread_why(only_item(items), "process");
    assert_string_equal(why,
                        "the open files of 1 processes could not be read, the first by /proc/20/fd: Permission denied");
    pl_auto(items) named = look(host, "listening-socket", "{process: sshd}");
    assert_problem(named, PROBLEM_UNKNOWN, "may be sshd could not be read: /proc/20/fd: Permission denied");
    pl_auto(items) other = look(host, "listening-socket", "{process: web}");
    assert_nothing(other);
}

static void unreadable_tables_are_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/proc/net/tcp: {content: '', denied: true}}", "listening-socket", "{}");
    assert_problem(items, PROBLEM_UNKNOWN, "socket tables");
}

#define UNIX(flags, inode, path) "0: 00000002 00000000 " flags " 0001 01 " inode " " path "\\n"

/* Of Unix sockets only those that wait for peers; of IPv4 addresses that IPv6 shows only 127.0.0.0/8 is the loopback;
 * systemd keeps a copy of what it handed to a service. */
static void what_a_line_means(void **state)
{
    (void)state;
    static const char host[] =
        "processes:\n- {pid: 20, comm: served, argv: [served]}\nfiles:\n"
        "  /proc/net/unix: \"Num RefCount Protocol Flags Type St Inode Path\\n" UNIX("00010000", "1", "/run/a")
            UNIX("00000000", "2", "/run/b")
                UNIX("00020000", "3",
                     "/run/c") "\"\n"
                               "  /proc/net/tcp6: \"" HEAD LINE("0000000000000000FFFF00000100007F:0050",
                                                                "00000000000000000000000000000000:0000", "0A", "0", "4")
                                   LINE("0000000000000000FFFF00000100000A:0051",
                                        "00000000000000000000000000000000:0000", "0A", "0", "5")
                                       LINE("00000000000000000000000001000001:0052",
                                            "00000000000000000000000000000000:0000", "0A", "0",
                                            "6") "\"\n"
                                                 "  /proc/1/fd/3: {type: symlink, target: 'socket:[4]'}\n"
                                                 "  /proc/20/fd/3: {type: symlink, target: 'socket:[4]'}\n"
                                                 "  /proc/1/fd/4: {type: symlink, target: 'socket:[5]'}\n";
    pl_auto(items) named = look(host, "listening-socket", "{protocol: unix}");
    assert_field(only_item(named), "address", "\"/run/a\"");
    pl_auto(items) items = look(host, "listening-socket", "{protocol: tcp}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 0), "loopback", "true");
    assert_field(item_at(items, 0), "process", "\"served\"");
    assert_field(item_at(items, 1), "loopback", "false");
    assert_field(item_at(items, 1), "pid", "1");
    assert_field(item_at(items, 2), "loopback", "false");
}

/* A network namespace whose tables cannot be read may have any socket. */
static void a_namespace_that_cannot_be_read(void **state)
{
    (void)state;
    static const char host[] = "processes:\n- {pid: 30, comm: web, argv: [web], ns: {net: 555}}\nfiles:\n"
                               "  /proc/30/net/tcp: {content: x, denied: true}\n"
                               "  /proc/30/fd/3: {type: symlink, target: 'socket:[119]'}\n";
    pl_auto(items) items = look(host, "listening-socket", "{}");
    assert_problem(items, PROBLEM_UNKNOWN, "1 network namespaces");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_of_all_namespaces),
        cmocka_unit_test(unix_sockets_only_when_asked),
        cmocka_unit_test(objects_select),
        cmocka_unit_test(unreadable_descriptors_leave_the_holder_unread),
        cmocka_unit_test(unreadable_tables_are_unknown),
        cmocka_unit_test(what_a_line_means),
        cmocka_unit_test(a_namespace_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
