#include "model/error.h"

#include "looking.h"

#define PACKAGE "packages: [{name: openssh-server, version: \"1:9.2p1-2+deb12u3\", status: installed}]\n"

/* A host whose sshd_config is `text`, a YAML double quoted text without its quotes. Caller frees. */
static char *with_config(const char *text)
{
    return g_strdup_printf(PACKAGE "files:\n  /etc/ssh/sshd_config: \"%s\"\n", text);
}

static struct items *ask(const char *text, const char *keyword)
{
    g_autofree char *host = with_config(text);
    g_autofree char *object = g_strdup_printf("{keyword: %s}", keyword);
    return look(host, "sshd", object);
}

static void first_line_wins(void **state)
{
    (void)state;
    pl_auto(items) items = ask("permitrootlogin WITHOUT-password # c\\nPermitRootLogin=yes\\n", "PermitRootLogin");
    const struct item *item = only_item(items);
    assert_declared(item, "sshd");
    assert_string_equal(item->subject, "PermitRootLogin");
    assert_field(item, "keyword", "\"permitrootlogin\"");
    assert_field(item, "value", "\"prohibit-password\"");
    assert_field(item, "values", "[\"prohibit-password\"]");
    assert_field(item, "origin", "\"file\"");
    assert_field(item, "scope", "\"global\"");
    assert_field(item, "set", "true");
    assert_field(item, "losing", "[\"/etc/ssh/sshd_config:2 yes\"]");
    assert_field(item, "version", "\"9.2\"");
    assert_source(item, "/etc/ssh/sshd_config", 1);
}

static void defaults(void **state)
{
    (void)state;
    pl_auto(items) root = ask("", "permitrootlogin");
    assert_field(only_item(root), "value", "\"prohibit-password\"");
    assert_field(only_item(root), "origin", "\"default\"");
    assert_field(only_item(root), "set", "false");
    assert_string_equal(only_item(root)->source.api, "built-in default of OpenSSH 9.2");
    pl_auto(items) users = ask("", "AllowUsers");
    assert_field(only_item(users), "value", "null");
    assert_field(only_item(users), "values", "[]");
    pl_auto(items) pid = ask("", "PidFile");
    assert_field(only_item(pid), "value", "(unread)");
    pl_auto(items) unknown = look("files: {/etc/ssh/sshd_config: ''}", "sshd", "{keyword: KexAlgorithms}");
    assert_field(only_item(unknown), "value", "(unread)");
    assert_field(only_item(unknown), "version", "null");
    pl_auto(items) same = look("files: {/etc/ssh/sshd_config: ''}", "sshd", "{keyword: Ciphers}");
    assert_non_null(strstr(tree_string(only_item(same)->fields, "value"), "aes256-gcm@openssh.com"));
}

