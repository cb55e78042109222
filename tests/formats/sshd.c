#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("sshd", "# c\nPermitRootLogin no # c\n\tMaxAuthTries=4\nBanner = \"/etc/issue net\"\n",
          "[{\"args\":[\"no\"],\"keyword\":\"permitrootlogin\",\"line\":2,\"match\":null,\"value\":\"no\"},"
          "{\"args\":[\"4\"],\"keyword\":\"maxauthtries\",\"line\":3,\"match\":null,\"value\":\"4\"},"
          "{\"args\":[\"/etc/issue net\"],\"keyword\":\"banner\",\"line\":4,\"match\":null,\"value\":\"/etc/issue "
          "net\"}]");
    gives("sshd", "AllowUsers a 'b c' d\\ e \"f\\\"g\" h#i\r\n",
          "[{\"args\":[\"a\",\"b c\",\"d e\",\"f\\\"g\",\"h#i\"],\"keyword\":\"allowusers\",\"line\":1,\"match\":null,"
          "\"value\":\"a b c d e f\\\"g h#i\"}]");
    gives("sshd", "Port 22\nMatch User bob\n X11Forwarding yes\nMatch all\nUsePAM yes\n",
          "[{\"args\":[\"22\"],\"keyword\":\"port\",\"line\":1,\"match\":null,\"value\":\"22\"},"
          "{\"args\":[\"User\",\"bob\"],\"keyword\":\"match\",\"line\":2,\"match\":null,\"value\":\"User bob\"},"
          "{\"args\":[\"yes\"],\"keyword\":\"x11forwarding\",\"line\":3,\"match\":\"User bob\",\"value\":\"yes\"},"
          "{\"args\":[\"all\"],\"keyword\":\"match\",\"line\":4,\"match\":null,\"value\":\"all\"},"
          "{\"args\":[\"yes\"],\"keyword\":\"usepam\",\"line\":5,\"match\":\"all\",\"value\":\"yes\"}]");
}

/* As `sshd -T` of 9.2 shows them. */
static void commands(void **state)
{
    (void)state;
    gives("sshd", "ForceCommand \"a b\" c # d\nChrootDirectory \"/a b\" # c\nSubsystem x \"/a b\" c # d\n",
          "[{\"args\":[\"\\\"a\",\"b\\\"\",\"c\",\"#\",\"d\"],\"keyword\":\"forcecommand\",\"line\":1,\"match\":null,"
          "\"value\":\"\\\"a b\\\" c # d\"},"
          "{\"args\":[\"/a b\"],\"keyword\":\"chrootdirectory\",\"line\":2,\"match\":null,\"value\":\"/a b\"},"
          "{\"args\":[\"x\",\"/a b\",\"c\"],\"keyword\":\"subsystem\",\"line\":3,\"match\":null,\"value\":\"x /a b "
          "c\"}]");
    gives("sshd", "AuthorizedKeysCommand=/a \"c d\" \nVersionAddendum none # x\n",
          "[{\"args\":[\"/a\",\"\\\"c\",\"d\\\"\"],\"keyword\":\"authorizedkeyscommand\",\"line\":1,\"match\":null,"
          "\"value\":\"/a \\\"c d\\\"\"},"
          "{\"args\":[\"none\",\"#\",\"x\"],\"keyword\":\"versionaddendum\",\"line\":2,\"match\":null,"
          "\"value\":\"none # x\"}]");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("sshd", "\n  Port  22\n");
    marks(tree, "0", "2:3 0:0");
    marks(tree, "0.args.0", "2:9 0:0");
}

static void faults(void **state)
{
    (void)state;
    refuses("sshd", "Port 22\nBanner \"x\n", "f:2:8: a quote is not closed");
    refuses("sshd", "Port\n", "f:1:1: port has no argument");
    refuses("sshd", "Port # 22\n", "f:1:1: port has no argument");
    refuses("sshd", "Port =\n", "f:1:1: port has no argument");
    pl_autojson json_object *tree = parse_n("sshd", "Banner \0\xFF\n", 10);
    assert_int_equal(json_object_array_length(tree), 1);
    g_autofree char *words = repeat("a ", 600000);
    g_autofree char *line = g_strdup_printf("AllowUsers %s", words);
    refuses_n("sshd", line, strlen(line), PL_ERROR_LIMIT, "more than 500000 nodes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(commands),
        cmocka_unit_test(positions),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
