#include "probes/secret_names.h"

#include <glib.h>

#include "cmocka_all.h"

static void names(void **state)
{
    (void)state;
    static const char *const secret[] = {"DB_PASSWORD",   "db-password", "API_TOKEN",    "AWS_SECRET_ACCESS_KEY",
                                         "KEY",           "PASS",        "MYSQL_PWD",    "APIKEY",
                                         "SERVICE.TOKEN", "PASSWORD",    "DB_PASS",      "MYSQL_ROOT_PASSWORD",
                                         "API_KEY",       "apiKey",      "GITHUB_TOKEN", "DBPASSWORD",
                                         "deploy.token"};
    static const char *const plain[] = {"MONKEY",
                                        "PWD",
                                        "OLDPWD",
                                        "GPG_KEY",
                                        "KEYMAP",
                                        "PASSWORD_FILE",
                                        "TOKEN_URL",
                                        "COMPASS",
                                        "PUBLIC_KEY",
                                        "SSH_PUBLIC_KEY",
                                        "PATH",
                                        "TOKEN_TTL",
                                        "",
                                        "KEYBOARD",
                                        "GPG_KEYS",
                                        "POSTGRES_PASSWORD_FILE",
                                        "SSH_KEY_PATH",
                                        "TOKENIZERS_PARALLELISM",
                                        "PASSENGER_VERSION",
                                        "ACCESS_LOG",
                                        "___"};
    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
        if (!secret_in_name(secret[i]))
            fail_msg("%s is the name of a secret", secret[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        if (secret_in_name(plain[i]))
            fail_msg("%s is no name of a secret", plain[i]);
}

static void values(void **state)
{
    (void)state;
    assert_true(secret_in_value("AKIAABCDEFGHIJKLMNOP"));
    assert_true(secret_in_value("x=ghp_abcdefghijklmnopqrstuvwxyz"));
    assert_true(secret_in_value("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert_true(secret_in_value("postgres://shop:hunter2@db/shop"));
    assert_true(secret_in_value("redis://:hunter2@cache:6379"));
    assert_true(secret_in_value("http://a/ amqp://u:p@ss@mq"));
    assert_false(secret_in_value("postgres://shop@db:5432/shop"));
    assert_false(secret_in_value("https://shop:@db"));
    assert_false(secret_in_value("https://x:${PASSWORD}@db"));
    assert_false(secret_in_value("https://x/a:b@c"));
    assert_false(secret_in_value("https://x:80/?mail=a:b@c"));
    assert_false(secret_in_value("AKIA"));
    assert_false(secret_in_value("XAKIAABCDEFGHIJKLMNOP"));
    assert_false(secret_in_value("-----BEGIN CERTIFICATE-----"));
    assert_false(secret_value_possible("yes"));
    assert_false(secret_value_possible("$FROM_OUTSIDE"));
    assert_true(secret_value_possible("hunter2"));
}

static void options(void **state)
{
    (void)state;
    static const struct {
        const char *argument, *option;
    } rows[] = {
        {"--password=hunter2", "--password"},
        {"-Dapi.token=x", "-Dapi.token"},
        {"token=x", "token"},
        {"--password", NULL},
        {"--password=", NULL},
        {"--password-file=/x", NULL},
        {"--monkey=1", NULL},
        {"https://x/?token=1", NULL},
        {"=x", NULL},
        {"--database=postgres://u:hunter2@db", "--database"},
        {"postgres://u:hunter2@db", "postgres://"},
        {"ghp_abcdefghijklmnopqrstuvwxyz", "ghp_"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *option = secret_option(rows[i].argument);
        if (g_strcmp0(option, rows[i].option) != 0)
            fail_msg("%s: %s", rows[i].argument, option ? option : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(values), cmocka_unit_test(options)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