static void types(void **state)
{
    (void)state;
    static const char text[] = "LoginGraceTime 1m30s\\nMaxAuthTries 4\\nLogLevel verbose\\nClientAliveInterval 5m\\n"
                               "X11Forwarding YES\\nPort 22\\nPort 2222\\nMaxStartups 1:2:3\\nMaxStartups 4:5:6\\n";
    static const char *const expected[][2] = {
        {"LoginGraceTime", "90"},       {"MaxAuthTries", "4"},        {"LogLevel", "\"VERBOSE\""},
        {"ClientAliveInterval", "300"}, {"X11Forwarding", "\"yes\""}, {"Port", "\"22 2222\""},
        {"MaxStartups", "\"4:5:6\""},   {"MaxSessions", "10"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        pl_auto(items) items = ask(text, expected[i][0]);
        assert_field(only_item(items), "value", expected[i][1]);
    }
    pl_auto(items) ports = ask(text, "Port");
    assert_field(only_item(ports), "values", "[22,2222]");
    assert_field(only_item(ports), "losing", "[]");
    pl_auto(items) starts = ask(text, "MaxStartups");
    assert_field(only_item(starts), "losing", "[\"/etc/ssh/sshd_config:8 1:2:3\"]");
}

static void lists(void **state)
{
    (void)state;
    static const char text[] =
        "AllowUsers a 'b c'\\nAllowUsers d\\nCiphers +aes128-cbc,aes128-ctr\\nMACs -umac*,hmac-sha1*\\n"
        "KexAlgorithms ^ecdh-sha2-nistp521\\nSetEnv A=1 B=2\\nSetEnv C=3\\n";
    pl_auto(items) users = ask(text, "AllowUsers");
    assert_field(only_item(users), "values", "[\"a\",\"b c\",\"d\"]");
    pl_auto(items) set = ask(text, "SetEnv");
    assert_field(only_item(set), "values", "[\"A=1\",\"B=2\"]");
    pl_auto(items) ciphers = ask(text, "Ciphers");
    assert_field(only_item(ciphers), "value",
                 "\"chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,"
                 "aes256-gcm@openssh.com,aes128-cbc\"");
    pl_auto(items) macs = ask(text, "MACs");
    assert_field(
        only_item(macs), "values",
        "[\"hmac-sha2-256-etm@openssh.com\",\"hmac-sha2-512-etm@openssh.com\",\"hmac-sha2-256\",\"hmac-sha2-512\"]");
    pl_auto(items) kex = ask(text, "KexAlgorithms");
    assert_field(only_item(kex), "values.0", "\"ecdh-sha2-nistp521\"");
    assert_field(only_item(kex), "values.1", "\"sntrup761x25519-sha512@openssh.com\"");
    pl_auto(items) unknown = look("files: {/etc/ssh/sshd_config: \"HostKeyAlgorithms +ssh-rsa\\n\"}", "sshd",
                                  "{keyword: HostKeyAlgorithms}");
    assert_field(only_item(unknown), "value", "\"+ssh-rsa\"");
    assert_field(only_item(unknown), "values", "(unread)");
}

static const char include_host[] =
    PACKAGE "files:\n"
            "  /etc/ssh/sshd_config: |\n"
            "    Include sshd_config.d/*.conf none/*.conf\n"
            "    PasswordAuthentication yes\n"
            "    Match User bob\n"
            "      Include /etc/ssh/bob\n"
            "      MaxAuthTries 9\n"
            "  /etc/ssh/sshd_config.d/b.conf: \"MaxSessions 2\\nPrintMotd no\\n\"\n"
            "  /etc/ssh/sshd_config.d/a.conf: \"Match User eve\\nMaxSessions 1\\n\"\n"
            "  /etc/ssh/bob: \"MaxAuthTries 8\\nMatch Address 10.0.0.1\\nMaxAuthTries 7\\n\"\n";

static void includes(void **state)
{
    (void)state;
    pl_auto(items) sessions = look(include_host, "sshd", "{keyword: MaxSessions}");
    assert_int_equal(sessions->list->len, 2);
    assert_field(item_at(sessions, 0), "value", "2");
    assert_source(item_at(sessions, 0), "/etc/ssh/sshd_config.d/b.conf", 1);
    assert_field(item_at(sessions, 1), "value", "1");
    assert_field(item_at(sessions, 1), "scope", "\"Match User eve\"");
    assert_string_equal(item_at(sessions, 1)->subject, "MaxSessions (Match User eve)");
    pl_auto(items) tries = look(include_host, "sshd", "{keyword: MaxAuthTries}");
    assert_int_equal(tries->list->len, 3);
    assert_field(item_at(tries, 0), "value", "6");
    assert_field(item_at(tries, 1), "value", "8");
    assert_field(item_at(tries, 1), "losing", "[\"/etc/ssh/sshd_config:5 9\"]");
    assert_field(item_at(tries, 2), "value", "7");
    assert_field(item_at(tries, 2), "scope", "\"Match User bob and Match Address 10.0.0.1\"");
    pl_auto(items) global = look(include_host, "sshd", "{keyword: MaxAuthTries, match: false}");
    assert_field(only_item(global), "value", "6");
}

static void match_all(void **state)
{
    (void)state;
    pl_auto(items) late = ask("Match all\\n  PermitTTY no\\n", "PermitTTY");
    assert_int_equal(late->list->len, 2);
    assert_field(item_at(late, 0), "value", "\"no\"");
    assert_field(item_at(late, 1), "scope", "\"Match all\"");
    static const char *const spellings[][2] = {
        {"match group Admins", "Match Group Admins"},
        {"MATCH  USER  \\\"group\\\"   LocalPort 22", "Match User group LocalPort 22"},
        {"Match ALL", "Match all"},
        {"match address=10.0.0.0/8,user User USER", "Match Address 10.0.0.0/8,user User USER"},
        {"Match invalid-user Group x", "Match Invalid-User Group x"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_autofree char *text = g_strconcat(spellings[i][0], "\\n  PermitTTY no\\n", NULL);
        g_autofree char *expected = g_strdup_printf("\"%s\"", spellings[i][1]);
        pl_auto(items) items = ask(text, "PermitTTY");
        assert_field(item_at(items, 1), "scope", expected);
    }
    pl_auto(items) both = ask("PermitRootLogin no\\nMatch all\\n  PermitRootLogin yes\\n", "PermitRootLogin");
    assert_field(item_at(both, 0), "value", "\"yes\"");
    assert_field(item_at(both, 0), "losing", "[\"/etc/ssh/sshd_config:1 no\"]");
    assert_field(item_at(both, 1), "value", "\"yes\"");
    pl_auto(items) lists =
        ask("AllowUsers a\\nMatch all\\n  AllowUsers b\\nMatch all\\n  AllowUsers c\\n", "AllowUsers");
    assert_field(item_at(lists, 0), "values", "[\"b\",\"c\"]");
    pl_auto(items) twice = ask("Match Group a\\n  ForceCommand one\\nMatch User b\\n  ForceCommand two\\n"
                               "match   GROUP a\\n  ForceCommand three\\n",
                               "ForceCommand");
    assert_int_equal(twice->list->len, 3);
    assert_field(item_at(twice, 1), "scope", "\"Match Group a\"");
    assert_field(item_at(twice, 1), "value", "\"one\"");
    assert_field(item_at(twice, 1), "losing", "[\"/etc/ssh/sshd_config:6 three\"]");
    assert_field(item_at(twice, 2), "value", "\"two\"");
    pl_auto(items) first = ask("Match all\\n  PermitTTY no\\nMatch all\\n  PermitTTY yes\\n", "PermitTTY");
    assert_field(item_at(first, 0), "value", "\"no\"");
}

/* What sshd makes of the patterns of Include: it has a glob of its own. */
static void patterns_of_includes(void **state)
{
    (void)state;
    static const char *const patterns[][2] = {
        {"d/{a,b}.conf", "6"}, {"d/[^c]*", "2"}, {"d/[!a].conf", "2"}, {"d/*", "1"}, {"d/.*", "3"}, {"**/a.conf", "1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autofree char *host = g_strdup_printf(PACKAGE "files:\n"
                                                        "  /etc/ssh/sshd_config: \"Include %s\\n\"\n"
                                                        "  /etc/ssh/d/a.conf: \"MaxAuthTries 1\\n\"\n"
                                                        "  /etc/ssh/d/c.conf: \"MaxAuthTries 2\\n\"\n"
                                                        "  /etc/ssh/d/.h.conf: \"MaxAuthTries 3\\n\"\n",
                                                patterns[i][0]);
        pl_auto(items) items = look(host, "sshd", "{keyword: MaxAuthTries}");
        assert_field(only_item(items), "value", patterns[i][1]);
    }
}

static void unreadable_includes(void **state)
{
    (void)state;
    static const char host[] = PACKAGE "files:\n"
                                       "  /etc/ssh/sshd_config: |\n"
                                       "    MaxSessions 2\n"
                                       "    Include secret\n"
                                       "    MaxAuthTries 2\n"
                                       "    AllowUsers a\n"
                                       "  /etc/ssh/secret: {content: '', denied: true}\n";
    pl_auto(items) before = look(host, "sshd", "{keyword: MaxSessions}");
    assert_problem(before, PROBLEM_UNKNOWN, "/etc/ssh/secret");
    assert_field(item_at(before, 0), "value", "2");
    pl_auto(items) after = look(host, "sshd", "{keyword: MaxAuthTries}");
    assert_field(item_at(after, 0), "value", "(unread)");
    assert_field(item_at(after, 0), "set", "(unread)");
    pl_auto(items) grows = look(host, "sshd", "{keyword: AllowUsers}");
    assert_field(item_at(grows, 0), "values", "(unread)");
    pl_auto(items) denied =
        look("files: {/etc/ssh/sshd_config: {content: '', denied: true}}", "sshd", "{keyword: UsePAM}");
    assert_problem(denied, PROBLEM_UNKNOWN, "/etc/ssh/sshd_config");
    assert_field(item_at(denied, 0), "value", "(unread)");
    pl_auto(items) broken = ask("UsePAM yes\\nBanner 'x\\n", "UsePAM");
    assert_problem(broken, PROBLEM_ERROR, "/etc/ssh/sshd_config:2:8");
    pl_auto(items) loop = ask("Include /etc/ssh/sshd_config /etc/ssh/sshd_config\\nUsePAM yes\\n", "UsePAM");
    assert_problem(loop, PROBLEM_ERROR, "too many Includes");
}

static void presence(void **state)
{
    (void)state;
    pl_auto(items) none = look("files: {}", "sshd", "{keyword: UsePAM}");
    assert_nothing(none);
    pl_auto(items) binary = look("files: {/usr/sbin/sshd: x}", "sshd", "{keyword: UsePAM}");
    assert_field(only_item(binary), "value", "\"no\"");
    pl_auto(items) vendor = look("files: {/usr/etc/ssh/sshd_config: \"UsePAM yes\\n\"}", "sshd", "{keyword: UsePAM}");
    assert_source(only_item(vendor), "/usr/etc/ssh/sshd_config", 1);
}

static void flags_of_a_process(void **state)
{
    (void)state;
    static const char host[] = "files:\n"
                               "  /etc/ssh/sshd_config: \"UsePAM yes\\nPort 22\\nAllowUsers x\\n\"\n"
                               "  /etc/default/ssh: \"SSHD_OPTS='-o UsePAM=maybe'\\n\"\n"
                               "processes:\n"
                               "- {pid: 90, comm: sshd, argv: ['sshd: bob [priv]']}\n"
                               "- {pid: 100, comm: sshd, argv: ['sshd: /usr/sbin/sshd -D -o UsePAM=no -o AllowUsers=y "
                               "z -p2222 [listener] 0 of 10-100 startups']}\n";
    pl_auto(items) pam = look(host, "sshd", "{keyword: UsePAM}");
    assert_field(only_item(pam), "value", "\"no\"");
    assert_field(only_item(pam), "origin", "\"flag\"");
    assert_field(only_item(pam), "losing", "[\"/etc/ssh/sshd_config:1 yes\"]");
    assert_string_equal(only_item(pam)->source.process, "sshd (pid 100)");
    pl_auto(items) port = look(host, "sshd", "{keyword: Port}");
    assert_field(only_item(port), "value", "2222");
    pl_auto(items) users = look(host, "sshd", "{keyword: AllowUsers}");
    assert_field(only_item(users), "values", "[\"y\",\"z\",\"x\"]");
    static const char other[] = "files: {/etc/ssh/sshd_config: \"UsePAM yes\\n\", /srv/sshd: \"UsePAM no\\n\"}\n"
                                "processes:\n"
                                "- {pid: 7, comm: sshd, argv: [/usr/sbin/sshd, -f, /srv/sshd, -4q]}\n"
                                "- {pid: 8, comm: sshd, argv: [/usr/sbin/sshd, -oUsePAM=yes], ns: {mnt: 77}}\n";
    pl_auto(items) elsewhere = look(other, "sshd", "{keyword: UsePAM}");
    assert_source(only_item(elsewhere), "/srv/sshd", 1);
    pl_auto(items) family = look(other, "sshd", "{keyword: AddressFamily}");
    assert_field(only_item(family), "value", "\"inet\"");
}

/* An ordinary user's process took the place of the host's sshd by calling itself one. */
static void flags_of_a_user(void **state)
{
    (void)state;
    static const char host[] = "files: {/etc/ssh/sshd_config: \"UsePAM yes\\n\"}\n"
                               "processes:\n"
                               "- {pid: 90, uid: 1000, comm: sshd, argv: ['sshd: /usr/sbin/sshd -D -oUsePAM=no "
                               "[listener] 0 of 10-100 startups']}\n"
                               "- {pid: 91, uid: 1000, comm: sshd, argv: [/usr/sbin/sshd, -oUsePAM=no]}\n";
    pl_auto(items) pam = look(host, "sshd", "{keyword: UsePAM}");
    assert_source(only_item(pam), "/etc/ssh/sshd_config", 1);
}

/* One that somebody built or unpacked elsewhere is judged by the file that it was told of. */
static void built_elsewhere(void **state)
{
    (void)state;
    static const char told[] = "files: {/opt/s/etc/c: \"PermitRootLogin yes\\n\"}\n"
                               "processes: [{pid: 90, comm: sshd, argv: [/opt/s/sbin/sshd, -D, -f, /opt/s/etc/c]}]\n";
    pl_auto(items) root = look(told, "sshd", "{keyword: PermitRootLogin}");
    assert_source(only_item(root), "/opt/s/etc/c", 1);
    static const char untold[] = "files: {/etc/ssh/sshd_config: \"PermitRootLogin no\\n\"}\n"
                                 "processes: [{pid: 90, comm: sshd, argv: [/usr/local/sbin/sshd, -D]}]\n";
    pl_auto(items) unknown = look(untold, "sshd", "{keyword: PermitRootLogin}");
    assert_problem(unknown, PROBLEM_UNKNOWN, "/usr/local/sbin/sshd runs without -f");
    /* As an ordinary user sees it. */
    static const char titled[] = "files: {/etc/ssh/sshd_config: \"PermitRootLogin no\\n\"}\n"
                                 "processes: [{pid: 90, comm: sshd, exe: null, argv: ['sshd: /opt/s/sshd -D [listener] "
                                 "0 of 10-100 startups']}]\n";
    pl_auto(items) hidden = look(titled, "sshd", "{keyword: PermitRootLogin}");
    assert_problem(hidden, PROBLEM_UNKNOWN, "/opt/s/sshd runs without -f");
}

/* Which of two answers a client gets depends on the port it comes to. */
static void flags_of_two(void **state)
{
    (void)state;
    static const char host[] = "files: {/etc/ssh/sshd_config: \"UsePAM yes\\n\"}\n"
                               "processes:\n"
                               "- {pid: 90, comm: sshd, argv: [/usr/sbin/sshd, -D]}\n"
                               "- {pid: 91, comm: sshd, argv: [/usr/sbin/sshd, -p2222, -oUsePAM=no]}\n";
    pl_auto(items) pam = look(host, "sshd", "{keyword: UsePAM}");
    assert_problem(pam, PROBLEM_UNKNOWN, "second sshd");
    static const char swapped[] = "files: {/etc/ssh/sshd_config: \"UsePAM yes\\n\"}\n"
                                  "processes:\n"
                                  "- {pid: 90, comm: sshd, argv: [/usr/sbin/sshd, -oUsePAM=no]}\n"
                                  "- {pid: 91, comm: sshd, argv: [/usr/sbin/sshd, -p2222]}\n";
    pl_auto(items) other = look(swapped, "sshd", "{keyword: UsePAM}");
    assert_problem(other, PROBLEM_UNKNOWN, "second sshd");
}

static void flags_of_a_file(void **state)
{
    (void)state;
    static const char host[] = "files:\n"
                               "  /etc/ssh/sshd_config: \"UsePAM yes\\n\"\n"
                               "  /etc/default/ssh: \"# c\\nSSHD_OPTS='-D -oUsePAM=no -g 30'\\n\"\n";
    pl_auto(items) items = look(host, "sshd", "{keyword: UsePAM}");
    assert_field(only_item(items), "value", "\"no\"");
    assert_field(only_item(items), "origin", "\"flag\"");
    assert_source(only_item(items), "/etc/default/ssh", 2);
    pl_auto(items) grace = look(host, "sshd", "{keyword: LoginGraceTime}");
    assert_field(only_item(grace), "value", "30");
}

static void forwarding_off(void **state)
{
    (void)state;
    static const char text[] = "AllowTcpForwarding yes\\nX11Forwarding yes\\nDisableForwarding yes\\n"
                               "Match User bob\\n  DisableForwarding no\\n";
    pl_auto(items) tcp = ask(text, "AllowTcpForwarding");
    assert_int_equal(tcp->list->len, 2);
    assert_field(item_at(tcp, 0), "value", "\"no\"");
    assert_source(item_at(tcp, 0), "/etc/ssh/sshd_config", 3);
    assert_field(item_at(tcp, 1), "value", "\"yes\"");
    pl_auto(items) x11 = ask(text, "X11Forwarding");
    assert_field(item_at(x11, 0), "value", "\"yes\"");
}

static void old_challenge_response(void **state)
{
    (void)state;
    static const char host[] = "packages: [{name: openssh-server, version: \"1:8.4p1-5\", status: installed}]\n"
                               "files: {/etc/ssh/sshd_config: \"KbdInteractiveAuthentication no\\n%s\"}\n";
    g_autofree char *without = g_strdup_printf(host, "");
    pl_auto(items) yes = look(without, "sshd", "{keyword: KbdInteractiveAuthentication}");
    assert_field(only_item(yes), "value", "\"yes\"");
    assert_field(only_item(yes), "losing", "[\"/etc/ssh/sshd_config:1 no\"]");
    g_autofree char *with = g_strdup_printf(host, "ChallengeResponseAuthentication no\\n");
    pl_auto(items) no = look(with, "sshd", "{keyword: KbdInteractiveAuthentication}");
    assert_field(only_item(no), "value", "\"no\"");
    pl_auto(items) alias = ask("ChallengeResponseAuthentication no\\n", "KbdInteractiveAuthentication");
    assert_field(only_item(alias), "value", "\"no\"");
}

/* The keyword became an alias with 8.7; without a version nothing is said that depends on it. */
static void first_without_challenge(void **state)
{
    (void)state;
    static const struct {
        const char *version, *text, *value;
    } rows[] = {
        {"8.6p1-2", "KbdInteractiveAuthentication no\\n", "\"yes\""},
        {"8.7p1-1", "KbdInteractiveAuthentication no\\n", "\"no\""},
        {"10.0p1-1", "KbdInteractiveAuthentication no\\n", "\"no\""},
        {NULL, "KbdInteractiveAuthentication no\\n", NULL},
        {NULL, "KbdInteractiveAuthentication no\\nChallengeResponseAuthentication no\\n", "\"no\""},
        {NULL, "KbdInteractiveAuthentication no\\nChallengeResponseAuthentication yes\\n", NULL},
        {NULL, "KbdInteractiveAuthentication yes\\n", "\"yes\""},
        {NULL, "", "\"yes\""},
        /* Of each keyword the first line counts. */
        {"8.4p1-5", "ChallengeResponseAuthentication yes\\nChallengeResponseAuthentication no\\n", "\"yes\""},
        {"8.4p1-5",
         "KbdInteractiveAuthentication yes\\nKbdInteractiveAuthentication no\\nChallengeResponseAuthentication no\\n",
         "\"yes\""},
        {"8.4p1-5",
         "ChallengeResponseAuthentication no\\nKbdInteractiveAuthentication no\\nKbdInteractiveAuthentication yes\\n",
         "\"no\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *package =
            rows[i].version
                ? g_strdup_printf("packages: [{name: openssh-server, version: \"1:%s\", status: installed}]\n",
                                  rows[i].version)
                : g_strdup("");
        g_autofree char *host = g_strdup_printf("%sfiles: {/etc/ssh/sshd_config: \"%s\"}\n", package, rows[i].text);
        pl_auto(items) items = look(host, "sshd", "{keyword: KbdInteractiveAuthentication}");
        if (rows[i].value)
            assert_field(only_item(items), "value", rows[i].value);
        else
            assert_non_null(strstr(unread_why(only_item(items), "value"), "before 8.7"));
    }
}

static void wrong_objects(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *object = yaml("{keyword: PermitRoot}");
    assert_false(probe_find("sshd")->check(object, NULL, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    pl_autojson json_object *good = yaml("{keyword: pubkeyacceptedkeytypes}");
    assert_true(probe_find("sshd")->check(good, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_line_wins),
        cmocka_unit_test(defaults),
        cmocka_unit_test(types),
        cmocka_unit_test(lists),
        cmocka_unit_test(includes),
        cmocka_unit_test(match_all),
        cmocka_unit_test(patterns_of_includes),
        cmocka_unit_test(unreadable_includes),
        cmocka_unit_test(presence),
        cmocka_unit_test(flags_of_a_process),
        cmocka_unit_test(flags_of_a_user),
        cmocka_unit_test(built_elsewhere),
        cmocka_unit_test(flags_of_two),
        cmocka_unit_test(flags_of_a_file),
        cmocka_unit_test(forwarding_off),
        cmocka_unit_test(old_challenge_response),
        cmocka_unit_test(first_without_challenge),
        cmocka_unit_test(wrong_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
